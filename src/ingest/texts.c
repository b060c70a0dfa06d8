#include "texts.h"

struct texts texts_new(struct arena *own, struct arena *bytes)
{
    return (struct texts){key_index_new(0), {.arena = own, .record_bytes = sizeof(struct str)}, bytes};
}

uint32_t texts_number(struct texts *texts, struct hash128 key, struct str text)
{
    key_index_reserve(&texts->index, 1);
    struct key_slot *slot = key_index_find(&texts->index, key);
    while (slot->value != 0 && !str_equal(texts_text(texts, slot->value - 1), text))
        slot = key_index_find_next(&texts->index, slot, key);
    if (slot->value == 0) {
        ASSERT(texts->list.n < UINT32_MAX);
        key_index_set(&texts->index, slot, key, (uint32_t)texts->list.n + 1);
        *(struct str *)chunks_add(&texts->list) = (struct str){arena_copy(texts->bytes, text.p, text.n), text.n};
    }
    return slot->value - 1;
}

void texts_seal(struct texts *texts)
{
    key_index_free(&texts->index);
}

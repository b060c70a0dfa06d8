/* Spellings that were not met before become lines, or belong to one. */
#include "support/sha256.h"
#include "unique_state.h"

static char *canonical_room(struct unique *unique, size_t n)
{
    if (n > unique->room_bytes) {
        unique->room_bytes = 2 * n;
        unique->room = arena_bytes(unique->options.own, unique->room_bytes);
    }
    return unique->room;
}

/* Which of `of` equal parts of the hash space; stirred, so that it tells nothing about rank or fold. */
static int64_t part_of(struct hash128 hash, int64_t of)
{
    __extension__ typedef unsigned __int128 wide;
    return (int64_t)(((wide)hash_mix(hash.lo ^ hash.hi) * (wide)(uint64_t)of) >> 64);
}

/* The number of a user, host, parent or named field. */
static uint32_t string_number(struct unique *unique, const struct unique_class *kind, struct str field)
{
    return texts_number(&unique->strings, hash128(field, kind->key_seed), decode(unique, kind, field));
}

static struct hash128 id_of(struct str exact)
{
    struct sha256 digest = sha256_short(exact);
    struct hash128 id;
    memcpy(&id, digest.byte, sizeof id);
    return id;
}

void fresh_normalize(struct unique *unique, struct fresh *fresh)
{
    const struct unique_class *kind = fresh->first->kind;
    fresh->text = decode(unique, kind, fresh->first->event.command);
    ASSERT(fresh->text.n < UINT32_MAX);
    char *room = canonical_room(unique, 4 * fresh->text.n + 16);
    struct str form = {room, normalize_line(unique->options.rules, fresh->text, room)};
    fresh->hash = hash128(form, unique->options.seed);
    int64_t part = part_of(fresh->hash, kind->part_of);
    fresh->dropped = part < kind->part_from || part >= kind->part_to;
    if (fresh->dropped)
        return;
    if (normalize_masked_run(form))
        form.n = normalize_exact(unique->options.rules, fresh->text, room);
    fresh->id = id_of(form);
    key_index_prefetch(&unique->line, fresh->id);
}

/* The slot of the line, or the empty one where it belongs. */
static struct key_slot *find_line(const struct unique *unique, struct hash128 id)
{
    struct key_slot *slot = key_index_find(&unique->line, id);
    while (slot->value != 0 && !hash128_equal(unique_first(unique, slot->value - 1)->id, id))
        slot = key_index_find_next(&unique->line, slot, id);
    return slot;
}

static void add_line(struct unique *unique, const struct fresh *fresh)
{
    const struct waiting *w = fresh->first;
    /* Only a spelling that has a slot is compared. */
    bool spelled = w->slot != NULL && w->class_number != DECODED;
    struct str text = spelled ? w->event.command : fresh->text;
    *(struct unique_first *)chunks_add(&unique->firsts) = (struct unique_first){
        .id = fresh->id,
        .hash = fresh->hash,
        .row = w->row,
        .segment = w->segment,
        .user = string_number(unique, w->kind, w->event.user),
        .host = string_number(unique, w->kind, w->event.host),
        .parent = string_number(unique, w->kind, w->event.parent),
    };
    *(struct unique_line *)chunks_add(&unique->lines) = (struct unique_line){
        .text = arena_copy(unique->options.texts, text.p, text.n),
        .n = (uint32_t)text.n,
        .class_number = spelled ? w->class_number : DECODED,
        .platform = (unsigned)w->event.platform & 0x7FU,
        .kept = 1,
    };
    unique->line_bytes += text.n;
}

static void add_fields(struct unique *unique, const struct waiting *w)
{
    uint32_t *place = chunks_add(&unique->fields);
    for (size_t k = 0; k < unique->n_fields; k++)
        place[k] = string_number(unique, w->kind, fields_value(unique->options.fields, k, &w->event));
}

/* The value of the slot of a spelling that begins no line. */
static uint32_t add_other(struct unique *unique, const struct waiting *w)
{
    struct str text = w->event.command;
    bool room = unique->other_bytes + text.n <= unique->line_bytes + FREE_BYTES;
    bool again = w->value == FORGOTTEN;
    if (!again || !room || w->class_number == DECODED || unique->others.n >= WAITING - OTHER)
        return FORGOTTEN;
    uint32_t value = OTHER + (uint32_t)unique->others.n;
    *(struct other *)chunks_add(&unique->others) =
        (struct other){arena_copy(unique->options.own, text.p, text.n), (uint32_t)text.n, w->line, w->class_number};
    unique->other_bytes += text.n;
    return value;
}

void fresh_settle(struct unique *unique, const struct fresh *fresh)
{
    struct waiting *w = fresh->first;
    uint32_t begun = 0;
    w->line = DROPPED;
    if (!fresh->dropped) {
        struct key_slot *slot = find_line(unique, fresh->id);
        if (slot->value == 0) {
            ASSERT(unique->lines.n < OTHER - 1);
            add_line(unique, fresh);
            if (unique->n_fields > 0)
                add_fields(unique, w);
            key_index_set(&unique->line, slot, fresh->id, (uint32_t)unique->lines.n);
            begun = slot->value;
        }
        w->line = slot->value;
    }
    bool own = w->slot != NULL && w->slot->value >= WAITING; /* else an equal one has it since */
    if (!own)
        w->value = FORGOTTEN;
    else
        w->slot->value = w->value = begun != 0 && w->class_number != DECODED ? begun : add_other(unique, w);
}

#include "features/vocab.h"

#include "comm/exchange.h"
#include "comm/gather.h"
#include "comm/reduce.h"
#include "comm/topk.h"
#include "support/sort.h"

/* A term with its counts, as it travels. */
struct entry {
    int64_t lines, total;
    uint32_t n;
    char bytes[VOCAB_TERM_BYTES];
};

struct entries {
    size_t n, capacity;
    struct entry *item;
    struct key_index index; /* hash -> place in item */
    struct arena *arena;
};

static struct str entry_text(const struct entry *entry)
{
    return (struct str){entry->bytes, entry->n};
}

static struct hash128 term_hash(struct str text)
{
    return hash128(text, 0);
}

static struct entries entries_start(size_t expected, struct arena *arena)
{
    return (struct entries){.index = key_index_new(expected), .arena = arena};
}

/* The entry of a text, made with counts of 0 if new. Valid until the next call. */
static struct entry *entries_put(struct entries *entries, struct str text)
{
    bool is_new;
    size_t place = key_index_number(&entries->index, term_hash(text), &is_new);
    if (is_new) {
        if (entries->n == entries->capacity) {
            entries->capacity = entries->capacity > 0 ? 2 * entries->capacity : 1024;
            struct entry *item = ARENA_ARRAY(entries->arena, struct entry, entries->capacity);
            if (entries->n > 0)
                memcpy(item, entries->item, entries->n * sizeof *item);
            entries->item = item;
        }
        struct entry *entry = &entries->item[entries->n++];
        *entry = (struct entry){.n = (uint32_t)text.n};
        memcpy(entry->bytes, text.p, text.n);
    }
    return &entries->item[place];
}

/* last[i]: 1 + the last line that held term i. */
struct last_seen {
    uint64_t *line;
    size_t capacity;
};

static void note_line(struct last_seen *seen, const struct entries *entries, struct entry *entry, size_t line)
{
    size_t id = (size_t)(entry - entries->item);
    if (seen->capacity < entries->capacity) {
        uint64_t *grown = ARENA_ZARRAY(entries->arena, uint64_t, entries->capacity);
        if (seen->capacity > 0)
            memcpy(grown, seen->line, seen->capacity * sizeof *grown);
        *seen = (struct last_seen){grown, entries->capacity};
    }
    entry->total++;
    if (seen->line[id] != line + 1) {
        seen->line[id] = line + 1;
        entry->lines++;
    }
}

static struct entries count_own(const struct line_view *lines, struct tokenizer tokenizer, struct arena *arena)
{
    struct entries entries = entries_start(lines->n, arena);
    struct last_seen seen = {0};
    for (size_t i = 0; i < lines->n; i++) {
        struct token_scan scan = token_start(tokenizer, lines->text[i]);
        struct str raw;
        while (token_next(&scan, &raw)) {
            char bytes[VOCAB_TERM_BYTES];
            size_t n = token_text(tokenizer, raw, bytes, sizeof bytes);
            note_line(&seen, &entries, entries_put(&entries, (struct str){bytes, n}), i);
        }
    }
    key_index_free(&entries.index);
    return entries;
}

/* Each term's counts over all ranks, on the rank that owns its hash. */
static struct entries sum_owned(const struct comm *comm, const struct entries *own, struct arena *arena)
{
    int *dest = ARENA_ARRAY(arena, int, own->n);
    for (size_t i = 0; i < own->n; i++)
        dest[i] = exchange_owner(term_hash(entry_text(&own->item[i])).hi, comm_size(comm));
    struct exchange exchange;
    exchange_records(comm, own->item, sizeof *own->item, own->n, dest, arena, &exchange);
    const struct entry *arrived = exchange.records;
    struct entries sums = entries_start(exchange.n, arena);
    for (size_t i = 0; i < exchange.n; i++) {
        struct entry *entry = entries_put(&sums, entry_text(&arrived[i]));
        entry->lines += arrived[i].lines;
        entry->total += arrived[i].total;
    }
    key_index_free(&sums.index);
    return sums;
}

static int by_lines_then_bytes(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->lines != y->lines)
        return x->lines > y->lines ? -1 : 1;
    return str_compare(entry_text(x), entry_text(y));
}

/* The lowest count of lines among the `size` commonest terms: only terms that reach it need to travel. */
static int64_t least_lines(const struct comm *comm, const struct entries *owned, size_t size, struct arena *arena)
{
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, owned->n);
    int64_t *id = ARENA_ARRAY(arena, int64_t, owned->n);
    int64_t before = reduce_scan_i64(comm, (int64_t)owned->n), least = 0;
    for (size_t i = 0; i < owned->n; i++) {
        key[i] = UINT64_MAX - (uint64_t)owned->item[i].lines;
        id[i] = before + (int64_t)i;
    }
    struct ranked_list list;
    topk_sample(comm, key, id, owned->n, size, arena, &list);
    if (list.n > 0 && list.item[list.n - 1].rank == comm_rank(comm))
        least = owned->item[list.item[list.n - 1].local].lines;
    reduce_max_i64(comm, &least, 1);
    return least;
}

static const struct entry *commonest(const struct comm *comm, const struct entries *owned, size_t size,
                                     struct arena *arena, size_t *n)
{
    int64_t least = least_lines(comm, owned, size, arena);
    struct entry *kept = ARENA_ARRAY(arena, struct entry, owned->n);
    size_t n_kept = 0;
    for (size_t i = 0; i < owned->n; i++)
        if (owned->item[i].lines >= least)
            kept[n_kept++] = owned->item[i];
    sort_stable(kept, n_kept, sizeof *kept, by_lines_then_bytes, arena);
    struct entry *all = gather_all(comm, kept, sizeof *kept, min_size(n_kept, size), -1, n, arena);
    sort_stable(all, *n, sizeof *all, by_lines_then_bytes, arena);
    *n = min_size(*n, size);
    return all;
}

static void vocab_fill(struct vocab *vocab, const struct entry *entry, size_t n, struct arena *arena)
{
    vocab->n = n;
    vocab->term = ARENA_ARRAY(arena, struct str, n);
    vocab->lines = ARENA_ARRAY(arena, int64_t, n);
    vocab->total = ARENA_ARRAY(arena, int64_t, n);
    vocab->index = key_index_in(arena, n);
    for (size_t i = 0; i < n; i++) {
        bool is_new;
        vocab->term[i] = (struct str){arena_copy(arena, entry[i].bytes, entry[i].n), entry[i].n};
        vocab->lines[i] = entry[i].lines;
        vocab->total[i] = entry[i].total;
        key_index_number(&vocab->index, term_hash(vocab->term[i]), &is_new);
        ASSERT(is_new);
    }
}

void vocab_build(const struct comm *comm, const struct line_view *lines, struct tokenizer tokenizer, size_t size,
                 struct arena *arena, struct vocab *out)
{
    struct arena *scratch = arena_new();
    struct entries own = count_own(lines, tokenizer, scratch);
    struct entries owned = sum_owned(comm, &own, scratch);
    size_t n;
    const struct entry *entry = commonest(comm, &owned, size, scratch, &n);
    int64_t sums[] = {(int64_t)lines->n, (int64_t)owned.n};
    reduce_sum_i64(comm, sums, 2);
    *out = (struct vocab){.tokenizer = tokenizer, .n_lines = sums[0], .n_terms = sums[1]};
    vocab_fill(out, entry, n, arena);
    arena_free(scratch);
}

uint32_t vocab_find(const struct vocab *vocab, struct str raw)
{
    char bytes[VOCAB_TERM_BYTES];
    struct str text = {bytes, token_text(vocab->tokenizer, raw, bytes, sizeof bytes)};
    size_t id = key_index_look(&vocab->index, term_hash(text));
    return id == KEY_UNKNOWN ? VOCAB_NONE : (uint32_t)id;
}

#include "collapse.h"

#include "comm/exchange.h"
#include "comm/reduce.h"
#include "groups.h"
#include "lines.h"
#include "support/index.h"

/* Lines are settled in rounds of about so many a rank, by id: the memory of one round serves them all. */
enum { ROUND_LINES = 1 << 16, BATCH = 32 };

/* What the owner of an id is told, and what it answers. */
struct claim {
    struct hash128 id;
    int64_t count, row;
    uint32_t line, truth; /* the line's number on the rank that sends */
};

struct verdict {
    int64_t count;
    uint32_t rank, line; /* who keeps it */
    uint32_t truth, spare;
};

/* This rank's lines in the order of rounds. */
struct rounds {
    size_t n;
    size_t *start;  /* [n + 1] */
    uint32_t *line; /* [lines] */
};

static size_t round_of(struct hash128 id, size_t n)
{
    return (size_t)(((id.lo & UINT32_MAX) * n) >> 32);
}

static struct rounds sort_rounds(const struct comm *comm, const struct unique *unique, struct arena *arena)
{
    size_t n_lines = unique_count(unique);
    int64_t most = (int64_t)n_lines;
    reduce_max_i64(comm, &most, 1);
    struct rounds rounds = {.n = (size_t)most / ROUND_LINES + 1, .line = ARENA_ARRAY(arena, uint32_t, n_lines)};
    rounds.start = ARENA_ZARRAY(arena, size_t, rounds.n + 2);
    size_t *next = rounds.start + 1; /* next[r] ends up as the start of round r + 1 */
    for (size_t i = 0; i < n_lines; i++)
        next[round_of(unique_first(unique, i)->id, rounds.n) + 1]++;
    for (size_t r = 0; r < rounds.n; r++)
        next[r + 1] += next[r];
    for (size_t i = 0; i < n_lines; i++)
        rounds.line[next[round_of(unique_first(unique, i)->id, rounds.n)]++] = (uint32_t)i;
    return rounds;
}

static void find_keepers(const struct claim *claim, size_t n, uint32_t *keeper, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    struct key_slot **slot = ARENA_ARRAY(arena, struct key_slot *, n);
    struct key_index best = key_index_new(n);
    for (size_t from = 0; from < n; from += BATCH) {
        size_t end = min_size(from + BATCH, n);
        for (size_t j = from; j < end; j++)
            key_index_prefetch(&best, claim[j].id);
        for (size_t j = from; j < end; j++) {
            slot[j] = key_index_find(&best, claim[j].id);
            while (slot[j]->value != 0 && !hash128_equal(claim[slot[j]->value - 1].id, claim[j].id))
                slot[j] = key_index_find_next(&best, slot[j], claim[j].id);
            if (slot[j]->value == 0)
                key_index_set(&best, slot[j], claim[j].id, (uint32_t)j + 1);
            else if (claim[j].row < claim[slot[j]->value - 1].row)
                slot[j]->value = (uint32_t)j + 1;
        }
    }
    for (size_t j = 0; j < n; j++)
        keeper[j] = slot[j]->value - 1;
    key_index_free(&best);
    arena_release(arena, mark);
}

/* The lowest row of an id keeps it, with all counts and the worst truth. */
static struct verdict *judge(const struct comm *comm, const struct exchange *exchange, struct arena *arena)
{
    const struct claim *claim = exchange->records;
    size_t n = exchange->n, j = 0;
    struct verdict *verdict = ARENA_ZARRAY(arena, struct verdict, n);
    uint32_t *keeper = ARENA_ARRAY(arena, uint32_t, n);
    ASSERT(n < UINT32_MAX);
    find_keepers(claim, n, keeper, arena);
    for (int r = 0; r < comm_size(comm); r++) {
        for (int64_t k = 0; k < exchange->received[r]; k++, j++)
            verdict[j] = (struct verdict){0, (uint32_t)r, claim[j].line, 0, 0};
    }
    for (j = 0; j < n; j++) {
        struct verdict *kept = &verdict[keeper[j]];
        kept->count += claim[j].count;
        kept->truth = claim[j].truth > kept->truth ? claim[j].truth : kept->truth;
    }
    for (j = 0; j < n; j++)
        verdict[j] = verdict[keeper[j]];
    return verdict;
}

static void settle_round(const struct comm *comm, struct unique *unique, const uint32_t *list, size_t n,
                         struct keepers *keepers, struct arena *arena)
{
    struct claim *claim = ARENA_ARRAY(arena, struct claim, n);
    struct verdict *verdict = ARENA_ARRAY(arena, struct verdict, n);
    int *owner = ARENA_ARRAY(arena, int, n);
    for (size_t i = 0; i < n; i++) {
        const struct unique_line *line = unique_line(unique, list[i]);
        const struct unique_first *first = unique_first(unique, list[i]);
        claim[i] = (struct claim){first->id, line->count, first->row, list[i], line->truth};
        owner[i] = exchange_owner(first->id.hi, comm_size(comm));
    }
    struct exchange exchange;
    exchange_records(comm, claim, sizeof *claim, n, owner, arena, &exchange);
    const struct verdict *replies = judge(comm, &exchange, arena);
    exchange_reply(comm, &exchange, replies, sizeof *replies, verdict, arena);
    for (size_t i = 0; i < n; i++) {
        struct unique_line *line = unique_line(unique, list[i]);
        line->kept = verdict[i].rank == (uint32_t)comm_rank(comm) && verdict[i].line == list[i];
        line->count = verdict[i].count;
        line->truth = (uint8_t)verdict[i].truth;
        if (keepers->rank != NULL) {
            keepers->rank[list[i]] = (int)verdict[i].rank;
            keepers->line[list[i]] = verdict[i].line;
        }
    }
}

static void fill_line(struct lines *out, size_t k, const struct unique_line *line, const struct unique_first *first)
{
    out->row[k] = first->row;
    out->count[k] = line->count;
    out->id[k] = first->id;
    out->hash[k] = first->hash;
    out->text[k] = (struct str){line->text, line->n};
    out->user[k] = first->user;
    out->host[k] = first->host;
    out->parent[k] = first->parent;
    out->platform[k] = line->platform;
    out->truth[k] = line->truth;
}

static void fill(const struct unique *unique, size_t n_fields, struct arena *arena, struct lines *out)
{
    size_t n = 0, n_all = unique_count(unique);
    uint32_t n_strings = (uint32_t)unique_string_count(unique);
    struct str *string = ARENA_ARRAY(arena, struct str, n_strings);
    for (uint32_t i = 0; i < n_strings; i++)
        string[i] = unique_string(unique, i);
    for (size_t i = 0; i < n_all; i++)
        n += unique_line(unique, i)->kept;
    *out = lines_new(n, n_fields, arena);
    out->string = string;
    for (size_t i = 0, k = 0; i < n_all; i++) {
        const struct unique_line *line = unique_line(unique, i);
        if (!line->kept)
            continue;
        fill_line(out, k, line, unique_first(unique, i));
        for (size_t f = 0; f < n_fields; f++)
            out->field[f][k] = string[unique_fields(unique, i)[f]];
        k++;
    }
}

void collapse(const struct comm *comm, struct unique *unique, const int64_t *first_row,
              const struct ingest_options *options, struct arena *scratch, struct arena *arena, struct lines *out)
{
    struct arena_mark mark = arena_mark(scratch);
    size_t n = unique_count(unique);
    struct keepers keepers = {NULL, NULL};
    if (options->groups) {
        keepers.rank = ARENA_ARRAY(scratch, int, n);
        keepers.line = ARENA_ARRAY(scratch, uint32_t, n);
    }
    for (size_t i = 0; i < n; i++) {
        struct unique_first *first = unique_first(unique, i);
        first->row += first_row[first->segment];
    }
    struct rounds rounds = sort_rounds(comm, unique, scratch);
    for (size_t r = 0; r < rounds.n; r++) {
        struct arena_mark before = arena_mark(scratch);
        settle_round(comm, unique, rounds.line + rounds.start[r], rounds.start[r + 1] - rounds.start[r], &keepers,
                     scratch);
        arena_release(scratch, before);
    }
    fill(unique, options->n_fields, arena, out);
    if (options->groups)
        groups_merge(comm, unique, &keepers, scratch, arena, out);
    arena_release(scratch, mark);
    lines_count(comm, out);
}

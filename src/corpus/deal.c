#include "deal.h"

#include "comm/digest.h"
#include "comm/exchange.h"
#include "comm/reduce.h"

struct part part_new(size_t capacity, size_t n_fields, struct arena *arena)
{
    struct part part = {.place = ARENA_ARRAY(arena, int64_t, capacity),
                        .text = ARENA_ARRAY(arena, struct str, capacity),
                        .hash = ARENA_ARRAY(arena, struct hash128, capacity),
                        .y = ARENA_ARRAY(arena, uint8_t, capacity),
                        .count = ARENA_ARRAY(arena, int64_t, capacity),
                        .field = ARENA_ARRAY(arena, struct str *, n_fields),
                        .n_fields = n_fields};
    for (size_t f = 0; f < n_fields; f++)
        part.field[f] = ARENA_ARRAY(arena, struct str, capacity);
    return part;
}

void part_add(struct part *part, int64_t place, struct str text, struct hash128 hash, uint8_t y, int64_t count,
              struct str *const *field, size_t i)
{
    const size_t k = part->n++;
    part->place[k] = place;
    part->text[k] = text;
    part->hash[k] = hash;
    part->y[k] = y;
    part->count[k] = count;
    for (size_t f = 0; f < part->n_fields; f++)
        part->field[f][k] = field[f][i];
}

/* A line without its texts. */
struct record {
    int64_t place, count;
    struct hash128 hash;
    uint64_t y;
};

/* Texts to the ranks of their lines, then to their places there: the j-th that arrives belongs at here[j]. */
static struct str *deal_texts(const struct comm *comm, const struct str *text, size_t n, const int *dest,
                              const size_t *here, struct arena *scratch, struct arena *arena)
{
    size_t arrived;
    struct arena_mark mark = arena_mark(scratch);
    struct str *out = exchange_texts(comm, text, n, dest, arena, &arrived);
    struct str *copy = ARENA_ARRAY(scratch, struct str, arrived);
    if (arrived > 0)
        memcpy(copy, out, arrived * sizeof(*copy));
    for (size_t j = 0; j < arrived; j++)
        out[here[j]] = copy[j];
    arena_release(scratch, mark);
    return out;
}

/* out->hash, count and y; here[j] becomes the place on this rank of the j-th record that arrives. */
static size_t *deal_records(const struct comm *comm, const struct part *part, const int *dest, int n_members,
                            struct arena *scratch, struct arena *arena, struct set *out)
{
    struct record *sent = ARENA_ARRAY(scratch, struct record, part->n);
    struct exchange x;
    for (size_t i = 0; i < part->n; i++)
        sent[i] = (struct record){part->place[i], part->count[i], part->hash[i], part->y[i]};
    exchange_records(comm, sent, sizeof(*sent), part->n, dest, scratch, &x);
    out->n = x.n;
    out->hash = ARENA_ARRAY(arena, struct hash128, x.n);
    out->y = ARENA_ARRAY(arena, uint8_t, x.n);
    out->count = ARENA_ARRAY(arena, int64_t, x.n);
    size_t *here = ARENA_ARRAY(scratch, size_t, x.n);
    for (size_t j = 0; j < x.n; j++) {
        const struct record *record = (const struct record *)x.records + j;
        const int64_t block = record->place / SET_BLOCK / n_members;
        here[j] = (size_t)(block * SET_BLOCK + record->place % SET_BLOCK);
        ASSERT(here[j] < x.n);
        out->hash[here[j]] = record->hash;
        out->y[here[j]] = (uint8_t)record->y;
        out->count[here[j]] = record->count;
    }
    return here;
}

void part_deal(const struct comm *comm, const struct part *part, const int *member, int n_members, struct arena *arena,
               struct set *out)
{
    struct arena *scratch = arena_new();
    int *dest = ARENA_ARRAY(scratch, int, part->n);
    for (size_t i = 0; i < part->n; i++) {
        const int owner = (int)(part->place[i] / SET_BLOCK % n_members);
        dest[i] = member != NULL ? member[owner] : owner;
    }
    const size_t *here = deal_records(comm, part, dest, n_members, scratch, arena, out);
    out->text = deal_texts(comm, part->text, part->n, dest, here, scratch, arena);
    out->n_fields = part->n_fields;
    out->field = ARENA_ARRAY(arena, struct str *, part->n_fields);
    for (size_t f = 0; f < part->n_fields; f++)
        out->field[f] = deal_texts(comm, part->field[f], part->n, dest, here, scratch, arena);
    arena_free(scratch);
}

/* Of text, hash and class of each line, and its place. */
static uint64_t set_digest(const struct comm *comm, const struct set *set)
{
    struct arena *scratch = arena_new();
    uint64_t *line = ARENA_ARRAY(scratch, uint64_t, set->n);
    int64_t *place = ARENA_ARRAY(scratch, int64_t, set->n);
    for (size_t i = 0; i < set->n; i++) {
        line[i] = hash64(set->text[i], hash_mix(set->hash[i].lo ^ hash_mix(set->hash[i].hi ^ hash_mix(set->y[i]))));
        place[i] = plan_row(&set->plan, i);
    }
    const uint64_t digest = digest_rows(comm, line, sizeof(*line), place, set->n);
    arena_free(scratch);
    return digest;
}

void part_to_set(const struct comm *comm, const struct part *part, struct arena *arena, struct set *out)
{
    int64_t n[2] = {0, 0};
    for (size_t i = 0; i < part->n; i++)
        n[part->y[i]]++;
    reduce_sum_i64(comm, n, 2);
    *out = (struct set){.plan = plan_dealt(comm, n[0] + n[1], SET_BLOCK), .n_class = {n[0], n[1]}};
    part_deal(comm, part, NULL, comm_size(comm), arena, out);
    ASSERT(out->n == plan_count(&out->plan));
    out->digest = set_digest(comm, out);
}

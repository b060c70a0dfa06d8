#include "collapse.h"

#include "comm/exchange.h"
#include "comm/reduce.h"
#include "support/table.h"

/* What the owner of a hash is told, and what it answers. */
struct claim {
    struct hash128 hash;
    int64_t count, row;
    uint64_t truth;
};

struct verdict {
    int64_t count;
    uint32_t truth, keep;
};

struct local {
    size_t n;
    struct claim *claim; /* one a canonical form */
    uint32_t *entry;     /* its first entry */
};

/* Entries come in row order, so the first one of a canonical form has its lowest row. */
static struct local collapse_here(const struct unique *unique, const int64_t *first_row, struct arena *arena)
{
    size_t n = unique_count(unique);
    struct local local = {0, ARENA_ARRAY(arena, struct claim, n), ARENA_ARRAY(arena, uint32_t, n)};
    struct table *seen = table_new(n);
    for (size_t i = 0; i < n; i++) {
        const struct unique_hot *hot = unique_hot(unique, i);
        const struct unique_cold *cold = unique_cold(unique, i);
        bool is_new;
        if (hot->dropped)
            continue;
        uint64_t *place = table_put(seen, cold->hash, &is_new);
        if (is_new) {
            *place = local.n;
            local.entry[local.n] = (uint32_t)i;
            local.claim[local.n++] =
                (struct claim){cold->hash, hot->count, first_row[cold->segment] + cold->row, hot->truth};
            continue;
        }
        struct claim *claim = &local.claim[*place];
        claim->count += hot->count;
        claim->truth = hot->truth > claim->truth ? hot->truth : claim->truth;
    }
    table_free(seen);
    return local;
}

/* The lowest row of a hash keeps it, with all counts and the worst truth. */
static struct verdict *judge(const struct claim *claim, size_t n, struct arena *arena)
{
    struct verdict *verdict = ARENA_ZARRAY(arena, struct verdict, n);
    struct table *best = table_new(n);
    for (size_t j = 0; j < n; j++) {
        bool is_new;
        uint64_t *place = table_put(best, claim[j].hash, &is_new);
        if (is_new || claim[j].row < claim[*place].row)
            *place = j;
    }
    for (size_t j = 0; j < n; j++) {
        const uint64_t *place = table_get(best, claim[j].hash);
        struct verdict *kept = &verdict[*place];
        kept->keep = 1;
        kept->count += claim[j].count;
        kept->truth = claim[j].truth > kept->truth ? (uint32_t)claim[j].truth : kept->truth;
    }
    table_free(best);
    return verdict;
}

static void fill(const struct unique *unique, const struct local *local, const struct verdict *verdict,
                 struct arena *arena, struct lines *out)
{
    size_t n = 0;
    for (size_t i = 0; i < local->n; i++)
        n += verdict[i].keep;
    *out = (struct lines){
        .row = ARENA_ARRAY(arena, int64_t, n),
        .count = ARENA_ARRAY(arena, int64_t, n),
        .hash = ARENA_ARRAY(arena, struct hash128, n),
        .text = ARENA_ARRAY(arena, struct str, n),
        .platform = ARENA_ARRAY(arena, uint8_t, n),
        .truth = ARENA_ARRAY(arena, uint8_t, n),
    };
    for (size_t i = 0; i < local->n; i++) {
        if (!verdict[i].keep)
            continue;
        const struct unique_cold *cold = unique_cold(unique, local->entry[i]);
        size_t k = out->n++;
        out->row[k] = local->claim[i].row;
        out->count[k] = verdict[i].count;
        out->hash[k] = cold->hash;
        out->text[k] = (struct str){cold->text, cold->n};
        out->platform[k] = unique_hot(unique, local->entry[i])->platform;
        out->truth[k] = (uint8_t)verdict[i].truth;
    }
}

void collapse(const struct comm *comm, const struct unique *unique, const int64_t *first_row, struct arena *scratch,
              struct arena *arena, struct lines *out)
{
    struct arena_mark mark = arena_mark(scratch);
    struct local local = collapse_here(unique, first_row, scratch);
    int *owner = ARENA_ARRAY(scratch, int, local.n);
    for (size_t i = 0; i < local.n; i++)
        owner[i] = exchange_owner(local.claim[i].hash.hi, comm_size(comm));
    struct exchange exchange;
    exchange_records(comm, local.claim, sizeof *local.claim, local.n, owner, scratch, &exchange);
    struct verdict *replies = judge(exchange.records, exchange.n, scratch);
    struct verdict *verdict = ARENA_ARRAY(scratch, struct verdict, local.n);
    exchange_reply(comm, &exchange, replies, sizeof *replies, verdict, scratch);
    fill(unique, &local, verdict, arena, out);
    arena_release(scratch, mark);

    int64_t sums[2] = {(int64_t)out->n, 0};
    for (size_t k = 0; k < out->n; k++)
        sums[1] += out->count[k];
    reduce_sum_i64(comm, sums, ARRAY_LEN(sums));
    out->n_global = sums[0];
    out->n_events = sums[1];
}

#include "comm/keyset.h"

#include "comm/exchange.h"
#include "comm/reduce.h"
#include "comm_private.h"
#include "support/index.h"
#include "support/memory.h"

#include <stdlib.h>

enum { ROUND = 1 << 16 }; /* hashes that a rank sends at once */

struct keyset {
    struct key_index index; /* hashes that this rank owns */
    struct hash128 *hash;   /* [index.n] the same */
    size_t capacity;
    int n_ranks; /* owners among these: a set is used with the group it was made for */
};

struct keyset *keyset_new(const struct comm *comm)
{
    struct keyset *keyset = malloc(sizeof(*keyset));
    ASSERT(keyset != NULL);
    *keyset = (struct keyset){.n_ranks = comm_size(comm)};
    return keyset;
}

void keyset_free(struct keyset *keyset)
{
    if (keyset == NULL)
        return;
    key_index_free(&keyset->index);
    free(keyset->hash);
    free(keyset);
}

/* Rounds until the rank with most of them is done. */
static int64_t count_rounds(const struct comm *comm, size_t n)
{
    int64_t rounds = (int64_t)(n / ROUND + (n % ROUND != 0));
    reduce_max_i64(comm, &rounds, 1);
    return rounds;
}

/* Hashes of one round go to their owners. Returns how many were sent. */
static size_t send_round(const struct comm *comm, const struct hash128 *hash, size_t n, int64_t round,
                         struct arena *arena, struct exchange *out)
{
    const size_t first = min_size((size_t)round * ROUND, n), count = min_size(ROUND, n - first);
    int *dest = ARENA_ARRAY(arena, int, count);
    for (size_t i = 0; i < count; i++)
        dest[i] = exchange_owner(hash[first + i].hi, comm_size(comm));
    exchange_records(comm, count > 0 ? hash + first : NULL, sizeof(*hash), count, dest, arena, out);
    return count;
}

static void put(struct keyset *keyset, struct hash128 hash)
{
    bool is_new;
    const size_t at = key_index_number(&keyset->index, hash, &is_new);

    if (!is_new)
        return;
    if (at == keyset->capacity) {
        keyset->capacity = at > 0 ? 2 * at : 1024;
        keyset->hash = heap_realloc(keyset->hash, keyset->capacity, sizeof(*keyset->hash));
    }
    keyset->hash[at] = hash;
}

void keyset_add(const struct comm *comm, struct keyset *keyset, const struct hash128 *hash, size_t n)
{
    struct arena *arena = arena_new();
    const struct arena_mark start = arena_mark(arena);
    const int64_t rounds = count_rounds(comm, n);

    ASSERT(keyset->n_ranks == comm_size(comm));
    for (int64_t round = 0; round < rounds; round++) {
        struct exchange here;
        send_round(comm, hash, n, round, arena, &here);
        for (size_t i = 0; i < here.n; i++)
            put(keyset, ((const struct hash128 *)here.records)[i]);
        arena_release(arena, start);
    }
    arena_free(arena);
}

void keyset_find(const struct comm *comm, const struct keyset *keyset, const struct hash128 *hash, size_t n,
                 bool *found, struct arena *arena)
{
    const struct arena_mark start = arena_mark(arena);
    const int64_t rounds = count_rounds(comm, n);
    size_t done = 0;

    ASSERT(keyset->n_ranks == comm_size(comm));
    for (int64_t round = 0; round < rounds; round++) {
        struct exchange here;
        const size_t sent = send_round(comm, hash, n, round, arena, &here);
        bool *answer = ARENA_ARRAY(arena, bool, here.n);
        for (size_t i = 0; i < here.n; i++)
            answer[i] = key_index_look(&keyset->index, ((const struct hash128 *)here.records)[i]) != KEY_UNKNOWN;
        exchange_reply(comm, &here, answer, sizeof(*answer), sent > 0 ? found + done : NULL, arena);
        done += sent;
        arena_release(arena, start);
    }
}

int64_t keyset_count(const struct comm *comm, const struct keyset *keyset)
{
    int64_t count = (int64_t)keyset->index.n;
    reduce_sum_i64(comm, &count, 1);
    return count;
}

uint64_t keyset_digest(const struct comm *comm, const struct keyset *keyset)
{
    uint64_t total[2] = {0, keyset->index.n};

    for (size_t i = 0; i < keyset->index.n; i++)
        total[0] += hash_mix(keyset->hash[i].hi ^ hash_mix(keyset->hash[i].lo));
    MPI_Allreduce(MPI_IN_PLACE, total, 2, MPI_UINT64_T, MPI_SUM, comm->handle);
    comm_count(comm, sizeof(total));
    return hash_mix(total[0] + hash_mix(total[1]));
}

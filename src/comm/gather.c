#include "comm/gather.h"

#include "comm/reduce.h"
#include "comm_private.h"

#include <string.h>

/* first[r] = bytes that the listed rows of the ranks before r take; text[i].n bytes for item i, or record_bytes if NULL
 */
static size_t *listed_offsets(const struct comm *comm, const struct ranked_list *list, const struct str *text,
                              size_t record_bytes, struct arena *arena)
{
    size_t *first = ARENA_ZARRAY(arena, size_t, (size_t)comm->size + 1);

    for (size_t i = 0; i < list->n; i++) {
        ASSERT(list->item[i].rank >= 0 && list->item[i].rank < comm->size);
        first[list->item[i].rank + 1] += text != NULL ? text[i].n : record_bytes;
    }
    for (int r = 0; r < comm->size; r++)
        first[r + 1] += first[r];
    return first;
}

/* packed: this rank's listed records in list order */
static void gather_packed(const struct comm *comm, const struct ranked_list *list, const void *packed,
                          size_t record_bytes, void *out, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    size_t *first = listed_offsets(comm, list, NULL, record_bytes, arena);
    char *all = arena_alloc(arena, list->n, record_bytes), *record = out;

    transfer_gather(comm, packed, first, all, arena);
    for (size_t i = 0; i < list->n; i++) {
        memcpy(record + i * record_bytes, all + first[list->item[i].rank], record_bytes);
        first[list->item[i].rank] += record_bytes;
    }
    arena_release(arena, mark);
}

void gather_listed(const struct comm *comm, const struct ranked_list *list, const void *local_records,
                   size_t record_bytes, void *out, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    char *packed = arena_alloc(arena, list->n, record_bytes);
    const char *local = local_records;
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++) {
        if (list->item[i].rank == comm->rank)
            memcpy(packed + record_bytes * n++, local + list->item[i].local * record_bytes, record_bytes);
    }
    gather_packed(comm, list, packed, record_bytes, out, arena);
    arena_release(arena, mark);
}

/* This rank's listed strings one after another, in list order. */
static char *pack_strings(const struct comm *comm, const struct ranked_list *list, const struct str *local,
                          size_t bytes, struct arena *arena)
{
    char *packed = arena_bytes(arena, bytes);
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++) {
        struct str s = {NULL, 0};
        if (list->item[i].rank == comm->rank)
            s = local[list->item[i].local];
        if (s.n > 0)
            memcpy(packed + n, s.p, s.n);
        n += s.n;
    }
    return packed;
}

/* out[i].n = bytes of the i-th listed string */
static void gather_lengths(const struct comm *comm, const struct ranked_list *list, const struct str *local,
                           struct str *out, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    uint64_t *length = ARENA_ARRAY(arena, uint64_t, list->n), *own = ARENA_ARRAY(arena, uint64_t, list->n);
    size_t n = 0;

    for (size_t i = 0; i < list->n; i++) {
        if (list->item[i].rank == comm->rank)
            own[n++] = local[list->item[i].local].n;
    }
    gather_packed(comm, list, own, sizeof(*own), length, arena);
    for (size_t i = 0; i < list->n; i++)
        out[i].n = length[i];
    arena_release(arena, mark);
}

void gather_listed_str(const struct comm *comm, const struct ranked_list *list, const struct str *local,
                       struct str *out, struct arena *arena)
{
    struct arena_mark mark;
    size_t *first, total = 0;
    char *all, *packed;

    gather_lengths(comm, list, local, out, arena);
    for (size_t i = 0; i < list->n; i++)
        total += out[i].n;
    all = arena_bytes(arena, total);

    mark = arena_mark(arena);
    first = listed_offsets(comm, list, out, 0, arena);
    packed = pack_strings(comm, list, local, first[comm->rank + 1] - first[comm->rank], arena);
    transfer_gather(comm, packed, first, all, arena);
    for (size_t i = 0; i < list->n; i++) {
        out[i].p = all + first[list->item[i].rank];
        first[list->item[i].rank] += out[i].n;
    }
    arena_release(arena, mark);
}

void *gather_all(const struct comm *comm, const void *records, size_t record_bytes, size_t n_local, int root,
                 size_t *out_n, struct arena *arena)
{
    bool receives = root == -1 || comm->rank == root;
    size_t n_first = (size_t)comm->size + 1, n = 0;
    int64_t *count = ARENA_ARRAY(arena, int64_t, (size_t)comm->size);
    size_t *first = ARENA_ZARRAY(arena, size_t, n_first), *send_first = ARENA_ZARRAY(arena, size_t, n_first);
    void *all = NULL;

    ASSERT(root >= -1 && root < comm->size);
    reduce_list_i64(comm, (int64_t)n_local, count);
    for (int r = 0; r < comm->size && receives; r++) {
        n += (size_t)count[r];
        first[r + 1] = n * record_bytes;
    }
    *out_n = n;
    if (receives)
        all = arena_alloc(arena, n, record_bytes);
    if (root == -1) {
        transfer_gather(comm, records, first, all, arena);
        return all;
    }
    for (int r = root; r < comm->size; r++)
        send_first[r + 1] = n_local * record_bytes;
    transfer_all(comm, records, send_first, all, first);
    return all;
}

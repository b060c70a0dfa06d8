/* Records to the rank that owns their key, and answers back. Any total size (counts are chunked below 2 GiB). */
#ifndef COMM_EXCHANGE_H
#define COMM_EXCHANGE_H

#include "comm/comm.h"
#include "support/str.h"

struct exchange {
    size_t n;           /* records that arrived here */
    void *records;      /* [n * record_bytes], by (sending rank, sending order) */
    int64_t *received;  /* [n_ranks] records from each rank */
    size_t n_sent;      /* for the way back */
    int64_t *sent;      /* [n_ranks] records to each rank */
    uint32_t *position; /* [n_sent] place of the i-th record given to exchange_records in sending order */
};

/* Sends record i (of n, record_bytes each, at most 2^32 - 1 a rank) to rank dest[i]. Results live in the arena. */
void exchange_records(const struct comm *comm, const void *records, size_t record_bytes, size_t n, const int *dest,
                      struct arena *arena, struct exchange *out);
/* The way back: reply j answers arrived record j. out[i] (given by the caller, [n_sent * reply_bytes]) answers the i-th
 * record that this rank sent. */
void exchange_reply(const struct comm *comm, const struct exchange *exchange, const void *replies, size_t reply_bytes,
                    void *out, struct arena *arena);
/* Sends text i (of n) to rank dest[i], in rounds of bounded memory. What arrived here is returned, in the order in
 * which exchange_records with the same destinations has its records; out_n is how many. Texts and their bytes live in
 * the arena, no more of it is kept. */
struct str *exchange_texts(const struct comm *comm, const struct str *text, size_t n, const int *dest,
                           struct arena *arena, size_t *out_n);
/* The owner among n_ranks of a well-mixed hash. */
static inline int exchange_owner(uint64_t hash, int n_ranks)
{
    __extension__ typedef unsigned __int128 wide;
    return (int)(((wide)hash * (wide)(unsigned)n_ranks) >> 64);
}

#endif

#include "comm/exchange.h"

#include "comm/reduce.h"
#include "comm_private.h"

#include <string.h>

enum { ROUND_BYTES = 1 << 22 }; /* of texts that a rank sends, and that it receives, at once */

/* Texts as they go out: those of one destination are a stream of bytes, cut into equal pieces, one a round. */
struct outgoing {
    const struct str *text;
    const uint32_t *order; /* text of each place in sending order */
    size_t *next;          /* [n_ranks] place of the text that is next for a destination */
    size_t *skip;          /* [n_ranks] its bytes that are gone already */
    uint64_t *left;        /* [n_ranks] bytes left */
};

static struct outgoing outgoing_start(const struct comm *comm, const struct str *text, const int *dest,
                                      const struct exchange *x, struct arena *arena)
{
    const size_t n_ranks = (size_t)comm->size;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, x->n_sent);
    struct outgoing out = {text, order, ARENA_ARRAY(arena, size_t, n_ranks), ARENA_ZARRAY(arena, size_t, n_ranks),
                           ARENA_ZARRAY(arena, uint64_t, n_ranks)};
    size_t first = 0;
    for (size_t i = 0; i < x->n_sent; i++) {
        order[x->position[i]] = (uint32_t)i;
        out.left[dest[i]] += text[i].n;
    }
    for (size_t r = 0; r < n_ranks; r++) {
        out.next[r] = first;
        first += (size_t)x->sent[r];
    }
    return out;
}

/* The next `bytes` bytes for rank r. */
static void outgoing_take(struct outgoing *out, size_t r, size_t bytes, char *to)
{
    out->left[r] -= bytes;
    while (bytes > 0) {
        const struct str text = out->text[out->order[out->next[r]]];
        const size_t n = min_size(bytes, text.n - out->skip[r]);
        if (n > 0)
            memcpy(to, text.p + out->skip[r], n);
        to += n;
        bytes -= n;
        out->skip[r] += n;
        if (out->skip[r] == text.n) {
            out->skip[r] = 0;
            out->next[r]++;
        }
    }
}

/* One piece from every rank to every other. at[r], left[r]: where the next bytes of rank r belong, and how many come.
 */
static void exchange_round(const struct comm *comm, struct outgoing *out, size_t piece, char **at, uint64_t *left,
                           struct arena *arena)
{
    const size_t n_ranks = (size_t)comm->size;
    const struct arena_mark mark = arena_mark(arena);
    size_t *send_first = ARENA_ZARRAY(arena, size_t, n_ranks + 1),
           *recv_first = ARENA_ZARRAY(arena, size_t, n_ranks + 1);

    for (size_t r = 0; r < n_ranks; r++) {
        send_first[r + 1] = send_first[r] + min_size(piece, (size_t)out->left[r]);
        recv_first[r + 1] = recv_first[r] + min_size(piece, (size_t)left[r]);
    }
    char *sent = arena_bytes(arena, send_first[n_ranks]), *received = arena_bytes(arena, recv_first[n_ranks]);
    for (size_t r = 0; r < n_ranks; r++)
        outgoing_take(out, r, send_first[r + 1] - send_first[r], sent + send_first[r]);
    transfer_all(comm, sent, send_first, received, recv_first);
    for (size_t r = 0; r < n_ranks; r++) {
        const size_t n = recv_first[r + 1] - recv_first[r];
        memcpy(at[r], received + recv_first[r], n);
        at[r] += n;
        left[r] -= n;
    }
    arena_release(arena, mark);
}

struct str *exchange_texts(const struct comm *comm, const struct str *text, size_t n, const int *dest,
                           struct arena *arena, size_t *out_n)
{
    struct arena *scratch = arena_new();
    const size_t n_ranks = (size_t)comm->size, piece = ROUND_BYTES / n_ranks + 1;
    uint64_t *length = ARENA_ARRAY(scratch, uint64_t, n), *left = ARENA_ZARRAY(scratch, uint64_t, n_ranks);
    char **at = ARENA_ARRAY(scratch, char *, n_ranks);
    struct exchange x;
    size_t total = 0, k = 0;
    int64_t rounds = 0;

    for (size_t i = 0; i < n; i++)
        length[i] = text[i].n;
    exchange_records(comm, length, sizeof(*length), n, dest, scratch, &x);
    const uint64_t *arriving = x.records;
    for (size_t i = 0; i < x.n; i++)
        total += arriving[i];
    struct str *out = ARENA_ARRAY(arena, struct str, x.n);
    char *bytes = arena_bytes(arena, total);
    for (size_t r = 0; r < n_ranks; r++) {
        at[r] = bytes;
        for (int64_t i = 0; i < x.received[r]; i++, k++) {
            out[k] = (struct str){bytes, (size_t)arriving[k]};
            bytes += arriving[k];
            left[r] += arriving[k];
        }
        rounds = max_i64(rounds, (int64_t)((left[r] + piece - 1) / piece));
    }
    reduce_max_i64(comm, &rounds, 1);
    struct outgoing outgoing = outgoing_start(comm, text, dest, &x, scratch);
    for (int64_t round = 0; round < rounds; round++)
        exchange_round(comm, &outgoing, piece, at, left, scratch);
    *out_n = x.n;
    arena_free(scratch);
    return out;
}

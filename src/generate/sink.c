#include "sink.h"

#include "bytes/pack.h"
#include "comm/agree.h"
#include "comm/reduce.h"
#include "support/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool write_at(int file, const char *path, const char *p, size_t n, int64_t offset, struct error *err)
{
    while (n > 0) {
        ssize_t wrote = pwrite(file, p, n, (off_t)offset);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return fail(err, ERROR_IO, "%s: cannot be written: %s", path, strerror(errno));
        p += wrote;
        n -= (size_t)wrote;
        offset += wrote;
    }
    return true;
}

/* Rank 0 makes the file, then the others open it. */
static bool open_all(const struct comm *comm, const char *path, int *file, struct error *err)
{
    bool first = comm_rank(comm) == 0;
    *file = first ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1;
    bool ok = !first || *file >= 0 || fail(err, ERROR_IO, "%s: cannot be made: %s", path, strerror(errno));
    TRY(agree(comm, ok, err));
    if (!first)
        *file = open(path, O_WRONLY | O_CLOEXEC);
    ok = *file >= 0 ||
         fail(err, ERROR_IO, "%s: cannot be opened: %s. All ranks need the folder.", path, strerror(errno));
    return agree(comm, ok, err);
}

static bool fill_chunk(sink_chunk *chunk, const void *context, int64_t number, size_t limit, struct buf *text,
                       struct packed *frame, struct error *err)
{
    text->n = 0;
    chunk(context, number, text);
    if (text->full)
        return fail(err, ERROR_BUDGET, "chunk %" PRId64 " of the output passes its limit of %zu bytes", number, limit);
    return pack_frame(buf_str(text), frame, err);
}

/* Rounds of one chunk a rank; sizes are told before anybody writes. */
static bool write_rounds(const struct comm *comm, int file, const char *path, int64_t n_chunks, size_t limit,
                         sink_chunk *chunk, const void *context, int64_t *bytes, struct error *err)
{
    int n_ranks = comm_size(comm), rank = comm_rank(comm);
    int64_t *size = calloc((size_t)n_ranks, sizeof *size);
    ASSERT(size != NULL);
    struct buf text = {.limit = limit};
    struct packed frame = {NULL, 0, 0};
    bool ok = true;
    *bytes = 0;
    for (int64_t first = 0; first < n_chunks && ok; first += n_ranks) {
        frame.n = 0;
        if (first + rank < n_chunks)
            ok = fill_chunk(chunk, context, first + rank, limit, &text, &frame, err);
        ok = agree(comm, ok, err);
        if (!ok)
            break;
        reduce_list_i64(comm, (int64_t)frame.n, size);
        int64_t offset = *bytes;
        for (int r = 0; r < n_ranks; r++) {
            offset += r < rank ? size[r] : 0;
            *bytes += size[r];
        }
        ok = write_at(file, path, frame.p, frame.n, offset, err);
        ok = agree(comm, ok, err);
    }
    pack_free(&frame);
    free(size);
    buf_free(&text);
    return ok;
}

static bool write_temp(const struct comm *comm, const char *temp, int64_t n_chunks, size_t limit, sink_chunk *chunk,
                       const void *context, int64_t *bytes, struct error *err)
{
    int file;
    bool ok =
        open_all(comm, temp, &file, err) && write_rounds(comm, file, temp, n_chunks, limit, chunk, context, bytes, err);
    if (ok)
        ok = agree(comm, fsync(file) == 0 || fail(err, ERROR_IO, "%s: cannot be synced: %s", temp, strerror(errno)),
                   err);
    if (file >= 0)
        close(file);
    return ok;
}

bool sink_write(const struct comm *comm, const char *path, int64_t n_chunks, size_t chunk_limit_bytes,
                sink_chunk *chunk, const void *context, int64_t *bytes, struct error *err)
{
    bool first = comm_rank(comm) == 0;
    int64_t process = (int64_t)getpid();
    comm_bcast(comm, &process, sizeof process, 0);
    struct buf temp = {.limit = 1 << 16};
    buf_printf(&temp, "%s.tmp.%" PRId64, path, process);
    bool ok = write_temp(comm, temp.p, n_chunks, chunk_limit_bytes, chunk, context, bytes, err);
    if (first && !ok)
        unlink(temp.p);
    if (ok)
        ok = agree(comm, !first || file_commit(temp.p, path, err), err);
    buf_free(&temp);
    return ok;
}

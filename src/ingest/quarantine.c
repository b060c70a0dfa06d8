#include "quarantine.h"

#include "comm/agree.h"
#include "comm/gather.h"
#include "comm/reduce.h"
#include "support/file.h"
#include "support/log.h"
#include "support/sort.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { RECORD_BYTES = 4096, RECORD_OVERHEAD = 64, SEGMENT_LIMIT = 1 << 20, DAY_LIMIT = 64 << 20 };

struct bad {
    struct bad *next;
    size_t segment;
    int64_t line, offset;
    const char *reason;
    struct str bytes;
};

struct quarantine quarantine_start(struct arena *arena, const char *what)
{
    return (struct quarantine){.arena = arena, .what = what};
}

void quarantine_add(struct quarantine *q, struct tally *tally, size_t segment, int64_t line, int64_t offset,
                    const char *reason, struct str bytes)
{
    /* Both limits are met before the first record that would pass them, so they fall alike on any number of ranks: see
     * kept(). */
    int64_t before = q->bytes - tally->quarantine_bytes;
    if (q->arena == NULL || tally->quarantine_bytes > SEGMENT_LIMIT || before > DAY_LIMIT)
        return;
    bytes.n = min_size(bytes.n, RECORD_BYTES);
    struct bad *bad = ARENA_ARRAY(q->arena, struct bad, 1);
    const char *why = arena_copy(q->arena, reason, strlen(reason) + 1);
    *bad = (struct bad){NULL, segment, line, offset, why, {arena_copy(q->arena, bytes.p, bytes.n), bytes.n}};
    if (q->last != NULL)
        q->last->next = bad;
    else
        q->first = bad;
    q->last = bad;
    int64_t cost = (int64_t)bytes.n + RECORD_OVERHEAD;
    q->bytes += cost;
    tally->quarantine_bytes += cost;
}

/* Segments in front of the one that passes the day's limit. A rank stops keeping only when its own segments alone have
 * passed it, so nothing is missing before that place. */
static size_t kept(const struct segment_list *segments, const struct extent *extent)
{
    int64_t sum = 0;
    size_t n = 0;
    while (n < segments->n && sum <= DAY_LIMIT)
        sum += extent[n++].quarantine_bytes;
    return n;
}

struct part {
    uint64_t segment, bytes;
};

static void describe(const char *what, const struct bad *bad, const struct file *file, int64_t line, int64_t offset,
                     struct buf *out)
{
    buf_add_str(out, STR("{"));
    if (what != NULL) {
        buf_add_str(out, STR("\"what\":"));
        buf_add_json_string(out, str_of(what));
        buf_add_str(out, STR(","));
    }
    buf_add_str(out, STR("\"file\":"));
    buf_add_json_string(out, str_of(file->path + file->name));
    buf_printf(out, ",\"line\":%" PRId64 ",\"offset\":%" PRId64 ",\"reason\":", line, offset);
    buf_add_json_string(out, str_of(bad->reason));
    buf_add_str(out, STR(",\"bytes\":"));
    buf_add_json_string(out, bad->bytes);
    buf_add_str(out, STR("}\n"));
}

/* This rank's lines, and how many bytes each segment has. */
static size_t render(const struct quarantine *q, const struct file_list *files, const struct segment_list *segments,
                     const struct extent *extent, size_t n_kept, struct arena *arena, struct buf *text,
                     struct part *parts)
{
    /* newlines and bytes of the file before the segment */
    int64_t *lines = ARENA_ARRAY(arena, int64_t, segments->n), *bytes = ARENA_ARRAY(arena, int64_t, segments->n);
    for (size_t i = 0; i < segments->n; i++) {
        bool first = i == 0 || segments->segment[i].file != segments->segment[i - 1].file;
        lines[i] = first ? 0 : lines[i - 1] + extent[i - 1].newlines;
        bytes[i] = first ? 0 : bytes[i - 1] + extent[i - 1].bytes;
    }
    size_t n = 0;
    for (const struct bad *bad = q->first; bad != NULL && bad->segment < n_kept; bad = bad->next) {
        size_t start = text->n;
        describe(q->what, bad, &files->file[segments->segment[bad->segment].file], lines[bad->segment] + bad->line + 1,
                 bytes[bad->segment] + bad->offset, text);
        if (n == 0 || parts[n - 1].segment != bad->segment)
            parts[n++] = (struct part){bad->segment, 0};
        parts[n - 1].bytes += text->n - start;
    }
    return n;
}

static bool append(const char *path, const char *text, const struct part *parts, size_t n, struct arena *arena,
                   struct error *err)
{
    uint64_t *key = ARENA_ARRAY(arena, uint64_t, n), *start = ARENA_ARRAY(arena, uint64_t, n), sum = 0;
    uint32_t *order = ARENA_ARRAY(arena, uint32_t, n);
    for (size_t i = 0; i < n; i++) {
        key[i] = parts[i].segment;
        start[i] = sum;
        sum += parts[i].bytes;
    }
    sort_order_u64(key, n, order, arena);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    bool ok = file >= 0;
    for (size_t i = 0; i < n && ok; i++) {
        const char *p = text + start[order[i]];
        size_t left = parts[order[i]].bytes;
        while (left > 0 && ok) {
            ssize_t wrote = write(file, p, left);
            ok = wrote > 0 || (wrote < 0 && errno == EINTR);
            if (wrote > 0) {
                p += wrote;
                left -= (size_t)wrote;
            }
        }
    }
    if (!ok)
        fail(err, ERROR_IO, "%s: bad records cannot be written there: %s. Choose another quarantine file, or none.",
             path, strerror(errno));
    if (file >= 0)
        close(file);
    return ok;
}

bool quarantine_write(const struct comm *comm, const struct quarantine *q, const struct file_list *files,
                      const struct segment_list *segments, struct extent *extent, int64_t bytes, const char *path,
                      struct error *err)
{
    if (bytes == 0)
        return true;
    reduce_sum_i64(comm, &extent->newlines, segments->n * (sizeof *extent / sizeof(int64_t)));
    size_t n_kept = kept(segments, extent), n_bytes, n_parts;
    struct arena *arena = arena_new();
    struct buf text = {.limit = SIZE_MAX};
    struct part *parts = ARENA_ARRAY(arena, struct part, segments->n);
    size_t n = render(q, files, segments, extent, n_kept, arena, &text, parts);
    const char *all_text = gather_all(comm, text.p, 1, text.n, 0, &n_bytes, arena);
    const struct part *all_parts = gather_all(comm, parts, sizeof *parts, n, 0, &n_parts, arena);
    bool ok = true;
    if (comm_rank(comm) == 0 && n_parts > 0)
        ok = append(path, all_text, all_parts, n_parts, arena, err);
    buf_free(&text);
    arena_free(arena);
    return agree(comm, ok, err);
}

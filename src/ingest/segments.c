#include "segments.h"

#include "bytes/frames.h"
#include "comm/gather.h"
#include "splits.h"
#include "support/deal.h"

#include <string.h>

/* A compressed byte costs about as much as this many plain ones, opening a file as this many bytes. */
enum { COMPRESSED_WEIGHT = 10, OPEN_WEIGHT = 16 * 1024 };

struct cut {
    uint64_t file;
    int64_t offset;
};

struct cuts {
    struct buf list; /* of struct cut */
    size_t file;
};

static void add_cut(void *context, int64_t offset)
{
    struct cuts *cuts = context;
    struct cut cut = {cuts->file, offset};
    buf_add(&cuts->list, &cut, sizeof cut);
}

/* Each rank looks into its share of the zstd files. */
static void find_cuts(const struct comm *comm, struct file_list *files, const struct cutting *cutting,
                      struct arena *arena)
{
    struct cuts cuts = {.list = {.limit = SIZE_MAX}};
    size_t turn = 0, n;
    for (size_t f = 0; f < files->n; f++) {
        const struct file *file = &files->file[f];
        if (file->kind != SOURCE_ZSTD || file->size < 2 * PACKED_BYTES || !splits_file(cutting, file))
            continue;
        cuts.file = f;
        if (turn++ % (size_t)comm_size(comm) == (size_t)comm_rank(comm))
            frames_find(file->path, file->size, files->piece / (SEGMENT_BYTES / PACKED_BYTES), add_cut, &cuts);
    }
    if (turn > 0) {
        const struct cut *cut = gather_all(comm, cuts.list.p, sizeof *cut, cuts.list.n / sizeof *cut, -1, &n, arena);
        int64_t *offset = ARENA_ARRAY(arena, int64_t, n);
        for (size_t i = 0; i < n; i++) { /* those of one file come together, from one rank */
            struct file *file = &files->file[cut[i].file];
            offset[i] = cut[i].offset;
            if (file->n_cuts++ == 0)
                file->cut = &offset[i];
        }
    }
    buf_free(&cuts.list);
}

/* Of a whole number of MiB, so that a day of any size has about CUTS_MOST cuts at most, four times as many if it is all
 * packed: every rank holds the list. It depends on the day alone. */
static int64_t piece_of(int64_t bytes)
{
    enum { CUTS_MOST = 1 << 18, STEP = 1 << 20 };
    return max_i64(SEGMENT_BYTES, (bytes / CUTS_MOST + STEP - 1) / STEP * STEP);
}

/* begins: NULL, or what is true at the start of each piece. */
static size_t pieces(const struct file *file, const struct cutting *cutting, const uint8_t *begins)
{
    if (file->kind != SOURCE_PLAIN)
        return file->n_cuts + 1;
    if (file->size <= cutting->segment_bytes || (begins == NULL && !splits_file(cutting, file)))
        return 1;
    return (size_t)((file->size + cutting->segment_bytes - 1) / cutting->segment_bytes);
}

static int64_t piece_start(const struct file *file, const struct cutting *cutting, size_t k)
{
    if (k == 0)
        return 0;
    return file->kind == SOURCE_PLAIN ? (int64_t)k * cutting->segment_bytes : file->cut[k - 1];
}

static int64_t bytes_of(const struct segment *segment, const struct file *file)
{
    return min_i64(segment->end, file->size) - segment->start;
}

/* What is not looked into is taken for what it calls itself: who reads how much depends on it, nothing else. */
static bool looks_packed(const struct file *file)
{
    static const char *const ends[] = {".gz", ".zst"};
    size_t n = strlen(file->path);
    for (size_t i = 0; i < ARRAY_LEN(ends) && file->kind == SOURCE_UNKNOWN; i++) {
        size_t length = strlen(ends[i]);
        if (n > length && strcmp(file->path + n - length, ends[i]) == 0)
            return true;
    }
    return file->kind == SOURCE_GZIP || file->kind == SOURCE_ZSTD;
}

/* About how many uncompressed bytes. */
static int64_t work_of(const struct segment *segment, const struct file *file)
{
    return bytes_of(segment, file) * (looks_packed(file) ? COMPRESSED_WEIGHT : 1);
}

static void deal_segments(const struct file_list *files, struct segment_list *list, int n_ranks, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    uint64_t *weight = ARENA_ARRAY(arena, uint64_t, list->n);
    uint32_t *rank = ARENA_ARRAY(arena, uint32_t, list->n);
    for (size_t i = 0; i < list->n; i++)
        weight[i] = (uint64_t)work_of(&list->segment[i], &files->file[list->segment[i].file]) + OPEN_WEIGHT;
    deal(weight, list->n, (uint32_t)n_ranks, rank, arena);
    for (size_t i = 0; i < list->n; i++)
        list->segment[i].rank = (int)rank[i];
    arena_release(arena, mark);
}

struct segment_list segments_cut(const struct comm *comm, struct file_list *files, const struct cutting *cutting,
                                 struct arena *arena)
{
    struct segment_list list = {0, NULL, 0, 0};
    size_t n = 0;
    struct cutting own = *cutting;
    files->piece = piece_of(files->bytes);
    own.segment_bytes = own.segment_bytes > 0 ? own.segment_bytes : files->piece;
    cutting = &own;
    find_cuts(comm, files, cutting, arena);
    const uint8_t **begins = splits_find(comm, files, cutting, arena);
    for (size_t f = 0; f < files->n; f++)
        n += pieces(&files->file[f], cutting, begins[f]);
    ASSERT(n < UINT32_MAX);
    list.segment = ARENA_ARRAY(arena, struct segment, n);
    for (size_t f = 0; f < files->n; f++) {
        const struct file *file = &files->file[f];
        size_t n_pieces = pieces(file, cutting, begins[f]);
        for (size_t k = 0; k < n_pieces; k++) {
            int64_t end = k + 1 < n_pieces ? piece_start(file, cutting, k + 1) : INT64_MAX;
            enum survey_start start = begins[f] != NULL ? (enum survey_start)begins[f][k] : SURVEY_RECORD;
            list.segment[list.n++] = (struct segment){f, piece_start(file, cutting, k), end, 0, start};
        }
    }
    deal_segments(files, &list, comm_size(comm), arena);
    for (size_t i = 0; i < list.n; i++) {
        const struct segment *s = &list.segment[i];
        if (s->rank != comm_rank(comm))
            continue;
        list.own_bytes += bytes_of(s, &files->file[s->file]);
        list.own_work += work_of(s, &files->file[s->file]);
    }
    return list;
}

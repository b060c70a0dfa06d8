#include "segments.h"

#include "support/sort.h"

/* A compressed byte costs about as much as this many plain ones. */
enum { COMPRESSED_WEIGHT = 8 };

static bool is_whole(const struct file *file, const bool *splits)
{
    return file->kind != SOURCE_PLAIN || file->size <= SEGMENT_BYTES || !splits[file->input];
}

static size_t pieces(const struct file *file, const bool *splits)
{
    return is_whole(file, splits) ? 1 : (size_t)((file->size + SEGMENT_BYTES - 1) / SEGMENT_BYTES);
}

struct compressed {
    int64_t size;
    size_t segment;
};

static int biggest_first(const void *a, const void *b)
{
    int64_t x = ((const struct compressed *)a)->size, y = ((const struct compressed *)b)->size;
    return (x < y) - (x > y); /* the sort is stable: ties stay in segment order */
}

static void deal(const struct file_list *files, struct segment_list *list, int n_ranks, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    struct compressed *late = ARENA_ARRAY(arena, struct compressed, list->n);
    int64_t *load = ARENA_ZARRAY(arena, int64_t, (size_t)n_ranks);
    size_t n_late = 0, turn = 0;
    for (size_t i = 0; i < list->n; i++) {
        struct segment *s = &list->segment[i];
        const struct file *file = &files->file[s->file];
        if (file->kind != SOURCE_PLAIN) {
            late[n_late++] = (struct compressed){file->size, i};
            continue;
        }
        s->rank = (int)(turn++ % (size_t)n_ranks);
        load[s->rank] += min_i64(s->end, file->size) - s->start;
    }
    sort_stable(late, n_late, sizeof *late, biggest_first, arena);
    for (size_t i = 0; i < n_late; i++) {
        int least = 0;
        for (int r = 1; r < n_ranks; r++) {
            if (load[r] < load[least])
                least = r;
        }
        list->segment[late[i].segment].rank = least;
        load[least] += COMPRESSED_WEIGHT * late[i].size + 1;
    }
    arena_release(arena, mark);
}

struct segment_list segments_cut(const struct comm *comm, const struct file_list *files, const bool *splits,
                                 struct arena *arena)
{
    struct segment_list list = {0, NULL, 0};
    size_t n = 0;
    for (size_t f = 0; f < files->n; f++)
        n += pieces(&files->file[f], splits);
    list.segment = ARENA_ARRAY(arena, struct segment, n);
    for (size_t f = 0; f < files->n; f++) {
        size_t n_pieces = pieces(&files->file[f], splits);
        for (size_t k = 0; k < n_pieces; k++) {
            int64_t start = (int64_t)k * SEGMENT_BYTES;
            int64_t end = k + 1 < n_pieces ? start + SEGMENT_BYTES : INT64_MAX;
            list.segment[list.n++] = (struct segment){f, start, end, 0};
        }
    }
    deal(files, &list, comm_size(comm), arena);
    for (size_t i = 0; i < list.n; i++) {
        const struct segment *s = &list.segment[i];
        if (s->rank == comm_rank(comm))
            list.own_bytes += min_i64(s->end, files->file[s->file].size) - s->start;
    }
    return list;
}

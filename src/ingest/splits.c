#include "splits.h"

#include "comm/gather.h"
#include "scan/survey.h"

enum { BUFFER_BYTES = 256 * 1024 };

static const struct str mark = {"\xEF\xBB\xBF", 3}; /* of byte order */

static const struct form *form_of(const struct cutting *cutting, const struct file *file)
{
    return cutting->layout[file->input]->form;
}

bool splits_file(const struct cutting *cutting, const struct file *file)
{
    const struct form *form = form_of(cutting, file);
    if (form->resync == NULL)
        return false;
    return file->kind == SOURCE_PLAIN || (file->kind == SOURCE_ZSTD && form->around == 0);
}

bool splits_after_survey(const struct cutting *cutting, const struct file *file)
{
    return form_of(cutting, file)->survey != NULL && file->kind == SOURCE_PLAIN && file->size > cutting->segment_bytes;
}

static size_t read_full(struct source *source, char *p, size_t n)
{
    size_t have = 0;
    for (size_t got = 1; have < n && got > 0; have += got)
        got = source_read(source, p + have, n - have);
    return have;
}

struct str splits_head(const struct file *file, struct arena *arena)
{
    struct source source = {.file = -1};
    char *p = arena_bytes(arena, SURVEY_HEAD);
    size_t n = 0;
    if (source_open(&source, file->path, file->kind, 0, INT64_MAX, file->size, arena))
        n = read_full(&source, p, SURVEY_HEAD);
    source_close(&source);
    source_free(&source);
    struct str head = {p, n};
    return str_starts(head, mark) ? (struct str){p + mark.n, n - mark.n} : head;
}

/* What every rank must know of a file before it looks through pieces of it. */
struct look {
    struct survey_rule rule;
    int64_t file, first; /* place of its first piece among all */
};

static size_t n_pieces(const struct file *file, const struct cutting *cutting)
{
    return (size_t)((file->size + cutting->segment_bytes - 1) / cutting->segment_bytes);
}

/* Rank 0 reads the first rows. */
static struct look *make_looks(const struct comm *comm, const struct file_list *files, const struct cutting *cutting,
                               struct arena *arena, size_t *n, size_t *pieces)
{
    struct buf list = {.limit = SIZE_MAX};
    int64_t at = 0;
    for (size_t f = 0; f < files->n && comm_rank(comm) == 0; f++) {
        const struct file *file = &files->file[f];
        if (!splits_after_survey(cutting, file))
            continue;
        struct look look = {.file = (int64_t)f, .first = at};
        struct arena_mark before = arena_mark(arena);
        bool ok = form_of(cutting, file)->survey->rule(splits_head(file, arena), cutting->max_record, &look.rule);
        arena_release(arena, before);
        if (!ok)
            continue;
        buf_add(&list, &look, sizeof look);
        at += (int64_t)n_pieces(file, cutting);
    }
    size_t bytes = list.n;
    const char *mine = bytes > 0 ? list.p : "";
    const char *told = comm_bcast_new(comm, mine, &bytes, 0, arena);
    struct look *look = ARENA_ARRAY(arena, struct look, bytes / sizeof *look);
    if (bytes > 0)
        memcpy(look, told, bytes);
    buf_free(&list);
    *n = bytes / sizeof *look;
    *pieces = 0;
    if (*n > 0)
        *pieces = (size_t)look[*n - 1].first + n_pieces(&files->file[look[*n - 1].file], cutting);
    return look;
}

/* The file's bytes from start to end. One that does not have them is not cut. */
static void look_through(const struct file *file, const struct form_survey *survey, const struct survey_rule *rule,
                         int64_t start, int64_t end, char *p, struct arena *arena, struct survey *out)
{
    struct source source = {.file = -1};
    int64_t base = max_i64(start - 1, 0);
    size_t n = 0, from = (size_t)(start - base);
    bool more = source_open(&source, file->path, file->kind, base, INT64_MAX, file->size, arena);
    while (base + (int64_t)from < end) {
        size_t got = more ? read_full(&source, p + n, BUFFER_BYTES - n) : 0;
        more = n + got == BUFFER_BYTES;
        n += got;
        size_t skip = base + (int64_t)from == 0 && str_starts((struct str){p, n}, mark) ? mark.n : 0;
        size_t to = more ? n - SURVEY_BEHIND : n;
        to = (size_t)min_i64((int64_t)to, end - base);
        if (to <= from + skip)
            break;
        survey->add(rule, p + skip, from, to - skip, n - skip, out);
        size_t drop = to - 1;
        memmove(p, p + drop, n - drop);
        base += (int64_t)drop;
        n -= drop;
        from = 1;
    }
    if (base + (int64_t)from < end || source.reason[0] != '\0')
        out->side[0].wrong = out->side[1].wrong = 1;
    source_close(&source);
    source_free(&source);
}

static void look_at_piece(const struct file_list *files, const struct cutting *cutting, const struct look *look,
                          size_t piece, char *buffer, struct arena *arena, struct survey *out)
{
    const struct file *file = &files->file[look->file];
    int64_t start = (int64_t)(piece - (size_t)look->first) * cutting->segment_bytes;
    int64_t end = min_i64(start + cutting->segment_bytes, file->size);
    look_through(file, form_of(cutting, file)->survey, &look->rule, start, end, buffer, arena, out);
}

const uint8_t **splits_find(const struct comm *comm, const struct file_list *files, const struct cutting *cutting,
                            struct arena *arena)
{
    const uint8_t **starts = ARENA_ZARRAY(arena, const uint8_t *, files->n);
    size_t n, pieces, n_all, wanted = 0;
    for (size_t f = 0; f < files->n; f++)
        wanted += splits_after_survey(cutting, &files->file[f]);
    if (wanted == 0)
        return starts;
    struct look *look = make_looks(comm, files, cutting, arena, &n, &pieces);
    size_t rank = (size_t)comm_rank(comm), ranks = (size_t)comm_size(comm);
    size_t from = pieces * rank / ranks, to = pieces * (rank + 1) / ranks;
    struct survey *mine = ARENA_ZARRAY(arena, struct survey, to - from);
    char *buffer = arena_bytes(arena, BUFFER_BYTES);
    for (size_t i = from, k = 0; i < to; i++) {
        while (k + 1 < n && (size_t)look[k + 1].first <= i)
            k++;
        look_at_piece(files, cutting, &look[k], i, buffer, arena, &mine[i - from]);
    }
    const struct survey *all = gather_all(comm, mine, sizeof *mine, to - from, -1, &n_all, arena);
    for (size_t k = 0; k < n; k++) {
        const struct file *file = &files->file[look[k].file];
        size_t count = n_pieces(file, cutting);
        enum survey_start *start = ARENA_ARRAY(arena, enum survey_start, count);
        uint8_t *out = (uint8_t *)arena_bytes(arena, count);
        if (!form_of(cutting, file)->survey->join(&look[k].rule, all + look[k].first, count, start))
            continue;
        for (size_t i = 0; i < count; i++)
            out[i] = (uint8_t)start[i];
        starts[look[k].file] = out;
    }
    return starts;
}

#include "features/rows.h"

#include "comm/gather.h"
#include "comm/reduce.h"

#include <stdio.h>

static const struct extractor *extractor_of(const struct choice *choice)
{
    return (const struct extractor *)(const void *)choice->plugin;
}

static size_t width_of(const struct choice *choice)
{
    return extractor_of(choice)->width(choice->params);
}

bool feature_set_parse(const struct json_doc *doc, const struct json *node, struct arena *arena,
                       struct feature_set *out, struct error *err)
{
    bool array = node != NULL && json_type(node) == JSON_ARRAY;
    size_t n = array ? json_count(node) : 1;
    if (n == 0)
        return json_fail(doc, node, err, "no features: name at least one extractor, such as \"expert\"");
    struct choice *extractor = ARENA_ARRAY(arena, struct choice, n);
    size_t d = 0;
    for (size_t i = 0; i < n; i++) {
        const struct json *item = array ? json_at(node, i) : node;
        TRY(plugin_choose(extractor_list(), doc, item, arena, &extractor[i], err));
        d += width_of(&extractor[i]);
    }
    *out = (struct feature_set){.n = n, .d = d, .extractor = extractor};
    return true;
}

void feature_set_to_json(const struct feature_set *set, struct buf *out)
{
    for (size_t i = 0; i < set->n; i++) {
        buf_add_str(out, i == 0 ? STR("[") : STR(","));
        plugin_to_json(&set->extractor[i], out);
    }
    buf_add_str(out, STR("]"));
}

void feature_set_column(const struct feature_set *set, size_t column, char out[64])
{
    ASSERT(column < set->d);
    const struct choice *choice = set->extractor;
    for (; column >= width_of(choice); choice++)
        column -= width_of(choice);
    char name[64];
    extractor_of(choice)->column(choice->params, column, name);
    snprintf(out, 64, "%.20s.%.40s", choice->plugin->name, name);
}

bool feature_set_learns(const struct feature_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        if (extractor_of(&set->extractor[i])->prepare)
            return true;
    return false;
}

bool feature_set_fetches(const struct feature_set *set)
{
    for (size_t i = 0; i < set->n; i++)
        if (extractor_of(&set->extractor[i])->fetch)
            return true;
    return false;
}

bool feature_set_prepare(const struct comm *comm, const struct feature_set *set, const struct line_view *lines,
                         struct arena *arena, struct feature_set *out, struct error *err)
{
    void **state = ARENA_ZARRAY(arena, void *, set->n);
    for (size_t i = 0; i < set->n; i++) {
        const struct extractor *extractor = extractor_of(&set->extractor[i]);
        if (extractor->prepare)
            TRY(extractor->prepare(comm, set->extractor[i].params, lines, arena, &state[i], err));
    }
    struct feature_set learnt = *set;
    learnt.state = state;
    return feature_set_fetch(comm, &learnt, lines, arena, out, err);
}

bool feature_set_fetch(const struct comm *comm, const struct feature_set *set, const struct line_view *lines,
                       struct arena *arena, struct feature_set *out, struct error *err)
{
    void **state = ARENA_ZARRAY(arena, void *, set->n);
    for (size_t i = 0; i < set->n; i++) {
        const struct extractor *extractor = extractor_of(&set->extractor[i]);
        if (extractor->fetch)
            TRY(extractor->fetch(comm, set->extractor[i].params, lines, arena, &state[i], err));
        else if (set->state)
            state[i] = set->state[i];
    }
    *out = *set;
    out->state = state;
    return true;
}

void feature_set_row(const struct feature_set *set, struct str line, float *out)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct choice *choice = &set->extractor[i];
        extractor_of(choice)->row(choice->params, set->state ? set->state[i] : NULL, line, out);
        out += width_of(choice);
    }
}

struct rows rows_of_lines(const struct feature_set *set, const struct line_view *lines)
{
    return (struct rows){
        .n = lines->n, .d = set->d, .row = lines->row, .text = lines->text, .set = set, .lines = lines};
}

void rows_fill(const struct rows *rows, size_t first, size_t n, float *out)
{
    ASSERT(first <= rows->n && n <= rows->n - first);
    if (n == 0)
        return;
    if (rows->dense != NULL) {
        memcpy(out, rows->dense + first * rows->d, n * rows->d * sizeof *out);
        return;
    }
    for (size_t i = 0; i < n; i++)
        feature_set_row(rows->set, rows->text[first + i], out + i * rows->d);
}

/* Rows that only their owner can make. */
static void gather_made(const struct comm *comm, const struct rows *rows, const struct ranked_list *list, float *out,
                        struct arena *arena)
{
    const int rank = comm_rank(comm);
    struct ranked_list made = {list->n, ARENA_ARRAY(arena, struct ranked, list->n)};
    size_t n = 0;
    for (size_t i = 0; i < list->n; i++)
        n += list->item[i].rank == rank;
    float *own = ARENA_ARRAY(arena, float, n * rows->d);
    n = 0;
    for (size_t i = 0; i < list->n; i++) {
        made.item[i] = list->item[i];
        if (list->item[i].rank != rank)
            continue;
        rows_fill(rows, list->item[i].local, 1, own + n * rows->d);
        made.item[i].local = (uint32_t)n++;
    }
    gather_listed(comm, &made, own, rows->d * sizeof *out, out, arena);
}

void rows_gather(const struct comm *comm, const struct rows *rows, const struct ranked_list *list, float *out,
                 struct arena *arena)
{
    /* A rank without rows may hold no matrix at all. */
    int64_t dense = rows->dense != NULL;
    reduce_max_i64(comm, &dense, 1);
    struct arena_mark mark = arena_mark(arena);
    if (dense || rows->set == NULL) {
        gather_listed(comm, list, rows->dense, rows->d * sizeof *out, out, arena);
    } else if (feature_set_fetches(rows->set)) {
        gather_made(comm, rows, list, out, arena);
    } else {
        struct str *text = ARENA_ARRAY(arena, struct str, list->n);
        gather_listed_str(comm, list, rows->text, text, arena);
        for (size_t i = 0; i < list->n; i++)
            feature_set_row(rows->set, text[i], out + i * rows->d);
    }
    arena_release(arena, mark);
}

#include "engine.h"
#include "view.h"

#include "detect/explain.h"

enum { MOST_COLUMNS = 15 };

static void describe(const struct experiment *e, const struct feature_set *features, size_t day,
                     const struct explanation *explanation, struct buf *out)
{
    buf_printf(out, "day %zu, detector %s: score %.6g; %" PRId64 " of %" PRId64 " unique lines are stranger\n", day + 1,
               e->detector.plugin->name, explanation->score, explanation->n_stranger, explanation->n_rows);
    if (explanation->n == 0) {
        buf_add_str(out, STR("no feature differs from its typical value, or the detector uses none\n"));
        return;
    }
    buf_printf(out, "%-40s %12s %12s %14s\n", "feature", "value", "typical", "share of score");
    for (size_t i = 0; i < min_size(explanation->n, MOST_COLUMNS); i++) {
        const struct contribution *share = &explanation->column[i];
        char name[64];
        feature_set_column(features, share->column, name);
        buf_printf(out, "%-40s %12g %12g %+14.6f\n", name, (double)share->value, (double)share->typical, share->fall);
    }
}

static bool explain_in(const struct comm *comm, const struct experiment *e, size_t day, struct str line,
                       struct arena *arena, struct buf *out, struct error *err)
{
    struct lines read, lines;
    struct ingest_stats stats;
    struct feature_set features;
    struct explanation explanation;
    TRY(day_read_inputs(comm, e, day, NULL, arena, &read, &stats, err));
    day_lines(comm, e, &read, day, arena, &lines);
    TRY(day_features(comm, e, &lines, arena, &features, err));
    const struct line_view view = lines_view(&lines, arena);
    struct rows rows = rows_of_lines(&features, &view);
    TRY(detect_explain(comm, &e->detector, &rows, line, day_seed(e, day), arena, &explanation, err));
    describe(e, &features, day, &explanation, out);
    return true;
}

bool explain_line(const struct comm *comm, const struct experiment *e, size_t day, struct str line, struct buf *out,
                  struct error *err)
{
    struct arena *arena = arena_new();
    bool ok = explain_in(comm, e, day, line, arena, out, err);
    arena_free(arena);
    return ok;
}

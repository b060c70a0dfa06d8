/* What a sweep would do: runs, stages, lines to label, memory, time. No telemetry is read. */
#include "engine.h"

#include "comm/agree.h"
#include "label/backend.h"
#include "support/file.h"

#include <math.h>

enum { MOST_LOG = 1 << 28, LOG_LINES = 200 };

struct counts {
    size_t n_new, kept, failed, unknown, elsewhere;
};

static void count_runs(const struct sweep *sweep, const struct sweep_options *options, size_t *wanted,
                       struct counts *out, struct arena *arena)
{
    for (size_t i = 0; i < sweep->n_runs; i++) {
        struct arena_mark mark = arena_mark(arena);
        enum run_state state = run_state_of(sweep, options, i, arena);
        arena_release(arena, mark);
        out->elsewhere += state == RUN_OTHER_SLICE;
        out->kept += state == RUN_KEPT || state == RUN_FOREIGN;
        out->failed += state == RUN_FAILED;
        out->unknown += sweep->run[i].id[0] == '\0';
        if (state == RUN_NEW || state == RUN_FAILED)
            wanted[out->n_new++] = i;
    }
}

static void say_stages(const struct engine *e, struct buf *out)
{
    buf_printf(out,
               "needs   %zu reading%s of %zu day%s, %zu scoring%s (draw, features, detector, seed), %zu arm%s (what is "
               "picked), %zu order%s of labels\n",
               e->n_readings, e->n_readings == 1 ? "" : "s", e->n_days, e->n_days == 1 ? "" : "s", e->n_scorings,
               e->n_scorings == 1 ? "" : "s", e->n_arms, e->n_arms == 1 ? "" : "s", e->n_askings,
               e->n_askings == 1 ? "" : "s");
}

static void say_labels(const struct engine *e, struct buf *out)
{
    int64_t most = 0;
    bool open = false, paid = false;
    for (size_t a = 0; a < e->n_askings; a++) {
        const struct experiment *x = e->asking[a].e;
        open = open || x->select.contamination > 0;
        most += x->select.budget * (int64_t)x->n_days;
        for (size_t b = 0; b < x->labeler.n_backends; b++)
            paid = paid || ((const struct backend *)x->labeler.backend[b].plugin)->paid;
    }
    if (open)
        buf_add_str(out, STR("labels  a share of each day's lines (select.contamination): known when a day is read"));
    else
        buf_printf(out,
                   "labels  at most %" PRId64 " picks of all arms; a line that several arms pick is asked for once",
                   most);
    buf_add_str(out, paid ? STR(", and never if the journal has it; this costs money\n")
                          : STR("; no server is asked for money\n"));
}

static void say_memory(const struct comm *world, const struct engine *e, struct buf *out)
{
    double most = 0;
    bool stated = true;
    for (size_t i = 0; i < e->n_runs; i++) {
        const struct experiment *x = &e->run[i].run->experiment;
        double rows =
            (double)x->baseline.benign.count + (double)x->baseline.malicious.count + (double)x->size[x->n_sizes - 1];
        stated = stated && x->baseline.benign.count > 0 && x->baseline.malicious.count > 0;
        most = fmax(most, 3 * rows * (double)x->classifier_features.d * sizeof(float));
    }
    buf_printf(out,
               "memory  about %.0f MB for training rows (3 x rows x columns x 4 bytes), divided by the %d rank%s that "
               "fit together%s\n",
               most / 1e6, comm_size(world), comm_size(world) == 1 ? "" : "s",
               stated ? "" : "; the baseline's lines without a count are not in it");
}

/* Mean share of time of the last runs in the log, in seconds; NaN without any. */
static double run_seconds(const char *path, size_t *n, struct arena *arena)
{
    struct error ignored = {0};
    struct str text;
    double sum = 0;
    *n = 0;
    if (!file_exists(path) || !file_read(path, MOST_LOG, arena, &text, &ignored))
        return NAN;
    for (size_t end = text.n; end > 0 && *n < LOG_LINES;) {
        size_t start = end - 1;
        while (start > 0 && text.p[start - 1] != '\n')
            start--;
        struct json_doc *doc = NULL;
        struct str line = {text.p + start, end - start - (text.p[end - 1] == '\n')};
        if (line.n > 0 && json_parse(line, path, false, &doc, &ignored)) {
            const struct json *stages = json_get(json_root(doc), "stages");
            for (size_t k = 0; k < json_count(stages); k++) {
                double value;
                sum += json_as_f64(json_get(json_at(stages, k), "seconds"), &value) ? value : 0;
            }
            ++*n;
        }
        json_free(doc);
        end = start;
    }
    return *n > 0 ? sum / (double)*n : (double)NAN;
}

static void say_time(const struct sweep_options *options, const struct counts *counts, struct arena *arena,
                     struct buf *out)
{
    size_t n = 0;
    double each =
        options->out_dir ? run_seconds(arena_printf(arena, "%s/runs.jsonl", options->out_dir), &n, arena) : NAN;
    if (isnan(each))
        buf_add_str(out, STR("time    unknown: no run is finished yet\n"));
    else
        buf_printf(
            out,
            "time    about %.0f s of one group of ranks: %zu runs at %.2f s, the mean of the last %zu in the log\n",
            each * (double)counts->n_new, counts->n_new, each, n);
}

static void describe_here(const struct comm *world, const struct sweep *sweep, const struct sweep_options *options,
                          struct buf *out)
{
    struct arena *arena = arena_new();
    struct engine e = {.sweep = sweep, .options = *options, .arena = arena};
    size_t *wanted = ARENA_ARRAY(arena, size_t, sweep->n_runs);
    struct counts counts = {0};
    count_runs(sweep, options, wanted, &counts, arena);
    buf_printf(out, "runs    %zu in all: %zu to be made (%zu of them failed before), %zu kept", sweep->n_runs,
               counts.n_new, counts.failed, counts.kept);
    if (counts.elsewhere > 0)
        buf_printf(out, ", %zu in other slices", counts.elsewhere);
    if (counts.unknown > 0)
        buf_printf(out, "; %zu use files that were not read yet or are yet to be generated, and count as new",
                   counts.unknown);
    buf_add_str(out, STR("\n"));
    if (counts.n_new > 0) {
        arms_make(&e, wanted, counts.n_new);
        say_stages(&e, out);
        say_labels(&e, out);
        say_memory(world, &e, out);
        say_time(options, &counts, arena, out);
    }
    arena_free(arena);
}

bool sweep_describe(const struct comm *world, const struct sweep *sweep, const struct sweep_options *options,
                    struct buf *out, struct error *err)
{
    if (comm_rank(world) == 0)
        describe_here(world, sweep, options, out);
    return agree(world, true, err);
}

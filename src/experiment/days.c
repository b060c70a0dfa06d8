/* Days are rounds: read, score, label what was picked the day before, pick, ask. */
#include "engine.h"
#include "view.h"

#include "comm/digest.h"
#include "ingest/draw.h"
#include "support/rng.h"

uint64_t day_seed(const struct experiment *e, size_t day)
{
    return rng_u64((uint64_t)e->seed, rng_stream("pipeline.day", 0, 0), day);
}

void day_lines(const struct comm *workers, const struct experiment *e, const struct lines *read, size_t day,
               struct arena *arena, struct lines *out)
{
    const struct draw draw = {.seed = rng_u64((uint64_t)e->seed, rng_stream("pool", 0, 0), 0),
                              .keep = e->pool.keep,
                              .subsample = e->pool.subsample,
                              .deal_of = e->pool.deal ? (int64_t)e->n_days : 1,
                              .deal_part = e->pool.deal ? (int64_t)day : 0};
    lines_draw(workers, read, &draw, arena, out);
}

bool day_features(const struct comm *comm, const struct experiment *e, const struct lines *lines, struct arena *arena,
                  struct feature_set *out, struct error *err)
{
    struct line_view view = {.n = lines->n, .row = lines->row, .text = lines->text, .count = lines->count};
    return feature_set_prepare(comm, &e->features, &view, arena, out, err);
}

bool day_read_inputs(const struct comm *comm, const struct experiment *e, size_t day, const char *quarantine,
                     struct arena *arena, struct lines *out, struct ingest_stats *stats, struct error *err)
{
    const bool whole = e->pool.deal && e->n_days > 1;
    const size_t first = whole ? 0 : day, end = whole ? e->n_days : day + 1;
    struct ingest_options options = e->ingest;
    struct inputs all = {0};
    for (size_t d = first; d < end; d++)
        all.n += e->day[d].n;
    all.input = ARENA_ARRAY(arena, struct input, all.n);
    all.n = 0;
    for (size_t d = first; d < end; d++)
        for (size_t i = 0; i < e->day[d].n; i++)
            all.input[all.n++] = e->day[d].input[i];
    options.quarantine = quarantine;
    options.what = whole ? "days" : arena_printf(arena, "day %zu", day + 1);
    return day_read(comm, all.input, all.n, &options, arena, out, stats, err);
}

/* A reading: files -> unique lines, once for all that use it. */
static bool today_read(const struct comm *workers, struct engine *e, struct reading *reading, size_t day,
                       struct error *err)
{
    const char *quarantine = e->options.out_dir ? engine_path(e, "quarantine.jsonl", e->scratch) : NULL;
    if (reading->held)
        return true;
    bool ok = day_read_inputs(workers, reading->e, day, quarantine, reading->whole ? e->arena : e->scratch,
                              &reading->lines, &reading->stats, err);
    reading->held = ok && reading->whole;
    engine_clock(e, CLOCK_TELEMETRY);
    return ok;
}

static void arm_fail(struct engine *e, size_t arm, size_t day, const struct error *why)
{
    e->arm[arm].failed = *why;
    error_context(&e->arm[arm].failed, "day %zu", day + 1);
    log_job(LOG_WARN, "an arm fails and drops out: %s", e->arm[arm].failed.message);
}

/* An arm: exclusions, near-duplicates, budget. What breaks one arm is kept in it. */
static bool today_pick(const struct comm *workers, struct engine *e, size_t arm, size_t day,
                       const struct line_view *lines, const double *score, struct error *err)
{
    struct error why = {0};
    struct day_note *note = &e->arm[arm].day[day];
    if (!selection_add_day(workers, e->arm[arm].selection, lines, score, &note->select, &why)) {
        arm_fail(e, arm, day, &why);
        return true;
    }
    return checkpoint_write(workers, e, arm, day, err);
}

/* A scoring: draw, features, detector, seed; and the picks of its arms. */
static bool today_score(const struct comm *workers, struct engine *e, size_t scoring, const bool *wanted, size_t day,
                        struct error *err)
{
    const struct experiment *x = e->scoring[scoring].e;
    const struct reading *reading = &e->reading[e->scoring[scoring].reading];
    struct day_note note = {.ingest = reading->stats};
    struct feature_set features;
    struct lines lines;
    struct error why = {0};
    day_lines(workers, x, &reading->lines, day, e->scratch, &lines);
    note.events = lines.n_events;
    note.unique = lines.n_global;
    note.lines_digest = digest_strs(workers, lines.text, lines.row, lines.n);
    const struct line_view view = lines_view(&lines, e->scratch);
    double *score = ARENA_ARRAY(e->scratch, double, lines.n);
    bool ok = day_features(workers, x, &lines, e->scratch, &features, &why);
    if (ok) {
        struct rows rows = rows_of_lines(&features, &view);
        ok = detect_score(workers, &x->detector, &rows, day_seed(x, day), e->scratch, score, &why);
    }
    if (ok)
        note.scores_digest = digest_rows(workers, score, sizeof *score, lines.row, lines.n);
    engine_clock(e, CLOCK_DETECT);
    for (size_t a = 0; a < e->n_arms; a++) {
        if (!wanted[a] || e->arm[a].scoring != scoring)
            continue;
        e->arm[a].day[day] = note;
        if (ok)
            TRY(today_pick(workers, e, a, day, &view, score, err));
        else
            arm_fail(e, a, day, &why);
    }
    engine_clock(e, CLOCK_SELECT);
    return true;
}

/* Which arms must be worked on today: those that live, have this day, and whose picks are not known from before. */
static bool find_wanted(const struct comm *workers, struct engine *e, size_t day, bool *wanted, bool *reads,
                        bool *scores, struct error *err)
{
    for (size_t a = 0; a < e->n_arms; a++) {
        bool found = false;
        wanted[a] = e->arm[a].failed.code == ERROR_NONE && day < e->arm[a].e->n_days;
        if (!wanted[a])
            continue;
        TRY(checkpoint_read(workers, e, a, day, &found, err));
        wanted[a] = !found;
        scores[e->arm[a].scoring] = scores[e->arm[a].scoring] || !found;
        reads[e->scoring[e->arm[a].scoring].reading] = reads[e->scoring[e->arm[a].scoring].reading] || !found;
    }
    return true;
}

static bool run_day(const struct comm *workers, struct engine *e, size_t day, struct error *err)
{
    bool *wanted = ARENA_ZARRAY(e->scratch, bool, e->n_arms), *reads = ARENA_ZARRAY(e->scratch, bool, e->n_readings);
    bool *scores = ARENA_ZARRAY(e->scratch, bool, e->n_scorings);
    TRY(find_wanted(workers, e, day, wanted, reads, scores, err));
    for (size_t r = 0; r < e->n_readings; r++) {
        struct arena_mark mark = arena_mark(e->scratch);
        if (reads[r])
            TRY(today_read(workers, e, &e->reading[r], day, err) || error_context(err, "day %zu", day + 1));
        for (size_t s = 0; s < e->n_scorings && reads[r]; s++) {
            struct arena_mark inner = arena_mark(e->scratch);
            if (e->scoring[s].reading == r && scores[s])
                TRY(today_score(workers, e, s, wanted, day, err));
            arena_release(e->scratch, inner);
        }
        arena_release(e->scratch, mark);
    }
    size_t n_new = 0;
    for (size_t a = 0; a < e->n_arms; a++)
        n_new += wanted[a];
    log_job(LOG_INFO, "day %zu of %zu: %zu of %zu arms scored and picked, the others known from before", day + 1,
            e->n_days, n_new, e->n_arms);
    return true;
}

bool days_run(const struct comm *workers, struct engine *e, struct error *err)
{
    TRY(corpora_read(workers, e, err)); /* baseline, validation and test lines; what no arm may pick */
    for (size_t a = 0; a < e->n_arms; a++) {
        const struct arm *arm = &e->arm[a];
        const struct ground *ground = &e->ground[e->reading[e->scoring[arm->scoring].reading].ground];
        e->arm[a].selection = selection_new(workers, &arm->e->select, &arm->e->embedding, ground->excluded);
    }
    for (size_t day = 0; day < e->n_days; day++) {
        struct arena_mark mark = arena_mark(e->scratch);
        bool ok = run_day(workers, e, day, err); /* read, score and pick while yesterday's verdicts are on their way */
        arena_release(e->scratch, mark);
        TRY(ok);
        TRY(labels_take(workers, e, err));     /* yesterday's verdicts: a model may be trained on them here */
        TRY(labels_ask(workers, e, day, err)); /* the union of all arms' picks, each line once */
    }
    return labels_take(workers, e, err);
}

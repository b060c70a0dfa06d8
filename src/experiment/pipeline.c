#include "experiment/pipeline.h"

#include "comm/digest.h"
#include "comm/gather.h"
#include "comm/reduce.h"
#include "experiment/day_features.h"
#include "experiment/score.h"
#include "support/clock.h"
#include "support/log.h"

const char *stage_name(enum stage stage)
{
    static const char *const names[STAGE_COUNT] = {"telemetry", "detect", "select", "label", "train", "evaluate"};
    return names[stage];
}

/* What a run carries from stage to stage. */
struct pipeline {
    const struct comm *comm;
    const struct experiment *e;
    struct ingest_options ingest;
    struct arena *arena;
    struct corpus baseline;
    struct corpus *test; /* [n_tests] */
    struct selection *selection;
    struct label *label; /* [picks] */
    struct result *out;
    double stage_started;
    int64_t sent_before;
};

static void stage_end(struct pipeline *p, enum stage stage)
{
    double now = clock_seconds();
    int64_t sent = comm_bytes_sent(p->comm);
    p->out->seconds[stage] += now - p->stage_started;
    p->out->bytes_sent[stage] += sent - p->sent_before;
    p->stage_started = now;
    p->sent_before = sent;
}

static void note_digest(struct pipeline *p, uint64_t value, const char *name)
{
    struct stage_digest *digest = &p->out->digest[p->out->n_digests++];
    strncpy(digest->name, name, sizeof digest->name - 1);
    digest->value = value;
}

static uint64_t corpus_digest(const struct corpus *corpus)
{
    uint64_t h = hash_mix(corpus->n);
    for (size_t i = 0; i < corpus->n; i++)
        h = hash_mix(h ^ corpus->hash[i].lo ^ hash64(corpus->text[i], corpus->y[i]));
    return h;
}

static bool read_corpora(struct pipeline *p, struct error *err)
{
    TRY(corpus_baseline(p->comm, p->e, p->arena, &p->baseline, &p->out->ingest, err));
    note_digest(p, corpus_digest(&p->baseline), "baseline");
    selection_exclude(p->selection, p->baseline.hash, p->baseline.n);
    for (size_t i = 0; i < p->e->n_tests; i++) {
        struct test_result *result = &p->out->test[i];
        TRY(corpus_test(p->comm, p->e, &p->e->test[i], &p->baseline, p->arena, &p->test[i], &result->dropped,
                        &p->out->ingest, err));
        note_digest(p, corpus_digest(&p->test[i]), arena_printf(p->arena, "test.%s", p->e->test[i].name));
        selection_exclude(p->selection, p->test[i].hash, p->test[i].n);
        result->n_benign = p->test[i].n_benign;
        result->n_malicious = p->test[i].n_malicious;
    }
    p->out->baseline_benign = p->baseline.n_benign;
    p->out->baseline_malicious = p->baseline.n_malicious;
    stage_end(p, STAGE_TELEMETRY);
    return true;
}

/* Telemetry, detection and selection of one day; its lines are forgotten afterwards. */
static bool run_day(struct pipeline *p, size_t day, struct arena *scratch, struct error *err)
{
    const struct experiment *e = p->e;
    struct lines lines;
    struct ingest_stats stats;
    TRY(day_read(p->comm, e->day[day].input, e->day[day].n, &p->ingest, scratch, &lines, &stats, err));
    ingest_add(&p->out->ingest, &stats);
    p->out->day_events[day] = lines.n_events;
    p->out->day_unique[day] = lines.n_global;
    note_digest(p, digest_strs(p->comm, lines.text, lines.row, lines.n),
                arena_printf(scratch, "lines.day%zu", day + 1));
    stage_end(p, STAGE_TELEMETRY);

    struct feature_set features;
    TRY(day_features(p->comm, e, &lines, scratch, &features, err));
    struct rows rows = rows_of_lines(&features, &lines);
    double *score = ARENA_ARRAY(scratch, double, lines.n);
    TRY(detect_score(p->comm, &e->detector, &rows, day_seed(e, day), scratch, score, err));
    note_digest(p, digest_rows(p->comm, score, sizeof *score, lines.row, lines.n),
                arena_printf(scratch, "scores.day%zu", day + 1));
    stage_end(p, STAGE_DETECT);

    TRY(selection_add_day(p->comm, p->selection, &lines, score, &p->out->day[day], err));
    stage_end(p, STAGE_SELECT);
    log_job(LOG_INFO,
            "day %zu of %zu: %" PRId64 " events, %" PRId64 " unique, %" PRId64 " picked (%" PRId64
            " near-duplicates and %" PRId64 " repeats dropped)",
            day + 1, e->n_days, lines.n_events, lines.n_global, p->out->day[day].kept, p->out->day[day].near,
            p->out->day[day].repeated);
    return true;
}

static bool run_days(struct pipeline *p, struct error *err)
{
    struct arena *scratch = arena_new();
    bool ok = true;
    for (size_t day = 0; ok && day < p->e->n_days; day++) {
        struct arena_mark mark = arena_mark(scratch);
        ok = run_day(p, day, scratch, err) || error_context(err, "day %zu", day + 1);
        arena_release(scratch, mark);
    }
    arena_free(scratch);
    if (ok)
        note_digest(p, selection_digest(p->selection), "picks");
    return ok;
}

static bool run_labels(struct pipeline *p, struct error *err)
{
    size_t n = selection_count(p->selection);
    const struct pick *pick = selection_picks(p->selection);
    struct label_item *item = ARENA_ARRAY(p->arena, struct label_item, n);
    p->label = ARENA_ARRAY(p->arena, struct label, n);
    for (size_t i = 0; i < n; i++)
        item[i] = (struct label_item){
            .text = pick[i].text, .hash = pick[i].hash, .platform = pick[i].platform, .truth = pick[i].truth};
    TRY(label_all(p->comm, &p->e->labeler, item, n, p->label, &p->out->label, err));
    uint64_t digest = hash_mix(n);
    for (size_t i = 0; i < n; i++)
        digest = hash_mix(digest ^ (uint64_t)p->label[i].verdict);
    note_digest(p, digest, "labels");
    p->out->n_picks = (int64_t)n;
    p->out->pick = ARENA_ARRAY(p->arena, struct picked, n);
    for (size_t i = 0; i < n; i++)
        p->out->pick[i] = (struct picked){.day = pick[i].day,
                                          .row = pick[i].row,
                                          .count = pick[i].count,
                                          .score = pick[i].score,
                                          .nearest = pick[i].nearest,
                                          .hash = pick[i].hash,
                                          .truth = pick[i].truth,
                                          .verdict = p->label[i].verdict,
                                          .backend = p->label[i].backend};
    log_job(LOG_INFO,
            "%zu picks: %" PRId64 " benign, %" PRId64 " malicious, %" PRId64 " abstained, %" PRId64
            " without a verdict%s",
            n, p->out->label.benign, p->out->label.malicious, p->out->label.abstain, p->out->label.none,
            p->out->label.simulated ? " (simulated labels)" : "");
    stage_end(p, STAGE_LABEL);
    return true;
}

/* The baseline followed by the picks with a benign verdict, in pick order. asked[i]: picks looked at for the first i
 * benign ones. */
static struct corpus training_set(struct pipeline *p, int64_t *asked)
{
    size_t n = p->baseline.n, n_picks = selection_count(p->selection);
    const struct pick *pick = selection_picks(p->selection);
    struct corpus all = {.text = ARENA_ARRAY(p->arena, struct str, n + n_picks),
                         .y = ARENA_ZARRAY(p->arena, uint8_t, n + n_picks)};
    memcpy(all.text, p->baseline.text, n * sizeof *all.text);
    memcpy(all.y, p->baseline.y, n);
    all.n = n;
    asked[0] = 0;
    for (size_t i = 0; i < n_picks; i++)
        if (p->label[i].verdict == VERDICT_BENIGN) {
            all.text[all.n++] = pick[i].text;
            asked[all.n - n] = (int64_t)i + 1;
        }
    return all;
}

static bool evaluate_point(struct pipeline *p, size_t t, size_t s, const double *score, struct error *err)
{
    const struct experiment *e = p->e;
    struct point *point = &p->out->test[t].point[s];
    point->resample = ARENA_ARRAY(p->arena, struct metrics, (size_t)e->evaluate.bootstrap);
    struct arena_mark mark = arena_mark(p->arena);
    TRY(evaluate(score, p->test[t].y, p->test[t].n, &e->evaluate, p->arena, &point->metrics, err));
    /* one seed for all runs and sizes, so that differences between them are paired */
    TRY(evaluate_bootstrap(score, p->test[t].y, p->test[t].n, &e->evaluate, 1, p->arena, point->resample, err));
    size_t n = (size_t)e->evaluate.bootstrap;
    double *value = ARENA_ARRAY(p->arena, double, n), low[METRIC_COUNT], high[METRIC_COUNT];
    for (int m = 0; m < METRIC_COUNT; m++) {
        for (size_t i = 0; i < n; i++)
            value[i] = metric_value(&point->resample[i], m);
        evaluate_interval(value, n, 0.95, &low[m], &high[m]);
    }
    point->low = (struct metrics){low[METRIC_AUC], low[METRIC_FPR_AT_TPR], low[METRIC_TPR_AT_FPR]};
    point->high = (struct metrics){high[METRIC_AUC], high[METRIC_FPR_AT_TPR], high[METRIC_TPR_AT_FPR]};
    point->reached = true;
    arena_release(p->arena, mark);
    return true;
}

static bool run_size(struct pipeline *p, size_t s, const struct corpus *all, struct arena *scratch, struct error *err)
{
    const struct experiment *e = p->e;
    struct corpus training = *all;
    training.n = p->baseline.n + (size_t)e->size[s];
    struct trained trained;
    TRY(score_fit(p->comm, e, &training, scratch, &trained, err));
    stage_end(p, STAGE_TRAIN);
    for (size_t t = 0; t < e->n_tests; t++) {
        double *score;
        TRY(score_corpus(p->comm, e, &trained, &p->test[t], scratch, &score, err) ||
            error_context(err, "test set %s", e->test[t].name));
        note_digest(p, hash64((struct str){(const char *)score, p->test[t].n * sizeof *score}, 0),
                    arena_printf(scratch, "scores.%s.%" PRId64, e->test[t].name, e->size[s]));
        TRY(evaluate_point(p, t, s, score, err));
    }
    stage_end(p, STAGE_EVALUATE);
    return true;
}

static bool run_sizes(struct pipeline *p, struct error *err)
{
    const struct experiment *e = p->e;
    int64_t *asked = ARENA_ARRAY(p->arena, int64_t, selection_count(p->selection) + 1);
    struct corpus all = training_set(p, asked);
    struct arena *scratch = arena_new();
    bool ok = true;
    for (size_t s = 0; ok && s < e->n_sizes; s++) {
        bool reached = (size_t)e->size[s] <= all.n - p->baseline.n;
        for (size_t t = 0; t < e->n_tests; t++)
            p->out->test[t].point[s].asked = reached ? asked[e->size[s]] : -1;
        if (!reached) {
            log_job(LOG_WARN, "size %" PRId64 " is not reached: only %zu picks have a benign verdict", e->size[s],
                    all.n - p->baseline.n);
            continue;
        }
        struct arena_mark mark = arena_mark(scratch);
        ok = run_size(p, s, &all, scratch, err) || error_context(err, "size %" PRId64, e->size[s]);
        arena_release(scratch, mark);
    }
    arena_free(scratch);
    return ok;
}

static void prepare_result(struct pipeline *p)
{
    const struct experiment *e = p->e;
    *p->out = (struct result){
        .day = ARENA_ZARRAY(p->arena, struct select_stats, e->n_days),
        .day_events = ARENA_ZARRAY(p->arena, int64_t, e->n_days),
        .day_unique = ARENA_ZARRAY(p->arena, int64_t, e->n_days),
        .test = ARENA_ZARRAY(p->arena, struct test_result, e->n_tests),
        .digest = ARENA_ZARRAY(p->arena, struct stage_digest, 3 + e->n_tests * (1 + e->n_sizes) + 2 * e->n_days)};
    for (size_t t = 0; t < e->n_tests; t++)
        p->out->test[t].point = ARENA_ZARRAY(p->arena, struct point, e->n_sizes);
}

bool pipeline_run(const struct comm *comm, const struct experiment *e, const char *quarantine, struct arena *arena,
                  struct result *out, struct error *err)
{
    struct pipeline p = {.comm = comm, .e = e, .ingest = e->ingest, .arena = arena, .out = out};
    p.ingest.quarantine = quarantine;
    p.test = ARENA_ZARRAY(arena, struct corpus, e->n_tests);
    prepare_result(&p);
    p.selection = selection_new(&e->select, &e->embedding);
    p.stage_started = clock_seconds();
    p.sent_before = comm_bytes_sent(comm);
    bool ok = true;
    if (e->generates) {
        bool made;
        ok = generate_files(comm, &e->generate, e->data_dir, &made, err);
    }
    ok = ok && read_corpora(&p, err) && run_days(&p, err) && run_labels(&p, err) && run_sizes(&p, err);
    if (ok)
        reduce_max_i64(comm, out->bytes_sent, STAGE_COUNT);
    out->synthetic = out->ingest.synthetic > 0;
    selection_free(p.selection);
    return ok;
}

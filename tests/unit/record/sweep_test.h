/* A made sweep: classifier (alone) x detector x seed, two tests and a tune set, sizes 0, 20, 60. Include after
 * record_test.h. */
#ifndef SWEEP_TEST_H
#define SWEEP_TEST_H

#include "record/collect.h"
#include "store/store.h"

enum { MOST_SEEDS = 3, MOST_RUNS = 2 * 2 * MOST_SEEDS };

struct made {
    struct collect_axis axis[3];
    struct collect_run run[MOST_RUNS];
    struct collect_plan plan;
    struct result *result[MOST_RUNS];
    const char *sweep;
};

static const char *made_classifiers[] = {"gbdt", "logistic"}, *made_detectors[] = {"random", "iforest"},
                  *made_seeds[] = {"1", "2", "3"};

/* Classifier c starts at .5 + .1 c; iforest lowers FPR by .1 a size, random by .01; seeds move all by .001. */
static inline void made_point(struct result *r, size_t test, size_t size, size_t c, size_t d, size_t seed)
{
    struct result_point *point = &r->point[test * r->n_sizes + size];
    const double gain = size == 0 ? 0 : (d == 1 ? 0.1 : 0.01) * (double)size;
    for (size_t m = 0; m < METRIC_COUNT; m++) {
        const double start = 0.5 + 0.1 * (double)c + 0.001 * (size == 0 ? 0 : (double)seed);
        point->value[m] = metrics[m].lower_is_better ? start - gain : start + gain / 2;
        if (m == METRIC_ALARMS)
            point->value[m] = r->test[test].day ? 1000 * (start - gain) : (double)NAN;
        for (size_t b = 0; b < r->n_resamples; b++) /* a little by lines, unlike from arm to arm and size to size */
            point->resample[m][b] = (float)(point->value[m] + 1e-5 * (double)(b * (1 + size + 3 * d) % 7));
    }
}

static inline struct result *made_result(struct fixture *f, size_t c, size_t d, size_t seed)
{
    static const struct shape shape = {
        .n_tests = 3, .n_sizes = 3, .n_resamples = 64, .n_groups = 3, .n_fields = 1, .n_backends = 2, .n_sequences = 1};
    static struct named_digest digest[] = {{"test.hard", 1}, {"test.today", 2}, {"validation", 3}, {"baseline", 4}};
    struct result *r = make_result(f->arena, &shape);
    r->name = "made";
    r->run_id = arena_printf(f->arena, "run-%zu-%zu-%zu", c, d, seed);
    r->commit = "abc";
    r->program = "p";
    r->config = "{}";
    r->tpr = 0.9;
    r->fpr = 0.001;
    r->daily_volume = 5e7;
    r->test[0] = (struct result_test){
        .name = "hard", .role = "test", .sequence = "years", .n_benign = 300, .n_malicious = 150, .clusters = {90, 40}};
    r->test[1] = (struct result_test){
        .name = "today", .role = "test", .day = true, .n_benign = 500, .n_malicious = 50, .clusters = {70, 30}};
    r->test[2] =
        (struct result_test){.name = "half", .role = "tune", .n_benign = 10, .n_malicious = 10, .clusters = {50, 50}};
    r->sequence[0] = "years";
    r->backend[0] = (struct result_backend){.name = "replay", .verdicts = 10};
    r->backend[1] = (struct result_backend){.name = "oracle", .simulated = true, .verdicts = 5};
    r->field[0] = "host";
    for (size_t s = 0; s < r->n_sizes; s++) {
        r->size[s] = (struct result_size){.size = s == 0 ? 0 : s == 1 ? 20 : 60, .reached = true};
        r->size[s].added = r->size[s].size;
        r->size[s].asked = 2 * r->size[s].size;
        r->threshold[s] = 0.25;
        for (size_t t = 0; t < r->n_tests; t++)
            made_point(r, t, s, c, d, seed);
        for (size_t m = 0; m < METRIC_COUNT; m++)
            r->aut[m * r->n_sizes + s] = 0.125 * (double)(s + 1);
    }
    static const char *const host[] = {"alpha", "beta\x1b[31m", "gamma"};
    for (size_t g = 0; g < 3; g++) {
        r->group[g].test = g == 2 ? 1 : 0;
        r->group[g].value = str_of(host[g]);
        for (size_t s = 0; s < r->n_sizes; s++)
            r->group[g].at[s] = (struct group_value){10 * ((int64_t)g + 1), 3, 0.25 / (double)(s + 1),
                                                     g == 0 ? (double)NAN : 0.75, 0.5};
    }
    r->n_digests = ARRAY_LEN(digest);
    r->digest = ARENA_ARRAY(f->arena, struct named_digest, ARRAY_LEN(digest));
    memcpy(r->digest, digest, sizeof digest);
    return r;
}

static inline struct made *make_sweep(struct fixture *f, size_t n_classifiers, size_t n_seeds)
{
    struct made *m = ARENA_ZARRAY(f->arena, struct made, 1);
    m->axis[0] = (struct collect_axis){"classifier", "classifier", n_classifiers, made_classifiers, .alone = true};
    m->axis[1] = (struct collect_axis){"detector", "detector", 2, made_detectors, .seed = false};
    m->axis[2] = (struct collect_axis){"seed", "seed", n_seeds, made_seeds, .seed = true};
    m->plan = (struct collect_plan){"made", 3, n_classifiers * 2 * n_seeds, m->axis, m->run, "sweep-1"};
    m->sweep = in_folder(f, "sweep.h5");
    for (size_t i = 0; i < m->plan.n_runs; i++) {
        size_t *at = ARENA_ARRAY(f->arena, size_t, 3);
        at[0] = i / (2 * n_seeds);
        at[1] = i / n_seeds % 2;
        at[2] = i % n_seeds;
        m->result[i] = made_result(f, at[0], at[1], at[2]);
        m->run[i] = (struct collect_run){.id = m->result[i]->run_id,
                                         .path = in_folder(f, arena_printf(f->arena, "%s.h5", m->result[i]->run_id)),
                                         .at = at,
                                         .control = i - at[1] * n_seeds,
                                         .tests = 77,
                                         .baseline = 88};
    }
    return m;
}

static inline void write_runs(struct fixture *f, const struct made *m)
{
    for (size_t i = 0; i < m->plan.n_runs; i++)
        if (m->result[i] != NULL)
            assert_true(run_file_write(m->run[i].path, m->result[i], NULL, NULL, &f->err));
}

/* The size is not reached by the run. */
static inline void not_reached(struct result *r, size_t size)
{
    r->size[size].reached = false;
    r->size[size].added = r->size[size].asked = -1;
    for (size_t t = 0; t < r->n_tests; t++)
        for (size_t m = 0; m < METRIC_COUNT; m++) {
            r->point[t * r->n_sizes + size].value[m] = NAN;
            r->point[t * r->n_sizes + size].resample[m] = NULL;
        }
}

/* The table, in the arena. */
static inline const char *collect(struct fixture *f, const struct made *m, struct collect_result *out)
{
    struct buf table = {.limit = 1 << 20};
    struct collect_result ignored;
    if (!collect_sweep(&m->plan, m->sweep, &table, out == NULL ? &ignored : out, &f->err))
        fail_msg("%s", f->err.message);
    const char *text = arena_printf(f->arena, "%s", table.p);
    buf_free(&table);
    return text;
}

static inline void collect_refuses(struct fixture *f, const struct made *m, const char *message)
{
    struct buf table = {.limit = 1 << 20};
    struct collect_result out;
    assert_false(collect_sweep(&m->plan, m->sweep, &table, &out, &f->err));
    if (strstr(f->err.message, message) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", f->err.message, message);
    assert_int_equal(table.n, 0);
    buf_free(&table);
}

static inline double *sweep_array(struct fixture *f, const struct made *m, const char *path, size_t n)
{
    struct store *store;
    double *out;
    size_t rank, shape[8], found = 1;
    assert_true(store_open(m->sweep, &store, &f->err));
    if (!store_get_f64(store, path, f->arena, &out, &rank, shape, &f->err))
        fail_msg("%s", f->err.message);
    for (size_t i = 0; i < rank; i++)
        found *= shape[i];
    assert_int_equal(found, n);
    store_close(store);
    return out;
}

static inline size_t count_of(const char *text, const char *word)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, word)) != NULL; p += strlen(word))
        n++;
    return n;
}

#endif

#include "experiment/record.h"

#include "comm/agree.h"
#include "experiment/provenance.h"
#include "experiment/schema.h"
#include "label/backend.h"
#include "store/store.h"
#include "support/file.h"

#include <math.h>

/* Values of one metric of all tests and sizes, [n_tests * n_sizes], NaN where a size was not reached. */
static double *metric_table(const struct experiment *e, const struct result *result, int metric,
                            const struct metrics *(*of)(const struct point *), struct arena *arena)
{
    double *out = ARENA_ARRAY(arena, double, e->n_tests * e->n_sizes);
    for (size_t t = 0; t < e->n_tests; t++)
        for (size_t s = 0; s < e->n_sizes; s++) {
            const struct point *point = &result->test[t].point[s];
            out[t * e->n_sizes + s] = point->reached ? metric_value(of(point), metric) : (double)NAN;
        }
    return out;
}

static const struct metrics *point_value(const struct point *point)
{
    return &point->metrics;
}

static const struct metrics *point_low(const struct point *point)
{
    return &point->low;
}

static const struct metrics *point_high(const struct point *point)
{
    return &point->high;
}

static bool write_metrics(struct store *store, const struct experiment *e, const struct result *result,
                          struct arena *arena, struct error *err)
{
    static const char *const axes[] = {SCHEMA_TEST, SCHEMA_SIZE, SCHEMA_RESAMPLE};
    size_t n = e->n_tests * e->n_sizes, b = (size_t)e->evaluate.bootstrap;
    float *resample = ARENA_ARRAY(arena, float, n *b);
    for (int m = 0; m < METRIC_COUNT; m++) {
        const char *name = schema_metric[m];
        double *value = metric_table(e, result, m, point_value, arena);
        TRY(store_array(store, name, STORE_F64, axes, 2, value, err));
        TRY(store_array(store, arena_printf(arena, "%s_low", name), STORE_F64, axes, 2,
                        metric_table(e, result, m, point_low, arena), err));
        TRY(store_array(store, arena_printf(arena, "%s_high", name), STORE_F64, axes, 2,
                        metric_table(e, result, m, point_high, arena), err));
        for (size_t i = 0; i < n; i++) {
            const struct point *point = &result->test[i / e->n_sizes].point[i % e->n_sizes];
            for (size_t r = 0; r < b; r++)
                resample[i * b + r] = point->reached ? (float)metric_value(&point->resample[r], m) : NAN;
        }
        TRY(store_array(store, arena_printf(arena, "%s_resample", name), STORE_F32, axes, 3, resample, err));
        if (m != METRIC_FPR_AT_TPR)
            continue;
        for (size_t i = 0; i < n; i++)
            value[i] *= e->evaluate.daily_volume;
        TRY(store_array(store, SCHEMA_FALSE_ALARMS, STORE_F64, axes, 2, value, err));
    }
    return true;
}

static bool write_counts(struct store *store, const struct experiment *e, const struct result *result,
                         struct arena *arena, struct error *err)
{
    static const char *const by_size[] = {SCHEMA_SIZE}, *const by_test[] = {SCHEMA_TEST},
                             *const by_day[] = {SCHEMA_DAY};
    int64_t *asked = ARENA_ARRAY(arena, int64_t, e->n_sizes);
    for (size_t s = 0; s < e->n_sizes; s++)
        asked[s] = result->test[0].point[s].asked;
    TRY(store_array(store, SCHEMA_ASKED, STORE_I64, by_size, 1, asked, err));
    int64_t *column = ARENA_ARRAY(arena, int64_t, 3 * e->n_tests);
    for (size_t t = 0; t < e->n_tests; t++) {
        column[t] = result->test[t].n_benign;
        column[e->n_tests + t] = result->test[t].n_malicious;
        column[2 * e->n_tests + t] = result->test[t].dropped;
    }
    TRY(store_array(store, SCHEMA_TEST_BENIGN, STORE_I64, by_test, 1, column, err));
    TRY(store_array(store, SCHEMA_TEST_MALICIOUS, STORE_I64, by_test, 1, column + e->n_tests, err));
    TRY(store_array(store, SCHEMA_TEST_DROPPED, STORE_I64, by_test, 1, column + 2 * e->n_tests, err));
    static const char *const names[] = {"/candidates", "/repeated", "/near_duplicates", "/kept", "/budget"};
    int64_t *daily = ARENA_ARRAY(arena, int64_t, e->n_days);
    for (size_t k = 0; k < ARRAY_LEN(names); k++) {
        for (size_t d = 0; d < e->n_days; d++) {
            const struct select_stats *s = &result->day[d];
            daily[d] = k == 0 ? s->candidates : k == 1 ? s->repeated : k == 2 ? s->near : k == 3 ? s->kept : s->budget;
        }
        TRY(store_array(store, names[k], STORE_I64, by_day, 1, daily, err));
    }
    TRY(store_array(store, "/day_events", STORE_I64, by_day, 1, result->day_events, err));
    return store_array(store, "/day_unique_lines", STORE_I64, by_day, 1, result->day_unique, err);
}

static bool write_picks(struct store *store, const struct result *result, struct arena *arena, struct error *err)
{
    static const char *const axis[] = {SCHEMA_PICK};
    size_t n = (size_t)result->n_picks;
    if (n == 0)
        return true;
    int64_t *number = ARENA_ARRAY(arena, int64_t, 4 * n), *day = number + n, *row = day + n, *count = row + n;
    double *score = ARENA_ARRAY(arena, double, n);
    float *nearest = ARENA_ARRAY(arena, float, n);
    uint8_t *verdict = ARENA_ARRAY(arena, uint8_t, 2 * n), *truth = verdict + n;
    struct str *hash = ARENA_ARRAY(arena, struct str, n);
    for (size_t i = 0; i < n; i++) {
        const struct picked *pick = &result->pick[i];
        char hex[33];
        hash128_hex(pick->hash, hex);
        hash[i] = str_of(arena_printf(arena, "%s", hex));
        number[i] = (int64_t)i + 1;
        day[i] = pick->day + 1;
        row[i] = pick->row;
        count[i] = pick->count;
        score[i] = pick->score;
        nearest[i] = pick->nearest;
        verdict[i] = (uint8_t)pick->verdict;
        truth[i] = (uint8_t)pick->truth;
    }
    TRY(store_axis_i64(store, SCHEMA_PICK, number, n, err));
    TRY(store_array(store, "/pick_day", STORE_I64, axis, 1, day, err));
    TRY(store_array(store, "/pick_row", STORE_I64, axis, 1, row, err));
    TRY(store_array(store, "/pick_count", STORE_I64, axis, 1, count, err));
    TRY(store_array(store, "/pick_score", STORE_F64, axis, 1, score, err));
    TRY(store_array(store, "/pick_nearest", STORE_F32, axis, 1, nearest, err));
    TRY(store_array(store, "/pick_verdict", STORE_U8, axis, 1, verdict, err));
    TRY(store_array(store, "/pick_known", STORE_U8, axis, 1, truth, err));
    return store_array_str(store, "/pick_hash", axis, 1, hash, err);
}

static const char *record_backends(const struct experiment *e, const struct label_stats *label, struct arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < e->labeler.n_backends; i++) {
        const struct backend *backend = (const struct backend *)e->labeler.backend[i].plugin;
        text = arena_printf(arena, "%s%s%s%s: %" PRId64, text, i == 0 ? "" : ", ", backend->plugin.name,
                            backend->simulated ? " (simulation)" : "", label->by_backend[i]);
    }
    return arena_printf(arena, "%s, no verdict: %" PRId64, text, label->none);
}

static bool write_attributes(struct store *store, const struct sweep *sweep, const struct run *run,
                             const struct result *result, struct arena *arena, struct error *err)
{
    const struct experiment *e = &run->experiment;
    const struct ingest_stats *in = &result->ingest;
    const struct label_stats *label = &result->label;
    const struct {
        const char *group, *name;
        int64_t value;
    } number[] = {{"/", SCHEMA_VERSION_NAME, SCHEMA_VERSION},
                  {"/", SCHEMA_SYNTHETIC, result->synthetic},
                  {"/", SCHEMA_SIMULATED, label->simulated},
                  {"/", "seed", e->seed},
                  {"/", "picks", result->n_picks},
                  {"/", "baseline_benign", result->baseline_benign},
                  {"/", "baseline_malicious", result->baseline_malicious},
                  {"/ingest", "files", in->files},
                  {"/ingest", "bytes", in->bytes},
                  {"/ingest", "records", in->records},
                  {"/ingest", "bad", in->bad},
                  {"/ingest", "filtered", in->filtered},
                  {"/ingest", "unreadable_files", in->unreadable},
                  {"/ingest", "synthetic_records", in->synthetic},
                  {"/labels", "benign", label->benign},
                  {"/labels", "malicious", label->malicious},
                  {"/labels", "abstain", label->abstain},
                  {"/labels", "none", label->none},
                  {"/labels", "journaled", label->journaled},
                  {"/labels", "asked", label->asked},
                  {"/labels", "failed", label->failed}};
    for (size_t i = 0; i < ARRAY_LEN(number); i++)
        TRY(store_attr_i64(store, number[i].group, number[i].name, number[i].value, err));
    TRY(store_attr_str(store, "/", SCHEMA_RUN_ID, str_of(run->id), err));
    TRY(store_attr_str(store, "/", "name", str_of(e->name), err));
    TRY(store_attr_str(store, "/", SCHEMA_CONFIG, str_of(run->config), err));
    TRY(store_attr_str(store, "/labels", SCHEMA_BACKENDS, str_of(record_backends(e, label, arena)), err));
    TRY(store_attr_str(store, "/ingest", "input_digest", str_of(arena_printf(arena, "%016" PRIx64, in->input_digest)),
                       err));
    for (size_t a = 0; a < sweep->n_axes; a++)
        TRY(store_attr_str(store, "/axes", sweep->axis[a].key, str_of(sweep->axis[a].value[run->at[a]]), err));
    for (size_t i = 0; i < result->n_digests; i++)
        TRY(store_attr_str(store, "/digests", result->digest[i].name,
                           str_of(arena_printf(arena, "%016" PRIx64, result->digest[i].value)), err));
    for (int i = 0; i < STAGE_COUNT; i++) {
        TRY(store_attr_f64(store, "/seconds", stage_name((enum stage)i), result->seconds[i], err));
        TRY(store_attr_i64(store, "/bytes_sent", stage_name((enum stage)i), result->bytes_sent[i], err));
    }
    return true;
}

static bool write_file(const struct comm *comm, struct store *store, const struct sweep *sweep, const struct run *run,
                       const struct result *result, struct arena *arena, struct error *err)
{
    const struct experiment *e = &run->experiment;
    struct str *test = ARENA_ARRAY(arena, struct str, e->n_tests);
    int64_t n_most = max_i64((int64_t)e->n_days, e->evaluate.bootstrap);
    int64_t *count = ARENA_ARRAY(arena, int64_t, (size_t)n_most);
    for (int64_t i = 0; i < n_most; i++)
        count[i] = i + 1;
    for (size_t t = 0; t < e->n_tests; t++)
        test[t] = str_of(e->test[t].name);
    TRY(store_axis_str(store, SCHEMA_TEST, test, e->n_tests, err));
    TRY(store_axis_i64(store, SCHEMA_SIZE, e->size, e->n_sizes, err));
    TRY(store_axis_i64(store, SCHEMA_DAY, count, e->n_days, err));
    TRY(store_axis_i64(store, SCHEMA_RESAMPLE, count, (size_t)e->evaluate.bootstrap, err));
    return write_metrics(store, e, result, arena, err) && write_counts(store, e, result, arena, err) &&
           write_picks(store, result, arena, err) && write_attributes(store, sweep, run, result, arena, err) &&
           provenance_write(comm, store, err);
}

bool record_write(const struct comm *comm, const char *path, const struct sweep *sweep, const struct run *run,
                  const struct result *result, struct error *err)
{
    bool ok = true;
    if (comm_rank(comm) == 0) {
        struct arena *arena = arena_new();
        struct store *store = NULL;
        ok = store_create(path, &store, err);
        ok = ok && write_file(comm, store, sweep, run, result, arena, err);
        if (ok)
            ok = store_commit(store, err);
        else
            store_close(store);
        arena_free(arena);
    }
    return agree(comm, ok, err);
}

bool record_finished(const char *path, const struct run *run)
{
    struct store *store = NULL;
    struct error ignored;
    struct str id = {"", 0};
    struct arena *arena = arena_new();
    bool ok = file_exists(path) && store_open(path, &store, &ignored) &&
              store_get_attr_str(store, "/", SCHEMA_RUN_ID, arena, &id, &ignored) && str_equal(id, str_of(run->id));
    store_close(store);
    arena_free(arena);
    return ok;
}

static bool read_open(struct store *store, struct arena *arena, struct record *out, struct error *err)
{
    size_t rank, shape[8];
    struct str backends;
    int64_t version, synthetic, simulated;
    TRY(store_get_attr_i64(store, "/", SCHEMA_VERSION_NAME, &version, err));
    if (version != SCHEMA_VERSION)
        return fail(err, ERROR_INPUT, "result schema %" PRId64 ", this program knows %d: delete the file and run again",
                    version, SCHEMA_VERSION);
    TRY(store_get_attr_i64(store, "/", SCHEMA_SYNTHETIC, &synthetic, err));
    TRY(store_get_attr_i64(store, "/", SCHEMA_SIMULATED, &simulated, err));
    TRY(store_get_attr_str(store, "/labels", SCHEMA_BACKENDS, arena, &backends, err));
    *out = (struct record){
        .synthetic = synthetic, .simulated = simulated, .backends = arena_printf(arena, "%.*s", STR_ARG(backends))};
    for (int m = 0; m < METRIC_COUNT; m++) {
        TRY(store_get_f64(store, schema_metric[m], arena, &out->value[m], &rank, shape, err));
        TRY(store_get_f64(store, arena_printf(arena, "%s_resample", schema_metric[m]), arena, &out->resample[m], &rank,
                          shape, err));
    }
    out->n_tests = shape[0];
    out->n_sizes = shape[1];
    out->n_resamples = shape[2];
    TRY(store_get_i64(store, SCHEMA_ASKED, arena, &out->asked, &rank, shape, err));
    TRY(store_get_i64(store, SCHEMA_TEST_BENIGN, arena, &out->n_benign, &rank, shape, err));
    return store_get_i64(store, SCHEMA_TEST_MALICIOUS, arena, &out->n_malicious, &rank, shape, err);
}

bool record_read(const char *path, struct arena *arena, struct record *out, struct error *err)
{
    struct store *store = NULL;
    TRY(store_open(path, &store, err));
    bool ok = read_open(store, arena, out, err) || error_context(err, "%s", path);
    store_close(store);
    return ok;
}

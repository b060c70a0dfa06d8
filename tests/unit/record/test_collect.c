#include "record/collect.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record_test.h"
#include "sweep_test.h"

/* Places of (classifier, detector, test, size) in arrays over arms. */
static size_t cell(size_t c, size_t d, size_t test, size_t size)
{
    return ((c * 2 + d) * 3 + test) * 3 + size;
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void means_and_differences_are_those_of_the_runs(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 2, 3);
    struct collect_result out;
    write_runs(f, m);
    collect(f, m, &out);
    assert_true(out.missing == 0 && out.failed == 0);
    const double *mean = sweep_array(f, m, "/fpr_mean", 36), *low = sweep_array(f, m, "/fpr_low", 36),
                 *control = sweep_array(f, m, "/fpr_minus_control", 36),
                 *size0 = sweep_array(f, m, "/fpr_minus_size0", 36), *run = sweep_array(f, m, "/fpr", 108);
    for (size_t c = 0; c < 2; c++)
        for (size_t d = 0; d < 2; d++)
            for (size_t t = 0; t < 3; t++)
                for (size_t s = 0; s < 3; s++) {
                    double sum = 0, other = 0, start = 0;
                    for (size_t k = 0; k < 3; k++) {
                        const size_t at = (c * 2 + d) * 3 + k;
                        const double value = m->result[at]->point[t * 3 + s].value[METRIC_FPR];
                        assert_true(run[(at * 3 + t) * 3 + s] == value);
                        sum += value;
                        other += m->result[c * 6 + k]->point[t * 3 + s].value[METRIC_FPR];
                        start += m->result[at]->point[t * 3].value[METRIC_FPR];
                    }
                    const size_t i = cell(c, d, t, s);
                    assert_true(near(mean[i], sum / 3) && low[i] <= mean[i]);
                    assert_true(s == 0 || d == 0 ? isnan(control[i]) : near(control[i], (sum - other) / 3));
                    assert_true(s == 0 ? isnan(size0[i]) : near(size0[i], (sum - start) / 3));
                }
}

static void a_size_counts_where_every_seed_reached_it(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    not_reached(m->result[4], 2); /* iforest, second seed */
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_int_equal(count_of(table, "2 of 3 seeds"), 2); /* one row in each test's table */
    const double *seeds = sweep_array(f, m, "/seeds_reached", 6), *mean = sweep_array(f, m, "/auc_mean", 18),
                 *control = sweep_array(f, m, "/auc_minus_control", 18),
                 *asked = sweep_array(f, m, "/labels_asked_mean", 6);
    assert_true(seeds[3 + 2] == 2 && seeds[3 + 1] == 3 && seeds[2] == 3);
    assert_true(isnan(mean[cell(0, 1, 0, 2)]) && isnan(control[cell(0, 1, 0, 2)]) && isnan(asked[5]));
    assert_true(!isnan(mean[cell(0, 1, 0, 1)]) && !isnan(mean[cell(0, 0, 0, 2)]));
    assert_null(strstr(table, "nan"));
}

static void no_difference_to_a_control_that_did_not_reach_the_size(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    not_reached(m->result[0], 1); /* random, first seed */
    write_runs(f, m);
    collect(f, m, NULL);
    const double *control = sweep_array(f, m, "/fpr_minus_control", 18),
                 *size0 = sweep_array(f, m, "/fpr_minus_size0", 18);
    assert_true(isnan(control[cell(0, 1, 0, 1)]) && !isnan(control[cell(0, 1, 0, 2)]));
    assert_true(!isnan(size0[cell(0, 1, 0, 1)]) && isnan(size0[cell(0, 0, 0, 1)]));
}

static void each_baseline_alone_stands_once(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 2, 3);
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    const char *end = strstr(table, "precision");
    assert_non_null(end);
    const char *first = arena_printf(f->arena, "%.*s", (int)(end - table), table);
    assert_int_equal(count_of(first, "baseline alone classifier=gbdt"), 1);
    assert_int_equal(count_of(first, "baseline alone classifier=logistic"), 1);
    assert_int_equal(count_of(first, "baseline alone"), 2);
    const double *alone = sweep_array(f, m, "/fpr_alone_mean", 6);
    assert_true(near(alone[0], 0.5) && near(alone[3], 0.6));
    assert_null(strstr(table, "WARNING"));
}

static void a_baseline_alone_that_differs_is_said(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    m->result[4]->point[0].value[METRIC_AUC] += 1e-12;
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(strstr(table, "WARNING: baseline alone differs between the runs run-0-0-1 and run-0-1-1"));
}

static void flags_are_those_of_any_run(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    m->result[5]->simulated = true; /* not the first run, not the first seed */
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(strstr(table, "SIMULATED labels"));
    assert_non_null(strstr(table, "(only the arms marked ~)"));
    assert_non_null(strstr(table, "iforest ~"));
    assert_null(strstr(table, "random (control) ~"));
    assert_null(strstr(table, "SYNTHETIC"));
    const double *arm = sweep_array(f, m, "/arm_simulated", 2), *run = sweep_array(f, m, "/run_simulated", 6);
    assert_true(arm[0] == 0 && arm[1] == 1 && run[5] == 1 && run[4] == 0);
    struct store *store;
    int64_t whole;
    assert_true(store_open(m->sweep, &store, &f->err));
    assert_true(store_get_attr_i64(store, "/", "labels_simulated", &whole, &f->err) && whole == 1);
    assert_true(store_get_attr_i64(store, "/", "synthetic", &whole, &f->err) && whole == 0);
    assert_true(store_get_attr_i64(store, "/verdicts", "replay", &whole, &f->err) && whole == 60);
    assert_true(store_get_attr_i64(store, "/verdicts", "oracle (simulation)", &whole, &f->err) && whole == 30);
    store_close(store);
    assert_non_null(strstr(table, "verdicts by backend, of 6 runs: replay 60, oracle (simulation) 30"));
}

static void flags_of_all_arms_need_no_marks(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    for (size_t i = 0; i < 6; i++)
        m->result[i]->synthetic = true;
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(strstr(table, "SYNTHETIC telemetry"));
    assert_null(strstr(table, "^"));
}

static void other_content_of_equal_tests_is_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const said[] = {"\"test.hard\"", "\"test.today\"", "\"validation\"", "\"baseline\""};
    for (size_t i = 0; i < ARRAY_LEN(said); i++) {
        struct made *m = make_sweep(f, 1, 3);
        m->result[3]->digest[i].value++;
        write_runs(f, m);
        collect_refuses(f, m, said[i]);
        assert_non_null(strstr(f->err.message, "run-0-0-0.h5"));
        assert_non_null(strstr(f->err.message, "run-0-1-0.h5"));
        m->result[3]->digest[i].name = "other";
        write_runs(f, m);
        collect_refuses(f, m, said[i]);
    }
    assert_false(file_exists(in_folder(f, "sweep.h5")));
}

static void another_baseline_may_have_other_content(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 2, 1);
    for (size_t i = 2; i < 4; i++) {
        m->run[i].baseline = 99;
        m->result[i]->digest[3].value = 5;
    }
    write_runs(f, m);
    collect(f, m, NULL);
    m->run[3].baseline = 88;
    collect_refuses(f, m, "\"baseline\"");
}

static void runs_of_other_shape_are_refused(void **state)
{
    struct fixture *f = *state;
    static const char *const said[] = {"sizes", "evaluate.tpr", "evaluate.fpr",
                                       "tests", "tests",        "evaluate.daily_volume"};
    for (size_t i = 0; i < ARRAY_LEN(said); i++) {
        struct made *m = make_sweep(f, 1, 1);
        struct result *r = m->result[1];
        if (i == 0)
            r->size[1].size = 30;
        else if (i == 1)
            r->tpr = 0.95;
        else if (i == 2)
            r->fpr = 0.01;
        else if (i == 3)
            r->test[0].name = "easy";
        else if (i == 4)
            r->n_tests = 2, r->n_groups = 0;
        else
            r->daily_volume = 1;
        write_runs(f, m);
        collect_refuses(f, m, said[i]);
    }
    struct made *m = make_sweep(f, 1, 1);
    m->result[1]->n_resamples = 7;
    write_runs(f, m);
    collect_refuses(f, m, "evaluate.bootstrap");
}

static void the_file_of_another_sweep_is_not_overwritten(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    struct str before, after;
    write_runs(f, m);
    collect(f, m, NULL);
    collect(f, m, NULL); /* its own file is renewed */
    assert_true(file_read(m->sweep, 1 << 24, f->arena, &before, &f->err));
    m->plan.sweep_id = "sweep-2";
    collect_refuses(f, m,
                    "is the file of another sweep (sweep-1, this one is sweep-2): choose another --out or remove it");
    assert_true(file_read(m->sweep, 1 << 24, f->arena, &after, &f->err));
    assert_true(str_equal(before, after));
    assert_true(file_replace(m->sweep, STR("something else"), &f->err));
    collect_refuses(f, m, "choose another --out or remove it");
}

static void equal_runs_give_equal_sweep_files(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 2, 3);
    struct str before, after;
    write_runs(f, m);
    collect(f, m, NULL);
    assert_true(file_read(m->sweep, 1 << 24, f->arena, &before, &f->err));
    sleep(1);
    collect(f, m, NULL);
    assert_true(file_read(m->sweep, 1 << 24, f->arena, &after, &f->err));
    assert_true(str_equal(before, after));
}

static void missing_and_failed_runs_are_counted_and_named(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    struct collect_result out;
    m->result[0] = m->result[4] = NULL; /* the first, too */
    m->run[4].failed = "score of row 3 is not finite";
    write_runs(f, m);
    const char *table = collect(f, m, &out);
    assert_true(out.missing == 1 && out.failed == 1);
    assert_non_null(strstr(table, "1 of 6 runs are missing:\n  classifier=gbdt detector=random seed=1 ("));
    assert_non_null(strstr(table, "1 of 6 runs failed:\n  classifier=gbdt detector=iforest seed=2 ("));
    assert_non_null(strstr(table, "score of row 3 is not finite"));
    const double *run = sweep_array(f, m, "/run_state", 6);
    assert_true(run[0] == 0 && run[1] == 1 && run[4] == 2);
    assert_true(isnan(sweep_array(f, m, "/auc_mean", 18)[0]));
}

static void nothing_at_all_is_refused(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 1);
    collect_refuses(f, m, "no run of the sweep made is there: 2 missing");
    m->run[1].failed = "out of labels";
    collect_refuses(f, m, "out of labels");
}

static void a_file_of_another_run_is_refused(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 1);
    m->result[1]->run_id = "another";
    write_runs(f, m);
    collect_refuses(f, m, "is the file of run another");
}

static void a_sweep_without_axes_is_one_run(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 1);
    m->plan.n_axes = 0;
    m->plan.n_runs = 1;
    write_runs(f, m);
    const char *table = collect(f, m, NULL);
    assert_non_null(strstr(table, "anomalies"));
    assert_int_equal(sweep_array(f, m, "/auc_mean", 9)[0] > 0, 1);
    assert_int_equal(sweep_array(f, m, "/arm_simulated", 1)[0] > 0, 0);
}

static void numbers_on_axes_are_numbers(void **state)
{
    struct fixture *f = *state;
    struct made *m = make_sweep(f, 1, 3);
    static const char *values[] = {"1", "0.8"};
    m->axis[1] = (struct collect_axis){"select.near_threshold", "near_threshold", 2, values, .seed = false};
    write_runs(f, m);
    assert_non_null(strstr(collect(f, m, NULL), "near_threshold=0.8"));
    assert_true(sweep_array(f, m, "/test_clusters_benign", 3)[1] == 70 && sweep_array(f, m, "/test_is_day", 3)[1] == 1);
    const double *axis = sweep_array(f, m, "/near_threshold", 2), *seed = sweep_array(f, m, "/seed", 3);
    assert_true(axis[0] == 1 && axis[1] == 0.8 && seed[2] == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(means_and_differences_are_those_of_the_runs),
        TEST(a_size_counts_where_every_seed_reached_it),
        TEST(no_difference_to_a_control_that_did_not_reach_the_size),
        TEST(each_baseline_alone_stands_once),
        TEST(a_baseline_alone_that_differs_is_said),
        TEST(flags_are_those_of_any_run),
        TEST(flags_of_all_arms_need_no_marks),
        TEST(other_content_of_equal_tests_is_refused),
        TEST(another_baseline_may_have_other_content),
        TEST(runs_of_other_shape_are_refused),
        TEST(the_file_of_another_sweep_is_not_overwritten),
        TEST(equal_runs_give_equal_sweep_files),
        TEST(missing_and_failed_runs_are_counted_and_named),
        TEST(nothing_at_all_is_refused),
        TEST(a_file_of_another_run_is_refused),
        TEST(a_sweep_without_axes_is_one_run),
        TEST(numbers_on_axes_are_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

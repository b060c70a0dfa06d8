#include "sweep_variables.h"

#include <math.h>

#define GET(name) static union sweep_cell name(const struct grid *grid, const struct sweep_place *at)
/* Something of a run, or `absent` if it is not finished. */
#define GET_RUN(name, member, value, absent)                                                                           \
    GET(name)                                                                                                          \
    {                                                                                                                  \
        const struct result *r = grid->run[at->i];                                                                     \
        return (union sweep_cell){.member = r == NULL ? (absent) : (value)};                                           \
    }
/* A member of an estimate. */
#define GET_ESTIMATE(name, list, field)                                                                                \
    GET(name)                                                                                                          \
    {                                                                                                                  \
        return (union sweep_cell){.real = grid->list[at->metric][grid_cell(grid, at->i, at->test, at->size)].field};   \
    }
/* The same of the arm that stands for a baseline alone. */
#define GET_ALONE(name, field)                                                                                         \
    GET(name)                                                                                                          \
    {                                                                                                                  \
        const size_t cell = grid_cell(grid, grid->alone[at->i], at->test, grid->size0);                                \
        return (union sweep_cell){.real = grid->own[at->metric][cell].field};                                          \
    }

GET_RUN(run_value, real, r->point[at->test * grid->n_sizes + at->size].value[at->metric], (double)NAN)
GET_RUN(run_asked, whole, r->size[at->size].asked, -1)
GET_RUN(run_added, whole, r->size[at->size].added, -1)
GET_RUN(run_commit, text, r->commit, "")
GET_RUN(run_program, text, r->program, "")
GET_RUN(run_dirty, whole, r->dirty, 0)
GET_RUN(run_synthetic, whole, r->synthetic, 0)
GET_RUN(run_simulated, whole, r->simulated, 0)

GET(run_id)
{
    return (union sweep_cell){.text = grid->plan->run[grid->plan_run[at->i]].id};
}

GET(run_state)
{
    return (union sweep_cell){.whole = (int64_t)grid->state[at->i]};
}

GET(run_failure)
{
    const char *why = grid->plan->run[grid->plan_run[at->i]].failed;
    return (union sweep_cell){.text = why == NULL ? "" : why};
}

GET_ESTIMATE(own_mean, own, mean)
GET_ESTIMATE(own_low, own, low)
GET_ESTIMATE(own_high, own, high)
GET_ESTIMATE(control_mean, minus_control, mean)
GET_ESTIMATE(control_low, minus_control, low)
GET_ESTIMATE(control_high, minus_control, high)
GET_ESTIMATE(size0_mean, minus_size0, mean)
GET_ESTIMATE(size0_low, minus_size0, low)
GET_ESTIMATE(size0_high, minus_size0, high)
GET_ALONE(alone_mean, mean)
GET_ALONE(alone_low, low)
GET_ALONE(alone_high, high)

GET(own_state)
{
    return (union sweep_cell){.whole =
                                  (int64_t)grid->own[at->metric][grid_cell(grid, at->i, at->test, at->size)].state};
}

GET(arm_seeds)
{
    return (union sweep_cell){.whole = (int64_t)grid->reached[at->i * grid->n_sizes + at->size]};
}

GET(arm_asked)
{
    return (union sweep_cell){.real = grid->asked[at->i * grid->n_sizes + at->size]};
}

GET(arm_added)
{
    return (union sweep_cell){.real = grid->added[at->i * grid->n_sizes + at->size]};
}

GET(arm_synthetic)
{
    return (union sweep_cell){.whole = grid->synthetic[at->i]};
}

GET(arm_simulated)
{
    return (union sweep_cell){.whole = grid->simulated[at->i]};
}

/* Of a test: the same in every run. */
#define GET_TEST(name, member, value)                                                                                  \
    GET(name)                                                                                                          \
    {                                                                                                                  \
        const struct result_test *t = &grid->any->test[at->test];                                                      \
        return (union sweep_cell){.member = value};                                                                    \
    }
GET_TEST(test_role, text, t->role)
GET_TEST(test_day, whole, t->day)
GET_TEST(test_benign, whole, t->n_benign)
GET_TEST(test_malicious, whole, t->n_malicious)
GET_TEST(test_clusters_benign, real, t->clusters[0])
GET_TEST(test_clusters_malicious, real, t->clusters[1])

#define NO_YES "no yes"

/* clang-format off */
const struct sweep_variable sweep_variables[] = {
    {"/%s", OVER_RUNS, true, true, CELL_F64, NULL, "%s; NaN where the size was not reached", NULL, run_value},
    {"/%s_mean", OVER_ARMS, true, true, CELL_F64, NULL, "%s: mean over seeds; NaN unless every seed reached the size",
     NULL, own_mean},
    {"/%s_low", OVER_ARMS, true, true, CELL_F64, NULL,
     "%s: lower end of the mean's 95 % interval for new seeds and new lines", NULL, own_low},
    {"/%s_high", OVER_ARMS, true, true, CELL_F64, NULL,
     "%s: upper end of the mean's 95 % interval for new seeds and new lines", NULL, own_high},
    {"/%s_interval", OVER_ARMS, true, true, CELL_U8, "1", "%s: whether an interval is given, and why not",
     "given no_value few_seeds few_clusters few_resamples no_variation", own_state},
    {"/%s_minus_size0", OVER_ARMS, true, true, CELL_F64, NULL,
     "%s: minus that of size 0 of the same arm, paired by seed", NULL, size0_mean},
    {"/%s_minus_size0_low", OVER_ARMS, true, true, CELL_F64, NULL,
     "%s: minus that of size 0, lower end of the 95 % interval", NULL, size0_low},
    {"/%s_minus_size0_high", OVER_ARMS, true, true, CELL_F64, NULL,
     "%s: minus that of size 0, upper end of the 95 % interval", NULL, size0_high},
    {"/%s_minus_control", OVER_ARMS, true, true, CELL_F64, NULL,
     "%s: minus the control's of the same size, paired by seed; the control picks at random, all else equal", NULL,
     control_mean},
    {"/%s_minus_control_low", OVER_ARMS, true, true, CELL_F64, NULL,
     "%s: minus the control's, lower end of the 95 % interval", NULL, control_low},
    {"/%s_minus_control_high", OVER_ARMS, true, true, CELL_F64, NULL,
     "%s: minus the control's, upper end of the 95 % interval", NULL, control_high},
    {"/%s_alone_mean", OVER_ALONE, true, false, CELL_F64, NULL,
     "%s: of the baseline alone (size 0), mean over seeds, once for each that differs", NULL, alone_mean},
    {"/%s_alone_low", OVER_ALONE, true, false, CELL_F64, NULL,
     "%s: of the baseline alone, lower end of the 95 % interval", NULL, alone_low},
    {"/%s_alone_high", OVER_ALONE, true, false, CELL_F64, NULL,
     "%s: of the baseline alone, upper end of the 95 % interval", NULL, alone_high},
    {"/test_role", OVER_NONE, true, false, CELL_TEXT, NULL,
     "test: a result; tune: a half of the validation set, for choosing, never a result", NULL, test_role},
    {"/test_is_day", OVER_NONE, true, false, CELL_U8, "1", "whether alarms a day can be stated", NO_YES, test_day},
    {"/test_benign", OVER_NONE, true, false, CELL_I64, "lines", "benign lines", NULL, test_benign},
    {"/test_malicious", OVER_NONE, true, false, CELL_I64, "lines", "malicious lines", NULL, test_malicious},
    {"/test_clusters_benign", OVER_NONE, true, false, CELL_F64, "1", "effective number of clusters of benign lines",
     NULL, test_clusters_benign},
    {"/test_clusters_malicious", OVER_NONE, true, false, CELL_F64, "1",
     "effective number of clusters of malicious lines", NULL, test_clusters_malicious},
    {"/seeds_reached", OVER_ARMS, false, true, CELL_I64, "1", "seeds that reached the size", NULL, arm_seeds},
    {"/labels_asked_mean", OVER_ARMS, false, true, CELL_F64, "lines",
     "picks looked at until the size was reached, mean over seeds; NaN unless every seed reached it", NULL, arm_asked},
    {"/lines_added_mean", OVER_ARMS, false, true, CELL_F64, "lines",
     "benign anomalies in the training set, mean over seeds; NaN unless every seed reached the size", NULL, arm_added},
    {"/arm_synthetic", OVER_ARMS, false, false, CELL_U8, "1", "whether some run's telemetry is synthetic", NO_YES,
     arm_synthetic},
    {"/arm_simulated", OVER_ARMS, false, false, CELL_U8, "1", "whether some run's verdicts were made from known truth",
     NO_YES, arm_simulated},
    {"/labels_asked", OVER_RUNS, false, true, CELL_I64, "lines",
     "picks looked at until the size was reached; -1: not reached", NULL, run_asked},
    {"/lines_added", OVER_RUNS, false, true, CELL_I64, "lines",
     "benign anomalies in the training set; -1: not reached", NULL, run_added},
    {"/run_id", OVER_RUNS, false, false, CELL_TEXT, NULL, "id of the run, and name of its file", NULL, run_id},
    {"/run_state", OVER_RUNS, false, false, CELL_U8, "1", "whether the run is there", "missing finished failed",
     run_state},
    {"/run_failure", OVER_RUNS, false, false, CELL_TEXT, NULL, "why the run failed; empty: it did not", NULL,
     run_failure},
    {"/run_commit", OVER_RUNS, false, false, CELL_TEXT, NULL, "commit of the sources of the program that made the run",
     NULL, run_commit},
    {"/run_dirty", OVER_RUNS, false, false, CELL_U8, "1", "whether the sources were changed after that commit", NO_YES,
     run_dirty},
    {"/run_program", OVER_RUNS, false, false, CELL_TEXT, NULL, "digest of the executable that made the run", NULL,
     run_program},
    {"/run_synthetic", OVER_RUNS, false, false, CELL_U8, "1", "whether some of its telemetry is synthetic", NO_YES,
     run_synthetic},
    {"/run_simulated", OVER_RUNS, false, false, CELL_U8, "1", "whether some of its verdicts were made from known truth",
     NO_YES, run_simulated},
};
/* clang-format on */
const size_t n_sweep_variables = ARRAY_LEN(sweep_variables);

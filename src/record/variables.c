#include "variables.h"

#include <math.h>

/* The C type of an expression; anything else does not compile. */
#define CELL_OF(x)                                                                                                     \
    _Generic((x),                                                                                                      \
        double: CELL_F64,                                                                                              \
        float: CELL_F32,                                                                                               \
        int64_t: CELL_I64,                                                                                             \
        int32_t: CELL_I32,                                                                                             \
        uint64_t: CELL_U64,                                                                                            \
        uint32_t: CELL_U32,                                                                                            \
        uint8_t: CELL_U8,                                                                                              \
        bool: CELL_BOOL,                                                                                               \
        const char *: CELL_TEXT,                                                                                       \
        struct str: CELL_STR)
/* A member of the records in an array; the elements of an array; what a function finds. */
#define IN(list, type, member)                                                                                         \
    {                                                                                                                  \
        CELL_OF(((struct type *)0)->member), offsetof(struct result, list), sizeof(struct type),                       \
            offsetof(struct type, member), NULL                                                                        \
    }
#define PLAIN(list)                                                                                                    \
    {                                                                                                                  \
        CELL_OF(*((struct result *)0)->list), offsetof(struct result, list), sizeof(*((struct result *)0)->list), 0,   \
            NULL                                                                                                       \
    }
#define FOUND(cell, function)                                                                                          \
    {                                                                                                                  \
        cell, 0, 0, 0, function                                                                                        \
    }
#define COUNT(member) offsetof(struct result, member)
#define ROOT(member)  CELL_OF(((struct result *)0)->member), offsetof(struct result, member)

const struct axis axes[AXIS_COUNT] = {
    [AXIS_TEST] = {"/test", COUNT(n_tests), IN(test, result_test, name), NULL, "test sets of known class"},
    [AXIS_SIZE] = {"/size", COUNT(n_sizes), IN(size, result_size, size), "lines",
                   "places of the curve: benign anomalies in training (or labels, if the configuration counts these)"},
    [AXIS_RESAMPLE] = {"/resample", COUNT(n_resamples), {0}, NULL, "draws of clusters of test lines"},
    [AXIS_DAY] = {"/day", COUNT(n_days), {0}, NULL, "days in order"},
    [AXIS_PICK] = {"/pick", COUNT(n_picks), {0}, NULL, "picked lines in the order in which the curve takes them"},
    [AXIS_LINE] = {"/line", COUNT(lines.n), {0}, NULL, "lines of all tests, test after test"},
    [AXIS_HALF] = {"/half", 0, {0}, NULL, "halves of a 128-bit hash: 1 the high 64 bits, 2 the low ones"},
    [AXIS_FIELD] = {"/field", COUNT(n_fields), PLAIN(field), NULL, "fields of the test lines"},
    [AXIS_GROUP] = {"/group", COUNT(n_groups), {0}, NULL, "groups: lines of one test with one value of one field"},
    [AXIS_BACKEND] = {"/backend", COUNT(n_backends), IN(backend, result_backend, name), NULL,
                      "label backends in the order in which they are asked"},
    [AXIS_SEQUENCE] = {"/sequence", COUNT(n_sequences), PLAIN(sequence), NULL, "sequences of tests in order of time"},
};

static void *point_value(const struct result *r, size_t metric, const size_t at[MOST_AXES])
{
    return &r->point[at[0] * r->n_sizes + at[1]].value[metric];
}

static void *point_resample(const struct result *r, size_t metric, const size_t at[MOST_AXES])
{
    static float none = NAN; /* only ever read: arrays are there when a file is read */
    float *resample = r->point[at[0] * r->n_sizes + at[1]].resample[metric];
    return resample == NULL ? &none : &resample[at[2]];
}

static void *aut_value(const struct result *r, size_t metric, const size_t at[MOST_AXES])
{
    return &r->aut[(at[0] * METRIC_COUNT + metric) * r->n_sizes + at[1]];
}

static void *hash_half(struct hash128 *hash, size_t half)
{
    return half == 0 ? &hash->hi : &hash->lo;
}

static void *pick_hash(const struct result *r, size_t each, const size_t at[MOST_AXES])
{
    (void)each;
    return hash_half(&r->pick[at[0]].hash, at[1]);
}

static void *line_hash(const struct result *r, size_t each, const size_t at[MOST_AXES])
{
    (void)each;
    return hash_half(&r->lines.hash[at[0]], at[1]);
}

static void *line_field(const struct result *r, size_t field, const size_t at[MOST_AXES])
{
    return &r->lines.field[field][at[0]];
}

static struct group_value *group_at(const struct result *r, const size_t at[MOST_AXES])
{
    return &r->group[at[0]].at[at[1]];
}

#define GROUP_VALUE(member)                                                                                            \
    static void *group_##member(const struct result *r, size_t each, const size_t at[MOST_AXES])                       \
    {                                                                                                                  \
        (void)each;                                                                                                    \
        return &group_at(r, at)->member;                                                                               \
    }
GROUP_VALUE(n_benign)
GROUP_VALUE(n_malicious)
GROUP_VALUE(fpr)
GROUP_VALUE(tpr)
GROUP_VALUE(auc)

#define CLASSES  "benign malicious"
#define VERDICTS "none benign malicious abstain"
#define TRUTHS   "unknown benign malicious"
#define NO_YES   "no yes"

/* clang-format off */
const struct variable variables[] = {
    {"/%s", {AXIS_TEST, AXIS_SIZE}, FOUND(CELL_F64, point_value), EACH_METRIC, PART_NUMBERS, 0, NULL,
     "%s; NaN where the size was not reached", NULL},
    {"/%s_resample", {AXIS_TEST, AXIS_SIZE, AXIS_RESAMPLE}, FOUND(CELL_F32, point_resample), EACH_METRIC,
     PART_RESAMPLES, 0, NULL, "%s: on draws of clusters of lines, the same draws in every run", NULL},
    {"/%s_aut", {AXIS_SEQUENCE, AXIS_SIZE}, FOUND(CELL_F64, aut_value), EACH_METRIC, PART_NUMBERS, 0, NULL,
     "%s: area under it over the tests of a sequence, divided by the number of steps (AUT)", NULL},
    {"/threshold", {AXIS_SIZE}, PLAIN(threshold), 0, PART_NUMBERS, 0, "1",
     "score of the validation threshold: a line is flagged if its score is not below; NaN: no validation set", NULL},
    {"/reached", {AXIS_SIZE}, IN(size, result_size, reached), 0, PART_NUMBERS, 0, "1",
     "whether there were picks enough for the size", NO_YES},
    {"/lines_added", {AXIS_SIZE}, IN(size, result_size, added), 0, PART_NUMBERS, 0, "lines",
     "benign anomalies in the training set; -1: not reached", NULL},
    {"/labels_asked", {AXIS_SIZE}, IN(size, result_size, asked), 0, PART_NUMBERS, 0, "lines",
     "picks looked at until the size was reached; -1: not reached", NULL},

    {"/test_role", {AXIS_TEST}, IN(test, result_test, role), 0, PART_NUMBERS, 0, NULL,
     "test: a result; tune: a half of the validation set, for choosing, never a result", NULL},
    {"/test_is_day", {AXIS_TEST}, IN(test, result_test, day), 0, PART_NUMBERS, 0, "1",
     "whether its lines are those of a day, so that alarms a day can be stated", NO_YES},
    {"/test_sequence", {AXIS_TEST}, IN(test, result_test, sequence), 0, PART_NUMBERS, 0, NULL,
     "the sequence that the test is a step of; empty: none", NULL},
    {"/test_benign", {AXIS_TEST}, IN(test, result_test, n_benign), 0, PART_NUMBERS, 0, "lines",
     "benign lines", NULL},
    {"/test_malicious", {AXIS_TEST}, IN(test, result_test, n_malicious), 0, PART_NUMBERS, 0, "lines",
     "malicious lines", NULL},
    {"/test_dropped", {AXIS_TEST}, IN(test, result_test, dropped), 0, PART_NUMBERS, 0, "lines",
     "lines left out of the test because they train some arm", NULL},
    {"/test_clusters_benign", {AXIS_TEST}, IN(test, result_test, clusters[0]), 0, PART_NUMBERS, 0, "1",
     "effective number of clusters of benign lines", NULL},
    {"/test_clusters_malicious", {AXIS_TEST}, IN(test, result_test, clusters[1]), 0, PART_NUMBERS, 0, "1",
     "effective number of clusters of malicious lines", NULL},

    {"/day_events", {AXIS_DAY}, IN(day, result_day, events), 0, PART_DETAILS, 0, "events", "events read", NULL},
    {"/day_unique", {AXIS_DAY}, IN(day, result_day, unique), 0, PART_DETAILS, 0, "lines",
     "lines that differ in canonical form", NULL},
    {"/day_budget", {AXIS_DAY}, IN(day, result_day, budget), 0, PART_DETAILS, 0, "lines", "lines to pick", NULL},
    {"/day_candidates", {AXIS_DAY}, IN(day, result_day, candidates), 0, PART_DETAILS, 0, "lines",
     "lines looked at for picking", NULL},
    {"/day_repeated", {AXIS_DAY}, IN(day, result_day, repeated), 0, PART_DETAILS, 0, "lines",
     "candidates left out because they were picked before, train or test", NULL},
    {"/day_near", {AXIS_DAY}, IN(day, result_day, near), 0, PART_DETAILS, 0, "lines",
     "candidates left out because they are near a line kept before", NULL},
    {"/day_kept", {AXIS_DAY}, IN(day, result_day, kept), 0, PART_DETAILS, 0, "lines", "lines picked", NULL},

    {"/pick_day", {AXIS_PICK}, IN(pick, result_pick, day), 0, PART_DETAILS, AXIS_DAY, "1", "day of the pick", NULL},
    {"/pick_row", {AXIS_PICK}, IN(pick, result_pick, row), 0, PART_DETAILS, 0, "1",
     "its row among the day's unique lines, from 0", NULL},
    {"/pick_count", {AXIS_PICK}, IN(pick, result_pick, count), 0, PART_DETAILS, 0, "events",
     "how often the line occurs on its day", NULL},
    {"/pick_score", {AXIS_PICK}, IN(pick, result_pick, score), 0, PART_DETAILS, 0, "1",
     "how strange the detector finds it", NULL},
    {"/pick_nearest", {AXIS_PICK}, IN(pick, result_pick, nearest), 0, PART_DETAILS, 0, "1",
     "highest cosine to a line kept before", NULL},
    {"/pick_hash", {AXIS_PICK, AXIS_HALF}, FOUND(CELL_U64, pick_hash), 0, PART_DETAILS, 0, "1",
     "which line: 128 bits of the SHA-256 of its exact form; the text is found again in the inputs", NULL},
    {"/pick_verdict", {AXIS_PICK}, IN(pick, result_pick, verdict), 0, PART_DETAILS, 0, "1",
     "verdict of the labels", VERDICTS},
    {"/pick_known", {AXIS_PICK}, IN(pick, result_pick, known), 0, PART_DETAILS, 0, "1",
     "known truth, for judging the selection afterwards; nothing in a run looks at it", TRUTHS},
    {"/pick_simulated", {AXIS_PICK}, IN(pick, result_pick, simulated), 0, PART_DETAILS, 0, "1",
     "whether the verdict was made from known truth", NO_YES},
    {"/pick_backend", {AXIS_PICK}, IN(pick, result_pick, backend), 0, PART_DETAILS, AXIS_BACKEND, "1",
     "backend that gave the verdict", NULL},

    {"/line_test", {AXIS_LINE}, PLAIN(lines.test), 0, PART_DETAILS, AXIS_TEST, "1", "test of the line", NULL},
    {"/line_hash", {AXIS_LINE, AXIS_HALF}, FOUND(CELL_U64, line_hash), 0, PART_LINES, 0, "1",
     "seeded hash of the masked form", NULL},
    {"/line_truth", {AXIS_LINE}, PLAIN(lines.y), 0, PART_DETAILS, 0, "1", "known class", CLASSES},
    {"/line_count", {AXIS_LINE}, PLAIN(lines.count), 0, PART_DETAILS, 0, "events", "how often the line occurs", NULL},
    {"/line_cluster", {AXIS_LINE}, PLAIN(lines.cluster), 0, PART_DETAILS, 0, "1",
     "number of the cluster that the line is resampled with", NULL},
    {"/line_score", {AXIS_SIZE, AXIS_LINE}, PLAIN(lines.score), 0, PART_LINES, 0, "1",
     "the classifier's log odds that the line is malicious; NaN where the size was not reached", NULL},
    {"/line_field_%s", {AXIS_LINE}, FOUND(CELL_STR, line_field), EACH_FIELD, PART_LINES, 0, NULL,
     "the line's field %s", NULL},

    {"/group_test", {AXIS_GROUP}, IN(group, result_group, test), 0, PART_NUMBERS, AXIS_TEST, "1",
     "test of the group", NULL},
    {"/group_field", {AXIS_GROUP}, IN(group, result_group, field), 0, PART_NUMBERS, AXIS_FIELD, "1",
     "field of the group", NULL},
    {"/group_value", {AXIS_GROUP}, IN(group, result_group, value), 0, PART_NUMBERS, 0, NULL,
     "value of the field in the group", NULL},
    {"/group_benign", {AXIS_GROUP, AXIS_SIZE}, FOUND(CELL_I64, group_n_benign), 0, PART_NUMBERS, 0, "lines",
     "benign lines of the group", NULL},
    {"/group_malicious", {AXIS_GROUP, AXIS_SIZE}, FOUND(CELL_I64, group_n_malicious), 0, PART_NUMBERS, 0, "lines",
     "malicious lines of the group", NULL},
    {"/group_fpr", {AXIS_GROUP, AXIS_SIZE}, FOUND(CELL_F64, group_fpr), 0, PART_NUMBERS, 0, "1",
     "FPR of the group at the threshold; NaN without benign lines", NULL},
    {"/group_tpr", {AXIS_GROUP, AXIS_SIZE}, FOUND(CELL_F64, group_tpr), 0, PART_NUMBERS, 0, "1",
     "TPR of the group at the threshold; NaN without malicious lines", NULL},
    {"/group_auc", {AXIS_GROUP, AXIS_SIZE}, FOUND(CELL_F64, group_auc), 0, PART_NUMBERS, 0, "1",
     "area under the ROC curve of the group; NaN where a class is missing", NULL},

    {"/backend_simulated", {AXIS_BACKEND}, IN(backend, result_backend, simulated), 0, PART_NUMBERS, 0, "1",
     "whether it makes verdicts from known truth", NO_YES},
    {"/backend_verdicts", {AXIS_BACKEND}, IN(backend, result_backend, verdicts), 0, PART_NUMBERS, 0, "lines",
     "verdicts that it gave", NULL},
};
const size_t n_variables = ARRAY_LEN(variables);

const struct attribute attributes[] = {
    {"name", ROOT(name), NULL, "name of the configuration"},
    {"run_id", ROOT(run_id), NULL, "made from everything that decides the results"},
    {"config", ROOT(config), NULL, "canonical JSON; a configuration that the program reads back"},
    {"seed", ROOT(seed), NULL, "seed of the run"},
    {"synthetic", ROOT(synthetic), NULL, "1: some record of an input says that it is synthetic"},
    {"labels_simulated", ROOT(simulated), NULL, "1: some verdict was made from known truth"},
    {"commit", ROOT(commit), NULL, "commit of the program's sources"},
    {"dirty", ROOT(dirty), NULL, "1: the sources were changed after that commit"},
    {"program", ROOT(program), NULL, "digest of the executable"},
    {"tpr", ROOT(tpr), "1", "operating point: the TPR that FPR is read at, and of the validation threshold"},
    {"fpr", ROOT(fpr), "1", "operating point: the FPR that TPR is read at"},
    {"daily_volume", ROOT(daily_volume), "lines/day", "lines a day that false alarms are stated for"},
};
const size_t n_attributes = ARRAY_LEN(attributes);
/* clang-format on */

size_t axis_length(const struct result *result, enum axis_id id)
{
    if (id == AXIS_HALF)
        return 2;
    size_t n;
    memcpy(&n, (const char *)result + axes[id].count, sizeof n);
    return n;
}

size_t variable_shape(const struct result *result, const struct variable *v, size_t shape[MOST_AXES])
{
    size_t rank = 0;
    for (; rank < MOST_AXES && v->axis[rank] != AXIS_NONE; rank++)
        shape[rank] = axis_length(result, v->axis[rank]);
    return rank;
}

size_t variable_times(const struct result *result, const struct variable *v)
{
    return v->each == EACH_METRIC ? METRIC_COUNT : v->each == EACH_FIELD ? result->n_fields : 1;
}

const char *put_name(const char *text, const char *name, struct arena *arena)
{
    const char *here = strstr(text, "%s");
    return here == NULL ? text : arena_printf(arena, "%.*s%s%s", (int)(here - text), text, name, here + 2);
}

const char *variable_path(const struct result *result, const struct variable *v, size_t i, struct arena *arena)
{
    return v->each == EACH_ONCE ? v->path
                                : put_name(v->path, v->each == EACH_METRIC ? metrics[i].name : result->field[i], arena);
}

const char *variable_unit(const struct variable *v, size_t i)
{
    return v->each == EACH_METRIC && v->unit == NULL ? metrics[i].unit : v->unit;
}

const char *variable_long_name(const struct result *result, const struct variable *v, size_t i, struct arena *arena)
{
    return v->each == EACH_ONCE
               ? v->long_name
               : put_name(v->long_name, v->each == EACH_METRIC ? metrics[i].long_name : result->field[i], arena);
}

void *variable_at(const struct result *result, const struct variable *v, size_t each, size_t flat)
{
    if (v->place.find == NULL) {
        char *array;
        memcpy(&array, (const char *)result + v->place.array, sizeof array);
        return array + flat * v->place.stride + v->place.offset;
    }
    size_t shape[MOST_AXES], at[MOST_AXES] = {0};
    for (size_t i = variable_shape(result, v, shape); i-- > 0;) {
        at[i] = flat % shape[i];
        flat /= shape[i];
    }
    return v->place.find(result, each, at);
}

bool cell_is_text(enum cell cell)
{
    return cell == CELL_TEXT || cell == CELL_STR;
}

enum store_type cell_store_type(enum cell cell)
{
    static const enum store_type type[] = {
        [CELL_F64] = STORE_F64, [CELL_F32] = STORE_F32, [CELL_I64] = STORE_I64, [CELL_I32] = STORE_I32,
        [CELL_U64] = STORE_U64, [CELL_U32] = STORE_U32, [CELL_U8] = STORE_U8,   [CELL_BOOL] = STORE_U8};
    ASSERT(!cell_is_text(cell));
    return type[cell];
}

size_t cell_bytes(enum cell cell)
{
    static const size_t bytes[] = {[CELL_F64] = 8,
                                   [CELL_F32] = 4,
                                   [CELL_I64] = 8,
                                   [CELL_I32] = 4,
                                   [CELL_U64] = 8,
                                   [CELL_U32] = 4,
                                   [CELL_U8] = 1,
                                   [CELL_BOOL] = sizeof(bool),
                                   [CELL_TEXT] = sizeof(const char *),
                                   [CELL_STR] = sizeof(struct str)};
    return bytes[cell];
}

const char *text_of(struct str s, struct arena *arena)
{
    char *text = arena_bytes(arena, s.n + 1);
    if (s.n > 0)
        memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    return text;
}

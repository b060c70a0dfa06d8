#include "plan_test.h"

struct planned {
    struct sweep sweep;
    struct error err;
    struct json_doc *doc;
    bool ok;
};

/* Plans the folder's configuration with a sweep section and settings. */
static struct planned plan_with(const struct folder *folder, const char *more, const struct setting *setting,
                                size_t n_settings)
{
    struct planned plan = {.err = {.message = ""}, .doc = folder_config(folder, more)};
    struct identity *identity = identity_new(NULL, true);
    for (size_t i = 0; i < n_settings; i++)
        assert_true(json_set(plan.doc, setting[i].key, setting[i].value, &plan.err));
    plan.ok = axes_plan(folder->comm, plan.doc, setting, n_settings, identity, folder->arena, &plan.sweep, &plan.err);
    identity_free(identity);
    return plan;
}

static struct planned plan_of(const struct folder *folder, const char *sweep)
{
    struct planned plan = plan_with(folder, arena_printf(folder->arena, ",\n \"sweep\": {%s}", sweep), NULL, 0);
    if (!plan.ok)
        print_error("%s\n", plan.err.message);
    assert_all(folder->comm, plan.ok);
    return plan;
}

static void refuse(const struct folder *folder, const char *sweep, const char *message)
{
    struct planned plan = plan_with(folder, arena_printf(folder->arena, ",\n \"sweep\": {%s}", sweep), NULL, 0);
    bool right = !plan.ok && strstr(plan.err.message, message);
    if (!right)
        print_error("%s -> %s\n", sweep, plan.err.message);
    assert_all(folder->comm, right);
    json_free(plan.doc);
}

static void refuse_setting(const struct folder *folder, const char *sweep, const char *key, const char *value)
{
    struct setting setting = {key, value};
    struct planned plan = plan_with(folder, arena_printf(folder->arena, ",\n \"sweep\": {%s}", sweep), &setting, 1);
    bool right = !plan.ok && strstr(plan.err.message, arena_printf(folder->arena, "--set %s: the sweep gives", key));
    if (!right)
        print_error("%s -> %s\n", key, plan.err.message);
    assert_all(folder->comm, right);
    json_free(plan.doc);
}

/* Each run is what its configuration alone would be. */
static void runs_are_what_one_by_one_gives(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    struct planned plan =
        plan_of(&folder, "\"select.near_threshold\": [1, 0.8], \"detector\": [{\"name\": \"random\"}, "
                         "\"iforest\", {\"name\": \"pca\"}], \"select.budget\": [4, 5], \"seed\": [1, 2]");
    struct sweep *sweep = &plan.sweep;
    struct identity *identity = identity_new(NULL, true);
    assert_int_equal(sweep->n_runs, 24);
    assert_int_equal(strlen(sweep->id), 16);
    for (size_t r = 0; r < sweep->n_runs; r++) {
        static const char *const detectors[] = {"random", "iforest", "pca"};
        const struct run *run = &sweep->run[r];
        struct experiment experiment;
        struct error err;
        char key[IDENTITY_HEX];
        bool known;
        assert_int_equal(run->at[3], r % 2);
        assert_int_equal(run->at[2], r / 2 % 2);
        assert_int_equal(run->at[1], r / 4 % 3);
        assert_int_equal(run->at[0], r / 12);
        json_remove(plan.doc, "sweep");
        bool ok = json_set(plan.doc, "select.near_threshold", run->at[0] ? "0.8" : "1", &err) &&
                  json_set(plan.doc, "detector", detectors[run->at[1]], &err) &&
                  json_set(plan.doc, "select.budget", run->at[2] ? "5" : "4", &err) &&
                  json_set(plan.doc, "seed", run->at[3] ? "2" : "1", &err) &&
                  experiment_parse(plan.doc, folder.arena, &experiment, &err) &&
                  identity_key(folder.comm, identity, &experiment, STAGE_EVALUATE, 2, key, &known, &err);
        assert_all(folder.comm, ok && known);
        struct buf text = {.limit = 1 << 20};
        experiment_to_json(&experiment, &text);
        assert_string_equal(text.p, run->config);
        buf_free(&text);
        assert_int_equal(experiment.labeler.seed, run->experiment.labeler.seed);
        assert_memory_equal(key, run->id, 16);
        assert_int_equal(strlen(run->id), 16);
        assert_int_equal(run->control, r - 4 * run->at[1]);
    }
    identity_free(identity);
    json_free(plan.doc);
    folder_remove(&folder);
}

static void names_are_unique_and_no_coordinate(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    struct planned plan = plan_of(&folder, "\"pool.subsample\": [0, 9], \"baseline.benign.count\": [3, 4], "
                                           "\"curve.order\": [\"turn\"], \"seed\": [3], \"label_seed\": [1]");
    static const char *const names[] = {"subsample", "benign.count", "curve.order", "seed", "label_seed"};
    static const enum stage stages[] = {STAGE_DETECT, STAGE_TRAIN, STAGE_TRAIN, STAGE_DETECT, STAGE_LABEL};
    for (size_t a = 0; a < plan.sweep.n_axes; a++) {
        assert_string_equal(plan.sweep.axis[a].name, names[a]);
        assert_int_equal(plan.sweep.axis[a].stage, stages[a]);
        assert_int_equal(plan.sweep.axis[a].seed, a == 3);
    }
    json_free(plan.doc);
    plan = plan_of(&folder, "\"baseline.benign.count\": [3, 4], \"baseline.malicious.count\": [0]");
    assert_string_equal(plan.sweep.axis[0].name, "benign.count");
    assert_string_equal(plan.sweep.axis[1].name, "malicious.count");
    json_free(plan.doc);
    plan = plan_with(&folder, "", NULL, 0);
    assert_all(folder.comm,
               plan.ok && plan.sweep.n_runs == 1 && plan.sweep.n_axes == 0 && plan.sweep.run->control == 0);
    json_free(plan.doc);
    folder_remove(&folder);
}

static void values_are_shown_apart(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    struct planned plan = plan_of(
        &folder,
        "\"detector\": [\"iforest\", {\"name\": \"union\", \"members\": \"iforest,pca\"}, {\"name\": \"union\", "
        "\"members\": \"pca,kmeans\"}, {\"name\": \"pca\"}, {\"name\": \"iforest\", \"trees\": 7}],"
        "\"features\": [\"expert\", [\"expert\", \"embedding\"]], \"select.near_threshold\": [0.50, 1e0],"
        "\"days\": [[\"a.jsonl\"], [{\"files\": \"a.jsonl\", \"where\": {\"a long name\": \"a long value\"}}],"
        "[{\"files\": \"a.jsonl\", \"where\": {\"a long name\": \"a long valuf\"}}]]");
    static const char *const detectors[] = {"iforest", "union(members=iforest,pca)", "union(members=pca,kmeans)", "pca",
                                            "iforest(trees=7)"};
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(plan.sweep.axis[0].value[i], detectors[i]);
    assert_string_equal(plan.sweep.axis[1].value[0], "expert");
    assert_string_equal(plan.sweep.axis[1].value[1], "expert+embedding");
    assert_string_equal(plan.sweep.axis[2].value[0], "0.5");
    assert_string_equal(plan.sweep.axis[2].value[1], "1");
    assert_string_equal(plan.sweep.axis[3].value[0], "a.jsonl");
    for (size_t i = 1; i < 3; i++)
        assert_in_range(strlen(plan.sweep.axis[3].value[i]), 10, 50);
    assert_string_not_equal(plan.sweep.axis[3].value[1], plan.sweep.axis[3].value[2]);
    json_free(plan.doc);
    folder_remove(&folder);
}

static void what_cannot_be_compared_is_refused(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    static const char *const shared[] = {"sizes", "tests",         "validation",   "evaluate.tpr", "evaluate",
                                         "name",  "data",          "base",         "sweep.seed",   "curve.count",
                                         "curve", "generate.seed", "tests.0.name", "sweep"};
    for (size_t i = 0; i < ARRAY_LEN(shared); i++)
        refuse(&folder, arena_printf(folder.arena, "\"%s\": [1, 2]", shared[i]), "cannot be an axis");
    refuse(&folder, "\"seed\": [1, 1, 1]", "t.json:9:24: value 2 of seed (1 #2) makes the same run as value 1 (1)");
    refuse(&folder, "\"seed\": [1, 2, 1.0]", "makes the same run");
    refuse(&folder, "\"detector\": [\"iforest\", {\"name\": \"iforest\"}]", "makes the same run");
    refuse(&folder, "\"features\": [\"expert\", [\"expert\"]]", "makes the same run");
    refuse(&folder, "\"select\": [{}, {\"budget\": 500}]", "makes the same run");
    refuse(&folder, "\"detector\": [\"iforest\"], \"detector.trees\": [1]", "overlap");
    refuse(&folder, "\"select.budget\": [1], \"select\": [{}]", "overlap");
    refuse(&folder, "\"seed\": []", "an axis must be a list");
    refuse(&folder, "\"seed\": 1", "an axis must be a list");
    refuse(&folder, "\"seed\": [1, -2]", "t.json:9:24: seed must be a whole number");
    refuse(&folder, "\"detectr\": [\"pca\"]", "detectr is not known here; did you mean detector?");
    refuse(&folder, "\"select.budgt\": [1]", "t.json:9:29: budgt is not known here; did you mean budget?");
    refuse(&folder, "\"select..budget\": [1]", "a path is names");
    refuse(&folder, "\"label.file\": [\"x\"]", "label is not an object");
    refuse(&folder, "\"detector\": [\"pca\", \"pcb\"]", "t.json:9:32: unknown detector \"pcb\"");
    refuse(&folder, "\"ingest.subsample\": [0, 5]", "ingest.subsample is now pool.subsample");
    refuse(&folder, "\"seed\": [1], \"x\": [2]", "x is not known here");
    folder_remove(&folder);
}

static void settings_that_an_axis_replaces_are_refused(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    refuse_setting(&folder, "\"detector\": [\"pca\"]", "detector", "iforest");
    refuse_setting(&folder, "\"detector\": [\"pca\"]", "detector", "{\"name\": \"iforest\", \"trees\": 3}");
    refuse_setting(&folder, "\"select\": [{\"budget\": 3}]", "select.budget", "4");
    refuse_setting(&folder, "\"select.budget\": [3]", "select", "{\"budget\": 4}");
    struct setting beside[] = {{"select", "{\"near_threshold\": 0.5}"}, {"sweep.seed", "[7, 8]"}, {"detector", "pca"}};
    struct planned plan = plan_with(&folder, ", \"sweep\": {\"select.budget\": [3], \"seed\": [1]}", beside, 3);
    assert_all(folder.comm, plan.ok && plan.sweep.n_runs == 2 && plan.sweep.run[1].experiment.seed == 8 &&
                                plan.sweep.run[1].experiment.select.budget == 3 &&
                                plan.sweep.run[1].experiment.select.near_threshold < 0.6);
    json_free(plan.doc);
    struct setting repeated = {"sweep.seed", "[7, 7]"};
    plan = plan_with(&folder, ", \"sweep\": {\"seed\": [1]}", &repeated, 1);
    assert_all(folder.comm, !plan.ok && strstr(plan.err.message, "--set sweep.seed: value 2 of seed"));
    json_free(plan.doc);
    folder_remove(&folder);
}

static void a_sweep_is_known_by_its_runs(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    struct planned a = plan_of(&folder, "\"detector\": [\"random\", \"pca\"]");
    struct planned b = plan_of(&folder, "\"detector\": [{\"name\": \"random\"}, {\"name\": \"pca\"}]");
    struct planned c = plan_of(&folder, "\"detector\": [\"random\"]");
    assert_all(folder.comm, strcmp(a.sweep.id, b.sweep.id) == 0 && strcmp(a.sweep.id, c.sweep.id) != 0);
    assert_all(folder.comm, a.sweep.run[1].control == 0 && b.sweep.run[1].control == 0);
    assert_all(folder.comm, strcmp(a.sweep.run[1].id, b.sweep.run[1].id) == 0);
    json_free(a.doc);
    json_free(b.doc);
    json_free(c.doc);
    struct planned none = plan_of(&folder, "\"detector\": [\"iforest\", \"pca\"]");
    assert_all(folder.comm, none.sweep.run[1].control == 1);
    json_free(none.doc);
    folder_remove(&folder);
}

static uint64_t plan_digest(const struct comm *comm, void *context)
{
    struct folder folder = *(const struct folder *)context;
    folder.comm = comm;
    struct planned plan =
        plan_with(&folder, ", \"sweep\": {\"detector\": [\"random\", \"pca\"], \"seed\": [1, 2]}", NULL, 0);
    uint64_t digest = plan.ok ? hash64(str_of(plan.sweep.id), 0) : 0;
    for (size_t r = 0; plan.ok && r < plan.sweep.n_runs; r++)
        digest = hash64(str_of(plan.sweep.run[r].id), hash64(str_of(plan.sweep.run[r].config), digest));
    json_free(plan.doc);
    return digest;
}

static void plans_are_the_same_on_any_ranks(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    assert_same_on_any_ranks(folder.comm, plan_digest, &folder);
    folder_remove(&folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_are_what_one_by_one_gives),
        cmocka_unit_test(names_are_unique_and_no_coordinate),
        cmocka_unit_test(values_are_shown_apart),
        cmocka_unit_test(what_cannot_be_compared_is_refused),
        cmocka_unit_test(settings_that_an_axis_replaces_are_refused),
        cmocka_unit_test(a_sweep_is_known_by_its_runs),
        cmocka_unit_test(plans_are_the_same_on_any_ranks),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

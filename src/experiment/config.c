#include "experiment/config.h"

#include "label/backend.h"
#include "support/log.h"

static const char *const top_keys[] = {
    "name",     "data",     "generate", "ingest", "days",       "baseline",   "tests",
    "features", "detector", "select",   "label",  "label_seed", "classifier", "classifier_features",
    "evaluate", "sizes",    "seed",     "sweep"};

/* An array of objects is several inputs; anything else is one. */
static bool parse_inputs(const struct json_doc *doc, const struct json *node, struct arena *arena, struct inputs *out,
                         struct error *err)
{
    bool several = json_type(node) == JSON_ARRAY && json_count(node) > 0 && json_type(json_at(node, 0)) == JSON_OBJECT;
    out->n = several ? json_count(node) : 1;
    out->input = ARENA_ZARRAY(arena, struct input, out->n);
    for (size_t i = 0; i < out->n; i++)
        TRY(input_parse(doc, several ? json_at(node, i) : node, arena, &out->input[i], err));
    return true;
}

static bool require(const struct json_doc *doc, const struct json *object, const char *key, enum json_type type,
                    const char *meaning, const struct json **out, struct error *err)
{
    *out = json_get(object, key);
    if (*out && json_type(*out) == type && json_count(*out) > 0)
        return true;
    return json_fail(doc, *out ? *out : object, err, "\"%s\" must be %s", key, meaning);
}

static bool parse_days(const struct json_doc *doc, struct arena *arena, struct experiment *out, struct error *err)
{
    const struct json *days;
    TRY(require(doc, json_root(doc), "days", JSON_ARRAY, "a list with one entry of input files a day", &days, err));
    out->n_days = json_count(days);
    out->day = ARENA_ZARRAY(arena, struct inputs, out->n_days);
    for (size_t i = 0; i < out->n_days; i++)
        TRY(parse_inputs(doc, json_at(days, i), arena, &out->day[i], err));
    return true;
}

static bool parse_sample(const struct json_doc *doc, const struct json *baseline, const char *key, struct arena *arena,
                         struct sample *out, struct error *err)
{
    static const char *const rules[] = {"all", "frequent", "random"};
    static const char *const keys[] = {"inputs", "pick", "count"};
    const struct json *node = json_get(baseline, key), *inputs = json_get(node, "inputs");
    if (!inputs)
        return json_fail(
            doc, node ? node : baseline, err,
            "\"%s\" must be {\"inputs\": ..., \"pick\": \"all\", \"frequent\" or \"random\", \"count\": N}", key);
    TRY(json_known_keys(doc, node, keys, ARRAY_LEN(keys), err));
    TRY(parse_inputs(doc, inputs, arena, &out->from, err));
    struct str rule = STR("all");
    const struct json *pick = json_get(node, "pick"), *count = json_get(node, "count");
    if (pick && !json_as_str(pick, &rule))
        return json_fail(doc, pick, err, "pick must be \"all\", \"frequent\" or \"random\"");
    size_t i = 0;
    while (i < ARRAY_LEN(rules) && !str_equal(rule, str_of(rules[i])))
        i++;
    if (i == ARRAY_LEN(rules))
        return json_fail(doc, pick, err, "pick must be \"all\", \"frequent\" or \"random\"");
    out->rule = (enum pick_rule)i;
    if (count && (!json_as_i64(count, &out->count) || out->count < 0))
        return json_fail(doc, count, err, "count must be a whole number from 0 (all) on");
    if (out->rule != PICK_ALL && out->count == 0)
        return json_fail(doc, node, err, "pick \"%s\" needs a count of lines", rules[i]);
    return true;
}

static bool parse_tests(const struct json_doc *doc, struct arena *arena, struct experiment *out, struct error *err)
{
    static const char *const keys[] = {"name", "inputs"};
    const struct json *tests;
    TRY(require(doc, json_root(doc), "tests", JSON_ARRAY, "a list of {\"name\": ..., \"inputs\": ...}", &tests, err));
    out->n_tests = json_count(tests);
    out->test = ARENA_ZARRAY(arena, struct test_set, out->n_tests);
    for (size_t i = 0; i < out->n_tests; i++) {
        const struct json *test = json_at(tests, i), *inputs = json_get(test, "inputs");
        struct str name;
        if (!json_as_str(json_get(test, "name"), &name) || name.n == 0 || !inputs)
            return json_fail(doc, test, err, "a test set must be {\"name\": ..., \"inputs\": ...}");
        TRY(json_known_keys(doc, test, keys, ARRAY_LEN(keys), err));
        out->test[i].name = arena_printf(arena, "%.*s", STR_ARG(name));
        TRY(parse_inputs(doc, inputs, arena, &out->test[i].from, err));
        for (size_t j = 0; j < i; j++)
            if (strcmp(out->test[i].name, out->test[j].name) == 0)
                return json_fail(doc, test, err, "two test sets are called \"%s\"", out->test[i].name);
    }
    return true;
}

static bool parse_sizes(const struct json_doc *doc, struct arena *arena, struct experiment *out, struct error *err)
{
    const struct json *sizes;
    TRY(require(doc, json_root(doc), "sizes", JSON_ARRAY, "a rising list of anomaly-set sizes, such as [0, 100, 500]",
                &sizes, err));
    out->n_sizes = json_count(sizes);
    out->size = ARENA_ARRAY(arena, int64_t, out->n_sizes);
    for (size_t i = 0; i < out->n_sizes; i++)
        if (!json_as_i64(json_at(sizes, i), &out->size[i]) || out->size[i] < 0 ||
            (i > 0 && out->size[i] <= out->size[i - 1]))
            return json_fail(doc, json_at(sizes, i), err,
                             "sizes must be whole numbers from 0 on, each above the one before");
    return true;
}

/* An optional whole number at the top. */
static bool parse_whole(const struct json_doc *doc, const char *key, uint64_t fallback, int64_t *out, struct error *err)
{
    const struct json *node = json_get(json_root(doc), key);
    *out = (int64_t)fallback;
    if (node && (!json_as_i64(node, out) || *out < 0))
        return json_fail(doc, node, err, "%s must be a whole number from 0 on", key);
    return true;
}

/* A feature set at key, or the named default. */
static bool parse_features(const struct json_doc *doc, const struct json *node, const char *fallback,
                           struct arena *arena, struct feature_set *out, struct error *err)
{
    if (node)
        return feature_set_parse(doc, node, arena, out, err);
    struct choice *one = ARENA_ARRAY(arena, struct choice, 1);
    *one = plugin_default(extractor_list(), fallback, arena);
    const struct extractor *extractor = (const struct extractor *)one->plugin;
    *out = (struct feature_set){.n = 1, .d = extractor->width(one->params), .extractor = one};
    return true;
}

static bool parse_choice(const struct json_doc *doc, const char *key, const struct plugin_list *list,
                         struct arena *arena, struct choice *out, struct error *err)
{
    const struct json *node = json_get(json_root(doc), key);
    if (!node)
        return json_fail(doc, json_root(doc), err, "\"%s\" is missing: name one of `benomaly list %s`", key,
                         list->kind);
    return plugin_choose(list, doc, node, arena, out, err);
}

static bool parse_methods(const struct json_doc *doc, struct arena *arena, struct experiment *out, struct error *err)
{
    static const char *const own[] = {"embedding", NULL};
    const struct json *root = json_root(doc), *label = json_get(root, "label");
    const struct json *select = json_get(root, "select");
    TRY(parse_features(doc, json_get(root, "features"), "expert", arena, &out->features, err));
    TRY(parse_choice(doc, "detector", detector_list(), arena, &out->detector, err));
    params_default(select_params_spec, &out->select);
    TRY(params_from_json(select_params_spec, &out->select, doc, select, own, arena, err));
    TRY(parse_features(doc, json_get(select, "embedding"), "embedding", arena, &out->embedding, err));
    if (feature_set_learns(&out->embedding))
        return json_fail(doc, json_get(select, "embedding"), err,
                         "lines of different days are compared: the embedding must not depend on a day's lines");
    if (!label)
        return json_fail(doc, root, err,
                         "\"label\" is missing: name a backend of `benomaly list backend`, or a chain of them");
    TRY(labeler_parse(doc, label, arena, &out->labeler, err));
    int64_t label_seed;
    TRY(parse_whole(doc, "label_seed", 1, &label_seed, err));
    out->labeler.seed = (uint64_t)label_seed;
    out->labeler.data_dir = out->data_dir;
    TRY(parse_choice(doc, "classifier", classifier_list(), arena, &out->classifier, err));
    TRY(parse_features(doc, json_get(root, "classifier_features"), "embedding", arena, &out->classifier_features, err));
    params_default(evaluate_params_spec, &out->evaluate);
    return params_from_json(evaluate_params_spec, &out->evaluate, doc, json_get(root, "evaluate"), NULL, arena, err);
}

bool experiment_parse(const struct json_doc *doc, struct arena *arena, struct experiment *out, struct error *err)
{
    const struct json *root = json_root(doc);
    struct str name, data = STR(".");
    *out = (struct experiment){.seed = 1};
    if (json_type(root) != JSON_OBJECT)
        return json_fail(doc, root, err, "a configuration must be a JSON object");
    TRY(json_known_keys(doc, root, top_keys, ARRAY_LEN(top_keys), err));
    if (!json_as_str(json_get(root, "name"), &name) || name.n == 0 || memchr(name.p, '/', name.n))
        return json_fail(doc, root, err, "\"name\" must be a word: results go to results/NAME");
    if (json_get(root, "data") && !json_as_str(json_get(root, "data"), &data))
        return json_fail(doc, json_get(root, "data"), err, "data must be a folder");
    out->name = arena_printf(arena, "%.*s", STR_ARG(name));
    out->data_dir = arena_printf(arena, "%.*s", STR_ARG(data));
    params_default(generate_params, &out->generate);
    out->generates = json_get(root, "generate") != NULL;
    TRY(params_from_json(generate_params, &out->generate, doc, json_get(root, "generate"), NULL, arena, err));
    params_default(ingest_params, &out->ingest);
    params_default(normalize_params, &out->ingest.normalize);
    static const char *const own[] = {"normalize", NULL};
    TRY(params_from_json(ingest_params, &out->ingest, doc, json_get(root, "ingest"), own, arena, err));
    TRY(params_from_json(normalize_params, &out->ingest.normalize, doc, json_path(root, "ingest.normalize"), NULL,
                         arena, err));
    out->ingest.data_dir = out->data_dir;
    TRY(parse_days(doc, arena, out, err));
    static const char *const baseline_keys[] = {"benign", "malicious"};
    const struct json *baseline;
    TRY(require(doc, root, "baseline", JSON_OBJECT, "{\"benign\": ..., \"malicious\": ...}", &baseline, err));
    TRY(json_known_keys(doc, baseline, baseline_keys, ARRAY_LEN(baseline_keys), err));
    TRY(parse_sample(doc, baseline, "benign", arena, &out->benign, err));
    TRY(parse_sample(doc, baseline, "malicious", arena, &out->malicious, err));
    TRY(parse_tests(doc, arena, out, err));
    TRY(parse_sizes(doc, arena, out, err));
    TRY(parse_whole(doc, "seed", 1, &out->seed, err));
    return parse_methods(doc, arena, out, err);
}

static void inputs_to_json(const struct inputs *inputs, struct buf *out)
{
    for (size_t i = 0; i < inputs->n; i++) {
        buf_add_str(out, i == 0 ? STR("[") : STR(","));
        input_to_json(&inputs->input[i], out);
    }
    buf_add_str(out, STR("]"));
}

static void sample_to_json(const struct sample *sample, struct buf *out)
{
    static const char *const rules[] = {"all", "frequent", "random"};
    buf_printf(out, "{\"count\":%" PRId64 ",\"inputs\":", sample->count);
    inputs_to_json(&sample->from, out);
    buf_printf(out, ",\"pick\":\"%s\"}", rules[sample->rule]);
}

void experiment_to_json(const struct experiment *e, struct buf *out)
{
    buf_add_str(out, STR("{\"baseline\":{\"benign\":"));
    sample_to_json(&e->benign, out);
    buf_add_str(out, STR(",\"malicious\":"));
    sample_to_json(&e->malicious, out);
    buf_add_str(out, STR("},\"classifier\":"));
    plugin_to_json(&e->classifier, out);
    buf_add_str(out, STR(",\"classifier_features\":"));
    feature_set_to_json(&e->classifier_features, out);
    buf_add_str(out, STR(",\"days\":"));
    for (size_t i = 0; i < e->n_days; i++) {
        buf_add_str(out, i == 0 ? STR("[") : STR(","));
        inputs_to_json(&e->day[i], out);
    }
    buf_add_str(out, STR("],\"detector\":"));
    plugin_to_json(&e->detector, out);
    buf_add_str(out, STR(",\"embedding\":"));
    feature_set_to_json(&e->embedding, out);
    buf_add_str(out, STR(",\"evaluate\":"));
    params_to_json(evaluate_params_spec, &e->evaluate, out);
    buf_add_str(out, STR(",\"features\":"));
    feature_set_to_json(&e->features, out);
    if (e->generates) {
        buf_add_str(out, STR(",\"generate\":"));
        params_to_json(generate_params, &e->generate, out);
    }
    buf_add_str(out, STR(",\"ingest\":"));
    params_to_json(ingest_params, &e->ingest, out);
    buf_add_str(out, STR(",\"label\":"));
    labeler_to_json(&e->labeler, out);
    buf_printf(out, ",\"label_seed\":%" PRIu64 ",\"name\":", e->labeler.seed);
    buf_add_json_string(out, str_of(e->name));
    buf_add_str(out, STR(",\"normalize\":"));
    params_to_json(normalize_params, &e->ingest.normalize, out);
    buf_printf(out, ",\"seed\":%" PRId64 ",\"select\":", e->seed);
    params_to_json(select_params_spec, &e->select, out);
    for (size_t i = 0; i < e->n_sizes; i++)
        buf_printf(out, "%s%" PRId64, i == 0 ? ",\"sizes\":[" : ",", e->size[i]);
    buf_add_str(out, STR("],\"tests\":["));
    for (size_t i = 0; i < e->n_tests; i++) {
        buf_add_str(out, i == 0 ? STR("{\"inputs\":") : STR(",{\"inputs\":"));
        inputs_to_json(&e->test[i].from, out);
        buf_add_str(out, STR(",\"name\":"));
        buf_add_json_string(out, str_of(e->test[i].name));
        buf_add_str(out, STR("}"));
    }
    buf_add_str(out, STR("]}"));
}

void experiment_simulate_paid(struct experiment *experiment, struct arena *arena)
{
    struct labeler *labeler = &experiment->labeler;
    struct choice *chain = ARENA_ARRAY(arena, struct choice, labeler->n_backends);
    for (size_t i = 0; i < labeler->n_backends; i++) {
        chain[i] = labeler->backend[i];
        if (!((const struct backend *)chain[i].plugin)->paid)
            continue;
        log_job(LOG_INFO, "labels of \"%s\" are simulated by \"oracle\"; no request is sent", chain[i].plugin->name);
        chain[i] = plugin_default(backend_list(), "oracle", arena);
    }
    labeler->backend = chain;
}

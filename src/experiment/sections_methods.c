/* Sections that say by what picks, labels, models and numbers are made. */
#include "contents.h"
#include "sections.h"

static bool parse_choice(const struct parse *in, const struct json *node, const char *key,
                         const struct plugin_list *list, struct choice *out, struct error *err)
{
    if (!node)
        return json_fail(in->doc, json_root(in->doc), err, "\"%s\" is missing: name one of `benomaly list %s`", key,
                         list->kind);
    return plugin_choose(list, in->doc, node, in->arena, out, err);
}

/* The feature set at node, or the default one. */
static bool parse_feature_set(const struct parse *in, const struct json *node, const char *fallback,
                              struct feature_set *out, struct error *err)
{
    if (node)
        return feature_set_parse(in->doc, node, in->arena, out, err);
    struct choice *one = ARENA_ARRAY(in->arena, struct choice, 1);
    *one = plugin_default(extractor_list(), fallback, in->arena);
    const struct extractor *extractor = (const struct extractor *)one->plugin;
    *out = (struct feature_set){.n = 1, .d = extractor->width(one->params), .extractor = one};
    return true;
}

static bool parse_features(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    return parse_feature_set(in, node, "expert", &out->features, err);
}

static void write_features(const struct experiment *e, struct buf *out)
{
    feature_set_to_json(&e->features, out);
}

static bool contents_features(struct contents *contents, struct experiment *e, struct error *err)
{
    return contents_of_features(contents, &e->features, err);
}

const struct section section_features = {
    .key = "features",
    .stage = STAGE_DETECT,
    .parse = parse_features,
    .write = write_features,
    .contents = contents_features,
};

static bool parse_detector(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    return parse_choice(in, node, "detector", detector_list(), &out->detector, err);
}

static void write_detector(const struct experiment *e, struct buf *out)
{
    plugin_to_json(&e->detector, out);
}

static bool contents_detector(struct contents *contents, struct experiment *e, struct error *err)
{
    return contents_of_choice(contents, &e->detector, NULL, err);
}

const struct section section_detector = {
    .key = "detector",
    .stage = STAGE_DETECT,
    .parse = parse_detector,
    .write = write_detector,
    .contents = contents_detector,
};

static bool parse_select(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    static const char *const inside[] = {"embedding", NULL};
    const struct json *embedding = json_get(node, inside[0]);
    params_default(select_params_spec, &out->select);
    TRY(params_from_json(select_params_spec, &out->select, in->doc, node, inside, in->arena, err));
    TRY(parse_feature_set(in, embedding, "embedding", &out->embedding, err));
    return !feature_set_learns(&out->embedding) ||
           json_fail(in->doc, embedding, err,
                     "lines of different days are compared: the embedding must not depend on a day's lines");
}

static void write_select(const struct experiment *e, struct buf *out)
{
    section_open(select_params_spec, &e->select, "embedding", out);
    feature_set_to_json(&e->embedding, out);
    buf_add_str(out, STR("}"));
}

static bool contents_select(struct contents *contents, struct experiment *e, struct error *err)
{
    return contents_of_features(contents, &e->embedding, err);
}

const struct section section_select = {
    .key = "select",
    .stage = STAGE_SELECT,
    .parse = parse_select,
    .write = write_select,
    .contents = contents_select,
};

static bool parse_label(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    if (!node)
        return json_fail(in->doc, json_root(in->doc), err,
                         "\"label\" is missing: name a backend of `benomaly list backend`, or a chain of them");
    return labeler_parse(in->doc, node, in->arena, &out->labeler, err);
}

static void write_label(const struct experiment *e, struct buf *out)
{
    labeler_to_json(&e->labeler, out);
}

static bool contents_label(struct contents *contents, struct experiment *e, struct error *err)
{
    return contents_of_labeler(contents, &e->labeler, err);
}

const struct section section_label = {
    .key = "label",
    .stage = STAGE_LABEL,
    .parse = parse_label,
    .write = write_label,
    .contents = contents_label,
};

static bool parse_baseline(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    return baseline_parse(in->doc, node, in->arena, &out->baseline, err);
}

static void write_baseline(const struct experiment *e, struct buf *out)
{
    baseline_to_json(&e->baseline, out);
}

static bool contents_baseline(struct contents *contents, struct experiment *e, struct error *err)
{
    return contents_of_inputs(contents, &e->baseline.benign.from, err) &&
           contents_of_inputs(contents, &e->baseline.malicious.from, err);
}

const struct section section_baseline = {
    .key = "baseline",
    .stage = STAGE_TRAIN,
    .parse = parse_baseline,
    .write = write_baseline,
    .contents = contents_baseline,
};

static bool parse_classifier(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    return parse_choice(in, node, "classifier", classifier_list(), &out->classifier, err);
}

static void write_classifier(const struct experiment *e, struct buf *out)
{
    plugin_to_json(&e->classifier, out);
}

static bool contents_classifier(struct contents *contents, struct experiment *e, struct error *err)
{
    return contents_of_choice(contents, &e->classifier, NULL, err);
}

const struct section section_classifier = {
    .key = "classifier",
    .stage = STAGE_TRAIN,
    .parse = parse_classifier,
    .write = write_classifier,
    .contents = contents_classifier,
};

static bool parse_classifier_features(const struct parse *in, const struct json *node, struct experiment *out,
                                      struct error *err)
{
    return parse_feature_set(in, node, "embedding", &out->classifier_features, err);
}

static void write_classifier_features(const struct experiment *e, struct buf *out)
{
    feature_set_to_json(&e->classifier_features, out);
}

static bool contents_classifier_features(struct contents *contents, struct experiment *e, struct error *err)
{
    return contents_of_features(contents, &e->classifier_features, err);
}

const struct section section_classifier_features = {
    .key = "classifier_features",
    .stage = STAGE_TRAIN,
    .parse = parse_classifier_features,
    .write = write_classifier_features,
    .contents = contents_classifier_features,
};

static const char *const orders[] = {"turn", "day", "score", NULL};
static const char *const counts[] = {"added", "asked", NULL};

const struct param_spec curve_params_spec[] = {
    PARAM_CHOICE(struct curve_params, order, "turn", orders,
                 "picks in the order of turn (the best of each day, then the second of each), day, or score"),
    PARAM_CHOICE(struct curve_params, count, "added", counts, "what sizes count: lines added, or labels asked for"),
    PARAM_END,
};

static bool parse_curve(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    params_default(curve_params_spec, &out->curve);
    return params_from_json(curve_params_spec, &out->curve, in->doc, node, NULL, in->arena, err);
}

static void write_curve(const struct experiment *e, struct buf *out)
{
    params_to_json(curve_params_spec, &e->curve, out);
}

const struct section section_curve = {
    .key = "curve",
    .stage = STAGE_TRAIN,
    .parse = parse_curve,
    .write = write_curve,
};

static bool parse_evaluate(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    params_default(judge_params_spec, &out->evaluate);
    return params_from_json(judge_params_spec, &out->evaluate, in->doc, node, NULL, in->arena, err);
}

static void write_evaluate(const struct experiment *e, struct buf *out)
{
    params_to_json(judge_params_spec, &e->evaluate, out);
}

const struct section section_evaluate = {
    .key = "evaluate",
    .stage = STAGE_EVALUATE,
    .parse = parse_evaluate,
    .write = write_evaluate,
};

static bool parse_tests(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    return tests_parse(in->doc, node, "tests", in->arena, &out->tests, err);
}

static void write_tests(const struct experiment *e, struct buf *out)
{
    tests_to_json(&e->tests, out);
}

static bool contents_tests(struct contents *contents, struct experiment *e, struct error *err)
{
    return contents_of_tests(contents, &e->tests, err);
}

const struct section section_tests = {
    .key = "tests",
    .stage = STAGE_EVALUATE,
    .parse = parse_tests,
    .write = write_tests,
    .contents = contents_tests,
};

static bool parse_validation(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    out->validation = (struct test_sets){0};
    return !node || tests_parse(in->doc, node, "validation", in->arena, &out->validation, err);
}

static void write_validation(const struct experiment *e, struct buf *out)
{
    if (e->validation.n == 0)
        return;
    buf_add_str(out, STR("{\"inputs\":"));
    inputs_to_json(&e->validation.test[0].from, out);
    buf_add_str(out, STR("}"));
}

static bool contents_validation(struct contents *contents, struct experiment *e, struct error *err)
{
    return contents_of_tests(contents, &e->validation, err);
}

const struct section section_validation = {
    .key = "validation",
    .stage = STAGE_EVALUATE,
    .parse = parse_validation,
    .write = write_validation,
    .contents = contents_validation,
};

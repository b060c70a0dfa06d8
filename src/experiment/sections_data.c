/* Sections that say what is read, where results stand, and the seeds. */
#include "contents.h"
#include "sections.h"
#include "support/ascii.h"

/* A list that is there and holds something, or an error that says what was expected. */
static bool require_list(const struct parse *in, const struct json *node, const char *key, const char *meaning,
                         struct error *err)
{
    if (node && json_type(node) == JSON_ARRAY && json_count(node) > 0)
        return true;
    return json_fail(in->doc, node ? node : json_root(in->doc), err, "\"%s\" %s %s", key,
                     node ? "must be" : "is missing:", meaning);
}

/* A whole number from 0 on, or the default 1. */
static bool parse_seed_number(const struct parse *in, const struct json *node, const char *key, int64_t *out,
                              struct error *err)
{
    *out = 1;
    if (node && (!json_as_i64(node, out) || *out < 0))
        return json_fail(in->doc, node, err, "%s must be a whole number from 0 on", key);
    return true;
}

static void write_whole(int64_t value, struct buf *out)
{
    buf_printf(out, value > INT64_C(1) << 53 ? "\"%" PRId64 "\"" : "%" PRId64, value);
}

static bool parse_base(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    (void)out;
    return !node || json_fail(in->doc, node, err,
                              "base counts in configuration files only: it names the file beside "
                              "them that they change");
}

const struct section section_base = {
    .key = "base",
    .stage = STAGE_NONE,
    .parse = parse_base,
};

static bool is_plain_word(struct str name)
{
    if (name.n == 0 || name.n > 100 || name.p[0] == '.' || name.p[0] == '-')
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!ascii_alnum(c) && c != '.' && c != '_' && c != '-')
            return false;
    }
    return true;
}

static bool parse_name(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    struct str name;
    if (!node || !json_as_str(node, &name) || !is_plain_word(name))
        return json_fail(
            in->doc, node ? node : json_root(in->doc), err,
            "\"name\" must be a word of letters, digits, dots, dashes and underscores that starts with none of "
            "\".-\": results go to results/NAME");
    out->name = arena_copy(in->arena, name.p, name.n + 1);
    return true;
}

static void write_name(const struct experiment *e, struct buf *out)
{
    buf_add_json_string(out, str_of(e->name));
}

const struct section section_name = {
    .key = "name",
    .stage = STAGE_NONE,
    .parse = parse_name,
    .write = write_name,
};

static bool parse_data(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    struct str data = STR(".");
    if (node && (!json_as_str(node, &data) || data.n == 0))
        return json_fail(in->doc, node, err, "data must be the folder where relative paths of inputs start");
    out->data_dir = arena_printf(in->arena, "%.*s", STR_ARG(data));
    return true;
}

const struct section section_data = {
    .key = "data",
    .stage = STAGE_NONE,
    .parse = parse_data,
};

static bool parse_generate(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    params_default(generate_params, &out->generate);
    out->generates = node != NULL;
    return params_from_json(generate_params, &out->generate, in->doc, node, NULL, in->arena, err);
}

static void write_generate(const struct experiment *e, struct buf *out)
{
    if (e->generates)
        params_to_json(generate_params, &e->generate, out);
}

const struct section section_generate = {
    .key = "generate",
    .stage = STAGE_READ,
    .parse = parse_generate,
    .write = write_generate,
};

static bool parse_ingest(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    static const char *const inside[] = {"normalize", NULL};
    const struct json *moved = json_get(node, "subsample");
    if (moved)
        return json_fail(in->doc, moved, err,
                         "ingest.subsample is now pool.subsample: it cuts the days, never the baseline or the tests");
    out->ingest = (struct ingest_options){0};
    params_default(ingest_params, &out->ingest);
    params_default(normalize_params, &out->ingest.normalize);
    TRY(params_from_json(ingest_params, &out->ingest, in->doc, node, inside, in->arena, err));
    return params_from_json(normalize_params, &out->ingest.normalize, in->doc, json_get(node, inside[0]), NULL,
                            in->arena, err);
}

static void write_ingest(const struct experiment *e, struct buf *out)
{
    section_open(ingest_params, &e->ingest, "normalize", out);
    params_to_json(normalize_params, &e->ingest.normalize, out);
    buf_add_str(out, STR("}"));
}

const struct section section_ingest = {
    .key = "ingest",
    .stage = STAGE_READ,
    .parse = parse_ingest,
    .write = write_ingest,
};

static bool parse_days(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    TRY(require_list(in, node, "days", "a list with one entry of input files a day", err));
    out->n_days = json_count(node);
    out->day = ARENA_ZARRAY(in->arena, struct inputs, out->n_days);
    const struct json *day = json_at(node, 0);
    for (size_t i = 0; i < out->n_days; i++, day = json_next(day))
        TRY(inputs_parse(in->doc, day, in->arena, &out->day[i], err));
    return true;
}

static void write_days(const struct experiment *e, struct buf *out)
{
    buf_add_str(out, STR("["));
    for (size_t i = 0; i < e->n_days; i++) {
        buf_add_str(out, i == 0 ? STR("") : STR(","));
        inputs_to_json(&e->day[i], out);
    }
    buf_add_str(out, STR("]"));
}

static bool contents_days(struct contents *contents, struct experiment *e, struct error *err)
{
    struct inputs *day = ARENA_ARRAY(contents->arena, struct inputs, e->n_days);
    for (size_t i = 0; i < e->n_days; i++) {
        day[i] = e->day[i];
        TRY(contents_of_inputs(contents, &day[i], err));
    }
    e->day = day;
    return true;
}

const struct section section_days = {
    .key = "days",
    .stage = STAGE_READ,
    .parse = parse_days,
    .write = write_days,
    .contents = contents_days,
};

const struct param_spec pool_params_spec[] = {
    PARAM_BOOL(struct pool_params, deal, false, "deal the lines of all days together to the days anew for each seed"),
    PARAM_REAL(struct pool_params, keep, 0.9, 1e-6, 1, "share of the lines that a seed keeps"),
    PARAM_INT(struct pool_params, subsample, 0, 0, 1e12,
              "unique lines kept of each day, drawn anew for each seed; 0: all"),
    PARAM_END,
};

static bool parse_pool(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    params_default(pool_params_spec, &out->pool);
    return params_from_json(pool_params_spec, &out->pool, in->doc, node, NULL, in->arena, err);
}

static void write_pool(const struct experiment *e, struct buf *out)
{
    params_to_json(pool_params_spec, &e->pool, out);
}

const struct section section_pool = {
    .key = "pool",
    .stage = STAGE_DETECT,
    .parse = parse_pool,
    .write = write_pool,
};

static bool parse_seed(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    return parse_seed_number(in, node, "seed", &out->seed, err);
}

static void write_seed(const struct experiment *e, struct buf *out)
{
    write_whole(e->seed, out);
}

const struct section section_seed = {
    .key = "seed",
    .stage = STAGE_DETECT,
    .parse = parse_seed,
    .write = write_seed,
};

static bool parse_label_seed(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    return parse_seed_number(in, node, "label_seed", &out->label_seed, err);
}

static void write_label_seed(const struct experiment *e, struct buf *out)
{
    write_whole(e->label_seed, out);
}

const struct section section_label_seed = {
    .key = "label_seed",
    .stage = STAGE_LABEL,
    .parse = parse_label_seed,
    .write = write_label_seed,
};

static bool parse_sizes(const struct parse *in, const struct json *node, struct experiment *out, struct error *err)
{
    TRY(require_list(in, node, "sizes", "a rising list of how many anomalies are added, such as [0, 100, 500]", err));
    out->n_sizes = json_count(node);
    out->size = ARENA_ARRAY(in->arena, int64_t, out->n_sizes);
    const struct json *item = json_at(node, 0);
    for (size_t i = 0; i < out->n_sizes; i++, item = json_next(item))
        if (!json_as_i64(item, &out->size[i]) || out->size[i] < 0 || (i > 0 && out->size[i] <= out->size[i - 1]))
            return json_fail(in->doc, item, err, "sizes must be whole numbers from 0 on, each above the one before");
    return true;
}

static void write_sizes(const struct experiment *e, struct buf *out)
{
    for (size_t i = 0; i < e->n_sizes; i++) {
        buf_add_str(out, i == 0 ? STR("[") : STR(","));
        write_whole(e->size[i], out);
    }
    buf_add_str(out, STR("]"));
}

const struct section section_sizes = {
    .key = "sizes",
    .stage = STAGE_TRAIN,
    .parse = parse_sizes,
    .write = write_sizes,
};

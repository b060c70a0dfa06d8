#include "experiment/axes.h"

#include "axis_names.h"
#include "identity_texts.h"
#include "support/index.h"
#include "support/sha256.h"

enum { SWEEP_MOST_RUNS = 100000 };

/* Keys that all runs of a sweep share, with what lies below and above them. */
static const struct {
    const char *key, *why;
} shared[] = {
    {"base", "it names the configuration that this one changes"},
    {"curve.count", "it says what the sizes in the headings count"},
    {"data", "it says where the inputs are, not what they are"},
    {"evaluate", "it says what the numbers in the headings mean"},
    {"generate", "all runs read the telemetry in one data folder"},
    {"name", "it names the folder of all runs' results"},
    {"sizes", "they are a heading of the results"},
    {"sweep", "it is what makes the runs"},
    {"tests", "they are a heading of the results"},
    {"validation", "what is chosen by it is compared between the runs"},
};

/* Whether the key is `part` or lies below it. */
static bool is_within(const char *key, const char *part)
{
    size_t n = strlen(part);
    return strncmp(key, part, n) == 0 && (key[n] == '\0' || key[n] == '.');
}

/* Of the sweep section. */
static bool parse_axis(const struct json_doc *doc, const struct json *values, struct arena *arena, struct axis *out,
                       struct error *err)
{
    const char *key = json_key(values);
    if (json_type(values) != JSON_ARRAY || json_count(values) == 0)
        return json_fail(doc, values, err, "an axis must be a list of one value or more, such as [1, 2, 3]");
    for (size_t i = 0; i < ARRAY_LEN(shared); i++)
        if (is_within(key, shared[i].key) || is_within(shared[i].key, key))
            return json_fail(doc, values, err, "%s cannot be an axis: %s; all runs of a sweep have it in common",
                             shared[i].key, shared[i].why);
    *out =
        (struct axis){.key = arena_printf(arena, "%s", key), .n = json_count(values), .seed = strcmp(key, "seed") == 0};
    char *top = arena_printf(arena, "%s", key);
    top[strcspn(top, ".")] = '\0';
    const struct section *section = section_find(top);
    out->stage = section ? section->stage : STAGE_NONE; /* an unknown key is told of when the first run is parsed */
    return true;
}

static bool parse_axes(const struct json_doc *doc, struct arena *arena, struct sweep *out, struct error *err)
{
    const struct json *section = json_get(json_root(doc), "sweep");
    if (section && json_type(section) != JSON_OBJECT)
        return json_fail(doc, section, err, "sweep must map keys to lists of values, such as {\"seed\": [1, 2, 3]}");
    out->n_axes = section ? json_count(section) : 0;
    out->axis = ARENA_ZARRAY(arena, struct axis, out->n_axes);
    out->n_runs = 1;
    for (size_t a = 0; a < out->n_axes; a++) {
        const struct json *values = json_at(section, a);
        struct axis *axis = &out->axis[a];
        TRY(parse_axis(doc, values, arena, axis, err));
        for (size_t b = 0; b < a; b++)
            if (is_within(axis->key, out->axis[b].key) || is_within(out->axis[b].key, axis->key))
                return json_fail(doc, values, err, "the axes %s and %s overlap: one is a part of the other",
                                 out->axis[b].key, axis->key);
        axis_values(axis, values, arena);
        if (axis->n > SWEEP_MOST_RUNS / out->n_runs)
            return json_fail(doc, values, err, "a sweep of more than %d runs", SWEEP_MOST_RUNS);
        out->n_runs *= axis->n;
    }
    axis_names(out->axis, out->n_axes, arena);
    return true;
}

/* A setting that every run's value of an axis would replace. */
static bool check_settings(const struct json_doc *doc, const struct setting *setting, size_t n_settings,
                           const struct sweep *sweep, struct error *err)
{
    for (size_t i = 0; i < n_settings; i++) {
        for (size_t a = 0; a < sweep->n_axes; a++) {
            const char *key = setting[i].key, *axis = sweep->axis[a].key;
            bool above = is_within(axis, key) && json_path(json_root(doc), axis);
            if (is_within(key, axis) || above)
                return fail(err, ERROR_USAGE,
                            "--set %s: the sweep gives %s to every run, which would replace it; change the axis, as in "
                            "--set 'sweep.%s=[...]'",
                            key, axis, axis);
        }
    }
    return true;
}

/* Walks the runs: what an axis does not change is taken from the run before. */
struct planner {
    const struct comm *comm;
    struct json_doc *doc; /* with the values of the run */
    struct arena *arena;
    struct sweep *sweep;
    struct listings *listings;      /* of the whole sweep */
    const struct json ***value;     /* [n_axes][axis.n] */
    const struct section **section; /* [n_axes] that the axis changes */
    struct buf text[SECTION_COUNT]; /* canonical, of the run */
    struct key_index seen;          /* hash of the canonical configuration -> run */
    struct sha256_stream *id;
};

static bool put_value(struct planner *planner, size_t a, size_t at, struct error *err)
{
    struct error problem;
    return json_put(planner->doc, planner->sweep->axis[a].key, planner->value[a][at], &problem) ||
           json_fail(planner->doc, planner->value[a][at], err, "%s", problem.message);
}

static void write_section(struct planner *planner, size_t i, const struct experiment *experiment)
{
    struct buf *text = &planner->text[i];
    text->n = 0;
    if (sections[i]->write)
        sections[i]->write(experiment, text);
    ASSERT(!text->full);
}

/* The run's canonical configuration from its sections' texts: what experiment_to_json gives. */
static const char *join_sections(struct planner *planner, size_t *n)
{
    *n = 2;
    for (size_t i = 0; i < SECTION_COUNT; i++)
        *n += planner->text[i].n > 0 ? planner->text[i].n + strlen(sections[i]->key) + 4 : 0;
    char *text = arena_bytes(planner->arena, *n + 1), *to = text;
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        size_t n_key = strlen(sections[i]->key);
        if (planner->text[i].n == 0)
            continue;
        memcpy(to, to == text ? "{\"" : ",\"", 2);
        memcpy(to + 2, sections[i]->key, n_key);
        memcpy(to + 2 + n_key, "\":", 2);
        memcpy(to + n_key + 4, planner->text[i].p, planner->text[i].n);
        to += n_key + 4 + planner->text[i].n;
    }
    memcpy(to, "}", 2);
    *n = (size_t)(to - text) + 1;
    return text;
}

static bool fail_equal(struct planner *planner, const struct run *run, const struct run *other, struct error *err)
{
    const struct sweep *sweep = planner->sweep;
    size_t a = 0;
    while (a + 1 < sweep->n_axes && run->at[a] == other->at[a])
        a++;
    const struct axis *axis = &sweep->axis[a];
    return json_fail(
        planner->doc, planner->value[a][run->at[a]], err,
        "value %zu of %s (%s) makes the same run as value %zu (%s): the runs of a sweep must differ in what "
        "decides their results",
        run->at[a] + 1, axis->key, axis->value[run->at[a]], other->at[a] + 1, axis->value[other->at[a]]);
}

/* Text and identity of the run, whose experiment and sections' texts are ready. */
static bool finish_run(struct planner *planner, size_t number, struct identity *identity, struct error *err)
{
    struct run *run = &planner->sweep->run[number];
    size_t n;
    bool is_new, known;
    char key[IDENTITY_HEX];
    run->config = join_sections(planner, &n);
    run->control = number;
    struct hash128 hash = hash128((struct str){run->config, n}, 0);
    size_t place = key_index_number(&planner->seen, hash, &is_new);
    if (!is_new)
        return fail_equal(planner, run, &planner->sweep->run[place], err);
    ASSERT(place == number);
    struct str text[SECTION_COUNT];
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        text[i] = buf_str(&planner->text[i]);
        if (strcmp(sections[i]->key, "days") != 0) /* a sweep to which a day is appended stays the same */
            sha256_add(planner->id, text[i]);
    }
    TRY(identity_of_texts(planner->comm, identity, &run->experiment, STAGE_EVALUATE, text, key, &known, err));
    memcpy(run->id, known ? key : "", known ? sizeof run->id - 1 : 0);
    return true;
}

static void place_run(const struct sweep *sweep, size_t number, size_t *at)
{
    for (size_t a = sweep->n_axes; a-- > 0;) {
        at[a] = number % sweep->axis[a].n;
        number /= sweep->axis[a].n;
    }
}

/* Places, experiment and texts of a run from those of the run before it; of run 0 everything. */
static bool start_run(struct planner *planner, size_t number, struct error *err)
{
    struct sweep *sweep = planner->sweep;
    struct run *run = &sweep->run[number], *before = number > 0 ? run - 1 : NULL;
    const struct parse in = {planner->doc, planner->arena};
    run->at = ARENA_ARRAY(planner->arena, size_t, sweep->n_axes);
    place_run(sweep, number, run->at);
    for (size_t a = 0; a < sweep->n_axes; a++)
        if (!before || before->at[a] != run->at[a])
            TRY(put_value(planner, a, run->at[a], err));
    if (!before) {
        TRY(experiment_parse(planner->doc, planner->arena, &run->experiment, err));
        run->experiment.ingest.listings = planner->listings;
        return true;
    }
    run->experiment = before->experiment;
    for (size_t a = 0; a < sweep->n_axes; a++) {
        const struct section *section = planner->section[a];
        if (before->at[a] != run->at[a])
            TRY(section->parse(&in, json_get(json_root(planner->doc), section->key), &run->experiment, err));
    }
    sections_settle(&run->experiment);
    run->experiment.ingest.listings = planner->listings;
    return true;
}

static bool plan_runs(struct planner *planner, struct identity *identity, struct error *err)
{
    struct sweep *sweep = planner->sweep;
    for (size_t r = 0; r < sweep->n_runs; r++) {
        TRY(start_run(planner, r, err));
        for (size_t i = 0; i < SECTION_COUNT; i++) {
            bool changed = r == 0;
            for (size_t a = 0; a < sweep->n_axes && !changed; a++)
                changed = planner->section[a] == sections[i] && sweep->run[r].at[a] != sweep->run[r - 1].at[a];
            if (changed)
                write_section(planner, i, &sweep->run[r].experiment);
        }
        TRY(finish_run(planner, r, identity, err));
    }
    return true;
}

/* Runs whose detector is not "random" find the one that differs in that alone. */
static void find_controls(struct sweep *sweep)
{
    size_t stride = 1, a = sweep->n_axes, random = 0;
    while (a > 0 && !is_within(sweep->axis[a - 1].key, "detector"))
        stride *= sweep->axis[--a].n;
    if (a-- == 0)
        return;
    while (random < sweep->axis[a].n &&
           strcmp(sweep->run[random * stride].experiment.detector.plugin->name, "random") != 0)
        random++;
    for (size_t r = 0; random < sweep->axis[a].n && r < sweep->n_runs; r++)
        sweep->run[r].control = r - sweep->run[r].at[a] * stride + random * stride;
}

static void planner_start(struct planner *planner, const struct json_doc *doc)
{
    const struct sweep *sweep = planner->sweep;
    planner->doc = json_clone(doc);
    planner->id = sha256_begin();
    planner->value = ARENA_ARRAY(planner->arena, const struct json **, sweep->n_axes);
    planner->section = ARENA_ARRAY(planner->arena, const struct section *, sweep->n_axes);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        planner->text[i] = (struct buf){.limit = (size_t)64 << 20};
    for (size_t a = 0; a < sweep->n_axes; a++) {
        const struct axis *axis = &sweep->axis[a];
        const struct json *values = json_at(json_get(json_root(planner->doc), "sweep"), a);
        planner->value[a] = ARENA_ARRAY(planner->arena, const struct json *, axis->n);
        for (size_t i = 0; i < axis->n; i++)
            planner->value[a][i] = i == 0 ? json_at(values, 0) : json_next(planner->value[a][i - 1]);
        char *top = arena_printf(planner->arena, "%s", axis->key);
        top[strcspn(top, ".")] = '\0';
        planner->section[a] = section_find(top);
        sha256_add(planner->id, (struct str){axis->key, strlen(axis->key) + 1});
    }
}

static void planner_end(struct planner *planner)
{
    char hex[SHA256_HEX];
    sha256_hex(sha256_end(planner->id), hex);
    memcpy(planner->sweep->id, hex, sizeof planner->sweep->id - 1);
    for (size_t i = 0; i < SECTION_COUNT; i++)
        buf_free(&planner->text[i]);
    key_index_free(&planner->seen);
    json_free(planner->doc);
}

bool axes_plan(const struct comm *comm, const struct json_doc *doc, const struct setting *setting, size_t n_settings,
               struct identity *identity, struct arena *arena, struct sweep *out, struct error *err)
{
    *out = (struct sweep){0};
    TRY(parse_axes(doc, arena, out, err));
    TRY(check_settings(doc, setting, n_settings, out, err));
    out->run = ARENA_ZARRAY(arena, struct run, out->n_runs);
    struct planner planner = {.comm = comm, .arena = arena, .sweep = out, .listings = listings_new(arena)};
    planner_start(&planner, doc);
    bool ok = plan_runs(&planner, identity, err);
    if (ok)
        find_controls(out);
    planner_end(&planner);
    return ok;
}

#include "support/param.h"

#include "json_doc.h"

#include <math.h>

static size_t count_specs(const struct param_spec *specs)
{
    size_t n = 0;
    while (specs && specs[n].type != PARAM_TYPE_END)
        n++;
    return n;
}

static int64_t whole(double value)
{
    if (value >= 0x1p63)
        return INT64_MAX;
    return value <= -0x1p63 ? INT64_MIN : (int64_t)value;
}

static bool is_text(const struct param_spec *spec)
{
    return spec->type == PARAM_TYPE_STRING || spec->type == PARAM_TYPE_FILE;
}

static void set_number(const struct param_spec *spec, void *params, double value)
{
    void *field = (char *)params + spec->offset;
    if (spec->type == PARAM_TYPE_BOOL)
        *(bool *)field = value != 0;
    else if (spec->type == PARAM_TYPE_INT)
        *(int64_t *)field = whole(value);
    else
        *(double *)field = value;
}

void params_default(const struct param_spec *specs, void *params)
{
    for (size_t i = 0, n = count_specs(specs); i < n; i++) {
        if (is_text(&specs[i]))
            *(const char **)(void *)((char *)params + specs[i].offset) = specs[i].text;
        else
            set_number(&specs[i], params, specs[i].number);
    }
}

/* A bound that leaves the type's whole range open is none. */
static bool is_bound(const struct param_spec *spec, double value)
{
    return spec->type == PARAM_TYPE_INT ? fabs(value) < 0x1p63 : isfinite(value);
}

/* "1..1000", "at least 1", "at most 5" or "any number" */
static void add_range(const struct param_spec *spec, struct buf *out)
{
    bool has_min = is_bound(spec, spec->min), has_max = is_bound(spec, spec->max);
    if (!has_min && !has_max) {
        buf_add_str(out, STR("any number"));
        return;
    }
    if (!has_max)
        buf_add_str(out, STR("at least "));
    if (has_min)
        json_add_number(out, spec->min);
    else
        buf_add_str(out, STR("at most "));
    if (has_min && has_max)
        buf_add_str(out, STR(".."));
    if (has_max)
        json_add_number(out, spec->max);
}

static void add_choices(const struct param_spec *spec, struct buf *out)
{
    for (size_t i = 0; spec->choices[i]; i++)
        buf_printf(out, "%s%s", i ? ", " : "", spec->choices[i]);
}

static void add_allowed(const struct param_spec *spec, struct buf *out)
{
    switch (spec->type) {
    case PARAM_TYPE_BOOL:
        buf_add_str(out, STR("true or false"));
        break;
    case PARAM_TYPE_INT:
    case PARAM_TYPE_REAL:
        add_range(spec, out);
        break;
    case PARAM_TYPE_STRING:
        if (spec->choices) {
            buf_add_str(out, STR("one of "));
            add_choices(spec, out);
        } else {
            buf_add_str(out, STR("a string"));
        }
        break;
    case PARAM_TYPE_FILE:
        buf_add_str(out, STR("the path of a file"));
        break;
    case PARAM_TYPE_END:
        break;
    }
}

/* "k must be 1..1000, not 0" */
static bool fail_value(const struct param_spec *spec, const struct json_doc *doc, const struct json *value,
                       struct error *err)
{
    struct buf allowed = {.limit = 700}, given = {.limit = 100};
    double number;
    if (spec->type == PARAM_TYPE_INT && (!json_as_f64(value, &number) || number != floor(number)))
        buf_add_str(&allowed, STR("a whole number, "));
    else if (spec->type == PARAM_TYPE_REAL && !json_as_f64(value, &number))
        buf_add_str(&allowed, STR("a number, "));
    add_allowed(spec, &allowed);
    json_dump(value, &given);
    json_fail(doc, value, err, "%s must be %s, not %s%s", spec->name, allowed.p ? allowed.p : "",
              given.p ? given.p : "", given.full ? "..." : "");
    buf_free(&allowed);
    buf_free(&given);
    return false;
}

static bool is_choice(const struct param_spec *spec, struct str text)
{
    for (size_t i = 0; spec->choices[i]; i++) {
        if (str_equal(text, str_of(spec->choices[i])))
            return true;
    }
    return false;
}

static bool set_field(const struct param_spec *spec, void *params, const struct json *value, struct arena *arena)
{
    void *field = (char *)params + spec->offset;
    switch (spec->type) {
    case PARAM_TYPE_BOOL:
        return json_as_bool(value, field);
    case PARAM_TYPE_INT: {
        int64_t number;
        TRY(json_as_i64(value, &number) && number >= whole(ceil(spec->min)) && number <= whole(floor(spec->max)));
        *(int64_t *)field = number;
        return true;
    }
    case PARAM_TYPE_REAL: {
        double number;
        TRY(json_as_f64(value, &number) && number >= spec->min && number <= spec->max);
        *(double *)field = number;
        return true;
    }
    case PARAM_TYPE_STRING:
    case PARAM_TYPE_FILE: {
        struct str text;
        TRY(json_as_str(value, &text) && (!spec->choices || is_choice(spec, text)));
        *(const char **)field = arena_copy(arena, text.p, text.n + 1);
        return true;
    }
    case PARAM_TYPE_END:
        break;
    }
    return false;
}

static bool check_keys(const struct param_spec *specs, const struct json_doc *doc, const struct json *object,
                       const char *const *skip, struct arena *arena, struct error *err)
{
    size_t n = count_specs(specs), n_skip = 0;
    while (skip && skip[n_skip])
        n_skip++;
    struct arena_mark mark = arena_mark(arena);
    const char **keys = ARENA_ARRAY(arena, const char *, n + n_skip);
    for (size_t i = 0; i < n; i++)
        keys[i] = specs[i].name;
    for (size_t i = 0; i < n_skip; i++)
        keys[n + i] = skip[i];
    bool ok = json_known_keys(doc, object, keys, n + n_skip, err);
    arena_release(arena, mark);
    return ok;
}

static bool is_skipped(const char *key, const char *const *skip)
{
    for (size_t i = 0; skip && skip[i]; i++) {
        if (strcmp(key, skip[i]) == 0)
            return true;
    }
    return false;
}

bool params_from_json(const struct param_spec *specs, void *params, const struct json_doc *doc,
                      const struct json *object, const char *const *skip, struct arena *arena, struct error *err)
{
    if (!object)
        return true;
    TRY(check_keys(specs, doc, object, skip, arena, err));
    for (size_t i = 0, n = count_specs(specs); i < n; i++) {
        const struct json *value = is_skipped(specs[i].name, skip) ? NULL : json_get(object, specs[i].name);
        if (value && !set_field(&specs[i], params, value, arena))
            return fail_value(&specs[i], doc, value, err);
    }
    return true;
}

static void add_value(const struct param_spec *spec, const void *params, struct buf *out)
{
    const void *field = (const char *)params + spec->offset;
    switch (spec->type) {
    case PARAM_TYPE_BOOL:
        buf_add_str(out, *(const bool *)field ? STR("true") : STR("false"));
        break;
    case PARAM_TYPE_INT: {
        int64_t value = *(const int64_t *)field;
        bool as_string = value > INT64_C(1) << 53 || value < -(INT64_C(1) << 53);
        buf_printf(out, as_string ? "\"%" PRId64 "\"" : "%" PRId64, value);
        break;
    }
    case PARAM_TYPE_REAL:
        json_add_number(out, *(const double *)field);
        break;
    case PARAM_TYPE_STRING:
    case PARAM_TYPE_FILE: {
        const char *text = *(const char *const *)field;
        if (text)
            buf_add_json_string(out, str_of(text));
        else
            buf_add_str(out, STR("null"));
        break;
    }
    case PARAM_TYPE_END:
        break;
    }
}

/* The spec that decides results whose name comes next after `last` by bytes, or NULL. */
static const struct param_spec *next_spec(const struct param_spec *specs, size_t n, const char *last)
{
    const struct param_spec *next = NULL;
    for (size_t i = 0; i < n; i++) {
        if (specs[i].incidental || (last && strcmp(specs[i].name, last) <= 0))
            continue;
        if (!next || strcmp(specs[i].name, next->name) < 0)
            next = &specs[i];
    }
    return next;
}

void params_to_json(const struct param_spec *specs, const void *params, struct buf *out)
{
    size_t n = count_specs(specs);
    buf_add_str(out, STR("{"));
    const struct param_spec *first = next_spec(specs, n, NULL);
    for (const struct param_spec *spec = first; spec; spec = next_spec(specs, n, spec->name)) {
        if (spec != first)
            buf_add_str(out, STR(","));
        buf_add_json_string(out, str_of(spec->name));
        buf_add_str(out, STR(":"));
        add_value(spec, params, out);
    }
    buf_add_str(out, STR("}"));
}

void params_files(const struct param_spec *specs, void *params, void (*visit)(void *context, const char **path),
                  void *context)
{
    for (size_t i = 0, n = count_specs(specs); i < n; i++)
        if (specs[i].type == PARAM_TYPE_FILE)
            visit(context, (const char **)(void *)((char *)params + specs[i].offset));
}

static void add_default(const struct param_spec *spec, struct buf *out)
{
    if (is_text(spec))
        buf_add_json_string(out, str_of(spec->text ? spec->text : ""));
    else if (spec->type == PARAM_TYPE_BOOL)
        buf_add_str(out, spec->number != 0 ? STR("true") : STR("false"));
    else
        json_add_number(out, spec->number);
}

void params_help(const struct param_spec *specs, const char *indent, struct buf *out)
{
    static const char *const type_names[] = {[PARAM_TYPE_BOOL] = "bool",
                                             [PARAM_TYPE_INT] = "int",
                                             [PARAM_TYPE_REAL] = "real",
                                             [PARAM_TYPE_STRING] = "text",
                                             [PARAM_TYPE_FILE] = "file"};
    for (size_t i = 0, n = count_specs(specs); i < n; i++) {
        buf_printf(out, "%s%-20s %-4s  ", indent, specs[i].name, type_names[specs[i].type]);
        add_default(&specs[i], out);
        if (specs[i].type == PARAM_TYPE_INT || specs[i].type == PARAM_TYPE_REAL || specs[i].choices) {
            buf_add_str(out, STR(" ("));
            if (specs[i].choices)
                add_choices(&specs[i], out);
            else
                add_range(&specs[i], out);
            buf_add_str(out, STR(")"));
        }
        buf_printf(out, "  %s\n", specs[i].help);
    }
}

#include "record/run_file.h"

#include "variables.h"

#include <math.h>

static bool read_axis_length(struct store *store, enum axis_id id, struct arena *arena, struct result *out,
                             struct error *err)
{
    const struct axis *axis = &axes[id];
    size_t n;
    if (axis->value.stride > 0 && axis->value.cell == CELL_TEXT) {
        struct str *text;
        TRY(store_get_str(store, axis->path, arena, &text, &n, err));
    } else {
        int64_t *number;
        size_t rank, shape[8];
        TRY(store_get_i64(store, axis->path, arena, &number, &rank, shape, err));
        if (rank != 1)
            return fail(err, ERROR_INPUT, "%s: not one-dimensional", axis->path);
        n = shape[0];
    }
    memcpy((char *)out + axis->count, &n, sizeof n);
    return true;
}

/* Arrays for all that the asked parts hold. */
static void make_arrays(struct result *r, unsigned parts, struct arena *arena)
{
    r->test = ARENA_ZARRAY(arena, struct result_test, r->n_tests);
    r->day = ARENA_ZARRAY(arena, struct result_day, r->n_days);
    r->size = ARENA_ZARRAY(arena, struct result_size, r->n_sizes);
    r->point = ARENA_ZARRAY(arena, struct result_point, r->n_tests * r->n_sizes);
    r->threshold = ARENA_ZARRAY(arena, double, r->n_sizes);
    r->aut = ARENA_ZARRAY(arena, double, r->n_sequences *METRIC_COUNT * r->n_sizes);
    r->sequence = ARENA_ZARRAY(arena, const char *, r->n_sequences);
    r->field = ARENA_ZARRAY(arena, const char *, r->n_fields);
    r->backend = ARENA_ZARRAY(arena, struct result_backend, r->n_backends);
    r->group = ARENA_ZARRAY(arena, struct result_group, r->n_groups);
    for (size_t i = 0; i < r->n_groups; i++)
        r->group[i].at = ARENA_ZARRAY(arena, struct group_value, r->n_sizes);
    if (parts & PART_RESAMPLES)
        for (size_t i = 0; i < r->n_tests * r->n_sizes; i++)
            for (size_t m = 0; m < METRIC_COUNT; m++)
                r->point[i].resample[m] = ARENA_ARRAY(arena, float, r->n_resamples);
    if (parts & PART_DETAILS) {
        r->pick = ARENA_ZARRAY(arena, struct result_pick, r->n_picks);
        r->lines.test = ARENA_ZARRAY(arena, int32_t, r->lines.n);
        r->lines.y = ARENA_ZARRAY(arena, uint8_t, r->lines.n);
        r->lines.count = ARENA_ZARRAY(arena, int64_t, r->lines.n);
        r->lines.cluster = ARENA_ZARRAY(arena, uint32_t, r->lines.n);
    }
    if (parts & PART_LINES) {
        r->lines.hash = ARENA_ZARRAY(arena, struct hash128, r->lines.n);
        r->lines.score = ARENA_ZARRAY(arena, double, r->n_sizes * r->lines.n);
        r->lines.field = ARENA_ZARRAY(arena, struct str *, r->n_fields);
        for (size_t i = 0; i < r->n_fields; i++)
            r->lines.field[i] = ARENA_ZARRAY(arena, struct str, r->lines.n);
    }
}

static bool read_texts(struct store *store, const char *path, const struct variable *v, size_t each, size_t n,
                       struct arena *arena, struct result *out, struct error *err)
{
    struct str *text;
    size_t found;
    TRY(store_get_str(store, path, arena, &text, &found, err));
    if (found != n)
        return fail(err, ERROR_INPUT, "%s: %zu values, its axes have %zu", path, found, n);
    for (size_t i = 0; i < n; i++) {
        void *place = variable_at(out, v, each, i);
        if (v->place.cell == CELL_STR)
            *(struct str *)place = text[i];
        else
            *(const char **)place = text_of(text[i], arena);
    }
    return true;
}

/* A value that points into an axis, or is one of some flags, does. */
static bool check_value(const struct result *r, const struct variable *v, const char *path, int64_t value,
                        struct error *err)
{
    if (v->of != AXIS_NONE && (value < -1 || value >= (int64_t)axis_length(r, v->of)))
        return fail(err, ERROR_INPUT, "%s: %" PRId64 " is no place of the axis %s", path, value, axes[v->of].path);
    if (v->flags == NULL)
        return true;
    int64_t n = 1;
    for (const char *p = v->flags; *p != '\0'; p++)
        n += *p == ' ';
    return value < n || fail(err, ERROR_INPUT, "%s: %" PRId64 " is none of \"%s\"", path, value, v->flags);
}

static bool read_numbers(struct store *store, const char *path, const struct variable *v, size_t each, size_t n,
                         struct arena *arena, struct result *out, struct error *err)
{
    const size_t bytes = cell_bytes(v->place.cell);
    size_t rank, shape[8], wanted[MOST_AXES];
    void *data;
    TRY(store_get(store, path, cell_store_type(v->place.cell), arena, &data, &rank, shape, err));
    bool fits = rank == variable_shape(out, v, wanted);
    for (size_t i = 0; fits && i < rank; i++)
        fits = shape[i] == wanted[i];
    if (!fits)
        return fail(err, ERROR_INPUT, "%s: its shape is not that of its axes", path);
    for (size_t i = 0; i < n; i++) {
        const char *value = (const char *)data + i * bytes;
        int64_t whole = 0;
        if (v->of != AXIS_NONE) {
            int32_t at;
            memcpy(&at, value, sizeof at);
            whole = at;
        } else if (v->flags != NULL) {
            whole = *(const uint8_t *)value;
        }
        TRY(check_value(out, v, path, whole, err));
        memcpy(variable_at(out, v, each, i), value, bytes);
    }
    return true;
}

static bool read_variable(struct store *store, const struct variable *v, struct arena *arena, struct result *out,
                          struct error *err)
{
    size_t shape[MOST_AXES], n = 1;
    const size_t rank = variable_shape(out, v, shape);
    for (size_t i = 0; i < rank; i++)
        n *= shape[i];
    for (size_t i = 0; i < variable_times(out, v); i++) {
        const char *path = variable_path(out, v, i, arena);
        TRY(cell_is_text(v->place.cell) ? read_texts(store, path, v, i, n, arena, out, err)
                                        : read_numbers(store, path, v, i, n, arena, out, err));
    }
    return true;
}

/* An axis with values of its own is read as a variable over itself. */
static bool read_axis_values(struct store *store, enum axis_id id, struct arena *arena, struct result *out,
                             struct error *err)
{
    const struct variable value = {.path = axes[id].path, .axis = {id}, .place = axes[id].value};
    return value.place.stride == 0 || read_variable(store, &value, arena, out, err);
}

static bool read_attribute(struct store *store, const struct attribute *a, struct arena *arena, struct result *out,
                           struct error *err)
{
    char *place = (char *)out + a->offset;
    struct str text;
    int64_t whole;
    if (a->cell == CELL_TEXT) {
        TRY(store_get_attr_str(store, "/", a->name, arena, &text, err));
        const char *copy = text_of(text, arena);
        memcpy(place, &copy, sizeof copy);
        return true;
    }
    if (a->cell == CELL_F64)
        return store_get_attr_f64(store, "/", a->name, (double *)(void *)place, err);
    TRY(store_get_attr_i64(store, "/", a->name, &whole, err));
    if (a->cell == CELL_BOOL)
        *(bool *)place = whole != 0;
    else
        memcpy(place, &whole, sizeof whole);
    return true;
}

static bool read_axes_and_digests(struct store *store, struct arena *arena, struct result *out, struct error *err)
{
    const char **name;
    struct str text;
    if (store_has(store, SCHEMA_AXES)) {
        TRY(store_list_attrs(store, SCHEMA_AXES, arena, &name, &out->n_axes, err));
        out->axis = ARENA_ZARRAY(arena, struct named_text, out->n_axes);
        for (size_t i = 0; i < out->n_axes; i++) {
            TRY(store_get_attr_str(store, SCHEMA_AXES, name[i], arena, &text, err));
            out->axis[i] = (struct named_text){name[i], text_of(text, arena)};
        }
    }
    if (!store_has(store, SCHEMA_DIGESTS))
        return true;
    TRY(store_list_attrs(store, SCHEMA_DIGESTS, arena, &name, &out->n_digests, err));
    out->digest = ARENA_ZARRAY(arena, struct named_digest, out->n_digests);
    for (size_t i = 0; i < out->n_digests; i++) {
        struct hash128 both;
        TRY(store_get_attr_str(store, SCHEMA_DIGESTS, name[i], arena, &text, err));
        const char *padded = arena_printf(arena, "%016d%.*s", 0, STR_ARG(text));
        if (text.n != 16 || !hash128_from_hex(str_of(padded), &both))
            return fail(err, ERROR_INPUT, "digest %s: not 16 hex digits", name[i]);
        out->digest[i] = (struct named_digest){name[i], both.lo};
    }
    return true;
}

static bool read_count(struct store *store, const char *group, const char *name, struct arena *arena,
                       struct named_count *out, struct error *err)
{
    const char *path = arena_printf(arena, "%s/%s", group, name);
    struct str unit;
    int64_t *value;
    size_t rank, shape[8];
    TRY(store_get_i64(store, path, arena, &value, &rank, shape, err));
    TRY(store_get_attr_str(store, path, "units", arena, &unit, err));
    if (rank != 0)
        return fail(err, ERROR_INPUT, "%s: not a single number", path);
    *out = (struct named_count){group, name, text_of(unit, arena), *value};
    return true;
}

/* Counts are the members of every other group. */
static bool read_counts(struct store *store, struct arena *arena, struct result *out, struct error *err)
{
    const char **top, **name;
    size_t n_top, n;
    TRY(store_list_members(store, "/", arena, &top, &n_top, err));
    for (size_t i = 0; i < n_top; i++) {
        const char *group = arena_printf(arena, "/%s", top[i]);
        if (!store_is_group(store, group))
            continue;
        TRY(store_list_members(store, group, arena, &name, &n, err));
        struct named_count *all = ARENA_ARRAY(arena, struct named_count, out->n_counts + n);
        for (size_t k = 0; k < out->n_counts; k++)
            all[k] = out->count[k];
        for (size_t k = 0; k < n; k++)
            TRY(read_count(store, group, name[k], arena, &all[out->n_counts + k], err));
        out->count = all;
        out->n_counts += n;
    }
    return true;
}

static bool check_version(struct store *store, struct error *err)
{
    int64_t version;
    TRY(store_get_attr_i64(store, "/", SCHEMA_VERSION_NAME, &version, err));
    return version == SCHEMA_VERSION ||
           fail(err, ERROR_INPUT, "result schema %" PRId64 ", this program knows %d: delete the file and run again",
                version, SCHEMA_VERSION);
}

/* What is absent is NULL: a test's sequence, resamples of a size that was not reached. */
static void mark_absent(struct result *r)
{
    for (size_t t = 0; t < r->n_tests; t++) {
        if (r->test[t].sequence != NULL && r->test[t].sequence[0] == '\0')
            r->test[t].sequence = NULL;
        for (size_t s = 0; s < r->n_sizes; s++)
            for (size_t m = 0; m < METRIC_COUNT; m++)
                if (!r->size[s].reached)
                    r->point[t * r->n_sizes + s].resample[m] = NULL;
    }
}

bool run_read_parts(struct store *store, unsigned parts, struct arena *arena, struct result *out, struct error *err)
{
    *out = (struct result){0};
    TRY(check_version(store, err));
    for (size_t i = 0; i < n_attributes; i++)
        TRY(read_attribute(store, &attributes[i], arena, out, err));
    for (size_t i = AXIS_NONE + 1; i < AXIS_COUNT; i++)
        if (i != AXIS_HALF)
            TRY(read_axis_length(store, (enum axis_id)i, arena, out, err));
    make_arrays(out, parts, arena);
    for (size_t i = AXIS_NONE + 1; i < AXIS_COUNT; i++)
        TRY(read_axis_values(store, (enum axis_id)i, arena, out, err));
    for (size_t i = 0; i < n_variables; i++)
        if (parts & variables[i].part)
            TRY(read_variable(store, &variables[i], arena, out, err));
    mark_absent(out);
    return read_axes_and_digests(store, arena, out, err) && read_counts(store, arena, out, err);
}

bool name_file(const char *path, struct error *err)
{
    return strncmp(err->message, path, strlen(path)) == 0 ? false : error_context(err, "%s", path);
}

bool run_file_read(const char *path, struct arena *arena, struct result *out, struct error *err)
{
    struct store *store = NULL;
    TRY(store_open(path, &store, err));
    bool ok =
        run_read_parts(store, PART_NUMBERS | PART_RESAMPLES | PART_DETAILS, arena, out, err) || name_file(path, err);
    store_close(store);
    return ok;
}

bool run_file_stamp(const char *path, struct arena *arena, struct run_stamp *out, struct error *err)
{
    struct store *store = NULL;
    struct result r = {0};
    TRY(store_open(path, &store, err));
    bool ok = check_version(store, err);
    for (size_t i = 0; ok && i < n_attributes; i++)
        ok = read_attribute(store, &attributes[i], arena, &r, err);
    store_close(store);
    if (ok)
        *out = (struct run_stamp){r.run_id, r.commit, r.program, r.config, r.dirty};
    return ok || name_file(path, err);
}

#include "record/run_file.h"

#include "support/append.h"
#include "sweep_variables.h"

static bool write_axis(struct store *store, const struct result *r, enum axis_id id, struct arena *arena,
                       struct error *err)
{
    const struct axis *axis = &axes[id];
    const struct variable value = {.axis = {id}, .place = axis->value};
    const size_t n = axis_length(r, id);
    if (axis->value.stride > 0 && axis->value.cell == CELL_TEXT) {
        struct str *text = ARENA_ARRAY(arena, struct str, n);
        for (size_t i = 0; i < n; i++)
            text[i] = str_of(*(const char **)variable_at(r, &value, 0, i));
        TRY(store_axis_str(store, axis->path, text, n, err));
    } else {
        int64_t *number = ARENA_ARRAY(arena, int64_t, n);
        for (size_t i = 0; i < n; i++)
            number[i] = axis->value.stride > 0 ? *(int64_t *)variable_at(r, &value, 0, i) : (int64_t)i + 1;
        TRY(store_axis_i64(store, axis->path, number, n, err));
    }
    if (axis->unit != NULL)
        TRY(store_attr_str(store, axis->path, "units", str_of(axis->unit), err));
    return store_attr_str(store, axis->path, "long_name", str_of(axis->long_name), err);
}

bool write_flags(struct store *store, const char *path, const char *flags, struct error *err)
{
    static const uint8_t value[] = {0, 1, 2, 3, 4, 5, 6, 7};
    size_t n = 1;
    for (const char *p = flags; *p != '\0'; p++)
        n += *p == ' ';
    ASSERT(n <= ARRAY_LEN(value));
    return store_attr_numbers(store, path, "flag_values", STORE_U8, value, n, err) &&
           store_attr_str(store, path, "flag_meanings", str_of(flags), err);
}

static struct str text_at(const struct result *r, const struct variable *v, size_t each, size_t i)
{
    const void *place = variable_at(r, v, each, i);
    if (v->place.cell == CELL_STR)
        return *(const struct str *)place;
    const char *text = *(const char *const *)place;
    return text == NULL ? STR("") : str_of(text);
}

static bool write_data(struct store *store, const struct result *r, const struct variable *v, size_t each,
                       const char *path, struct arena *arena, struct error *err)
{
    const char *over[MOST_AXES];
    size_t shape[MOST_AXES], n = 1;
    const size_t rank = variable_shape(r, v, shape);
    for (size_t i = 0; i < rank; i++) {
        over[i] = axes[v->axis[i]].path;
        n *= shape[i];
    }
    if (cell_is_text(v->place.cell)) {
        struct str *text = ARENA_ARRAY(arena, struct str, n);
        for (size_t i = 0; i < n; i++)
            text[i] = text_at(r, v, each, i);
        return store_array_str(store, path, over, rank, text, err);
    }
    const size_t bytes = cell_bytes(v->place.cell);
    char *data = arena_alloc(arena, n, bytes);
    for (size_t i = 0; i < n; i++)
        memcpy(data + i * bytes, variable_at(r, v, each, i), bytes);
    return store_array(store, path, cell_store_type(v->place.cell), over, rank, data, err);
}

static bool write_variable(struct store *store, const struct result *r, const struct variable *v, struct arena *arena,
                           struct error *err)
{
    for (size_t i = 0; i < variable_times(r, v); i++) {
        struct arena_mark mark = arena_mark(arena);
        const char *path = variable_path(r, v, i, arena), *unit = variable_unit(v, i);
        TRY(write_data(store, r, v, i, path, arena, err));
        if (unit != NULL)
            TRY(store_attr_str(store, path, "units", str_of(unit), err));
        TRY(store_attr_str(store, path, "long_name", str_of(variable_long_name(r, v, i, arena)), err));
        if (v->flags != NULL)
            TRY(write_flags(store, path, v->flags, err));
        arena_release(arena, mark);
    }
    return true;
}

static bool write_attribute(struct store *store, const struct result *r, const struct attribute *a, struct error *err)
{
    const void *place = (const char *)r + a->offset;
    const char *text;
    switch (a->cell) {
    case CELL_TEXT:
        memcpy(&text, place, sizeof text);
        return store_attr_str(store, "/", a->name, text == NULL ? STR("") : str_of(text), err);
    case CELL_I64:
        return store_attr_i64(store, "/", a->name, *(const int64_t *)place, err);
    case CELL_BOOL:
        return store_attr_i64(store, "/", a->name, *(const bool *)place, err);
    default:
        ASSERT(a->cell == CELL_F64);
        return store_attr_f64(store, "/", a->name, *(const double *)place, err);
    }
}

/* What a run has as many of as its stages: place in the sweep, digests, counts (arrays without axes, for their units).
 */
static bool write_named(struct store *store, const struct result *r, struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < r->n_axes; i++)
        TRY(store_attr_str(store, SCHEMA_AXES, r->axis[i].name, str_of(r->axis[i].value), err));
    for (size_t i = 0; i < r->n_digests; i++)
        TRY(store_attr_str(store, SCHEMA_DIGESTS, r->digest[i].name,
                           str_of(arena_printf(arena, "%016" PRIx64, r->digest[i].value)), err));
    for (size_t i = 0; i < r->n_counts; i++) {
        const struct named_count *count = &r->count[i];
        ASSERT(count->group[0] == '/' && strchr(count->group + 1, '/') == NULL);
        const char *path = arena_printf(arena, "%s/%s", count->group, count->name);
        TRY(store_array(store, path, STORE_I64, NULL, 0, &count->value, err));
        TRY(store_attr_str(store, path, "units", str_of(count->unit), err));
    }
    return true;
}

/* Names that stand in paths. */
static bool check_names(const struct result *r, struct error *err)
{
    for (size_t i = 0; i < r->n_fields; i++)
        if (r->field[i][0] == '\0' || strchr(r->field[i], '/') != NULL)
            return fail(err, ERROR_CONFIG, "field \"%s\": no name for an array of a results file", r->field[i]);
    return true;
}

static bool write_all(struct store *store, const struct result *r, struct arena *arena, struct error *err)
{
    TRY(check_names(r, err));
    TRY(store_attr_i64(store, "/", SCHEMA_VERSION_NAME, SCHEMA_VERSION, err));
    for (size_t i = 0; i < n_attributes; i++)
        TRY(write_attribute(store, r, &attributes[i], err));
    for (size_t i = AXIS_NONE + 1; i < AXIS_COUNT; i++)
        TRY(write_axis(store, r, (enum axis_id)i, arena, err));
    for (size_t i = 0; i < n_variables; i++)
        TRY(write_variable(store, r, &variables[i], arena, err));
    return write_named(store, r, arena, err);
}

static void log_line(const struct result *r, const struct run_log *log, struct buf *out)
{
    buf_add_str(out, STR("{\"time\":"));
    buf_add_json_string(out, str_of(log->time));
    buf_add_str(out, STR(",\"run\":"));
    buf_add_json_string(out, str_of(r->run_id));
    buf_add_str(out, STR(",\"host\":"));
    buf_add_json_string(out, str_of(log->host));
    buf_printf(out, ",\"ranks\":%d,\"stages\":{", log->ranks);
    for (size_t i = 0; i < log->n_stages; i++) {
        buf_add_str(out, i == 0 ? STR("") : STR(","));
        buf_add_json_string(out, str_of(log->stage[i]));
        buf_printf(out, ":{\"seconds\":%.3f,\"bytes_sent\":%" PRId64 "}", log->seconds[i], log->bytes_sent[i]);
    }
    buf_add_str(out, STR("}"));
    for (size_t i = 0; i < log->n_texts; i++) {
        buf_add_str(out, STR(","));
        buf_add_json_string(out, str_of(log->text[i].name));
        buf_add_str(out, STR(":"));
        buf_add_json_string(out, str_of(log->text[i].value));
    }
    buf_add_str(out, STR("}\n"));
}

static bool write_log(const char *path, const struct result *r, const struct run_log *log, struct error *err)
{
    struct buf line = {.limit = 1 << 20};
    struct append_file file;
    log_line(r, log, &line);
    ASSERT(!line.full);
    bool ok = append_open(path, "the log of runs", true, &file, err);
    if (ok) {
        ok = append_write(&file, buf_str(&line), err) && append_sync(&file, err);
        append_close(&file);
    }
    buf_free(&line);
    return ok;
}

bool run_file_write(const char *path, const struct result *result, const char *log_path, const struct run_log *log,
                    struct error *err)
{
    struct arena *arena = arena_new();
    struct store *store = NULL;
    bool ok = store_create(path, &store, err);
    if (ok) {
        ok = write_all(store, result, arena, err);
        if (ok)
            ok = store_commit(store, err);
        else
            store_close(store);
    }
    arena_free(arena);
    return ok && (log_path == NULL || write_log(log_path, result, log, err));
}

#include "record/run_file.h"

#include "sweep_variables.h"

const char *cell_name(enum cell cell)
{
    static const char *const name[] = {
        [CELL_F64] = "f64", [CELL_F32] = "f32", [CELL_I64] = "i64", [CELL_I32] = "i32",     [CELL_U64] = "u64",
        [CELL_U32] = "u32", [CELL_U8] = "u8",   [CELL_BOOL] = "u8", [CELL_TEXT] = "string", [CELL_STR] = "string"};
    return name[cell];
}

static void add_axes(struct buf *out)
{
    buf_add_str(out, STR("| axis | values | what |\n|---|---|---|\n"));
    for (size_t i = AXIS_NONE + 1; i < AXIS_COUNT; i++) {
        const struct place *value = &axes[i].value;
        const char *kind = value->stride == 0 ? "1, 2, ..." : value->cell == CELL_TEXT ? "names" : "numbers";
        buf_printf(out, "| `%s` | %s | %s |\n", axes[i].path + 1, kind, axes[i].long_name);
    }
}

static void add_metrics(struct buf *out)
{
    buf_add_str(out, STR("\nMETRIC is each of these; so is the unit where none is given:\n\n| METRIC | unit | what |\n"
                         "|---|---|---|\n"));
    for (size_t m = 0; m < METRIC_COUNT; m++)
        buf_printf(out, "| `%s` | %s | %s |\n", metrics[m].name, metrics[m].unit, metrics[m].long_name);
}

void schema_flags(const char *flags, struct buf *out)
{
    int value = 0;
    buf_printf(out, ": %d ", value);
    for (const char *p = flags; *p != '\0'; p++)
        if (*p == ' ')
            buf_printf(out, ", %d ", ++value);
        else
            buf_add(out, p, 1);
}

static void add_variable(const struct variable *v, struct arena *arena, struct buf *out)
{
    const char *name = v->each == EACH_FIELD ? "FIELD" : "METRIC";
    buf_printf(out, "| `%s` | ", put_name(v->path, name, arena) + 1);
    for (size_t i = 0; i < MOST_AXES && v->axis[i] != AXIS_NONE; i++)
        buf_printf(out, "%s%s", i == 0 ? "" : ", ", axes[v->axis[i]].path + 1);
    buf_printf(out, " | %s | %s | %s", cell_name(v->place.cell), v->unit == NULL ? "" : v->unit,
               put_name(v->long_name, name, arena));
    if (v->of != AXIS_NONE)
        buf_printf(out, " (place on the axis `%s`, from 0; -1: none)", axes[v->of].path + 1);
    if (v->flags != NULL)
        schema_flags(v->flags, out);
    buf_add_str(out, STR(" |\n"));
}

void run_file_schema(struct buf *out)
{
    struct arena *arena = arena_new();
    add_axes(out);
    add_metrics(out);
    buf_add_str(out, STR("\n| variable | over | type | unit | what |\n|---|---|---|---|---|\n"));
    for (size_t i = 0; i < n_variables; i++)
        add_variable(&variables[i], arena, out);
    buf_printf(out,
               "\n| attribute | type | unit | what |\n|---|---|---|---|\n| `%s` | i64 | | %d; a change of meaning "
               "raises it |\n",
               SCHEMA_VERSION_NAME, SCHEMA_VERSION);
    for (size_t i = 0; i < n_attributes; i++) {
        const struct attribute *a = &attributes[i];
        buf_printf(out, "| `%s` | %s | %s | %s |\n", a->name, a->cell == CELL_BOOL ? "i64" : cell_name(a->cell),
                   a->unit == NULL ? "" : a->unit, a->long_name);
    }
    buf_printf(
        out,
        "\nGroups: `%s` (attributes: the run's place in its sweep, key and value as shown), `%s` (attributes: 16 "
        "hex digits each, equal on\nany number of ranks); every other group holds counts of a stage, each an array "
        "without axes with its unit.\n",
        SCHEMA_AXES, SCHEMA_DIGESTS);
    arena_free(arena);
}

#include "csv_table.h"

#include "json_values.h"

/* One of a wanted value's names that there is a column for. */
struct name {
    struct str text;
    size_t slot;
    size_t inside; /* SIZE_MAX: the cell itself; else which value inside it */
};

struct value {
    struct name *name;
    size_t n;
};

/* A column that is looked into. */
struct inside {
    struct str *path;
    size_t n;
    struct json_paths *paths;
    struct scan_field *value; /* [n], of this row */
    struct json_found *found;
    bool looked, holds;
};

struct csv_table {
    struct csv_shape shape;
    struct str *column; /* [n_columns] names */
    uint8_t *slot;
    size_t n_wanted, n_slots;
    struct value *value;   /* [n_wanted] */
    struct inside *inside; /* [CSV_MOST_SLOTS] */
    struct str *cell;
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_name(struct str a, struct str b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i]))
            return false;
    }
    return a.n == b.n;
}

static size_t column_of(const struct csv_table *table, struct str name)
{
    for (size_t i = 0; i < table->shape.n_columns; i++) {
        if (same_name(table->column[i], name))
            return i;
    }
    return SIZE_MAX;
}

/* SIZE_MAX: there are too many. */
static size_t slot_of(struct csv_table *table, size_t column)
{
    if (table->slot[column] == CSV_NO_SLOT && table->n_slots < CSV_MOST_SLOTS)
        table->slot[column] = (uint8_t)table->n_slots++;
    return table->slot[column] != CSV_NO_SLOT ? table->slot[column] : SIZE_MAX;
}

static size_t want_inside(struct inside *inside, struct str path, size_t most, struct arena *arena)
{
    for (size_t i = 0; i < inside->n; i++) {
        if (str_equal(inside->path[i], path))
            return i;
    }
    if (inside->path == NULL)
        inside->path = ARENA_ARRAY(arena, struct str, most);
    inside->path[inside->n] = path;
    return inside->n++;
}

/* Adds the name to those of the value if there is a column for it. */
static void resolve(struct csv_table *table, struct str text, struct value *value, size_t most, struct arena *arena)
{
    struct name *name = &value->name[value->n];
    size_t column = column_of(table, text);
    *name = (struct name){text, SIZE_MAX, SIZE_MAX};
    if (column != SIZE_MAX) {
        name->slot = slot_of(table, column);
    } else {
        for (size_t dot = text.n; dot-- > 1 && name->slot == SIZE_MAX;) {
            column = text.p[dot] == '.' ? column_of(table, (struct str){text.p, dot}) : SIZE_MAX;
            if (column == SIZE_MAX)
                continue;
            name->slot = slot_of(table, column);
            if (name->slot != SIZE_MAX)
                name->inside = want_inside(&table->inside[name->slot], (struct str){text.p + dot + 1, text.n - dot - 1},
                                           most, arena);
        }
    }
    value->n += name->slot != SIZE_MAX;
}

static size_t count_names(const struct str *wanted, size_t n)
{
    size_t count = n;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < wanted[i].n; k++)
            count += wanted[i].p[k] == '|';
    }
    return count;
}

static bool read_names(struct csv_table *table, struct str names, struct arena *arena, const char **reason)
{
    size_t most = 1;
    bool last = false;
    for (size_t i = 0; i < names.n; i++)
        most += names.p[i] == table->shape.delimiter;
    table->column = ARENA_ARRAY(arena, struct str, most);
    table->slot = (uint8_t *)arena_bytes(arena, most);
    memset(table->slot, CSV_NO_SLOT, most);
    table->shape.slot = table->slot;
    while (!last) {
        struct str cell;
        if (!csv_next_cell(table->shape.delimiter, &names, &cell, &last)) {
            *reason = "a quote of the first row does not close";
            return false;
        }
        table->column[table->shape.n_columns++] = csv_decode(cell, arena);
    }
    return true;
}

struct csv_table *csv_table_new(struct str names, char delimiter, const struct str *wanted, size_t n_wanted,
                                struct arena *arena, const char **reason)
{
    struct csv_table *table = arena_zalloc(arena, 1, sizeof *table);
    size_t most = count_names(wanted, n_wanted);
    table->shape.delimiter = delimiter;
    if (!read_names(table, (struct str){arena_copy(arena, names.p, names.n), names.n}, arena, reason))
        return NULL;
    table->n_wanted = n_wanted;
    table->value = ARENA_ARRAY(arena, struct value, n_wanted);
    table->inside = ARENA_ZARRAY(arena, struct inside, CSV_MOST_SLOTS);
    struct name *name = ARENA_ARRAY(arena, struct name, most);
    for (size_t i = 0; i < n_wanted; i++) {
        struct str rest = wanted[i];
        table->value[i] = (struct value){name, 0};
        for (bool more = true; more;) {
            const char *bar = rest.n > 0 ? memchr(rest.p, '|', rest.n) : NULL;
            size_t n = bar != NULL ? (size_t)(bar - rest.p) : rest.n;
            if (n > 0)
                resolve(table, (struct str){rest.p, n}, &table->value[i], most, arena);
            more = bar != NULL;
            rest = (struct str){rest.p + n + more, rest.n - n - more};
            name++;
        }
    }
    for (size_t s = 0; s < table->n_slots; s++) {
        struct inside *inside = &table->inside[s];
        if (inside->n == 0)
            continue;
        inside->paths = json_paths_new(inside->path, inside->n, arena);
        inside->value = ARENA_ARRAY(arena, struct scan_field, inside->n);
        inside->found = ARENA_ARRAY(arena, struct json_found, inside->n);
    }
    table->cell = ARENA_ZARRAY(arena, struct str, table->n_slots);
    return table;
}

const struct csv_shape *csv_table_shape(const struct csv_table *table)
{
    return &table->shape;
}

struct str *csv_table_cells(struct csv_table *table)
{
    return table->cell;
}

bool csv_table_has(const struct csv_table *table, size_t i)
{
    return table->value[i].n > 0;
}

void csv_table_row(struct csv_table *table)
{
    for (size_t s = 0; s < table->n_slots; s++)
        table->inside[s].looked = false;
}

/* A cell, with its opening quote or without. */
static bool says(struct str cell)
{
    if (cell.n > 5)
        return true;
    if (cell.n > 0 && cell.p[0] == '"')
        cell = (struct str){cell.p + 1, cell.n - 1};
    return !is_nothing(cell) && !str_equal(cell, STR("null")) && !str_equal(cell, STR("NULL"));
}

/* A text as a cell. */
static struct str as_cell(struct str text, struct arena *scratch)
{
    if (text.n == 0 || text.p[0] != '"')
        return text;
    char *out = arena_bytes(scratch, 2 * text.n + 1);
    size_t n = 0;
    out[n++] = '"';
    for (size_t i = 0; i < text.n; i++) {
        out[n++] = text.p[i];
        if (text.p[i] == '"')
            out[n++] = '"';
    }
    return (struct str){out, n};
}

/* The value of the row by this name; false if it is not there. */
static bool value_of(struct csv_table *table, const struct name *name, struct arena *scratch, struct str *cell)
{
    *cell = table->cell[name->slot];
    if (name->inside == SIZE_MAX)
        return true;
    struct inside *inside = &table->inside[name->slot];
    const char *reason;
    if (!inside->looked) {
        struct str text = csv_decode(*cell, scratch);
        inside->looked = true;
        inside->holds = text.n > 0 && text.p[0] == '{' &&
                        json_paths_find(inside->paths, text, scratch, inside->value, inside->found, &reason);
    }
    const struct scan_field *value = &inside->value[name->inside];
    *cell = (struct str){"", 0};
    if (!inside->holds || value->type == SCAN_ABSENT)
        return false;
    struct scan_field one = json_scalar(*value);
    if (json_says(&one) && (one.type == SCAN_STRING || one.raw.p[0] != '['))
        *cell = as_cell(json_text(&one, scratch), scratch);
    return true;
}

struct str csv_value(struct csv_table *table, size_t i, struct arena *scratch, struct str *name)
{
    const struct value *value = &table->value[i];
    for (size_t k = 0; k < value->n; k++) {
        struct str cell;
        if (!value_of(table, &value->name[k], scratch, &cell) || !says(cell))
            continue;
        if (name != NULL)
            *name = value->name[k].text;
        return cell;
    }
    if (name != NULL)
        *name = (struct str){"", 0};
    return (struct str){"", 0};
}

bool csv_text(struct csv_table *table, size_t i, struct arena *scratch, struct str *text)
{
    const struct value *value = &table->value[i];
    bool found = false;
    for (size_t k = 0; k < value->n; k++) {
        struct str cell;
        if (!value_of(table, &value->name[k], scratch, &cell) || (found && !says(cell)))
            continue;
        found = true;
        *text = csv_decode(cell, scratch);
        if (says(cell))
            break;
    }
    return found;
}

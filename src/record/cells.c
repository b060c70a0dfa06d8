#include "cells.h"

#include <math.h>
#include <stdio.h>

struct cells cells_new(struct arena *arena, size_t n_columns)
{
    return (struct cells){.arena = arena, .n_columns = n_columns};
}

void cells_add(struct cells *cells, const char *text)
{
    if (cells->n == cells->capacity) {
        cells->capacity = cells->capacity == 0 ? 64 : 2 * cells->capacity;
        const char **more = ARENA_ARRAY(cells->arena, const char *, cells->capacity);
        for (size_t i = 0; i < cells->n; i++)
            more[i] = cells->text[i];
        cells->text = more;
    }
    cells->text[cells->n++] = text;
}

void cells_print(const struct cells *cells, struct buf *out)
{
    ASSERT(cells->n % cells->n_columns == 0);
    size_t *width = ARENA_ZARRAY(cells->arena, size_t, cells->n_columns);
    for (size_t i = 0; i < cells->n; i++) {
        const size_t n = strlen(cells->text[i]);
        if (n > width[i % cells->n_columns])
            width[i % cells->n_columns] = n;
    }
    for (size_t i = 0; i < cells->n; i++) {
        buf_printf(out, "  %-*s", (int)width[i % cells->n_columns], cells->text[i]);
        if (i % cells->n_columns + 1 < cells->n_columns)
            continue;
        while (!out->full && out->n > 0 && out->p[out->n - 1] == ' ')
            out->n--;
        buf_add_str(out, STR("\n"));
    }
}

static const char *mark(enum interval_state state)
{
    static const char *const marks[] = {[INTERVAL_FEW_SEEDS] = "(a)",
                                        [INTERVAL_FEW_CLUSTERS] = "(b)",
                                        [INTERVAL_FEW_RESAMPLES] = "(c)",
                                        [INTERVAL_NO_VARIATION] = "(d)"};
    return marks[state];
}

void cells_footnotes(const struct cells *cells, struct buf *out)
{
    for (size_t i = INTERVAL_FEW_SEEDS; i < ARRAY_LEN(cells->used); i++)
        if (cells->used[i])
            buf_printf(out, "  %s no interval: %s\n", mark((enum interval_state)i),
                       interval_state_text((enum interval_state)i));
}

const char *number_text(double value, enum number_form form, struct arena *arena)
{
    char text[64];
    if (isnan(value))
        return "-";
    snprintf(text, sizeof text,
             form == NUMBER_SHARE        ? "%.4f"
             : form == NUMBER_DIFFERENCE ? "%+.4f"
             : fabs(value) < 1000        ? "%.3g"
                                         : "%.0f",
             value);
    char *zero = strstr(text, "0.");
    const bool leads = zero == text || (zero == text + 1 && (text[0] == '-' || text[0] == '+'));
    if (form != NUMBER_ANY && leads)
        memmove(zero, zero + 1, strlen(zero));
    return arena_printf(arena, "%s", text);
}

const char *estimate_text(struct cells *cells, const struct estimate *e, enum number_form form)
{
    struct arena *arena = cells->arena;
    if (isnan(e->mean))
        return "-";
    if (e->state == INTERVAL_GIVEN)
        return arena_printf(arena, "%s [%s,%s]", number_text(e->mean, form, arena), number_text(e->low, form, arena),
                            number_text(e->high, form, arena));
    if (e->state == INTERVAL_NO_VALUE)
        return number_text(e->mean, form, arena);
    cells->used[e->state] = true;
    return arena_printf(arena, "%s %s", number_text(e->mean, form, arena), mark(e->state));
}

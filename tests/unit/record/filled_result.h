/* A result with a value of its own for every place. Include after cmocka.h. */
#ifndef FILLED_RESULT_H
#define FILLED_RESULT_H

#include "../../../src/record/variables.h"
#include "record_test.h"

static const struct shape shape = {.n_tests = 2,
                                   .n_days = 3,
                                   .n_sizes = 3,
                                   .n_resamples = 5,
                                   .n_picks = 4,
                                   .n_lines = 6,
                                   .n_groups = 3,
                                   .n_fields = 2,
                                   .n_backends = 2,
                                   .n_sequences = 2};

/* A value of its own for every place: (row, each, element). */
static inline void fill_place(struct arena *arena, const struct variable *v, int64_t number, void *place)
{
    const int64_t whole = v->of != AXIS_NONE ? number % 2 : v->flags != NULL ? number % 2 : number;
    switch (v->place.cell) {
    case CELL_F64:
        *(double *)place = (double)whole + 0.25;
        break;
    case CELL_F32:
        *(float *)place = (float)whole + 0.5f;
        break;
    case CELL_I64:
        *(int64_t *)place = -whole - ((int64_t)1 << 40);
        break;
    case CELL_I32:
        *(int32_t *)place = (int32_t)whole;
        break;
    case CELL_U64:
        *(uint64_t *)place = UINT64_MAX - (uint64_t)whole;
        break;
    case CELL_U32:
        *(uint32_t *)place = UINT32_MAX - (uint32_t)whole;
        break;
    case CELL_U8:
        *(uint8_t *)place = (uint8_t)whole;
        break;
    case CELL_BOOL:
        *(bool *)place = whole != 0;
        break;
    case CELL_TEXT:
        *(const char **)place = arena_printf(arena, "text %" PRId64, whole);
        break;
    case CELL_STR:
        *(struct str *)place = str_of(arena_printf(arena, "caf\xC3\xA9 %" PRId64, whole));
        break;
    }
}

static inline size_t elements(const struct result *r, const struct variable *v)
{
    size_t length[MOST_AXES], n = 1;
    for (size_t i = variable_shape(r, v, length); i-- > 0;)
        n *= length[i];
    return n;
}

static inline struct variable axis_row(size_t id)
{
    return (struct variable){.path = axes[id].path, .axis = {(enum axis_id)id}, .place = axes[id].value};
}

static inline struct result *filled(struct arena *arena)
{
    struct result *r = make_result(arena, &shape);
    static struct named_text axis[] = {{"detector", "iforest"}, {"seed", "7"}};
    static struct named_digest digest[] = {{"lines.day1", 0xFEDCBA9876543210}, {"picks", 0x0F}};
    static struct named_count count[] = {{"/ingest", "records", "records", INT64_MAX},
                                         {"/ingest", "bytes", "bytes", 0},
                                         {"/labels", "none", "lines", -3}};
    int64_t number = 1;
    for (size_t i = 0; i < n_variables; i++)
        for (size_t each = 0; each < variable_times(r, &variables[i]); each++)
            for (size_t k = 0; k < elements(r, &variables[i]); k++)
                fill_place(arena, &variables[i], number++, variable_at(r, &variables[i], each, k));
    for (size_t i = AXIS_NONE + 1; i < AXIS_COUNT; i++) {
        const struct variable row = axis_row(i);
        for (size_t k = 0; row.place.stride > 0 && i != AXIS_FIELD && k < axis_length(r, (enum axis_id)i); k++)
            fill_place(arena, &row, number++, variable_at(r, &row, 0, k));
    }
    for (size_t i = 0; i < n_attributes; i++) {
        const struct variable row = {.place = {.cell = attributes[i].cell}};
        fill_place(arena, &row, number++, (char *)r + attributes[i].offset);
    }
    for (size_t i = 0; i < r->n_sizes; i++)
        r->size[i].reached = true;
    r->n_axes = ARRAY_LEN(axis);
    r->axis = axis;
    r->n_digests = ARRAY_LEN(digest);
    r->digest = digest;
    r->n_counts = ARRAY_LEN(count);
    r->count = count;
    return r;
}

#endif

/* A layout's names and conditions become places among the wanted values. */
#include "json_state.h"

static size_t want(struct json_state *state, struct str name)
{
    for (size_t i = 0; i < state->n_wanted; i++) {
        if (str_equal(state->wanted[i], name))
            return i;
    }
    ASSERT(state->n_wanted < MOST_WANTED);
    state->wanted[state->n_wanted] = name;
    return state->n_wanted++;
}

static void want_fields(struct json_state *state, const struct field_map *map, size_t *place)
{
    const struct str own[N_OWN] = {map->command, map->platform, map->truth, map->source, map->host,
                                   map->user,    map->parent,   map->image, map->time};
    for (size_t i = 0; i < N_OWN; i++)
        place[i] = want(state, own[i]);
}

static void want_kinds(struct json_state *state)
{
    const struct record_kind *kind = state->layout->kind;
    while (state->n_kinds < LAYOUT_KINDS && kind[state->n_kinds].all[0].path != NULL) {
        size_t k = state->n_kinds++;
        for (size_t c = 0; c < KIND_CONDITIONS && kind[k].all[c].path != NULL; c++)
            state->condition[k][c] = want(state, str_of(kind[k].all[c].path));
        if (kind[k].fields != NULL) {
            struct field_map names = fields_fill(kind[k].fields, state->fields);
            want_fields(state, &names, state->own[k + 1]);
        } else {
            memcpy(state->own[k + 1], state->own[0], sizeof state->own[0]);
        }
    }
}

void *json_start(const struct layout *layout, const struct field_map *fields, struct arena *arena)
{
    struct json_state *state = arena_zalloc(arena, 1, sizeof *state);
    ASSERT(fields->n_filters <= FIELDS_MAX_FILTERS && fields->n_more <= FIELDS_MAX_MORE);
    state->layout = layout;
    state->arena = arena;
    state->fields = fields;
    want_fields(state, fields, state->own[0]);
    want_kinds(state);
    for (size_t i = 0; i < fields->n_filters; i++)
        state->filter[i] = want(state, fields->filter[i].field);
    for (size_t i = 0; i < fields->n_more; i++)
        state->more[i] = want(state, fields->more[i]);
    state->first_wrapper = state->n_wanted;
    for (size_t i = 0; i < n_wrappers; i++)
        state->wanted[state->n_wanted++] = wrappers[i].path;
    state->flat = json_paths_flat(state->wanted, state->first_wrapper);
    state->paths = json_paths_new(state->wanted, state->n_wanted, arena);
    if (state->flat)
        scan_names_start(&state->names, state->wanted, state->first_wrapper);
    state->top.value = ARENA_ARRAY(arena, struct scan_field, state->n_wanted);
    state->top.found = ARENA_ARRAY(arena, struct json_found, state->n_wanted);
    memo_start(&state->platform);
    memo_start(&state->truth);
    memo_start(&state->synthetic);
    return state;
}

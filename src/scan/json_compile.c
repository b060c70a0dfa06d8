/* A layout's names and conditions become places among the wanted values. */
#include "json_state.h"

void *json_start(const struct layout *layout, const struct field_map *fields, struct arena *arena)
{
    struct json_state *state = arena_zalloc(arena, 1, sizeof *state);
    state->layout = layout;
    state->arena = arena;
    state->fields = fields;
    wanted_start(&state->want, layout, fields);
    state->first_wrapper = state->want.n;
    ASSERT(state->want.n + n_wrappers <= MOST_WANTED);
    for (size_t i = 0; i < n_wrappers; i++)
        state->want.name[state->want.n++] = wrappers[i].path;
    state->flat = json_paths_flat(state->want.name, state->first_wrapper);
    state->paths = json_paths_new(state->want.name, state->want.n, arena);
    if (state->flat)
        scan_names_start(&state->names, state->want.name, state->first_wrapper);
    state->top.value = ARENA_ARRAY(arena, struct scan_field, state->want.n);
    state->top.found = ARENA_ARRAY(arena, struct json_found, state->want.n);
    memo_start(&state->platform);
    memo_start(&state->truth);
    memo_start(&state->synthetic);
    return state;
}

#include "wanted.h"

static size_t want(struct wanted *wanted, struct str name)
{
    for (size_t i = 0; i < wanted->n; i++) {
        if (str_equal(wanted->name[i], name))
            return i;
    }
    ASSERT(wanted->n < MOST_WANTED);
    wanted->name[wanted->n] = name;
    return wanted->n++;
}

static void want_fields(struct wanted *wanted, const struct field_map *map, size_t *place)
{
    const struct str own[N_OWN] = {map->command, map->platform, map->truth, map->source, map->host,
                                   map->user,    map->parent,   map->image, map->time};
    for (size_t i = 0; i < N_OWN; i++)
        place[i] = want(wanted, own[i]);
}

void wanted_start(struct wanted *wanted, const struct layout *layout, const struct field_map *fields)
{
    const struct record_kind *kind = layout->kind;
    ASSERT(fields->n_filters <= FIELDS_MAX_FILTERS && fields->n_more <= FIELDS_MAX_MORE);
    wanted->n = wanted->n_kinds = 0;
    want_fields(wanted, fields, wanted->own[0]);
    while (wanted->n_kinds < LAYOUT_KINDS && kind[wanted->n_kinds].all[0].path != NULL) {
        size_t k = wanted->n_kinds++;
        for (size_t c = 0; c < KIND_CONDITIONS && kind[k].all[c].path != NULL; c++)
            wanted->condition[k][c] = want(wanted, str_of(kind[k].all[c].path));
        struct field_map names = fields_fill(kind[k].fields != NULL ? kind[k].fields : fields, fields);
        want_fields(wanted, &names, wanted->own[k + 1]);
    }
    for (size_t i = 0; i < fields->n_filters; i++)
        wanted->filter[i] = want(wanted, fields->filter[i].field);
    for (size_t i = 0; i < fields->n_more; i++)
        wanted->more[i] = want(wanted, fields->more[i]);
}

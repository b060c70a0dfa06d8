/* The values that a layout and an input ask of a record: names that come again have one place. */
#ifndef SCAN_WANTED_H
#define SCAN_WANTED_H

#include "scan/layout.h"

enum own_field { COMMAND, PLATFORM, TRUTH, SOURCE, HOST, USER, PARENT, IMAGE, TIME, N_OWN };
enum { MOST_WANTED = 224 };

struct wanted {
    struct str name[MOST_WANTED];
    size_t n, n_kinds;
    size_t own[LAYOUT_KINDS + 1][N_OWN]; /* places of the layout's names; at k + 1 those of kind k */
    size_t condition[LAYOUT_KINDS][KIND_CONDITIONS];
    size_t filter[FIELDS_MAX_FILTERS], more[FIELDS_MAX_MORE];
};

/* fields: no name is missing; their strings and the layout's stay where they are. */
void wanted_start(struct wanted *wanted, const struct layout *layout, const struct field_map *fields);

#endif

/* What reading JSON keeps: names, and the objects that are looked at. */
#ifndef SCAN_JSON_STATE_H
#define SCAN_JSON_STATE_H

#include "json_values.h"
#include "memo.h"
#include "wanted.h"
#include "wrap.h"

enum { MOST_DEPTH = 5 };

/* An object that may be an event, or hold some. */
struct json_item {
    struct scan_field *value;      /* [n_wanted]: its own, and what it lacks of those of the object around it */
    struct json_found *found;      /* [n_wanted] if there are paths */
    const struct json_item *outer; /* what it was found in; NULL: the record */
    struct str via;                /* the wrapper it was found in */
    struct str list;               /* members still to be taken, from `at` on */
    size_t at;
    struct json_item *below; /* whose members come then */
    size_t depth;
};

struct json_state {
    const struct layout *layout;
    const struct field_map *fields;
    struct wanted want; /* and, last of its names, the wrappers */
    size_t first_wrapper;
    struct scan_names names; /* of those before first_wrapper, if they are plain */
    struct json_paths *paths;
    bool flat;
    struct arena *arena;
    struct scan_lines *lines; /* of the buffer that was looked at; NULL: none was */
    struct memo platform, truth, synthetic;
    struct json_item top;         /* of the record */
    struct json_item *open;       /* whose members are being taken; NULL: none */
    const struct json_item *last; /* of the last event */
    size_t last_own;              /* by which names */
};

/* form.start. */
void *json_start(const struct layout *layout, const struct field_map *fields, struct arena *arena);
/* What the object with these values is. */
enum read_result json_judge(struct json_state *state, const struct json_item *item, struct arena *scratch,
                            struct event *event, const char **reason);

#endif

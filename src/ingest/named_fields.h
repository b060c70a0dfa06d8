/* Named fields of lines: what an event tells of itself, and what its layout must look for. */
#ifndef INGEST_NAMED_FIELDS_H
#define INGEST_NAMED_FIELDS_H

#include "ingest/input.h"
#include "scan/event.h"

enum field_kind { FIELD_HOST, FIELD_USER, FIELD_PARENT, FIELD_IMAGE, FIELD_PLATFORM, FIELD_SOURCE, FIELD_OTHER };

struct named_fields {
    size_t n;
    const char *const *name;
    enum field_kind kind[FIELDS_MAX_MORE];
    size_t more[FIELDS_MAX_MORE]; /* of FIELD_SOURCE and FIELD_OTHER: place in event.more */
};

/* Fails if there are more than FIELDS_MAX_MORE, or one has no name. */
MUST_CHECK bool fields_name(const char *const *name, size_t n, struct named_fields *out, struct error *err);
/* The inputs, asking for what events do not hold anyway; in the arena. */
const struct input *fields_ask(const struct named_fields *fields, const struct input *inputs, size_t n_inputs,
                               struct arena *arena);
/* The value of the k-th, escaped as the event's other texts. */
struct str fields_value(const struct named_fields *fields, size_t k, const struct event *event);

#endif

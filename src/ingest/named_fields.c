#include "named_fields.h"

bool fields_name(const char *const *name, size_t n, struct named_fields *out, struct error *err)
{
    static const char *const known[FIELD_OTHER] = {"host", "user", "parent_image", "image", "platform", "source"};
    size_t n_more = 0;
    *out = (struct named_fields){.n = n, .name = name};
    if (n > FIELDS_MAX_MORE)
        return fail(err, ERROR_CONFIG, "%zu named fields: at most %d can be brought along with each line", n,
                    FIELDS_MAX_MORE);
    for (size_t k = 0; k < n; k++) {
        if (name[k][0] == '\0')
            return fail(err, ERROR_CONFIG, "the name of a field is empty");
        while (out->kind[k] < FIELD_OTHER && strcmp(name[k], known[out->kind[k]]) != 0)
            out->kind[k]++;
        if (out->kind[k] >= FIELD_SOURCE)
            out->more[k] = n_more++;
    }
    return true;
}

const struct input *fields_ask(const struct named_fields *fields, const struct input *inputs, size_t n_inputs,
                               struct arena *arena)
{
    if (fields->n == 0)
        return inputs;
    struct input *asking = ARENA_ARRAY(arena, struct input, n_inputs);
    for (size_t i = 0; i < n_inputs; i++) {
        struct str *more = ARENA_ARRAY(arena, struct str, fields->n);
        size_t n = 0;
        for (size_t k = 0; k < fields->n; k++) {
            if (fields->kind[k] >= FIELD_SOURCE)
                more[n++] = fields->kind[k] == FIELD_SOURCE ? inputs[i].fields.source : str_of(fields->name[k]);
        }
        asking[i] = inputs[i];
        asking[i].fields.more = more;
        asking[i].fields.n_more = n;
    }
    return asking;
}

struct str fields_value(const struct named_fields *fields, size_t k, const struct event *event)
{
    switch (fields->kind[k]) {
    case FIELD_HOST:
        return event->host;
    case FIELD_USER:
        return event->user;
    case FIELD_PARENT:
        return event->parent;
    case FIELD_IMAGE:
        return event->image;
    case FIELD_PLATFORM:
        return str_of(event->platform != PLATFORM_UNKNOWN ? platform_name(event->platform) : "");
    case FIELD_SOURCE:
    case FIELD_OTHER:
        break;
    }
    return event->more != NULL ? event->more[fields->more[k]] : (struct str){"", 0};
}

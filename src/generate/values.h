/* Slots of the template language that make a value: {int:N}, {guid}, {host}, ... */
#ifndef GENERATE_VALUES_H
#define GENERATE_VALUES_H

#include "expand.h"

/* argument: the N of a counted slot, else 0. Appends the value. */
typedef void value_write(struct scene *scene, uint64_t argument, struct text *out);

struct value_slot {
    const char *name;
    bool counted; /* takes a number: {int:N} */
    value_write *write;
};

const struct value_slot *value_find(struct str name); /* NULL if there is no such slot */

#endif

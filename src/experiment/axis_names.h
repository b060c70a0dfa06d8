/* How axes and their values are shown. */
#ifndef AXIS_NAMES_H
#define AXIS_NAMES_H

#include "experiment/axes.h"

/* Gives axis[n], whose keys are set, their names. */
void axis_names(struct axis *axis, size_t n, struct arena *arena);
/* Gives the axis its values as they are shown: n texts that differ, of values[n], which differ. */
void axis_values(struct axis *axis, const struct json *values, struct arena *arena);

#endif

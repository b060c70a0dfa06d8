/* Small things that the stage and its backends share. */
#ifndef LABEL_VERDICT_H
#define LABEL_VERDICT_H

#include "label/label.h"

/* The confidence of an answer that states none. */
#define CONFIDENCE_UNSTATED (-1.0)

/* "benign", "malicious", "abstain"; false for any other name. */
bool verdict_from_name(struct str name, enum verdict *out);
/* A path of a backend's parameter: relative ones start at the labeler's data folder. */
const char *label_path(const struct labeler *labeler, const char *path, struct arena *arena);

#endif

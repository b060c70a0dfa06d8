/* Formats that the configuration leaves open, settled by a look at the files. */
#ifndef INGEST_RESOLVE_H
#define INGEST_RESOLVE_H

#include "segments.h"

/* Collective. out[n_inputs], in the arena: the inputs, "auto" replaced by the format of the input's first file that is
 * not empty, as rank 0 sees it (jsonl if all are empty). Fails if "auto" finds none. Warns where a file looks
 * like another format than the one that is set. */
MUST_CHECK bool input_resolve(const struct comm *comm, const struct input *inputs, size_t n_inputs,
                              const struct file_list *files, struct arena *arena, const struct input **out,
                              struct error *err);

#endif

/* Synthetic records as JSON lines: a function of the parameters, the file and the record's place in it. */
#ifndef GENERATE_RECORD_H
#define GENERATE_RECORD_H

#include "generate/generate.h"

enum record_file { RECORD_MALICIOUS, RECORD_TEST, RECORD_DAY };

struct recorder;

/* Compiles the templates. Lives in the arena. */
struct recorder *recorder_new(const struct generate *params, struct arena *arena);
/* Records in a file; day counts from 0 and only matters for RECORD_DAY. */
int64_t record_count(const struct generate *params, enum record_file file);
/* Appends record `index` with its newline. Local. The recorder is scratch space too: one caller at a time. */
void record_add(struct recorder *recorder, enum record_file file, int64_t day, int64_t index, struct buf *out);

#endif

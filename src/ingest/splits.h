/* Where the files of a form can be cut whose records are known only to who has read what lies before: see survey.h. */
#ifndef INGEST_SPLITS_H
#define INGEST_SPLITS_H

#include "segments.h"

/* Whether a file's layout lets it be cut at all, however it is compressed; and only after a survey. */
bool splits_file(const struct cutting *cutting, const struct file *file);
bool splits_after_survey(const struct cutting *cutting, const struct file *file);

/* For each file NULL, or what is true (enum survey_start) at the start of each of its pieces of cutting->segment_bytes:
 * of files that need a survey and can be cut. Collective: each rank looks through a share of all pieces. */
const uint8_t **splits_find(const struct comm *comm, const struct file_list *files, const struct cutting *cutting,
                            struct arena *arena);

/* The first bytes of a plain file, at most SURVEY_HEAD, in the arena. */
struct str splits_head(const struct file *file, struct arena *arena);

#endif

/* Where a file of comma-separated values can be cut: between rows, if every quote is where it should be, so that those
 * before a place tell whether it lies inside a cell. */
#ifndef SCAN_CSV_SURVEY_H
#define SCAN_CSV_SURVEY_H

#include "scan/survey.h"

extern const struct form_survey csv_survey;

/* Of form_csv.c. The delimiter that a first row has most of, outside of quotes. */
char csv_delimiter(struct str names);
/* Whether a first line is one that exporters write before the row of names. */
bool csv_is_preface(struct str line);
void csv_head(void *state, struct str head);

#endif

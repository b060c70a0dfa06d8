/* Which columns of a table with a row of names hold the wanted values. A wanted name is "a|b|c": in each row the first
 * that says something. A name is a column's, letters in any case, or goes on inside a column whose text is a JSON
 * object: "Payload.EventData.Data.CommandLine". */
#ifndef SCAN_CSV_TABLE_H
#define SCAN_CSV_TABLE_H

#include "csv_walk.h"
#include "forms.h"

struct csv_table;

/* names: the first row without its line break. NULL: why in *reason. */
struct csv_table *csv_table_new(struct str names, char delimiter, const struct str *wanted, size_t n_wanted,
                                struct arena *arena, const char **reason);
const struct csv_shape *csv_table_shape(const struct csv_table *table);
/* Where csv_walk puts a row's cells. */
struct str *csv_table_cells(struct csv_table *table);
/* Whether there is a column for wanted value i. */
bool csv_table_has(const struct csv_table *table, size_t i);
/* To be called for each row before csv_value. */
void csv_table_row(struct csv_table *table);
/* Wanted value i of the row, as csv_decode takes it; empty if it is nothing. It points into the row, or the scratch if
 * it comes from inside a column. *name: which of the names it has, empty if none; may be NULL. */
struct str csv_value(struct csv_table *table, size_t i, struct arena *scratch, struct str *name);
/* Whether the row has any of the names of wanted value i, and the text of the first that says something, or else is
 * there. */
bool csv_text(struct csv_table *table, size_t i, struct arena *scratch, struct str *text);

#endif

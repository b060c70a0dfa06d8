/* Feature sets and rows of features, computed block by block when asked for: features of a day are never all in memory.
 */
#ifndef FEATURES_ROWS_H
#define FEATURES_ROWS_H

#include "comm/topk.h"
#include "features/extractor.h"

/* Extractors side by side. */
struct feature_set {
    size_t n, d;                    /* extractors; columns in all */
    const struct choice *extractor; /* [n] */
    void *const *state;             /* [n] from feature_set_prepare; NULL until then */
};

/* From "NAME", {"name": ...} or an array of these. */
MUST_CHECK bool feature_set_parse(const struct json_doc *doc, const struct json *node, struct arena *arena,
                                  struct feature_set *out, struct error *err);
void feature_set_to_json(const struct feature_set *set, struct buf *out); /* canonical array */
void feature_set_column(const struct feature_set *set, size_t column, char out[64]);
/* Whether some extractor must learn from lines before it can make rows. Local. */
bool feature_set_learns(const struct feature_set *set);
/* The set with what its extractors learn from these lines, and ready for the rows of these lines, in the arena. A set
 * that needs neither is copied. Collective. */
MUST_CHECK bool feature_set_prepare(const struct comm *comm, const struct feature_set *set,
                                    const struct line_view *lines, struct arena *arena, struct feature_set *out,
                                    struct error *err);
/* The set ready for the rows of other lines, keeping what it has learnt: for extractors that fetch. Collective. */
MUST_CHECK bool feature_set_fetch(const struct comm *comm, const struct feature_set *set, const struct line_view *lines,
                                  struct arena *arena, struct feature_set *out, struct error *err);
/* Whether some extractor fetches: rows can then be made only where and for what they were fetched. Local. */
bool feature_set_fetches(const struct feature_set *set);
/* out[d]. Local, pure. The set must have been prepared if it learns, and made ready for this line if it fetches. */
void feature_set_row(const struct feature_set *set, struct str line, float *out);

/* This rank's rows of a distributed set: of lines (text and set) or, for tests and other matrices, of numbers (dense [n
 * * d]). */
struct rows {
    size_t n, d;
    const int64_t *row; /* [n] global ids, unique over all ranks */
    const struct str *text;
    const struct feature_set *set;
    const struct line_view *lines; /* counts, users and hosts of the lines, same order; NULL for other row sets */
    const float *dense;            /* if not NULL, text and set are unused */
};

/* lines stays the caller's. */
struct rows rows_of_lines(const struct feature_set *set, const struct line_view *lines);
/* out[n * d]: rows first .. first + n - 1. Local, pure. */
void rows_fill(const struct rows *rows, size_t first, size_t n, float *out);
/* The listed rows on every rank, out[list->n * d] in list order. Collective. */
void rows_gather(const struct comm *comm, const struct rows *rows, const struct ranked_list *list, float *out,
                 struct arena *arena);

#endif

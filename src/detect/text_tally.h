/* How often terms stand in documents, over all ranks. */
#ifndef DETECT_TEXT_TALLY_H
#define DETECT_TEXT_TALLY_H

#include "comm/comm.h"
#include "support/index.h"

/* Documents of this rank by (term, times in the document). */
struct tally;

struct tally *tally_new(struct arena *arena); /* all but its table lives in the arena */
void tally_free(struct tally *tally);         /* its table */
/* `documents` more documents hold the term tf times each. */
void tally_add(struct tally *tally, struct hash128 term, int64_t tf, int64_t documents);

struct term_count {
    int64_t documents; /* that hold the term */
    int64_t total;     /* the sum of tf over them */
    double tf_log_tf;  /* the sum of tf ln tf over them, added up by rising tf */
};

/* What a rank knows: the counts over all ranks of the terms of its own tally. */
struct term_counts {
    struct key_index index;   /* term -> id */
    struct hash128 *term;     /* [index.n] */
    struct term_count *count; /* [index.n] */
};

/* Every term goes to the rank that owns its hash, its counts come back: messages are bounded by a rank's distinct
 * (term, tf), whatever the rows. Counts are integers until they are summed, so the result is the same for any
 * distribution of the documents. Collective. */
void tally_share(const struct comm *comm, const struct tally *tally, struct arena *arena, struct term_counts *out);

#endif

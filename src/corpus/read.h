/* Reading an input of a corpus. */
#ifndef CORPUS_READ_H
#define CORPUS_READ_H

#include "corpus/corpus.h"

/* day_read of inputs called `what`: whole, whatever is drawn from the days. Collective. */
MUST_CHECK bool corpus_read(const struct comm *comm, const struct inputs *inputs, const char *what,
                            const struct ingest_options *options, struct arena *arena, struct lines *out,
                            struct ingest_stats *stats, struct error *err);

#endif

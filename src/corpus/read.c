#include "read.h"

bool corpus_read(const struct comm *comm, const struct inputs *inputs, const char *what,
                 const struct ingest_options *options, struct arena *arena, struct lines *out,
                 struct ingest_stats *stats, struct error *err)
{
    struct ingest_options own = *options;
    own.what = what;
    own.groups = false;
    return day_read(comm, inputs->input, inputs->n, &own, arena, out, stats, err);
}

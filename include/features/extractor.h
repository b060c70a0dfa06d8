/* Extractor plug-ins: a command line -> numbers. One file each in src/features/extractors. */
#ifndef FEATURES_EXTRACTOR_H
#define FEATURES_EXTRACTOR_H

#include "comm/comm.h"
#include "features/lines.h"
#include "support/plugin.h"

struct extractor {
    struct plugin plugin;
    size_t (*width)(const void *params);
    /* Name of column i into out[64]. */
    void (*column)(const void *params, size_t i, char out[64]);
    /* NULL: the extractor needs to know nothing but the line. Else learns from a distributed set of lines (a
     * vocabulary, a basis): the same *state on every rank for any distribution, in the arena. Collective. */
    bool (*prepare)(const struct comm *comm, const void *params, const struct line_view *lines, struct arena *arena,
                    void **state, struct error *err);
    /* NULL: rows need nothing from outside the program. Else brings what the rows of these lines need (vectors from a
     * file, answers of a server) into *state, in the arena, before rows are made; once more, into a state of its own,
     * for every other set of lines. Any lines, none on some ranks; a line may be there twice. The same vectors for any
     * distribution. Collective; fails on all ranks or on none. An extractor has prepare or fetch or neither. */
    bool (*fetch)(const struct comm *comm, const void *params, const struct line_view *lines, struct arena *arena,
                  void **state, struct error *err);
    /* out[width], all written, all finite. Local, pure: the same bytes give the same bits anywhere. Any bytes are
     * allowed, but one that fetches is only asked for this rank's lines of that call. state: what prepare or fetch
     * made, else NULL. */
    void (*row)(const void *params, const void *state, struct str line, float *out);
};

const struct plugin_list *extractor_list(void);

#endif

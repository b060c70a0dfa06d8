/* The events of an input one by one, as text: to look at what a layout makes of a file. */
#ifndef INGEST_EVENTS_H
#define INGEST_EVENTS_H

#include "comm/comm.h"
#include "ingest/input.h"
#include "scan/event.h"
#include "scan/layout.h"

struct event_counts {
    int64_t files, events, blank, bad;
    int64_t filtered[N_FILTERED]; /* by read_result_name(READ_OTHER + i) */
    int64_t unreadable;           /* files that could not be opened or ended early */
};

struct event_place {
    const char *path;
    int64_t offset; /* in the uncompressed file */
};

struct event_visitor {
    void *context;
    bool explains; /* wants to know where fields come from */
    /* Strings of the event are decoded. origin: where its fields came from, NULL unless asked for. False: no more. */
    bool (*event)(void *context, struct event_place place, const struct event *event, const struct origin *origin);
    void (*bad)(void *context, struct event_place place, const char *reason);
    /* NULL, or: a whole record that is no event. */
    void (*other)(void *context, struct event_place place, enum read_result result);
};

/* Collective; only rank 0 reads and visits, files in order, and has the counts. The input's part is not applied: it is
 * of unique lines. Fails as day_read does. */
MUST_CHECK bool events_read(const struct comm *comm, const struct input *input, const char *data_dir,
                            int64_t max_record_bytes, const struct event_visitor *visitor, struct event_counts *counts,
                            struct error *err);

#endif

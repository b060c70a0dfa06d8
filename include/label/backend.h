/* Label backend plug-ins. One file each in src/label/backends. Called on the labeler rank only. */
#ifndef LABEL_BACKEND_H
#define LABEL_BACKEND_H

#include "label/label.h"

/* Takes the answers, each item[i] once, in any order. False: it could not be kept; stop.
 * confidence: 0 to 1, or -1 if unstated. What was put outlives the process, what was synced the machine: a backend that
 * waits for a server syncs after every round of answers; the stage syncs at the end. */
struct label_sink {
    bool (*put)(void *context, size_t i, enum verdict verdict, double confidence, struct error *err);
    bool (*sync)(void *context, struct error *err);
    void *context;
    int64_t asked, failed; /* counted by the backend */
    const char
        *model; /* who gives the next answer, set by the backend; NULL: the backend. "standin..." is a simulation */
};

struct backend {
    struct plugin plugin;
    bool simulated; /* its verdicts are made from known truth: named a simulation in every output */
    bool paid;      /* answers cost something: they go to the journal and are never asked for twice */
    /* What an answer depends on beside the line (model, prompt text, sampling): part of the journal's key.
     * Zero-terminated, in the arena. NULL function: nothing. Never holds a secret. */
    bool (*identity)(const struct labeler *labeler, const void *params, struct arena *arena, const char **out,
                     struct error *err);
    /* Fails if answer is bound to: what can be known without a request. NULL: nothing can. */
    bool (*check)(const struct labeler *labeler, const void *params, struct error *err);
    /* Answers some of item[n] through the sink. Texts differ, or (text, seed) if the backend simulates. Lines it has no
     * answer to are left alone. */
    bool (*answer)(const struct labeler *labeler, const void *params, const struct label_item *item, size_t n,
                   struct label_sink *sink, struct error *err);
};

const struct plugin_list *backend_list(void);

#endif

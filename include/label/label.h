/* Verdicts on command lines. One rank asks the backends; the answers come in item order, whatever order they arrived
 * in. */
#ifndef LABEL_LABEL_H
#define LABEL_LABEL_H

#include "scan/event.h"
#include "support/error.h"
#include "support/hash.h"
#include "support/plugin.h"

enum verdict { VERDICT_NONE, VERDICT_BENIGN, VERDICT_MALICIOUS, VERDICT_ABSTAIN };

struct label_item {
    struct str text;
    struct hash128 hash; /* canonical */
    enum platform platform;
    enum truth truth; /* for the oracle backend */
    uint64_t seed;    /* of simulated verdicts */
};

struct label {
    enum verdict verdict; /* VERDICT_NONE: no backend had an answer */
    int32_t backend;      /* index in the chain; -1 if none */
    bool simulated;       /* the verdict was made from known truth, now or when it came to the journal */
};

/* A chain of backends: each is asked about the lines that those before it gave no answer to. */
struct labeler {
    const struct choice *backend;
    size_t n_backends;
    const char *journal;  /* path of the append-only journal of paid answers; NULL: none */
    const char *data_dir; /* relative paths in backends' parameters start here */
    uint64_t seed;        /* of what requests draw (nonces, pauses); items have their own for simulated verdicts */
};

struct label_stats {
    int64_t items, benign, malicious, abstain, none;
    int64_t journaled;     /* answers taken from the journal */
    int64_t asked, failed; /* requests sent; lines that got no answer after all retries */
    int64_t by_backend[8];
    bool simulated; /* some verdict is simulated */
    double seconds;
};

/* From "NAME", {"name": ...}, or an array (a chain of at most 8). */
MUST_CHECK bool labeler_parse(const struct json_doc *doc, const struct json *node, struct arena *arena,
                              struct labeler *out, struct error *err);
void labeler_to_json(const struct labeler *labeler, struct buf *out); /* canonical array of backends */

/* Whether label_ask could start: keys, addresses, prompts, files of verdicts, the journal. Sends nothing. Local. */
MUST_CHECK bool label_check(const struct labeler *labeler, struct error *err);
/* out[n] answers item[n]. Items with equal text get one request; a simulating backend answers each (text, seed) by
 * itself. Waits for another process that is asking with the same journal, and then takes over its answers. Fails if a
 * backend cannot work at all (no key, server unreachable after retries, replay file missing): answers got before are in
 * the journal. Local. */
MUST_CHECK bool label_ask(const struct labeler *labeler, const struct label_item *item, size_t n, struct label *out,
                          struct label_stats *stats, struct error *err);

const char *verdict_name(enum verdict verdict);

#endif

/* Deterministic synthetic telemetry for quickstart, tests and scale: never for an accuracy claim. Every record says
 * "source": "synthetic", every file name starts with "synthetic-". The same bytes for any number of ranks. */
#ifndef GENERATE_GENERATE_H
#define GENERATE_GENERATE_H

#include "comm/comm.h"
#include "support/param.h"

struct generate {
    int64_t days, lines_per_day; /* process-creation events */
    int64_t hosts, users;
    double rare_share;       /* share of a day's events that are rare-but-benign administration */
    double attack_share;     /* share of a day's events that are planted attacks */
    int64_t malicious_lines; /* lines of the labelled attack file (training) */
    int64_t test_benign,
        test_malicious; /* lines of the hard test file: rare administration and attacks of other forms */
    int64_t seed;
};

extern const struct param_spec generate_params[];

/* Collective. Writes DIR/synthetic-day-NN.jsonl.zst (NN from 01), DIR/synthetic-malicious.jsonl.zst,
 * DIR/synthetic-test.jsonl.zst and, last, DIR/SYNTHETIC.json (the parameters). Does nothing if SYNTHETIC.json is there
 * with the same parameters (*made false); fails if it is there with others. Progress is shown. */
MUST_CHECK bool generate_files(const struct comm *comm, const struct generate *params, const char *dir, bool *made,
                               struct error *err);

#endif

/* One run, top to bottom: telemetry, detection, selection, labels, training, evaluation. */
#ifndef EXPERIMENT_PIPELINE_H
#define EXPERIMENT_PIPELINE_H

#include "experiment/corpus.h"

enum stage { STAGE_TELEMETRY, STAGE_DETECT, STAGE_SELECT, STAGE_LABEL, STAGE_TRAIN, STAGE_EVALUATE, STAGE_COUNT };
const char *stage_name(enum stage stage);

struct stage_digest {
    char name[48]; /* "telemetry.day1", "scores.day1", "picks", "labels", "predictions.expert.500", ... */
    uint64_t value;
};

struct point {
    bool reached;                      /* false: fewer benign verdicts than the size asks for; no numbers then */
    int64_t asked;                     /* labels asked for until that many benign ones were found */
    struct metrics metrics, low, high; /* 95 % bootstrap interval over test rows */
    struct metrics *resample;          /* [evaluate.bootstrap] */
};

/* What is kept of a pick: no command line. */
struct picked {
    int32_t day; /* index of the day */
    int64_t row, count;
    double score;
    float nearest;
    struct hash128 hash; /* canonical, seeded */
    enum verdict verdict;
    int32_t backend;  /* index in the chain; -1: none */
    enum truth truth; /* for judging the selection afterwards; nothing in a run looks at it */
};

struct test_result {
    int64_t n_benign, n_malicious, dropped;
    struct point *point; /* [n_sizes] */
};

/* The same on every rank. */
struct result {
    struct ingest_stats ingest;
    int64_t baseline_benign, baseline_malicious;
    struct select_stats *day;         /* [n_days] */
    int64_t *day_events, *day_unique; /* [n_days] */
    int64_t n_picks;
    struct picked *pick; /* [n_picks], days in order, best first in a day */
    struct label_stats label;
    struct test_result *test; /* [n_tests] */
    size_t n_digests;
    struct stage_digest *digest;
    double seconds[STAGE_COUNT];     /* wall time, rank 0's */
    int64_t bytes_sent[STAGE_COUNT]; /* by the rank that sent most in that stage */
    bool synthetic;                  /* some record of any input says it is synthetic */
};

/* Collective. journal and quarantine: paths or NULL. Result in the arena. */
MUST_CHECK bool pipeline_run(const struct comm *comm, const struct experiment *experiment, const char *quarantine,
                             struct arena *arena, struct result *out, struct error *err);

#endif

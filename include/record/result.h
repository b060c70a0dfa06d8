/* What a run leaves: plain numbers, hashes and names, never the text of a line. */
#ifndef RECORD_RESULT_H
#define RECORD_RESULT_H

#include "evaluate/judge.h"
#include "support/hash.h"
#include "support/str.h"

struct named_text {
    const char *name, *value;
};

struct named_count {
    const char *group, *name; /* "/ingest", "records" */
    const char *unit;         /* "records" */
    int64_t value;
};

struct named_digest {
    const char *name; /* "lines.day1", "scores.day1", "picks", "labels", "scores.expert.500", ... */
    uint64_t value;
};

struct result_test {
    const char *name;
    const char *role; /* "test", or "tune": half of the validation set, for choosing; never a result */
    bool day;
    const char *sequence; /* NULL: none */
    int64_t n_benign, n_malicious, dropped;
    double clusters[2]; /* effective number of clusters: benign, malicious */
};

struct result_day {
    int64_t events, unique, budget, candidates, repeated, near, kept;
};

struct result_pick { /* in the order in which the curve takes them */
    int32_t day;     /* index */
    int64_t row, count;
    double score;
    float nearest;
    struct hash128 hash; /* canonical, seeded */
    uint8_t verdict;     /* enum verdict */
    uint8_t known;       /* enum truth: for judging the selection afterwards; nothing in a run looks at it */
    bool simulated;      /* the verdict was made from known truth */
    int32_t backend;     /* index in `backend`; -1: none */
};

struct result_size {
    int64_t size;  /* as configured */
    bool reached;  /* false: fewer picks than the size asks for; no numbers then */
    int64_t added; /* benign anomalies in the training set; -1: not reached */
    int64_t asked; /* picks looked at; -1: not reached */
};

struct result_point {              /* a size on a test */
    double value[METRIC_COUNT];    /* NaN where not reached */
    float *resample[METRIC_COUNT]; /* [n_resamples]; NULL where not reached */
};

/* Lines of all tests, test after test, each in its own order. */
struct result_lines {
    size_t n;
    int32_t *test;
    struct hash128 *hash;
    uint8_t *y;
    int64_t *count;
    uint32_t *cluster;
    double *score;      /* [n_sizes * n], NaN where not reached */
    struct str **field; /* [n_fields][n] */
};

struct result_group { /* lines of one test with one value of one field */
    int32_t test, field;
    struct str value;
    struct group_value *at; /* [n_sizes] */
};

struct result_backend {
    const char *name;
    bool simulated;
    int64_t verdicts;
};

struct result {
    const char *name, *run_id, *config; /* config: canonical JSON that the program reads back */
    int64_t seed;
    bool synthetic; /* some record of any input says it is synthetic */
    bool simulated; /* some verdict was made from known truth */
    const char *commit;
    bool dirty;
    const char *program; /* digest of the executable */
    double tpr, fpr, daily_volume;
    size_t n_axes, n_tests, n_days, n_sizes, n_resamples, n_picks, n_groups, n_fields, n_backends, n_digests, n_counts;
    struct named_text *axis; /* its place in the sweep: key and value as shown */
    struct result_test *test;
    struct result_day *day;
    struct result_size *size;
    struct result_point *point; /* [n_tests * n_sizes] */
    double *threshold;          /* [n_sizes]: validation threshold; NaN without one or where not reached */
    double *aut;                /* [n_sequences * METRIC_COUNT * n_sizes] */
    size_t n_sequences;
    const char **sequence;
    struct result_pick *pick;
    struct result_lines lines;
    const char **field;         /* [n_fields] names */
    struct result_group *group; /* [n_groups] */
    struct result_backend *backend;
    struct named_digest *digest; /* equal on any number of ranks */
    struct named_count *count;   /* counts of stages: /ingest, /labels, /fit ... */
};

/* What differs from one machine or day to the next, for a log beside the results. */
struct run_log {
    const char *host, *time; /* UTC */
    int ranks;
    size_t n_stages;
    const char *const *stage;
    const double *seconds;
    const int64_t *bytes_sent;
    size_t n_texts;
    const struct named_text *text; /* version, compiler, libraries */
};

#endif

/* An experiment as its configuration file states it: every default spelled out, every name resolved. */
#ifndef EXPERIMENT_CONFIG_H
#define EXPERIMENT_CONFIG_H

#include "detect/detector.h"
#include "evaluate/evaluate.h"
#include "generate/generate.h"
#include "label/label.h"
#include "select/select.h"
#include "train/classifier.h"

struct setting {
    const char *key, *value; /* --set key=value */
};

struct inputs {
    size_t n;
    struct input *input;
};

enum pick_rule { PICK_ALL, PICK_FREQUENT, PICK_RANDOM };

/* A part of the baseline training set: `count` of the inputs' unique lines by rule (0: all). */
struct sample {
    struct inputs from;
    enum pick_rule rule;
    int64_t count;
};

struct test_set {
    const char *name;
    struct inputs from;
};

struct experiment {
    const char *name;
    const char *data_dir; /* where relative input paths start; not part of the run's identity */
    bool generates;       /* has a "generate" section: missing synthetic telemetry is made in data_dir first */
    struct generate generate;
    struct ingest_options ingest;
    size_t n_days;
    struct inputs *day;              /* [n_days] */
    struct sample benign, malicious; /* the baseline */
    size_t n_tests;
    struct test_set *test;       /* [n_tests] */
    struct feature_set features; /* what the detector sees */
    struct choice detector;
    struct select_params select;
    struct feature_set embedding; /* what near-duplicates are judged by */
    struct labeler labeler;
    struct choice classifier;
    struct feature_set classifier_features;
    struct evaluate_params evaluate;
    size_t n_sizes;
    int64_t *size; /* [n_sizes] benign anomalies added to the baseline, rising */
    int64_t seed;
};

/* A configuration file with settings applied; rank 0 reads it, all get it. "base" names another configuration, beside
 * this one, whose top-level values this one's replace. Collective. Free with json_free. */
MUST_CHECK bool config_read(const struct comm *comm, const char *path, const struct setting *setting, size_t n_settings,
                            struct json_doc **out, struct error *err);
/* Resolves a document (its "sweep" section is left alone). Local: the same document gives the same result. */
MUST_CHECK bool experiment_parse(const struct json_doc *doc, struct arena *arena, struct experiment *out,
                                 struct error *err);
/* Canonical JSON of everything that decides the results, defaults included; not data_dir. */
void experiment_to_json(const struct experiment *experiment, struct buf *out);
/* Paid label backends give way to the oracle with its defaults, so that nobody is asked for money; says so. */
void experiment_simulate_paid(struct experiment *experiment, struct arena *arena);

#endif

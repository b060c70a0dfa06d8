/* An experiment as its configuration file states it: every default spelled out, every name resolved. */
#ifndef EXPERIMENT_CONFIG_H
#define EXPERIMENT_CONFIG_H

#include "corpus/corpus.h"
#include "detect/detector.h"
#include "evaluate/judge.h"
#include "generate/generate.h"
#include "label/label.h"
#include "select/select.h"
#include "train/classifier.h"

struct setting {
    const char *key, *value; /* --set key=value */
};

/* What a seed does to the days ("pool"). */
struct pool_params {
    bool deal;         /* the lines of all days together are dealt to the days anew for each seed */
    double keep;       /* share of the lines, drawn anew for each seed */
    int64_t subsample; /* lines kept of each day, drawn anew for each seed; 0: all */
};

/* How picks become a curve ("curve"). */
struct curve_params {
    const char *order; /* turn: the best of each day, then the second of each, ...; day: day after day; score */
    const char *count; /* what `sizes` count: added (benign verdicts) or asked (labels) */
};

/* Parameters of the sections that have no other home. */
extern const struct param_spec pool_params_spec[], curve_params_spec[];

/* The first stage that a section of the configuration changes. */
enum stage { STAGE_READ, STAGE_DETECT, STAGE_SELECT, STAGE_LABEL, STAGE_TRAIN, STAGE_EVALUATE, STAGE_NONE };

struct experiment {
    const char *name;
    const char *data_dir; /* where relative input paths start; not part of the run's identity */
    bool generates;       /* has a "generate" section: missing synthetic telemetry is made in data_dir first */
    struct generate generate;
    struct ingest_options ingest;
    size_t n_days;
    struct inputs *day; /* [n_days] */
    struct pool_params pool;
    struct baseline baseline;
    struct test_sets validation; /* one or none */
    struct test_sets tests;
    struct feature_set features; /* what the detector sees */
    struct choice detector;
    struct select_params select;
    struct feature_set embedding; /* what near-duplicates are judged by */
    struct labeler labeler;       /* its seed moves with `seed`: mix of label_seed and seed */
    int64_t label_seed;
    struct choice classifier;
    struct feature_set classifier_features;
    struct curve_params curve;
    struct judge_params evaluate;
    size_t n_sizes;
    int64_t *size; /* [n_sizes] rising */
    int64_t seed;
};

/* A configuration file with settings applied; rank 0 reads it, all get it. "base" names another configuration, beside
 * this one, whose top-level values this one's replace; messages name the file and line that a value came from.
 * Collective. Free with json_free. */
MUST_CHECK bool config_read(const struct comm *comm, const char *path, const struct setting *setting, size_t n_settings,
                            struct json_doc **out, struct error *err);
/* Resolves a document (its "sweep" section is left alone). Local: the same document gives the same result. */
MUST_CHECK bool experiment_parse(const struct json_doc *doc, struct arena *arena, struct experiment *out,
                                 struct error *err);
/* Canonical JSON of everything that decides the results, defaults included; a configuration that is read back as the
 * same experiment. data_dir is left out. */
void experiment_to_json(const struct experiment *experiment, struct buf *out);
/* The same of the sections up to a stage; of the days only the first n_days (all, if pool.deal mixes them and the stage
 * is later than reading). */
void experiment_stage_text(const struct experiment *experiment, enum stage stage, size_t n_days, struct buf *out);
/* Paid label backends give way to the oracle with its defaults, so that nobody is asked for money; says so. */
void experiment_simulate_paid(struct experiment *experiment, struct arena *arena);

#endif

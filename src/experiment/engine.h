/* The engine's state: a sweep as a tree. A child names its parent, equal children are one: readings (a day's files ->
 * unique lines), scorings (draw, features, detector, seed), arms (what is picked), askings (who labels the picks),
 * runs. Private to the module. */
#ifndef EXPERIMENT_ENGINE_H
#define EXPERIMENT_ENGINE_H

#include "evaluate/judge.h"
#include "experiment/sweep.h"
#include "record/run_file.h"
#include "support/log.h"

/* What lines are read and compared by: one ingest configuration with all lines of known class. Nearly always one. */
struct ground {
    const struct experiment *e; /* the first run of it */
    size_t n_baselines;
    const struct experiment **baseline_of; /* [n_baselines] a run that has it */
    struct set *baseline;                  /* [n_baselines] */
    struct set *test;                      /* [n_tests]: the tests, then the validation set's tune half, if any */
    struct set calibrate;                  /* the other half; n_global 0: none */
    struct keyset *excluded;               /* no arm picks these */
    uint64_t excluded_digest;
    struct ingest_stats ingest;
    uint64_t validation_digest;
};

struct reading {
    const struct experiment *e;
    size_t ground;
    bool whole;         /* the lines of all days together are dealt to days: read at once and kept */
    bool held;          /* whole, and read */
    struct lines lines; /* of today, or of all days */
    struct ingest_stats stats;
};

struct scoring {
    const struct experiment *e;
    size_t reading;
};

struct day_note { /* what a day was like for an arm; kept in its checkpoint */
    struct select_stats select;
    int64_t events, unique;
    uint64_t lines_digest, scores_digest;
    struct ingest_stats ingest;
};

struct arm {
    const struct experiment *e;
    size_t scoring;
    struct selection *selection;
    struct day_note *day; /* [n_days] */
    struct error failed;  /* code ERROR_NONE: it lives */
};

struct asking { /* an arm's picks with verdicts, in the order in which the curve takes them */
    const struct experiment *e;
    size_t arm;
    struct label **label; /* [n_days][picks of this rank] */
    int64_t n_picks;
    int64_t **place;        /* [n_days][picks of this rank]: place in the order */
    uint8_t *verdict;       /* [n_picks] in order, on every rank */
    int64_t *added, *asked; /* [n_sizes]; -1: not reached */
    uint64_t *set_digest;   /* [n_sizes] of the picks that train */
    uint64_t picks_digest, labels_digest;
    struct error failed;
};

struct engine_run {
    const struct run *run;
    size_t index; /* in the sweep */
    size_t asking, baseline;
    struct error failed;
    bool written, elsewhere;
};

enum clock_stage { CLOCK_TELEMETRY, CLOCK_DETECT, CLOCK_SELECT, CLOCK_LABEL, CLOCK_TRAIN, CLOCK_EVALUATE, CLOCK_COUNT };
extern const char *const clock_stage_names[CLOCK_COUNT];

struct engine {
    const struct sweep *sweep;
    struct sweep_options options;
    const struct experiment *e; /* any run's: what all share (tests, sizes, evaluate) */
    const struct comm *world;
    struct comm *workers; /* NULL on a rank that only labels */
    bool own_labeler;     /* the last rank of the world labels, the others work */
    struct arena *arena, *scratch;
    struct identity *identity; /* NULL: no checkpoints */
    size_t n_days, n_tests;    /* n_tests: with the tune half */
    const char **test_name;    /* [n_tests] */
    size_t n_grounds, n_readings, n_scorings, n_arms, n_askings, n_runs;
    struct ground *ground;
    struct reading *reading;
    struct scoring *scoring;
    struct arm *arm;
    struct asking *asking;
    struct engine_run *run;
    const char **field; /* [n_fields] of the test lines */
    size_t n_fields;
    struct label_desk *desk;                                 /* labels.c: answers so far */
    struct judging *judging;                                 /* judging.c: tests whole, with clusters and draws */
    struct buf *digests;                                     /* check: results go here as text instead of files */
    double seconds[CLOCK_COUNT], logged[CLOCK_COUNT], clock; /* logged: what runs written before have in the log */
    int64_t bytes[CLOCK_COUNT], sent;
};

/* sweep.c: what is known of a run of the sweep. Local. */
enum run_state { RUN_NEW, RUN_KEPT, RUN_FOREIGN, RUN_FAILED, RUN_OTHER_SLICE };
enum run_state run_state_of(const struct sweep *sweep, const struct sweep_options *options, size_t run,
                            struct arena *arena);

/* The engine for these runs of the sweep; what can fail early fails here. *out is to be freed either way. Collective.
 */
MUST_CHECK bool engine_start(const struct comm *world, const struct sweep *sweep, const struct sweep_options *options,
                             const size_t *wanted, size_t n_wanted, struct engine **out, struct error *err);
void engine_free(struct engine *e);
/* Ends a stage: what passed since the last call is its time and its messages. */
void engine_clock(struct engine *e, enum clock_stage stage);
/* Marks every run below a failed arm or asking. */
bool arm_alive(const struct engine *e, size_t arm);
/* The path of a file below the results. */
const char *engine_path(const struct engine *e, const char *name, struct arena *arena);

/* arms.c: the tree of these runs of the sweep. Local. */
void arms_make(struct engine *e, const size_t *wanted, size_t n_wanted);

/* corpora.c: baselines, validation, tests and what no arm may pick. Collective. */
MUST_CHECK bool corpora_read(const struct comm *workers, struct engine *e, struct error *err);
void corpora_free(struct engine *e);

/* days.c */
MUST_CHECK bool days_run(const struct comm *workers, struct engine *e, struct error *err);
uint64_t day_seed(const struct experiment *e, size_t day);
/* The lines of a reading that this experiment sees on a day. Collective. */
void day_lines(const struct comm *workers, const struct experiment *e, const struct lines *read, size_t day,
               struct arena *arena, struct lines *out);
/* The inputs of a day, or of all days where they are dealt anew. Collective. */
MUST_CHECK bool day_read_inputs(const struct comm *comm, const struct experiment *e, size_t day, const char *quarantine,
                                struct arena *arena, struct lines *out, struct ingest_stats *stats, struct error *err);
/* The detector's features, learnt from the day's lines where they learn. Collective. */
MUST_CHECK bool day_features(const struct comm *comm, const struct experiment *e, const struct lines *lines,
                             struct arena *arena, struct feature_set *out, struct error *err);

/* checkpoint.c: an arm's picks of a day, whole or not at all. */
MUST_CHECK bool checkpoint_write(const struct comm *workers, struct engine *e, size_t arm, size_t day,
                                 struct error *err);
/* *found false: none, or none that can be used. */
MUST_CHECK bool checkpoint_read(const struct comm *workers, struct engine *e, size_t arm, size_t day, bool *found,
                                struct error *err);

/* labels.c */
void labels_start(struct engine *e);
void labels_free(struct engine *e);
/* The union of all arms' picks of a day, each line once. Collective. */
MUST_CHECK bool labels_ask(const struct comm *workers, struct engine *e, size_t day, struct error *err);
/* Each arm gets the verdicts of the last day that was asked for. Collective. */
MUST_CHECK bool labels_take(const struct comm *workers, struct engine *e, struct error *err);
/* The labeling rank's loop, until labels_end. */
void labels_serve(struct engine *e);
void labels_end(struct engine *e);
/* What can fail early fails early, on the rank that labels. Collective over the world. */
MUST_CHECK bool labels_check(struct engine *e, struct error *err);

/* order.c: picks of all days in the curve's order; sizes. Collective. */
MUST_CHECK bool orders_make(const struct comm *workers, struct engine *e, struct error *err);

/* judging.c: scores of all test lines -> numbers. */
struct verdict_numbers {       /* what a fit leaves, in one block of memory */
    double *threshold;         /* of the validation set; NaN without one */
    double *value;             /* [n_tests * METRIC_COUNT] */
    double *score;             /* [lines of all tests] */
    struct group_value *group; /* [n_groups] */
    float *resample;           /* [n_tests][METRIC_COUNT][n_resamples] */
};
/* Collective: every worker gets the tests' classes, counts and clusters. */
MUST_CHECK bool judging_make(const struct comm *workers, struct engine *e, struct error *err);
size_t judging_bytes(const struct engine *e, size_t ground); /* of verdict_numbers */
struct verdict_numbers judging_numbers(const struct engine *e, size_t ground, void *block);
/* score[test][line of the whole test], calibrate[line]; out on every rank of the group. Collective over the group. */
MUST_CHECK bool judging_do(const struct comm *group, const struct engine *e, size_t ground, const double *const *score,
                           const double *calibrate, struct arena *arena, struct verdict_numbers *out,
                           struct error *err);

/* fits.c: trains and tests what the runs need; groups of ranks take them; runs are written as they are done. */
MUST_CHECK bool fits_run(const struct comm *world, struct engine *e, struct error *err);

/* result.c: a run's result, as a file or as digest lines. group: the ranks that made it. Local. */
MUST_CHECK bool run_write(struct engine *e, struct engine_run *run, const struct result_pick *pick,
                          const struct verdict_numbers *const *numbers, const struct comm *group, struct error *err);
void run_write_failed(const struct engine *e, const struct engine_run *run);

/* lock.c: a run is made by one process at a time. Local. */
struct run_lock {
    int fd; /* -1: none */
    char *path, *owner;
};
enum lock_state { LOCK_TAKEN, LOCK_HELD_ELSEWHERE };
MUST_CHECK bool run_lock_take(const char *path, struct run_lock *lock, enum lock_state *state, struct error *err);
void run_lock_free(struct run_lock *lock); /* also one that was not taken */

#endif

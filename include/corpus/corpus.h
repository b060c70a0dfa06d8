/* Lines of known class: the baseline, the validation set, the tests. Beside ingest and the oracle backend the only room
 * that looks at known truth. Every set lies in blocks dealt to ranks in turn, so memory is divided by ranks and every
 * prefix of a set is balanced. */
#ifndef CORPUS_CORPUS_H
#define CORPUS_CORPUS_H

#include "comm/keyset.h"
#include "comm/plan.h"
#include "ingest/day.h"

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

struct baseline {
    struct sample benign, malicious;
};

struct test_set {
    const char *name;
    struct inputs from;
    bool day; /* a whole day of telemetry: its benign lines weigh as often as they occur, alarms are stated */
    const char *sequence; /* tests of one sequence are periods in order of time (AUT); NULL: none */
};

struct test_sets {
    size_t n;
    struct test_set *test;
};

/* Lines of a set that are here. Line i of the set (0 .. n_global - 1) lies on the rank of its block of SET_BLOCK lines:
 * plan_dealt. */
enum { SET_BLOCK = 64 };
struct set {
    struct plan plan; /* dealt in blocks of SET_BLOCK; plan.n_global lines */
    size_t n;         /* here */
    struct str *text;
    struct hash128 *hash; /* canonical */
    uint8_t *y;           /* 0 benign, 1 malicious */
    int64_t *count;       /* how often the line was seen */
    struct str **field;   /* [n_fields][n] values of the named fields; an empty text where the line has none */
    size_t n_fields;
    int64_t n_class[2]; /* over all ranks: benign, malicious */
    int64_t dropped;    /* over all ranks: lines left out because `without` holds them */
    uint64_t digest;    /* of text, hash and class in order; the same on every rank and for any number of ranks */
};

/* "inputs", a sample, "baseline", "tests" of a configuration, and back as canonical JSON. A list of inputs may mix
 * paths and objects. Local. */
MUST_CHECK bool inputs_parse(const struct json_doc *doc, const struct json *node, struct arena *arena,
                             struct inputs *out, struct error *err);
void inputs_to_json(const struct inputs *inputs, struct buf *out);
/* node: the value of the key "baseline"; NULL fails. */
MUST_CHECK bool baseline_parse(const struct json_doc *doc, const struct json *node, struct arena *arena,
                               struct baseline *out, struct error *err);
void baseline_to_json(const struct baseline *baseline, struct buf *out);
/* key: "tests" or "validation". Tests are a list of {"name", "inputs", "day", "sequence"}; names differ, are not empty
 * and not "validation"; node NULL fails. A validation section is an object {"inputs"} and becomes one test set called
 * "validation", which is written back as such an object; node NULL is none. */
MUST_CHECK bool tests_parse(const struct json_doc *doc, const struct json *node, const char *key, struct arena *arena,
                            struct test_sets *out, struct error *err);
void tests_to_json(const struct test_sets *tests, struct buf *out);

/* The malicious sample's lines labelled 1, then the benign sample's labelled 0; the first line of each canonical form
 * is kept (a line in both is malicious). All lines of a sample keep the order of their rows, frequent ones come most
 * frequent first. Fails if a class is missing. Lines live in the arena. options.what and groups are not
 * looked at: the inputs have their own names, and a corpus is whole. stats: of what was read, as day_read has it.
 * Collective. */
MUST_CHECK bool baseline_read(const struct comm *comm, const struct baseline *baseline,
                              const struct ingest_options *options, uint64_t seed, struct arena *arena, struct set *out,
                              struct ingest_stats *stats, struct error *err);
/* The inputs' unique lines of known truth in row order, without those in `without` (NULL: all). Fails if a class is
 * missing. options as in baseline_read. Collective. */
MUST_CHECK bool test_read(const struct comm *comm, const struct test_set *test, const struct ingest_options *options,
                          const struct keyset *without, struct arena *arena, struct set *out,
                          struct ingest_stats *stats, struct error *err);
/* The lines i of the set for which part(hash) says so, in order: tune and calibrate are dealt by hash. half: 0 tune, 1
 * calibrate. Fails if a class is missing. Collective. */
MUST_CHECK bool set_half(const struct comm *comm, const struct set *set, int half, struct arena *arena, struct set *out,
                         struct error *err);
/* The set dealt to the ranks of `to`, a group of ranks of `from` (NULL on ranks of no group): every group gets the
 * whole set, each rank its blocks. fields are not moved. Collective over `from`. */
void set_move(const struct comm *from, const struct set *set, const struct comm *to, struct arena *arena,
              struct set *out);

#endif

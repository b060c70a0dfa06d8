/* Two layers of rarity, after SCADE (arXiv 2412.04259). Its method section is not public: what follows is a reference
 * form of ours, and no claim about theirs.
 *
 * A line's rarity in a layer is r = BM25 / s + log entropy / s', by the forms of text_layer.h, where s and s' are the
 * median absolute deviations of the two over all lines (1 where that is 0), so that they weigh alike.
 * - Global layer: the lines of all. g = (r - median) / spread over all lines.
 * - Local layers, for users and for hosts: the lines of one group, with the group's own counts, number and mean length
 *   of lines, and its own median and spread: l. A group votes w l + (1 - w) g, where w = n / (n + shrink) for its n
 *   unique lines, and w = 0 if n < min_lines. A line of several groups takes the greatest vote: strange for one of them
 *   is strange.
 * - Score: the mean of g and the votes of the local layers there are, minus `threshold`. So the threshold is median +
 *   threshold * spread, in each group its own, over the day; a line above 0 is over it.
 * The spread is 1.4826 times the median absolute deviation, but at least 0.1. In a group of more than 4,096 lines,
 * median and spread are those of about as many lines, drawn by hash. Lines without users or hosts (ingest option
 * `groups`) have the global layer alone. The scores are those of the rows of the fit. */
#include "comm/reduce.h"
#include "support/log.h"
#include "support/rng.h"
#include "text_layer.h"
#include "text_spread.h"

enum { GROUP_SAMPLE = 4096 };
static const double NORMAL_MAD = 1.4826; /* deviation of a normal law, in units of its MAD */
static const double SPREAD_LEAST = 0.1;

struct scade {
    struct text_params text;
    int64_t min_lines;
    double k1, b, shrink, threshold;
};

static const struct param_spec specs[] = {
    TEXT_PARAMS,
    PARAM_REAL(struct scade, k1, 1.2, 0, 100, "BM25: how much repeats of a term in the line add"),
    PARAM_REAL(struct scade, b, 0.75, 0, 1, "BM25: how much long lines are marked down"),
    PARAM_INT(struct scade, min_lines, 20, 1, INT32_MAX, "unique lines a user or host needs to vote"),
    PARAM_REAL(struct scade, shrink, 20, 0, 1e9, "lines at which a local vote weighs half"),
    PARAM_REAL(struct scade, threshold, 3.5, -1e6, 1e6, "spreads above the median at which the score is 0"),
    PARAM_END,
};

/* The groups of one kind that this rank's rows belong to. */
struct groups {
    const char *kind;
    const size_t *at; /* [n + 1] of the rows; NULL: none */
    const uint64_t *hash;
};

struct work {
    const struct comm *comm;
    const struct rows *rows;
    const struct scade *params;
    struct term_form form;
    uint64_t seed;
    struct terms terms;
    struct arena *arena;
    double scale_bm25, scale_entropy;
    double *global; /* [rows->n] g */
};

static double standardise(double value, struct spread spread)
{
    double unit = NORMAL_MAD * spread.mad;
    return (value - spread.median) / (unit > SPREAD_LEAST ? unit : SPREAD_LEAST);
}

static double rarity(const struct work *work, const struct text_layer *layer, struct terms *terms)
{
    layer_look_up(layer, terms);
    double bm25 = layer_bm25(layer, (struct bm25_shape){work->params->k1, work->params->b}, terms);
    return bm25 / work->scale_bm25 + layer_log_entropy(layer, terms) / work->scale_entropy;
}

static double unit_of(const struct work *work, const double *value)
{
    struct spread spread = spread_all(work->comm, value, work->rows->n, work->arena);
    return spread.mad > 0 ? spread.mad : 1;
}

static void score_global(struct work *work)
{
    size_t n = work->rows->n;
    const struct text_corpus *corpus = text_corpus_fit(work->comm, work->rows, work->form, false, work->arena);
    struct bm25_shape shape = {work->params->k1, work->params->b};
    double *bm25 = ARENA_ARRAY(work->arena, double, n), *entropy = ARENA_ARRAY(work->arena, double, n);
    for (size_t i = 0; i < n; i++) {
        terms_of_line(&work->terms, &work->form, work->rows->text[i]);
        layer_look_up(&corpus->layer, &work->terms);
        bm25[i] = layer_bm25(&corpus->layer, shape, &work->terms);
        entropy[i] = layer_log_entropy(&corpus->layer, &work->terms);
    }
    work->scale_bm25 = unit_of(work, bm25);
    work->scale_entropy = unit_of(work, entropy);
    work->global = ARENA_ARRAY(work->arena, double, n);
    for (size_t i = 0; i < n; i++)
        work->global[i] = bm25[i] / work->scale_bm25 + entropy[i] / work->scale_entropy;
    struct spread spread = spread_all(work->comm, work->global, n, work->arena);
    for (size_t i = 0; i < n; i++)
        work->global[i] = standardise(work->global[i], spread);
}

static struct hash128 group_hash(uint64_t hash)
{
    return (struct hash128){hash_mix(hash), hash | 1};
}

/* Of each group of this rank's rows: documents = its lines, total = the terms in them. */
static void count_lines(struct work *work, const struct groups *groups, struct term_counts *out)
{
    struct tally *tally = tally_new(work->arena);
    for (size_t i = 0; i < work->rows->n; i++) {
        terms_of_line(&work->terms, &work->form, work->rows->text[i]);
        for (size_t p = groups->at[i]; p < groups->at[i + 1]; p++)
            tally_add(tally, group_hash(groups->hash[p]), work->terms.length, 1);
    }
    tally_share(work->comm, tally, work->arena, out);
    tally_free(tally);
}

static size_t group_find(const struct term_counts *sizes, const struct groups *groups, size_t pair)
{
    size_t id = key_index_look(&sizes->index, group_hash(groups->hash[pair]));
    ASSERT(id != KEY_UNKNOWN);
    return id;
}

static bool may_vote(const struct work *work, const struct term_counts *sizes, size_t id)
{
    return sizes->count[id].documents >= work->params->min_lines;
}

static void count_terms(struct work *work, const struct groups *groups, const struct term_counts *sizes,
                        struct term_counts *out)
{
    struct tally *tally = tally_new(work->arena);
    for (size_t i = 0; i < work->rows->n; i++) {
        terms_of_line(&work->terms, &work->form, work->rows->text[i]);
        for (size_t p = groups->at[i]; p < groups->at[i + 1]; p++) {
            size_t id = group_find(sizes, groups, p);
            for (size_t t = 0; t < work->terms.n && may_vote(work, sizes, id); t++)
                tally_add(tally, hash_pair(sizes->term[id], work->terms.item[t].hash), work->terms.item[t].tf, 1);
        }
    }
    tally_share(work->comm, tally, work->arena, out);
    tally_free(tally);
}

static bool is_drawn(const struct work *work, const struct hash128 *group, int64_t n, int64_t row)
{
    return n <= GROUP_SAMPLE || (int64_t)rng_below(work->seed ^ group->hi, rng_stream("scade.sample", 0, 0),
                                                   (uint64_t)row, (uint64_t)n) < GROUP_SAMPLE;
}

/* local[p]: the rarity of each pair of row and group that may vote; sample: those that medians are taken of. */
static size_t score_pairs(struct work *work, const struct groups *groups, const struct term_counts *sizes,
                          const struct term_counts *counts, double *local, struct group_value *sample)
{
    size_t n_sample = 0;
    for (size_t i = 0; i < work->rows->n; i++) {
        terms_of_line(&work->terms, &work->form, work->rows->text[i]);
        for (size_t p = groups->at[i]; p < groups->at[i + 1]; p++) {
            size_t id = group_find(sizes, groups, p);
            if (!may_vote(work, sizes, id))
                continue;
            int64_t n = sizes->count[id].documents;
            struct text_layer layer = {.counts = counts,
                                       .group = sizes->term[id],
                                       .documents = n,
                                       .mean_length = (double)sizes->count[id].total / (double)n};
            local[p] = rarity(work, &layer, &work->terms);
            if (is_drawn(work, &layer.group, n, work->rows->row[i]))
                sample[n_sample++] = (struct group_value){layer.group, local[p]};
        }
    }
    return n_sample;
}

/* Adds each row's vote to sum. */
static void add_votes(struct work *work, const struct groups *groups, double *sum)
{
    size_t n = work->rows->n, pairs = n > 0 ? groups->at[n] : 0;
    struct arena_mark mark = arena_mark(work->arena);
    struct term_counts sizes, counts;
    count_lines(work, groups, &sizes);
    count_terms(work, groups, &sizes, &counts);
    double *local = ARENA_ARRAY(work->arena, double, pairs);
    struct group_value *sample = ARENA_ARRAY(work->arena, struct group_value, pairs);
    size_t n_sample = score_pairs(work, groups, &sizes, &counts, local, sample);
    struct spread *spread = ARENA_ARRAY(work->arena, struct spread, sizes.index.n);
    spread_groups(work->comm, sample, n_sample, sizes.term, sizes.index.n, spread);
    for (size_t i = 0; i < n; i++) {
        double greatest = work->global[i];
        for (size_t p = groups->at[i]; p < groups->at[i + 1]; p++) {
            size_t id = group_find(&sizes, groups, p);
            double vote = work->global[i];
            if (may_vote(work, &sizes, id)) {
                double lines = (double)sizes.count[id].documents, weight = lines / (lines + work->params->shrink);
                vote = weight * standardise(local[p], spread[id]) + (1 - weight) * vote;
            }
            greatest = p == groups->at[i] || vote > greatest ? vote : greatest;
        }
        sum[i] += greatest;
    }
    arena_release(work->arena, mark);
}

/* Whether all ranks' rows have these groups. */
static bool has_groups(const struct comm *comm, const struct rows *rows, const struct groups *groups)
{
    int64_t has = rows->n == 0 || groups->at != NULL;
    reduce_min_i64(comm, &has, 1);
    if (!has)
        log_job(LOG_WARN, "scade: the lines have no %ss, so there is no layer for them; see the ingest option groups",
                groups->kind);
    return has;
}

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed,
                struct arena *arena, void **model, struct error *err)
{
    (void)err;
    const struct scade *scade = params;
    double *score = ARENA_ARRAY(arena, double, rows->n);
    struct work work = {.comm = comm,
                        .rows = rows,
                        .params = scade,
                        .form = term_form_of(&scade->text, seed),
                        .seed = seed,
                        .arena = arena_new()};
    work.terms = terms_room(longest_line(rows->text, rows->n), work.arena);
    score_global(&work);
    if (rows->n > 0)
        memcpy(score, work.global, rows->n * sizeof *score);
    const struct line_view *lines = rows->lines;
    struct groups groups[] = {{.kind = "user"}, {.kind = "host"}};
    if (lines != NULL) {
        groups[0] = (struct groups){"user", lines->user_at, lines->user_hash};
        groups[1] = (struct groups){"host", lines->host_at, lines->host_hash};
    }
    int layers = 1;
    for (size_t k = 0; k < ARRAY_LEN(groups); k++) {
        if (!has_groups(comm, rows, &groups[k]))
            continue;
        add_votes(&work, &groups[k], score);
        layers++;
    }
    for (size_t i = 0; i < rows->n; i++)
        score[i] = score[i] / layers - scade->threshold;
    arena_free(work.arena);
    *model = score;
    return true;
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *out)
{
    (void)rows, (void)x;
    memcpy(out, (const double *)model + first, n * sizeof *out);
}

const struct detector detector_scade = {
    .plugin = {.name = "scade",
               .summary = "rare tokens among all lines, and among those of a user and of a host",
               .params = specs,
               .params_size = sizeof(struct scade)},
    .fit = fit,
    .score = score,
    .featureless = true,
    .needs_text = true,
};

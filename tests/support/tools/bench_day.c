/* From a day of JSON lines to its strangest lines: what each stage takes and sends. One JSON line a detector.
 *
 * usage: [mpiexec -n RANKS] bench_day [--features JSON] [--budget N] [--groups] [--census] --detector JSON ... FILE...
 *
 * The day is read once, all else is done for each detector. --groups: ingest keeps users and hosts. --census: counts
 * the terms of lines, which the messages of detectors of texts grow with, outside of all times. */
#include "../../../src/detect/text_terms.h"
#include "bench_run.h"

#include "comm/digest.h"
#include "comm/reduce.h"
#include "detect/detector.h"
#include "select/select.h"
#include "support/clock.h"
#include "support/index.h"
#include "support/log.h"

enum { MOST_DETECTORS = 16, BLOCK = 256 };

enum stage { INGEST, FIT, FEATURES, SCORE, SELECT, STAGES };
static const char *const stage_names[STAGES] = {"ingest", "fit", "features", "score", "select"};

/* Of this rank, until reported. */
struct used {
    double seconds[STAGES];
    int64_t sent[STAGES];
};

struct options {
    const char *features, *detector[MOST_DETECTORS];
    size_t n_detectors;
    int64_t budget;
    bool groups, census;
};

/* Sums over ranks of what each rank has distinct. */
struct census {
    int64_t text;          /* bytes of the unique lines' texts */
    int64_t terms;         /* (term, times in the line) */
    int64_t group_terms;   /* (user, term, times), and the same of hosts */
    int64_t groups;        /* users and hosts */
    int64_t group_lengths; /* (user, terms in the line), and the same of hosts */
    int64_t group_lines;   /* (user, line) and (host, line) */
};

struct bench {
    const struct comm *comm;
    const struct options *options;
    struct lines lines;
    struct ingest_stats stats;
    struct feature_set features, embedding;
    struct census census;
    struct used used;
    double wall, ingest_wall;
    struct select_stats picked;
    int64_t candidate_text; /* bytes of the first candidates' texts */
    uint64_t digest_lines, digest_scores, digest_picks;
};

static bool read_options(int argc, char **argv, struct options *options, int *first)
{
    int i = 1;
    *options = (struct options){.features = "\"expert\"", .budget = 500};
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        bool last = i + 1 == argc;
        if (strcmp(argv[i], "--groups") == 0)
            options->groups = true;
        else if (strcmp(argv[i], "--census") == 0)
            options->census = true;
        else if (strcmp(argv[i], "--features") == 0 && !last)
            options->features = argv[++i];
        else if (strcmp(argv[i], "--budget") == 0 && !last)
            options->budget = strtoll(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--detector") == 0 && !last && options->n_detectors < MOST_DETECTORS)
            options->detector[options->n_detectors++] = argv[++i];
        else
            return false;
    }
    *first = i;
    return i < argc && options->n_detectors > 0;
}

static bool features_of(const char *json, struct arena *arena, struct feature_set *out, struct error *err)
{
    struct json_doc *doc;
    TRY(json_parse(str_of(json), "features", false, &doc, err));
    bool ok = feature_set_parse(doc, json_root(doc), arena, out, err);
    json_free(doc);
    return ok;
}

static bool detector_of(const char *json, struct arena *arena, struct choice *out, struct error *err)
{
    struct json_doc *doc;
    TRY(json_parse(str_of(json), "detector", false, &doc, err));
    bool ok = plugin_choose(detector_list(), doc, json_root(doc), arena, out, err);
    json_free(doc);
    return ok;
}

/* Adds one if (outer, inner, number) is new. */
static void note(struct key_index *seen, struct hash128 outer, struct hash128 inner, int64_t number, int64_t *count)
{
    bool is_new;
    struct hash128 key = hash_pair(outer, inner);
    key.lo ^= hash_mix((uint64_t)number);
    key_index_number(seen, key, &is_new);
    *count += is_new;
}

static void census_groups(const struct terms *terms, const uint64_t *group, size_t n, struct key_index *seen,
                          struct census *census)
{
    static const struct hash128 a_group = {1, 1}, a_length = {2, 2};
    for (size_t g = 0; g < n; g++) {
        struct hash128 hash = {hash_mix(group[g]), group[g] | 1};
        note(seen, a_group, hash, 0, &census->groups);
        note(seen, a_length, hash, terms->length, &census->group_lengths);
        for (size_t t = 0; t < terms->n; t++)
            note(seen, hash, terms->item[t].hash, terms->item[t].tf, &census->group_terms);
    }
    census->group_lines += (int64_t)n;
}

static struct census take_census(const struct comm *comm, const struct lines *lines)
{
    struct census census = {0};
    struct arena *arena = arena_new();
    struct key_index seen = {0}, seen_users = {0}, seen_hosts = {0};
    struct terms terms = terms_room(longest_line(lines->text, lines->n), arena);
    struct term_form form = {tokenizer_named("wordpunct", true), 2, 0};
    for (size_t i = 0; i < lines->n; i++) {
        census.text += (int64_t)lines->text[i].n;
        terms_of_line(&terms, &form, lines->text[i]);
        for (size_t t = 0; t < terms.n; t++)
            note(&seen, (struct hash128){0, 0}, terms.item[t].hash, terms.item[t].tf, &census.terms);
        if (lines->user_at == NULL)
            continue;
        census_groups(&terms, lines->user_hash + lines->user_at[i], lines->user_at[i + 1] - lines->user_at[i],
                      &seen_users, &census);
        census_groups(&terms, lines->host_hash + lines->host_at[i], lines->host_at[i + 1] - lines->host_at[i],
                      &seen_hosts, &census);
    }
    reduce_sum_i64(comm, &census.text, sizeof census / sizeof census.text);
    key_index_free(&seen_hosts);
    key_index_free(&seen_users);
    key_index_free(&seen);
    arena_free(arena);
    return census;
}

static bool read_lines(struct bench *bench, char **files, int n, struct arena *arena, struct error *err)
{
    struct ingest_options options = {0};
    struct input input;
    params_default(ingest_params, &options);
    params_default(normalize_params, &options.normalize);
    options.seed = 1;
    options.groups = bench->options->groups;
    TRY(input_of_files(files, n, STR("jsonl"), arena, &input, err));
    comm_barrier(bench->comm);
    double started = clock_seconds();
    int64_t sent = comm_bytes_sent(bench->comm);
    TRY(day_read(bench->comm, &input, 1, &options, arena, &bench->lines, &bench->stats, err));
    bench->used.seconds[INGEST] = bench->ingest_wall = clock_seconds() - started;
    bench->used.sent[INGEST] = comm_bytes_sent(bench->comm) - sent;
    bench->digest_lines = digest_strs(bench->comm, bench->lines.text, bench->lines.row, bench->lines.n);
    if (bench->options->census)
        bench->census = take_census(bench->comm, &bench->lines);
    return true;
}

/* What detect_score does, with the time of features and of scores apart. */
static void score_lines(struct bench *bench, const struct detector *detector, const void *model,
                        const struct rows *rows, struct arena *arena, double *score)
{
    float *x = ARENA_ARRAY(arena, float, BLOCK * rows->d);
    double *seconds = bench->used.seconds;
    seconds[FEATURES] = seconds[SCORE] = 0;
    for (size_t first = 0; first < rows->n; first += BLOCK) {
        size_t n = min_size(BLOCK, rows->n - first);
        double started = clock_seconds();
        if (!detector->featureless)
            rows_fill(rows, first, n, x);
        double filled = clock_seconds();
        detector->score(model, rows, first, n, detector->featureless ? NULL : x, score + first);
        seconds[FEATURES] += filled - started;
        seconds[SCORE] += clock_seconds() - filled;
    }
}

static bool measure_candidates(struct bench *bench, const double *score, size_t k, struct arena *arena,
                               struct error *err)
{
    struct ranked_list list;
    TRY(topk_best(bench->comm, score, bench->lines.row, bench->lines.n, k, arena, &list, err));
    bench->candidate_text = 0;
    for (size_t i = 0; i < list.n; i++)
        if (list.item[i].rank == comm_rank(bench->comm))
            bench->candidate_text += (int64_t)bench->lines.text[list.item[i].local].n;
    reduce_sum_i64(bench->comm, &bench->candidate_text, 1);
    return true;
}

static bool detect_and_select(struct bench *bench, const struct choice *choice, struct arena *arena, struct error *err)
{
    const struct comm *comm = bench->comm;
    const struct detector *detector = (const struct detector *)(const void *)choice->plugin;
    struct select_params params;
    struct feature_set features;
    void *model = NULL;
    params_default(select_params_spec, &params);
    params.budget = bench->options->budget;
    comm_barrier(comm);
    double started = clock_seconds();
    int64_t sent = comm_bytes_sent(comm);
    struct line_view view = {
        .n = bench->lines.n,
        .n_global = bench->lines.n_global,
        .row = bench->lines.row,
        .text = bench->lines.text,
        .count = bench->lines.count,
        .id = bench->lines.id,
        .hash = bench->lines.hash,
        .tag = ARENA_ZARRAY(arena, uint16_t, bench->lines.n),
        .user_at = bench->lines.user_at,
        .host_at = bench->lines.host_at,
        .user_hash = bench->lines.user_hash,
        .host_hash = bench->lines.host_hash,
    };
    TRY(feature_set_prepare(comm, &bench->features, &view, arena, &features, err));
    struct rows rows = rows_of_lines(&features, &view);
    double *score = ARENA_ARRAY(arena, double, rows.n);
    TRY(detector->fit(comm, &rows, choice->params, 1, arena, &model, err));
    double fitted = clock_seconds();
    bench->used.seconds[FIT] = fitted - started;
    bench->used.sent[FIT] = comm_bytes_sent(comm) - sent;
    sent = comm_bytes_sent(comm);
    score_lines(bench, detector, model, &rows, arena, score);
    bench->used.sent[SCORE] = comm_bytes_sent(comm) - sent;
    comm_barrier(comm); /* a rank that waits here is not selecting */
    double scored = clock_seconds();
    sent = comm_bytes_sent(comm);
    struct selection *selection = selection_new(comm, &params, &bench->embedding, NULL);
    bool ok = selection_add_day(comm, selection, &view, score, &bench->picked, err);
    double selected = clock_seconds();
    bench->used.seconds[SELECT] = selected - scored;
    bench->used.sent[SELECT] = comm_bytes_sent(comm) - sent;
    bench->wall = bench->ingest_wall + (selected - started);
    bench->digest_picks = selection_digest(comm, selection);
    selection_free(selection);
    bench->digest_scores = digest_rows(comm, score, sizeof *score, rows.row, rows.n);
    return ok && measure_candidates(bench, score, (size_t)(params.budget * params.overfetch), arena, err);
}

static void print_stages(const struct bench *bench)
{
    const struct comm *comm = bench->comm;
    struct used most = bench->used;
    int64_t sum[STAGES];
    memcpy(sum, bench->used.sent, sizeof sum);
    reduce_max_f64(comm, most.seconds, STAGES);
    reduce_max_i64(comm, most.sent, STAGES);
    reduce_sum_i64(comm, sum, STAGES);
    for (int s = 0; s < STAGES && comm_rank(comm) == 0; s++)
        printf(",\"%s\":{\"seconds\":%.6f,\"sent\":%" PRId64 ",\"sent_most\":%" PRId64 "}", stage_names[s],
               most.seconds[s], sum[s], most.sent[s]);
}

static void print_rows(const struct bench *bench, struct arena *arena)
{
    int64_t *rows = ARENA_ARRAY(arena, int64_t, (size_t)comm_size(bench->comm));
    reduce_list_i64(bench->comm, (int64_t)bench->lines.n, rows);
    if (comm_rank(bench->comm) != 0)
        return;
    printf(",\"rows\":[");
    for (int r = 0; r < comm_size(bench->comm); r++)
        printf("%s%" PRId64, r > 0 ? "," : "", rows[r]);
    printf("]");
}

static void print_report(struct bench *bench, const char *detector, struct arena *arena)
{
    const struct comm *comm = bench->comm;
    const struct census *census = &bench->census;
    int64_t peak = peak_bytes(), peak_most = peak;
    reduce_sum_i64(comm, &peak, 1);
    reduce_max_i64(comm, &peak_most, 1);
    reduce_max_f64(comm, &bench->wall, 1);
    if (comm_rank(comm) == 0)
        printf("{\"ranks\":%d,\"detector\":%s,\"columns\":%zu,\"records\":%" PRId64 ",\"unique\":%" PRId64
               ",\"bytes\":%" PRId64 ",\"seconds\":%.4f,\"peak_bytes\":%" PRId64 ",\"peak_rank_bytes\":%" PRId64
               ",\"candidates\":%" PRId64 ",\"kept\":%" PRId64 ",\"candidate_text\":%" PRId64,
               comm_size(comm), detector, bench->features.d, bench->stats.records, bench->lines.n_global,
               bench->stats.bytes, bench->wall, peak, peak_most, bench->picked.candidates, bench->picked.kept,
               bench->candidate_text);
    print_stages(bench);
    print_rows(bench, arena);
    if (comm_rank(comm) == 0 && bench->options->census)
        printf(",\"text\":%" PRId64 ",\"terms\":%" PRId64 ",\"group_terms\":%" PRId64 ",\"groups\":%" PRId64
               ",\"group_lengths\":%" PRId64 ",\"group_lines\":%" PRId64,
               census->text, census->terms, census->group_terms, census->groups, census->group_lengths,
               census->group_lines);
    if (comm_rank(comm) == 0)
        printf(",\"digest\":\"%016" PRIx64 "-%016" PRIx64 "-%016" PRIx64 "\"}\n", bench->digest_lines,
               bench->digest_scores, bench->digest_picks);
}

static bool run(const struct comm *comm, int argc, char **argv, struct arena *arena, struct error *err)
{
    struct options options;
    struct bench bench = {.comm = comm, .options = &options};
    struct choice choice[MOST_DETECTORS];
    int first;
    if (!read_options(argc, argv, &options, &first))
        return fail(
            err, ERROR_USAGE,
            "usage: bench_day [--features JSON] [--budget N] [--groups] [--census] --detector JSON ... FILE...");
    TRY(features_of(options.features, arena, &bench.features, err));
    TRY(features_of("\"embedding\"", arena, &bench.embedding, err));
    for (size_t i = 0; i < options.n_detectors; i++)
        TRY(detector_of(options.detector[i], arena, &choice[i], err));
    TRY(read_lines(&bench, argv + first, argc - first, arena, err));
    for (size_t i = 0; i < options.n_detectors; i++) {
        struct arena_mark mark = arena_mark(arena);
        TRY(detect_and_select(&bench, &choice[i], arena, err));
        print_report(&bench, options.detector[i], arena);
        arena_release(arena, mark);
    }
    return true;
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, "bench_day", run);
}

#include "judging.h"

#include "comm/agree.h"
#include "comm/gather.h"
#include "features/near_pairs.h"
#include "support/index.h"

#include <math.h>
#include <stdlib.h>

static const double near_cosine = 0.8;   /* the talk's threshold for near-duplicates */
static const uint64_t resample_seed = 1; /* the same for all runs and sizes, so that differences are paired */

struct line_record {
    int64_t row, count;
    struct hash128 hash;
    uint64_t y;
};

/* Where each gathered record belongs: place[i] of the i-th record in rank order. */
static void share_lines(const struct comm *workers, const struct set *set, struct arena *arena, struct arena *scratch,
                        struct judged_lines *out)
{
    struct line_record *own = ARENA_ARRAY(scratch, struct line_record, set->n);
    for (size_t i = 0; i < set->n; i++)
        own[i] = (struct line_record){plan_row(&set->plan, i), set->count[i], set->hash[i], set->y[i]};
    size_t n;
    const struct line_record *all = gather_all(workers, own, sizeof *own, set->n, -1, &n, scratch);
    uint8_t *y = ARENA_ARRAY(arena, uint8_t, n);
    int64_t *count = ARENA_ARRAY(arena, int64_t, n);
    out->hash = ARENA_ARRAY(arena, struct hash128, n);
    for (size_t i = 0; i < n; i++) {
        y[all[i].row] = (uint8_t)all[i].y;
        count[all[i].row] = all[i].count;
        out->hash[all[i].row] = all[i].hash;
    }
    out->judged = (struct judged){.n = n, .y = y, .count = count};
}

struct field_record {
    int64_t row;
    uint64_t bytes;
};

/* A field's texts of all lines on every rank, equal ones stored once. */
static struct str *share_field(const struct comm *workers, const struct set *set, size_t field, size_t n_lines,
                               struct arena *arena, struct arena *scratch)
{
    struct field_record *own = ARENA_ARRAY(scratch, struct field_record, set->n);
    struct buf text = {.limit = SIZE_MAX};
    for (size_t i = 0; i < set->n; i++) {
        own[i] = (struct field_record){plan_row(&set->plan, i), set->field[field][i].n};
        buf_add_str(&text, set->field[field][i]);
    }
    size_t n, n_bytes, at = 0;
    const struct field_record *all = gather_all(workers, own, sizeof *own, set->n, -1, &n, scratch);
    const char *bytes = gather_all(workers, text.n > 0 ? text.p : "", 1, text.n, -1, &n_bytes, scratch);
    buf_free(&text);
    struct str *out = ARENA_ZARRAY(arena, struct str, n_lines), *kept = ARENA_ARRAY(scratch, struct str, n);
    struct key_index seen = {0};
    for (size_t i = 0; i < n; at += all[i++].bytes) {
        bool is_new;
        struct str value = {bytes + at, all[i].bytes};
        size_t place = key_index_number(&seen, hash128(value, 0), &is_new);
        if (is_new)
            kept[place] = (struct str){arena_copy(arena, value.p, value.n), value.n};
        out[all[i].row] = kept[place];
    }
    key_index_free(&seen);
    return out;
}

static int by_text(const void *a, const void *b)
{
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

/* value[n]: place of each text among the sorted distinct ones, *distinct of them. */
static uint32_t *number_values(const struct str *text, size_t n, struct arena *arena, struct arena *scratch,
                               struct str **distinct, size_t *n_distinct)
{
    struct str *sorted = ARENA_ARRAY(scratch, struct str, n);
    uint32_t *value = ARENA_ARRAY(arena, uint32_t, n);
    size_t kept = 0;
    memcpy(sorted, text, n * sizeof *text);
    qsort(sorted, n, sizeof *sorted, by_text);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || !str_equal(sorted[kept - 1], sorted[i]))
            sorted[kept++] = sorted[i];
    for (size_t i = 0; i < n; i++)
        value[i] = (uint32_t)((struct str *)bsearch(&text[i], sorted, kept, sizeof *sorted, by_text) - sorted);
    *distinct = sorted;
    *n_distinct = kept;
    return value;
}

static void share_fields(const struct comm *workers, struct engine *e, const struct set *set,
                         struct judged_lines *lines)
{
    const size_t n = lines->judged.n;
    lines->field = ARENA_ARRAY(e->arena, struct str *, e->n_fields);
    lines->value = ARENA_ARRAY(e->arena, uint32_t *, e->n_fields);
    lines->n_values = ARENA_ARRAY(e->arena, size_t, e->n_fields);
    lines->group = ARENA_ZARRAY(e->arena, size_t, e->n_fields);
    for (size_t f = 0; f < e->n_fields; f++) {
        struct str *distinct;
        lines->field[f] = share_field(workers, set, f, n, e->arena, e->scratch);
        lines->value[f] = number_values(lines->field[f], n, e->arena, e->scratch, &distinct, &lines->n_values[f]);
    }
}

/* Clusters by field, or each line for itself; false: by nearness. */
static bool plain_clusters(const struct engine *e, const struct judged_lines *lines, uint32_t *cluster)
{
    const char *by = e->e->evaluate.cluster;
    const size_t n = lines->judged.n;
    size_t f = 0;
    if (strcmp(by, "near") == 0)
        return false;
    while (f < e->n_fields && strcmp(e->field[f], by) != 0)
        f++;
    for (size_t i = 0; i < n; i++) /* lines of two classes are never one cluster */
        cluster[i] = strcmp(by, "line") == 0 ? (uint32_t)i : 2 * lines->value[f][i] + lines->judged.y[i];
    return true;
}

static bool find_clusters(const struct comm *workers, struct engine *e, const struct ground *ground,
                          const struct set *set, struct judged_lines *lines, struct error *err)
{
    const size_t n = lines->judged.n;
    uint32_t *cluster = ARENA_ZARRAY(e->arena, uint32_t, n);
    lines->judged.cluster = cluster;
    if (!plain_clusters(e, lines, cluster)) {
        int64_t *row = ARENA_ARRAY(e->scratch, int64_t, set->n);
        for (size_t i = 0; i < set->n; i++)
            row[i] = plan_row(&set->plan, i);
        struct line_view view = {.n = set->n, .row = row, .text = set->text};
        TRY(near_clusters(workers, &ground->e->embedding, &view, set->y, (int64_t)n, near_cosine, e->scratch, cluster,
                          err));
    }
    for (uint8_t c = 0; c < 2; c++)
        lines->clusters[c] = judged_clusters(&lines->judged, c, e->scratch);
    return true;
}

static bool share_set(const struct comm *workers, struct engine *e, const struct ground *ground, const struct set *set,
                      bool day, size_t first, struct judged_lines *lines, struct error *err)
{
    struct arena_mark mark = arena_mark(e->scratch);
    share_lines(workers, set, e->arena, e->scratch, lines);
    lines->judged.day = day;
    lines->first = first;
    for (size_t i = 0; i < lines->judged.n; i++)
        lines->n_class[lines->judged.y[i]]++;
    lines->dropped = set->dropped;
    share_fields(workers, e, set, lines);
    bool ok = find_clusters(workers, e, ground, set, lines, err);
    arena_release(e->scratch, mark);
    return ok;
}

/* Groups of tests (not of the tune half), by the fields of evaluate.groups. */
static void list_groups(struct engine *e, struct judged_ground *ground)
{
    size_t most = 0;
    for (size_t t = 0; t < e->e->tests.n; t++)
        for (size_t f = 0; f < e->n_fields; f++)
            most += ground->test[t].n_values[f];
    ground->group = ARENA_ARRAY(e->arena, struct judged_group, most);
    for (size_t t = 0; t < e->e->tests.n; t++)
        for (size_t f = 0; f < e->n_fields; f++) {
            struct judged_lines *lines = &ground->test[t];
            lines->group[f] = ground->n_groups;
            for (size_t i = 0; i < lines->judged.n; i++)
                ground->group[ground->n_groups + lines->value[f][i]] = (struct judged_group){t, f, lines->field[f][i]};
            ground->n_groups += lines->n_values[f];
        }
}

bool judging_make(const struct comm *workers, struct engine *e, struct error *err)
{
    e->judging = ARENA_ZARRAY(e->arena, struct judging, 1);
    e->judging->ground = ARENA_ZARRAY(e->arena, struct judged_ground, e->n_grounds);
    for (size_t g = 0; g < e->n_grounds; g++) {
        struct judged_ground *out = &e->judging->ground[g];
        const struct ground *ground = &e->ground[g];
        out->test = ARENA_ZARRAY(e->arena, struct judged_lines, e->n_tests);
        for (size_t t = 0; t < e->n_tests; t++) {
            const bool day = t < e->e->tests.n && e->e->tests.test[t].day;
            TRY(share_set(workers, e, ground, &ground->test[t], day, out->n_lines, &out->test[t], err));
            out->n_lines += out->test[t].judged.n;
        }
        if (e->e->validation.n > 0)
            TRY(share_set(workers, e, ground, &ground->calibrate, false, 0, &out->calibrate, err));
        list_groups(e, out);
    }
    return true;
}

void judging_draw(const struct comm *group, struct engine *e)
{
    const size_t n = (size_t)e->e->evaluate.bootstrap, rank = (size_t)comm_rank(group), size = (size_t)comm_size(group);
    for (size_t g = 0; g < e->n_grounds; g++) {
        struct judged_ground *ground = &e->judging->ground[g];
        for (size_t t = 0; t < e->n_tests; t++)
            ground->test[t].draws = draws_make(&ground->test[t].judged, resample_seed, n, rank, size, e->arena);
        if (ground->calibrate.judged.n > 0)
            ground->calibrate.draws = draws_make(&ground->calibrate.judged, resample_seed + 1, n, rank, size, e->arena);
    }
}

size_t judging_bytes(const struct engine *e, size_t ground)
{
    const struct judged_ground *at = &e->judging->ground[ground];
    const size_t n_resamples = (size_t)e->e->evaluate.bootstrap;
    return (e->n_tests * METRIC_COUNT + 1 + at->n_lines) * sizeof(double) + at->n_groups * sizeof(struct group_value) +
           e->n_tests * METRIC_COUNT * n_resamples * sizeof(float);
}

struct verdict_numbers judging_numbers(const struct engine *e, size_t ground, void *block)
{
    const struct judged_ground *at = &e->judging->ground[ground];
    struct verdict_numbers out = {.threshold = block};
    out.value = out.threshold + 1;
    out.score = out.value + e->n_tests * METRIC_COUNT;
    out.group = (struct group_value *)(void *)(out.score + at->n_lines);
    out.resample = (float *)(void *)(out.group + at->n_groups);
    return out;
}

/* Columns of the other ranks' resamples: mine[METRIC_COUNT][n] has only this rank's. */
static void share_resamples(const struct comm *group, float *mine, size_t n, struct arena *arena)
{
    const size_t size = (size_t)comm_size(group), rank = (size_t)comm_rank(group);
    size_t n_own = 0, n_all, at = 0;
    if (size == 1)
        return;
    float *packed = ARENA_ARRAY(arena, float, n *METRIC_COUNT);
    for (size_t r = rank; r < n; r += size)
        for (size_t m = 0; m < METRIC_COUNT; m++)
            packed[n_own++] = mine[m * n + r];
    const float *all = gather_all(group, packed, sizeof *packed, n_own, -1, &n_all, arena);
    for (size_t k = 0; k < size; k++)
        for (size_t r = k; r < n; r += size)
            for (size_t m = 0; m < METRIC_COUNT; m++)
                mine[m * n + r] = all[at++];
}

bool judging_do(const struct comm *group, const struct engine *e, size_t ground, const double *const *score,
                const double *calibrate, struct arena *arena, struct verdict_numbers *out, struct error *err)
{
    const struct judged_ground *at = &e->judging->ground[ground];
    const struct judge_params *params = &e->e->evaluate;
    const size_t n = (size_t)params->bootstrap;
    const bool validated = at->calibrate.judged.n > 0;
    const struct scored known = {&at->calibrate.judged, calibrate};
    *out->threshold = NAN;
    for (size_t t = 0; t < e->n_tests; t++) {
        const struct judged_lines *lines = &at->test[t];
        const struct scored test = {&lines->judged, score[t]};
        float *resample = out->resample + t * METRIC_COUNT * n;
        struct arena_mark mark = arena_mark(arena);
        memcpy(out->score + lines->first, score[t], lines->judged.n * sizeof(double));
        bool ok = judge(&test, validated ? &known : NULL, params, arena, out->value + t * METRIC_COUNT, out->threshold,
                        err) &&
                  judge_resamples(&test, lines->draws, validated ? &known : NULL,
                                  validated ? at->calibrate.draws : NULL, params, arena, resample, err);
        TRY(agree(group, ok, err) || error_context(err, "test set %s", e->test_name[t]));
        share_resamples(group, resample, n, arena);
        for (size_t f = 0; f < e->n_fields && t < e->e->tests.n; f++)
            judge_groups(&test, *out->threshold, lines->value[f], lines->n_values[f], arena,
                         out->group + lines->group[f]);
        arena_release(arena, mark);
    }
    return true;
}

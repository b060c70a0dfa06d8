#include "fits.h"

#include "comm/reduce.h"
#include "support/index.h"
#include "support/memory.h"

#include <stdlib.h>

static size_t ground_of(const struct engine *e, const struct engine_run *run)
{
    return e->reading[e->scoring[e->arm[e->asking[run->asking].arm].scoring].reading].ground;
}

static bool run_alive(const struct engine *e, const struct engine_run *run)
{
    return arm_alive(e, e->asking[run->asking].arm) && e->asking[run->asking].failed.code == ERROR_NONE;
}

/* Equal keys: the same rows in the same order, and the same classifier. */
static struct hash128 fit_key(const struct engine *e, const struct engine_run *run, size_t s, struct buf *text)
{
    const struct experiment *x = &run->run->experiment;
    const struct asking *asking = &e->asking[run->asking];
    const struct classifier *classifier = (const struct classifier *)x->classifier.plugin;
    text->n = 0;
    plugin_to_json(&x->classifier, text);
    feature_set_to_json(&x->classifier_features, text);
    buf_printf(text, " %zu %zu %" PRId64 " %016" PRIx64 " %" PRId64, ground_of(e, run), run->baseline, asking->added[s],
               asking->set_digest[s], classifier->seeded ? x->seed : 0);
    return hash128(buf_str(text), 0);
}

/* Askings with most rows to train on first, each to the group with least work: decided before, never by time. */
static void deal_askings(const struct engine *e, size_t n_groups, struct arena *arena, struct fit_list *out)
{
    int64_t *cost = ARENA_ZARRAY(arena, int64_t, e->n_askings), *load = ARENA_ZARRAY(arena, int64_t, n_groups);
    out->group_of_asking = ARENA_ZARRAY(arena, size_t, e->n_askings);
    for (size_t i = 0; i < e->n_runs; i++)
        for (size_t s = 0; s < e->e->n_sizes; s++)
            cost[e->run[i].asking] += 1 + max_i64(e->asking[e->run[i].asking].added[s], 0);
    for (size_t k = 0; k < e->n_askings; k++) {
        size_t dearest = SIZE_MAX, least = 0;
        for (size_t a = 0; a < e->n_askings; a++)
            if (cost[a] > 0 && (dearest == SIZE_MAX || cost[a] > cost[dearest]))
                dearest = a;
        if (dearest == SIZE_MAX)
            return;
        for (size_t g = 1; g < n_groups; g++)
            least = load[g] < load[least] ? g : least;
        load[least] += cost[dearest];
        cost[dearest] = 0;
        out->group_of_asking[dearest] = least;
    }
}

void fits_list(const struct engine *e, size_t n_groups, struct arena *arena, struct fit_list *out)
{
    const size_t n_sizes = e->e->n_sizes;
    struct key_index seen = {0};
    struct buf text = {.limit = 1 << 20};
    size_t n_base = 0;
    *out = (struct fit_list){.fit = ARENA_ZARRAY(arena, struct fit, e->n_runs * n_sizes),
                             .of_run = ARENA_ARRAY(arena, size_t, e->n_runs * n_sizes)};
    deal_askings(e, n_groups, arena, out);
    for (size_t i = 0; i < e->n_runs; i++)
        for (size_t s = 0; s < n_sizes; s++) {
            const struct engine_run *run = &e->run[i];
            const struct asking *asking = &e->asking[run->asking];
            bool is_new;
            out->of_run[i * n_sizes + s] = SIZE_MAX;
            if (!run_alive(e, run) || asking->added[s] < 0)
                continue;
            size_t place = key_index_number(&seen, fit_key(e, run, s, &text), &is_new);
            if (is_new) {
                out->n++;
                out->fit[place] = (struct fit){.e = &run->run->experiment,
                                               .ground = ground_of(e, run),
                                               .baseline = run->baseline,
                                               .asking = asking->added[s] > 0 ? run->asking : SIZE_MAX,
                                               .added = asking->added[s],
                                               .group = asking->added[s] > 0 ? out->group_of_asking[run->asking]
                                                                             : n_base++ % n_groups};
            }
            out->fit[place].n_runs++;
            out->of_run[i * n_sizes + s] = place;
        }
    buf_free(&text);
    key_index_free(&seen);
}

/* Bytes that the rows of the biggest training set and of the tests take, all ranks of a group together. */
static int64_t bytes_of_rows(const struct engine *e)
{
    int64_t most = 0;
    for (size_t i = 0; i < e->n_runs; i++) {
        const struct experiment *x = &e->run[i].run->experiment;
        const struct ground *ground = &e->ground[ground_of(e, &e->run[i])];
        int64_t rows = ground->baseline[e->run[i].baseline].plan.n_global;
        for (size_t s = 0; s < x->n_sizes; s++)
            rows = max_i64(rows,
                           ground->baseline[e->run[i].baseline].plan.n_global + e->asking[e->run[i].asking].added[s]);
        /* float32 rows of baseline and picks, and what a classifier makes of them */
        most = max_i64(most, 3 * rows * (int64_t)(x->classifier_features.d * sizeof(float)));
    }
    return most;
}

size_t fits_groups(const struct comm *workers, const struct engine *e, size_t *memory)
{
    int64_t free_bytes = (int64_t)memory_available() / comm_node_size(workers) / 2;
    reduce_min_i64(workers, &free_bytes, 1);
    size_t n = min_size((size_t)comm_size(workers), e->n_askings > 0 ? e->n_askings : 1);
    while (n > 1 && bytes_of_rows(e) / (comm_size(workers) / (int64_t)n) > free_bytes)
        n--;
    *memory = (size_t)free_bytes;
    return n;
}

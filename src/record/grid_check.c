#include "grid.h"

#include "variables.h"

static bool same_text(const char *a, const char *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || strcmp(a, b) == 0);
}

/* What two runs' shapes differ in, or NULL. */
static const char *difference(const struct result *a, const struct result *b)
{
    if (a->n_tests != b->n_tests || a->n_sequences != b->n_sequences)
        return "tests";
    for (size_t t = 0; t < a->n_tests; t++)
        if (!same_text(a->test[t].name, b->test[t].name) || !same_text(a->test[t].role, b->test[t].role) ||
            !same_text(a->test[t].sequence, b->test[t].sequence) || a->test[t].day != b->test[t].day)
            return "tests";
    if (a->n_sizes != b->n_sizes)
        return "sizes";
    for (size_t s = 0; s < a->n_sizes; s++)
        if (a->size[s].size != b->size[s].size)
            return "sizes";
    return a->tpr != b->tpr                     ? "evaluate.tpr"
           : a->fpr != b->fpr                   ? "evaluate.fpr"
           : a->daily_volume != b->daily_volume ? "evaluate.daily_volume"
           : a->n_resamples != b->n_resamples   ? "evaluate.bootstrap"
                                                : NULL;
}

static const struct named_digest *find_digest(const struct result *r, const char *name)
{
    for (size_t i = 0; i < r->n_digests; i++)
        if (strcmp(r->digest[i].name, name) == 0)
            return &r->digest[i];
    return NULL;
}

static bool is_content(const char *name, bool baseline)
{
    return baseline ? strcmp(name, "baseline") == 0
                    : strcmp(name, "validation") == 0 || strncmp(name, "test.", strlen("test.")) == 0;
}

/* The name of a content digest of a that b has not, or has with another value; NULL if there is none. */
static const char *other_content(const struct result *a, const struct result *b, bool baseline)
{
    for (size_t i = 0; i < a->n_digests; i++) {
        if (!is_content(a->digest[i].name, baseline))
            continue;
        const struct named_digest *same = find_digest(b, a->digest[i].name);
        if (same == NULL || same->value != a->digest[i].value)
            return a->digest[i].name;
    }
    return NULL;
}

/* Each run against the first that was configured like it. */
static bool check_content(const struct grid *grid, bool baseline, struct error *err)
{
    const size_t n = grid->plan->n_runs;
    struct arena_mark mark = arena_mark(grid->arena);
    size_t *first = ARENA_ARRAY(grid->arena, size_t, n), n_first = 0;
    for (size_t i = 0; i < n; i++) {
        if (grid->run[i] == NULL)
            continue;
        const struct collect_run *run = &grid->plan->run[grid->plan_run[i]];
        size_t k = 0;
        for (; k < n_first; k++) {
            const struct collect_run *other = &grid->plan->run[grid->plan_run[first[k]]];
            if (baseline ? other->baseline == run->baseline : other->tests == run->tests)
                break;
        }
        if (k == n_first) {
            first[n_first++] = i;
            continue;
        }
        const struct result *a = grid->run[first[k]], *b = grid->run[i];
        const char *name = other_content(a, b, baseline);
        if (name == NULL)
            name = other_content(b, a, baseline);
        if (name != NULL)
            return fail(err, ERROR_INPUT,
                        "the content of \"%s\" differs between the runs %s and %s, though both were configured alike: "
                        "an input has changed between them; remove the files of the older runs and run again",
                        name, grid_run_text(grid, first[k]), grid_run_text(grid, i));
    }
    arena_release(grid->arena, mark);
    return true;
}

bool grid_check(const struct grid *grid, struct error *err)
{
    size_t first = 0;
    while (grid->run[first] == NULL)
        first++;
    for (size_t i = first + 1; i < grid->plan->n_runs; i++) {
        const char *what = grid->run[i] == NULL ? NULL : difference(grid->run[first], grid->run[i]);
        if (what != NULL)
            return fail(err, ERROR_INPUT, "the runs %s and %s differ in %s: they cannot stand in one table",
                        grid_run_text(grid, first), grid_run_text(grid, i), what);
    }
    return check_content(grid, false, err) && check_content(grid, true, err);
}

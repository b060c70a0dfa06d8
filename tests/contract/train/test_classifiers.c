/* What every classifier promises. */
#include "mpi_test.h"

#include "../../mpi/train/train_data.h"

#include <math.h>

static const struct classifier *classifier_at(size_t i)
{
    return (const struct classifier *)(const void *)classifier_list()->item[i];
}

static const char *quoted(const char *name, struct arena *arena)
{
    return arena_printf(arena, "\"%s\"", name);
}

/* Two well separated clouds in a few columns, noise in the others. */
static struct table separable(size_t n, size_t d, uint64_t seed, struct arena *arena)
{
    struct table table = table_new(n, d, arena);
    for (size_t i = 0; i < n; i++) {
        table.y[i] = rng_unit(seed, 1, i) < 0.3;
        for (size_t j = 0; j < d; j++)
            table.x[i * d + j] = (float)(rng_normal(seed, 2, i * d + j) + (j < 3 && table.y[i] ? 3 : 0));
    }
    return table;
}

static void test_list_is_complete(void **state)
{
    const struct comm *world = *state;
    assert_all(world, strcmp(classifier_list()->kind, "classifier") == 0);
    assert_all(world, plugin_find(classifier_list(), "logistic") != NULL);
    assert_all(world, plugin_find(classifier_list(), "gbdt") != NULL);
    for (size_t c = 0; c < classifier_list()->n; c++) {
        const struct plugin *plugin = classifier_list()->item[c];
        assert_all(world, plugin->name[0] != '\0' && plugin->summary[0] != '\0');
        assert_all(world, plugin_find(classifier_list(), plugin->name) == plugin);
        assert_all(world, classifier_at(c)->fit != NULL && classifier_at(c)->predict != NULL);
    }
}

static void test_separates_either_way_round(void **state)
{
    const struct comm *world = *state;
    for (size_t c = 0; c < classifier_list()->n; c++) {
        struct arena *arena = arena_new();
        const char *choice = quoted(classifier_at(c)->plugin.name, arena);
        struct table train = separable(600, 10, 1, arena), test = separable(300, 10, 2, arena);
        for (int flip = 0; flip < 2; flip++) {
            struct fitted fitted = table_fit(world, &train, choice, 0, arena);
            assert_all(world, fitted.ok);
            const double *score = table_predict(&fitted, &test, arena);
            bool all_hold = true;
            for (size_t i = 0; i < test.n; i++)
                all_hold &= isfinite(score[i]);
            assert_all(world, all_hold);
            assert_all(world, scores_auc(score, test.y, test.n) > 0.99);
            table_flip(&train);
            table_flip(&test);
        }
        arena_free(arena);
    }
}

static void test_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    for (size_t c = 0; c < classifier_list()->n; c++) {
        struct arena *arena = arena_new();
        const char *choice = quoted(classifier_at(c)->plugin.name, arena);
        /* 8 blocks, the last one short; then one block: all ranks but the first are empty */
        struct table many = table_random(500, 12, 0.6, 3, arena), few = table_random(40, 12, 0.6, 4, arena);
        assert_same_on_any_ranks(world, fit_digest, &(struct fit_case){&many, choice, 9});
        assert_same_on_any_ranks(world, fit_digest, &(struct fit_case){&few, choice, 9});
        assert_all(world, fit_digest(world, &(struct fit_case){&few, choice, 9}) != 0);
        arena_free(arena);
    }
}

static void test_predicts_row_by_row(void **state)
{
    const struct comm *world = *state;
    for (size_t c = 0; c < classifier_list()->n; c++) {
        struct arena *arena = arena_new();
        struct table table = table_random(200, 13, 0.6, 5, arena);
        struct fitted fitted = table_fit(world, &table, quoted(classifier_at(c)->plugin.name, arena), 0, arena);
        assert_all(world, fitted.ok);
        const double *all = table_predict(&fitted, &table, arena);
        bool all_hold = true;
        for (size_t i = 0; i < table.n; i++) {
            double one;
            fitted.classifier->predict(fitted.model, table.x + i * table.d, 1, table.d, &one);
            all_hold &= one == all[i];
        }
        assert_all(world, all_hold);
        fitted.classifier->predict(fitted.model, NULL, 0, table.d, NULL);
        arena_free(arena);
    }
}

static void test_one_class_is_an_error(void **state)
{
    const struct comm *world = *state;
    for (size_t c = 0; c < classifier_list()->n; c++) {
        struct arena *arena = arena_new();
        const char *choice = quoted(classifier_at(c)->plugin.name, arena);
        struct table table = table_random(300, 4, 1, 6, arena);
        for (uint8_t class = 0; class < 2; class ++) {
            memset(table.y, class, table.n);
            struct fitted fitted = table_fit(world, &table, choice, 0, arena);
            assert_all(world, !fitted.ok && fitted.err.code == ERROR_INPUT);
        }
        table.n = 0;
        struct fitted fitted = table_fit(world, &table, choice, 0, arena);
        assert_all(world, !fitted.ok && fitted.err.code == ERROR_INPUT);
        table.n = 300;
        table.y[299] = 0; /* one row is enough */
        assert_all(world, table_fit(world, &table, choice, 0, arena).ok);
        arena_free(arena);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list_is_complete),      cmocka_unit_test(test_separates_either_way_round),
        cmocka_unit_test(test_same_on_any_ranks),     cmocka_unit_test(test_predicts_row_by_row),
        cmocka_unit_test(test_one_class_is_an_error),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

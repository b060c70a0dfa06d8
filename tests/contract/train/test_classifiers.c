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
            table.x[i * d + j] = (float)(normal_number(seed, 2, i * d + j) + (j < 3 && table.y[i] ? 3 : 0));
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
        /* 21 blocks, the last one short: several a rank; then one block: all ranks but the first are empty */
        struct table many = table_random(1300, 12, 0.6, 3, arena), few = table_random(40, 12, 0.6, 4, arena);
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

/* A prefix of a set is a view of its rows: fitting it is fitting a set made of that prefix. */
static void test_a_prefix_is_a_view(void **state)
{
    const struct comm *world = *state;
    static const size_t sizes[] = {30, 64, 65, 128, 200, 449, 640, 700};
    for (size_t c = 0; c < classifier_list()->n; c++) {
        struct arena *arena = arena_new();
        const char *choice = quoted(classifier_at(c)->plugin.name, arena);
        struct table table = table_random(700, 9, 0.6, 8, arena);
        table.weight = ARENA_ARRAY(arena, float, table.n);
        for (size_t i = 0; i < table.n; i++)
            table.weight[i] = (float)(0.5 + rng_unit(12, 0, i));
        const struct dataset whole = table_deal(world, &table, arena);
        for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
            struct table prefix = table;
            struct dataset view = whole;
            prefix.n = sizes[k];
            view.plan = plan_dealt(world, (int64_t)sizes[k], TRAIN_BLOCK);
            view.n = plan_count(&view.plan);
            struct fitted made = table_fit(world, &prefix, choice, 9, arena);
            struct fitted viewed = data_fit(world, &view, choice, 9, arena);
            assert_all(world, made.ok && viewed.ok);
            assert_all(world, memcmp(table_predict(&made, &table, arena), table_predict(&viewed, &table, arena),
                                     table.n * sizeof(double)) == 0);
        }
        arena_free(arena);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list_is_complete),      cmocka_unit_test(test_separates_either_way_round),
        cmocka_unit_test(test_same_on_any_ranks),     cmocka_unit_test(test_predicts_row_by_row),
        cmocka_unit_test(test_one_class_is_an_error), cmocka_unit_test(test_a_prefix_is_a_view),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

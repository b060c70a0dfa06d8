#include "mpi_test.h"

#include "plain_rule.h"

static void picks_follow_the_plain_rule(void **state)
{
    const struct comm *world = *state;
    static const struct select_params cases[] = {
        {.budget = 60, .near_threshold = 0.8, .overfetch = 3},
        {.budget = 60, .near_threshold = 0.8, .overfetch = 1},
        {.budget = 200, .near_threshold = 0.5, .overfetch = 1},
        {.budget = 300, .near_threshold = 1, .overfetch = 2},
        {.budget = 20, .near_threshold = 0, .overfetch = 1},
        {.budget = 10000, .near_threshold = 0.9, .overfetch = 1},
        {.budget = 1, .near_threshold = 0.8, .overfetch = 1},
        {.budget = 1, .contamination = 0.0501, .near_threshold = 0.8, .overfetch = 1},
    };
    for (size_t c = 0; c < ARRAY_LEN(cases); c++) {
        struct arena *arena = arena_new();
        struct plain plain = {.pick = ARENA_ARRAY(arena, struct pick, 3000)};
        struct selection *selection = selection_new(world, &cases[c], &bytes_set, NULL);
        for (int32_t d = 0; d < 3; d++) {
            const struct select_stats wanted = plain_add(&plain, &cases[c], &three_days[d], d, arena);
            const struct select_stats stats = add(world, selection, &three_days[d], (enum deal)(c % N_DEALS));
            assert_all(world, stats_equal(stats, wanted));
        }
        assert_all(world, count_picks(selection) == plain.n);
        const struct pick *pick = all_picks(world, selection, arena);
        bool same = true;
        for (size_t i = 0; i < plain.n; i++)
            same = same && pick_equal(&pick[i], &plain.pick[i]);
        assert_all(world, same);
        selection_free(selection);
        arena_free(arena);
    }
}

static void a_day_of_many_steps_follows_the_plain_rule(void **state)
{
    const struct comm *world = *state;
    static const struct day day = {MAX_ROWS, 8, 8, 300, 3000};
    static const struct select_params params = {.budget = 1000, .near_threshold = 0.75, .overfetch = 1};
    struct arena *arena = arena_new();
    struct plain plain = {.pick = ARENA_ARRAY(arena, struct pick, 1000)};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    const struct select_stats wanted = plain_add(&plain, &params, &day, 0, arena);
    const struct select_stats stats = add(world, selection, &day, SCATTERED);
    assert_true(wanted.candidates > 3000 && wanted.near > 1000);
    assert_all(world, stats_equal(stats, wanted));
    const struct pick *pick = all_picks(world, selection, arena);
    bool same = count_picks(selection) == plain.n;
    for (size_t i = 0; same && i < plain.n; i++)
        same = pick_equal(&pick[i], &plain.pick[i]);
    assert_all(world, same);
    selection_free(selection);
    arena_free(arena);
}

static void a_small_budget_picks_a_prefix_of_a_large_one(void **state)
{
    const struct comm *world = *state;
    static const int64_t budgets[] = {1, 7, 16, 17, 64, 100};
    static const struct select_params large_params = {.budget = 120, .near_threshold = 0.8, .overfetch = 1};
    struct arena *arena = arena_new();
    struct selection *large = selection_new(world, &large_params, &bytes_set, NULL);
    add(world, large, &three_days[0], BLOCKS);
    const struct pick *of_large = all_picks(world, large, arena);
    for (size_t b = 0; b < ARRAY_LEN(budgets); b++) {
        const struct select_params params = {.budget = budgets[b], .near_threshold = 0.8, .overfetch = 3};
        struct selection *small = selection_new(world, &params, &bytes_set, NULL);
        add(world, small, &three_days[0], SCATTERED);
        bool prefix = count_picks(small) == (size_t)budgets[b] && count_picks(large) >= count_picks(small);
        const struct pick *of_small = all_picks(world, small, arena);
        for (size_t i = 0; prefix && i < count_picks(small); i++)
            prefix = pick_equal(&of_small[i], &of_large[i]) && of_small[i].nearest == of_large[i].nearest;
        assert_all(world, prefix);
        selection_free(small);
    }
    selection_free(large);
    arena_free(arena);
}

static void no_two_kept_lines_are_near_or_equal(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 100, .near_threshold = 0.7, .overfetch = 2};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    int64_t near = 0, repeated = 0;
    for (size_t d = 0; d < ARRAY_LEN(three_days); d++) {
        const struct select_stats stats = add(world, selection, &three_days[d], BLOCKS);
        near += stats.near;
        repeated += stats.repeated;
    }
    assert_all(world, near > 0 && repeated > 0);
    struct arena *arena = arena_new();
    const struct pick *pick = all_picks(world, selection, arena);
    bool apart = true, nearest_true = true;
    for (size_t i = 0; i < count_picks(selection); i++) {
        double nearest = i == 0 ? 0 : -1;
        for (size_t j = 0; j < i; j++) {
            nearest = fmax(nearest, cosine(pick[i].text, pick[j].text));
            apart = apart && !hash128_equal(pick[i].hash, pick[j].hash);
        }
        apart = apart && nearest <= params.near_threshold + 1e-5;
        nearest_true = nearest_true && fabs(nearest - (double)pick[i].nearest) < 1e-5;
    }
    assert_all(world, apart);
    assert_all(world, nearest_true);
    selection_free(selection);
    arena_free(arena);
}

static void the_budget_is_met_by_fetching_more(void **state)
{
    const struct comm *world = *state;
    static const struct day day = {4000, 11, 11, 60, 4000}; /* 60 clusters: most candidates are near-duplicates */
    static const struct select_params params = {.budget = 60, .near_threshold = 0.9, .overfetch = 1};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    const struct select_stats stats = add(world, selection, &day, BLOCKS);
    assert_all(world, stats.candidates > 2 * params.budget && stats.kept == params.budget);
    assert_all(world, stats.candidates == stats.kept + stats.near + stats.repeated);
    selection_free(selection);
}

static void ties_go_by_row(void **state)
{
    const struct comm *world = *state;
    static const struct day day = {300, 1, 31, 300, 1};
    static const struct select_params params = {.budget = 100, .near_threshold = 1, .overfetch = 1};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    add(world, selection, &day, SCATTERED);
    struct arena *arena = arena_new();
    const struct pick *pick = all_picks(world, selection, arena);
    bool rising = count_picks(selection) == 100;
    for (size_t i = 0; rising && i < 100; i++)
        rising = pick[i].row == 10 * (int64_t)i + 3;
    assert_all(world, rising);
    selection_free(selection);
    arena_free(arena);
}

/* Lines made by hand, on rank 0 alone; scores fall in the order given. */
static struct select_stats add_texts(const struct comm *comm, struct selection *selection, struct str *text, size_t n)
{
    int64_t row[8], count[8] = {0};
    struct hash128 hash[8];
    uint16_t zero[8] = {0};
    double score[8];
    struct select_stats stats;
    struct error err;
    for (size_t i = 0; i < n; i++) {
        row[i] = (int64_t)i;
        hash[i] = hash128(text[i], 1);
        score[i] = -(double)i;
    }
    const struct line_view lines = {.n = comm_rank(comm) == 0 ? n : 0,
                                    .n_global = (int64_t)n,
                                    .row = row,
                                    .count = count,
                                    .id = hash,
                                    .hash = hash,
                                    .text = text,
                                    .tag = zero};
    if (!selection_add_day(comm, selection, &lines, score, &stats, &err))
        abort();
    return stats;
}

static void lines_without_features_are_near_nothing(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 10, .near_threshold = 0, .overfetch = 1};
    struct str text[] = {STR("\x80"), STR("\x80\x80"), STR(""), STR("a"), STR("b"), STR("\xB0")};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    const struct select_stats stats = add_texts(world, selection, text, ARRAY_LEN(text));
    /* "b" points where "a" does; "\xB0" points the other way. */
    assert_all(world, stats.kept == 5 && stats.near == 1);
    struct arena *arena = arena_new();
    const struct pick *pick = all_picks(world, selection, arena);
    assert_all(world, pick[2].text.n == 0);
    assert_all(world, pick[4].nearest == 0);
    selection_free(selection);
    arena_free(arena);
}

static void threshold_one_keeps_parallel_lines(void **state)
{
    const struct comm *world = *state;
    static const struct select_params all = {.budget = 10, .near_threshold = 1, .overfetch = 1},
                                      fewer = {.budget = 10, .near_threshold = 0.999, .overfetch = 1};
    struct str text[] = {STR("aaa"), STR("```"), STR("\x90\x90")};
    struct selection *selection = selection_new(world, &all, &bytes_set, NULL);
    assert_all(world, add_texts(world, selection, text, 3).kept == 3);
    struct arena *arena = arena_new();
    const struct pick *pick = all_picks(world, selection, arena);
    assert_all(world, pick[1].nearest > 0.999f && pick[1].nearest <= 1);
    assert_all(world, pick[2].nearest < 0);
    selection_free(selection);
    arena_free(arena);
    selection = selection_new(world, &fewer, &bytes_set, NULL);
    assert_all(world, add_texts(world, selection, text, 3).kept == 2);
    selection_free(selection);
}

/* More near-duplicates than are listed at once. */
static void a_day_of_near_duplicates_is_read_to_its_end(void **state)
{
    const struct comm *world = *state;
    static const struct day day = {70000, 11, 11, 2, 3};
    static const struct select_params params = {.budget = 60, .near_threshold = 0.9, .overfetch = 100};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    const struct select_stats stats = add(world, selection, &day, SCATTERED);
    assert_all(world, stats.candidates == 70000 && stats.kept < 60 && stats.kept + stats.near == 70000);
    selection_free(selection);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(picks_follow_the_plain_rule),
        cmocka_unit_test(a_day_of_many_steps_follows_the_plain_rule),
        cmocka_unit_test(a_small_budget_picks_a_prefix_of_a_large_one),
        cmocka_unit_test(no_two_kept_lines_are_near_or_equal),
        cmocka_unit_test(the_budget_is_met_by_fetching_more),
        cmocka_unit_test(ties_go_by_row),
        cmocka_unit_test(lines_without_features_are_near_nothing),
        cmocka_unit_test(threshold_one_keeps_parallel_lines),
        cmocka_unit_test(a_day_of_near_duplicates_is_read_to_its_end),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

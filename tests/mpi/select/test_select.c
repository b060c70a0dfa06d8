#include "mpi_test.h"

#include "plain_rule.h"

#include "comm/plan.h"

static uint64_t digest_of_three_days(const struct comm *comm, void *context)
{
    const struct select_params *params = context;
    uint64_t digest = 0;
    for (int deal = 0; deal < N_DEALS; deal++) {
        struct selection *selection = selection_new(comm, params, &bytes_set, NULL);
        for (size_t d = 0; d < ARRAY_LEN(three_days); d++) {
            const struct select_stats stats = add(comm, selection, &three_days[d], (enum deal)deal);
            digest = hash64((struct str){(const char *)&stats, sizeof(stats)}, digest);
        }
        digest = hash_mix(digest ^ selection_digest(comm, selection));
        selection_free(selection);
    }
    return digest;
}

static void picks_are_the_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct select_params cases[] = {{.budget = 60, .near_threshold = 0.8, .overfetch = 3},
                                    {.budget = 200, .near_threshold = 0.5, .overfetch = 1},
                                    {.budget = 100, .near_threshold = 1, .overfetch = 1}};
    for (size_t c = 0; c < ARRAY_LEN(cases); c++)
        assert_same_on_any_ranks(world, digest_of_three_days, &cases[c]);
}

static void the_deal_does_not_matter(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 50, .near_threshold = 0.8, .overfetch = 2};
    uint64_t first = 0;
    for (int deal = 0; deal < N_DEALS; deal++) {
        struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
        add(world, selection, &three_days[0], (enum deal)deal);
        const uint64_t digest = selection_digest(world, selection);
        first = deal == 0 ? digest : first;
        assert_all(world, digest == first);
        selection_free(selection);
    }
}

static void days_accumulate_without_repeats(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 500, .near_threshold = 1, .overfetch = 1};
    static const struct day again = {900, 5, 1, 150, 40};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    const struct select_stats first = add(world, selection, &three_days[0], BLOCKS);
    const struct select_stats second = add(world, selection, &again, ROUND_ROBIN);
    const struct select_stats third = add(world, selection, &again, SCATTERED);
    assert_all(world, first.kept == 500 && second.kept == 400 && third.kept == 0);
    assert_all(world, second.repeated == 500 && third.repeated == 900);
    assert_all(world, count_picks(selection) == 900);
    struct arena *arena = arena_new();
    const struct pick *all = all_picks(world, selection, arena);
    bool ordered = true;
    for (size_t i = 0; i < 900; i++) {
        const struct pick *pick = &all[i];
        ordered = ordered && pick->day == (i < 500 ? 0 : 1);
        if (i != 0 && i != 500)
            ordered = ordered &&
                      (pick->score < pick[-1].score || (pick->score == pick[-1].score && pick->row > pick[-1].row));
    }
    assert_all(world, ordered);
    selection_free(selection);
    arena_free(arena);
}

static void an_excluded_line_is_never_picked(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 100, .near_threshold = 0.8, .overfetch = 1};
    struct arena *arena = arena_new();
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    add(world, selection, &three_days[0], BLOCKS);
    const struct pick *pick = all_picks(world, selection, arena);
    struct hash128 excluded[50];
    for (size_t i = 0; i < 50; i++)
        excluded[i] = pick[2 * i].hash;
    selection_free(selection);
    struct keyset *keyset = keyset_new(world);
    keyset_add(world, keyset, excluded, comm_rank(world) == 0 ? 50 : 0);

    struct plain plain = {ARENA_ARRAY(arena, struct pick, 100), 0, excluded, 50};
    const struct select_stats wanted = plain_add(&plain, &params, &three_days[0], 0, arena);
    selection = selection_new(world, &params, &bytes_set, keyset);
    const struct select_stats stats = add(world, selection, &three_days[0], SCATTERED);
    assert_all(world, stats_equal(stats, wanted) && stats.repeated >= 49);
    bool good = count_picks(selection) == plain.n;
    pick = all_picks(world, selection, arena);
    for (size_t i = 0; good && i < plain.n; i++) {
        good = pick_equal(&pick[i], &plain.pick[i]);
        for (size_t j = 0; j < 50; j++)
            good = good && !hash128_equal(pick[i].hash, excluded[j]);
    }
    assert_all(world, good);
    keyset_free(keyset);
    selection_free(selection);
    arena_free(arena);
}

static void short_and_empty_days_give_what_they_have(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 500, .near_threshold = 1, .overfetch = 3};
    static const struct day empty = {0, 1, 21, 5, 5}, one = {1, 1, 22, 5, 5}, few = {13, 1, 23, 5, 5};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    assert_all(world, add(world, selection, &empty, ALL_ON_LAST).candidates == 0);
    assert_all(world, add(world, selection, &one, ALL_ON_LAST).kept == 1);
    assert_all(world, add(world, selection, &empty, BLOCKS).kept == 0);
    assert_all(world, add(world, selection, &few, ALL_ON_LAST).kept == 13);
    assert_all(world, count_picks(selection) == 14);
    struct arena *arena = arena_new();
    const struct pick *pick = all_picks(world, selection, arena);
    assert_all(world, pick[0].nearest == 0);
    assert_all(world, pick[0].day == 1 && pick[13].day == 3);
    assert_all(world, selection_days(selection) == 4 && selection_day_count(selection, 0) == 0);
    assert_all(world, selection_day_count(selection, 1) == 1 && selection_day_count(selection, 3) == 13);
    selection_free(selection);
    arena_free(arena);
}

static void a_score_that_is_no_number_is_an_error_everywhere(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 10, .near_threshold = 0.8, .overfetch = 1};
    struct arena *arena = arena_new();
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    struct select_stats stats;
    struct error err;
    const struct made made = make(&three_days[0], ROUND_ROBIN, comm_rank(world), comm_size(world), arena);
    const double good = made.score[5];
    if (comm_rank(world) == comm_size(world) - 1)
        made.score[5] = NAN;
    assert_all(world, !selection_add_day(world, selection, &made.lines, made.score, &stats, &err));
    assert_all(world, err.message[0] != '\0' && selection_days(selection) == 0);
    made.score[5] = good;
    assert_all(world, selection_add_day(world, selection, &made.lines, made.score, &stats, &err));
    assert_all(world, all_picks(world, selection, arena)[0].day == 0);
    selection_free(selection);
    arena_free(arena);
}

static void a_new_selection_is_empty(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 10, .near_threshold = 0.8, .overfetch = 3};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    struct selection *other = selection_new(world, &params, &bytes_set, NULL);
    assert_all(world, selection_days(selection) == 0);
    assert_all(world, selection_digest(world, selection) == selection_digest(world, other));
    selection_restore_day(world, other, NULL, 0, 0);
    assert_all(world, selection_days(other) == 1 && selection_day_count(other, 0) == 0);
    selection_free(other);
    selection_free(selection);
    selection_free(NULL);
}

/* Pick k of a day lies on the rank of its block: texts are divided by ranks. */
static void picks_lie_in_blocks(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 700, .near_threshold = 1, .overfetch = 1};
    struct selection *selection = selection_new(world, &params, &bytes_set, NULL);
    for (size_t d = 0; d < ARRAY_LEN(three_days); d++)
        add(world, selection, &three_days[d], ALL_ON_LAST);
    for (size_t d = 0; d < ARRAY_LEN(three_days); d++) {
        const struct plan plan = plan_dealt(world, selection_day_count(selection, d), PICK_BLOCK);
        size_t n, bytes_here = 0;
        const struct pick *pick = selection_day_picks(selection, d, &n);
        bool right = n == plan_count(&plan);
        for (size_t i = 0; right && i < n; i++) {
            right = pick[i].place == plan_row(&plan, i) && pick[i].day == (int32_t)d;
            bytes_here += pick[i].text.n;
        }
        assert_all(world, right);
        assert_all(world, bytes_here <= (size_t)(plan.n_global / comm_size(world) + PICK_BLOCK) * WIDTH);
    }
    selection_free(selection);
}

/* The days restored from the picks of another selection, and the last one picked: nothing tells the two apart. */
static void a_restored_day_is_as_if_picked(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 150, .near_threshold = 0.8, .overfetch = 1};
    static const struct day days[] = {{900, 1, 1, 150, 40}, {0, 1, 9, 5, 5}, {900, 3, 1, 150, 5}, {900, 4, 1, 150, 9}};
    struct selection *whole = selection_new(world, &params, &bytes_set, NULL);
    struct select_stats wanted[ARRAY_LEN(days)];
    for (size_t d = 0; d < ARRAY_LEN(days); d++)
        wanted[d] = add(world, whole, &days[d], SCATTERED);
    assert_all(world, wanted[2].repeated > 0 && wanted[2].near > 0);
    for (size_t stop = 0; stop < ARRAY_LEN(days); stop++) {
        struct selection *resumed = selection_new(world, &params, &bytes_set, NULL);
        for (size_t d = 0; d < stop; d++) {
            size_t n;
            const struct pick *pick = selection_day_picks(whole, d, &n);
            selection_restore_day(world, resumed, pick, n, selection_day_count(whole, d));
        }
        for (size_t d = stop; d < ARRAY_LEN(days); d++)
            assert_all(world, stats_equal(add(world, resumed, &days[d], BLOCKS), wanted[d]));
        assert_all(world, selection_digest(world, resumed) == selection_digest(world, whole));
        selection_free(resumed);
    }
    selection_free(whole);
}

/* One set of exclusions serves several selections, and stays as it is. */
static void exclusions_are_shared(void **state)
{
    const struct comm *world = *state;
    static const struct select_params params = {.budget = 300, .near_threshold = 1, .overfetch = 1};
    struct keyset *excluded = keyset_new(world);
    uint64_t digest[2];
    for (int k = 0; k < 2; k++) {
        struct selection *selection = selection_new(world, &params, &bytes_set, excluded);
        add(world, selection, &three_days[0], BLOCKS);
        digest[k] = selection_digest(world, selection);
        assert_all(world, keyset_count(world, excluded) == 0);
        selection_free(selection);
    }
    assert_all(world, digest[0] == digest[1]);
    keyset_free(excluded);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(picks_are_the_same_on_any_ranks),
        cmocka_unit_test(the_deal_does_not_matter),
        cmocka_unit_test(days_accumulate_without_repeats),
        cmocka_unit_test(an_excluded_line_is_never_picked),
        cmocka_unit_test(short_and_empty_days_give_what_they_have),
        cmocka_unit_test(a_score_that_is_no_number_is_an_error_everywhere),
        cmocka_unit_test(a_new_selection_is_empty),
        cmocka_unit_test(picks_lie_in_blocks),
        cmocka_unit_test(a_restored_day_is_as_if_picked),
        cmocka_unit_test(exclusions_are_shared),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

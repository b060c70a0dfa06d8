#include "select/select.h"

#include <math.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mpi_test.h"

#include "made_day.h"

#include "comm/plan.h"

/* The rule in its plainest form: every line of the day in order, each compared to all kept ones. Appends to kept[*n].
 */
struct plain {
    struct pick *pick;
    size_t n;
    const struct hash128 *excluded;
    size_t n_excluded;
};

static bool plain_repeated(const struct plain *plain, struct hash128 hash)
{
    for (size_t i = 0; i < plain->n_excluded; i++)
        if (hash128_equal(plain->excluded[i], hash))
            return true;
    for (size_t i = 0; i < plain->n; i++)
        if (hash128_equal(plain->pick[i].hash, hash))
            return true;
    return false;
}

static struct select_stats plain_add(struct plain *plain, const struct select_params *params, const struct day *day,
                                     int32_t index, struct arena *arena)
{
    const struct made made = make(day, ROUND_ROBIN, 0, 1, arena);
    bool *used = ARENA_ZARRAY(arena, bool, made.lines.n);
    struct select_stats stats = {.budget = params->budget};
    if (params->contamination > 0)
        stats.budget = (int64_t)ceil(params->contamination * (double)day->n);
    while (stats.kept < stats.budget && stats.candidates < day->n) {
        size_t best = SIZE_MAX;
        for (size_t i = 0; i < made.lines.n; i++)
            if (!used[i] && (best == SIZE_MAX || made.score[i] > made.score[best]))
                best = i;
        used[best] = true;
        stats.candidates++;
        const struct str text = made.lines.text[best];
        double nearest = plain->n == 0 ? 0 : -1;
        for (size_t i = 0; i < plain->n; i++)
            nearest = fmax(nearest, cosine(plain->pick[i].text, text));
        if (plain_repeated(plain, made.lines.hash[best])) {
            stats.repeated++;
        } else if (params->near_threshold < 1 && nearest > params->near_threshold) {
            stats.near++;
        } else {
            stats.kept++;
            plain->pick[plain->n++] = (struct pick){.day = index,
                                                    .place = stats.kept - 1,
                                                    .row = made.lines.row[best],
                                                    .score = made.score[best],
                                                    .nearest = (float)nearest,
                                                    .count = made.lines.count[best],
                                                    .hash = made.lines.hash[best],
                                                    .text = text,
                                                    .platform = (enum platform)made.lines.platform[best],
                                                    .truth = (enum truth)made.lines.truth[best]};
        }
    }
    return stats;
}

static bool pick_equal(const struct pick *a, const struct pick *b)
{
    return a->day == b->day && a->place == b->place && a->row == b->row && a->score == b->score &&
           fabs((double)a->nearest - (double)b->nearest) < 1e-5 && a->count == b->count &&
           hash128_equal(a->hash, b->hash) && str_equal(a->text, b->text) && a->platform == b->platform &&
           a->truth == b->truth;
}

static bool stats_equal(struct select_stats a, struct select_stats b)
{
    return a.candidates == b.candidates && a.repeated == b.repeated && a.near == b.near && a.kept == b.kept;
}

static const struct day three_days[] = {
    {900, 1, 1, 150, 40},
    {700, 2, 2, 100, 1000},
    {900, 3, 1, 150, 5}, /* the first day's lines again, scored differently */
};

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
    uint8_t zero[8] = {0};
    double score[8];
    struct select_stats stats;
    struct error err;
    for (size_t i = 0; i < n; i++) {
        row[i] = (int64_t)i;
        hash[i] = hash128(text[i], 1);
        score[i] = -(double)i;
    }
    const struct lines lines = {.n = comm_rank(comm) == 0 ? n : 0,
                                .n_global = (int64_t)n,
                                .row = row,
                                .count = count,
                                .hash = hash,
                                .text = text,
                                .platform = zero,
                                .truth = zero};
    if (!selection_add_day(comm, selection, &lines, score, &stats, &err))
        comm_abort(comm, 1);
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
        cmocka_unit_test(picks_are_the_same_on_any_ranks),
        cmocka_unit_test(the_deal_does_not_matter),
        cmocka_unit_test(a_small_budget_picks_a_prefix_of_a_large_one),
        cmocka_unit_test(no_two_kept_lines_are_near_or_equal),
        cmocka_unit_test(days_accumulate_without_repeats),
        cmocka_unit_test(an_excluded_line_is_never_picked),
        cmocka_unit_test(the_budget_is_met_by_fetching_more),
        cmocka_unit_test(short_and_empty_days_give_what_they_have),
        cmocka_unit_test(ties_go_by_row),
        cmocka_unit_test(lines_without_features_are_near_nothing),
        cmocka_unit_test(threshold_one_keeps_parallel_lines),
        cmocka_unit_test(a_score_that_is_no_number_is_an_error_everywhere),
        cmocka_unit_test(a_new_selection_is_empty),
        cmocka_unit_test(picks_lie_in_blocks),
        cmocka_unit_test(a_restored_day_is_as_if_picked),
        cmocka_unit_test(exclusions_are_shared),
        cmocka_unit_test(a_day_of_near_duplicates_is_read_to_its_end),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

#include "text_test.h"

enum { LINES = 600, MANY = 6000, USERS = 12, HOSTS = 5, PLANTED = 417, SCRIPT = 55 };

struct seen_by {
    size_t n;
    uint64_t hash[3];
};

/* Users 0 .. 5 work in the office, 6 .. 11 run the machines: each trade has programs of its own. The planted line is an
 * everyday one of the second trade, run by user 1. Line SCRIPT is run by users of both trades. */
static bool is_office(int64_t user)
{
    return user < USERS / 2;
}

static int64_t user_of(int64_t row)
{
    return row == PLANTED ? 1 : (int64_t)rng_below(41, 1, (uint64_t)row, USERS);
}

static struct str trade_line(int64_t row, struct arena *arena)
{
    static const char *const office[] = {"winword /n", "excel /e", "outlook /c ipm.note", "acrord /s"};
    static const char *const machines[] = {"kubectl get pods -n", "ssh root@db", "ansible -m ping", "tcpdump -i eth"};
    struct rng_state rng = rng_start(41, 2, (uint64_t)row);
    bool machine = row == PLANTED || !is_office(user_of(row));
    const char *program = (machine ? machines : office)[rng_next_below(&rng, 4)];
    char name = (char)('a' + (int)rng_next_below(&rng, 12));
    return str_of(arena_printf(arena, "%s %c%c", program, name, (char)('a' + (int)rng_next_below(&rng, 12))));
}

static struct seen_by users_of(int64_t row)
{
    if (row == SCRIPT)
        return (struct seen_by){3, {0, 3, 9}};
    return (struct seen_by){1, {(uint64_t)user_of(row)}};
}

static struct seen_by hosts_of(int64_t row)
{
    return (struct seen_by){1, {rng_below(41, 3, (uint64_t)row, HOSTS)}};
}

static void set_groups(const struct rows *rows, struct seen_by (*groups)(int64_t row), struct arena *arena,
                       const size_t **out_at, const uint64_t **out_hash)
{
    size_t *at = ARENA_ARRAY(arena, size_t, rows->n + 1);
    uint64_t *hash = ARENA_ARRAY(arena, uint64_t, 3 * rows->n);
    at[0] = 0;
    for (size_t i = 0; i < rows->n; i++) {
        struct seen_by seen = groups(rows->row[i]);
        at[i + 1] = at[i] + seen.n;
        for (size_t g = 0; g < seen.n; g++)
            hash[at[i] + g] = hash_mix(seen.hash[g]);
    }
    *out_at = at;
    *out_hash = hash;
}

static struct seen_by one_user(int64_t row)
{
    (void)row;
    return (struct seen_by){1, {7}};
}

enum known { NOBODY, USERS_ONLY, USERS_AND_HOSTS };

static struct rows trade_rows(const struct comm *comm, enum deal deal, enum known known, struct arena *arena)
{
    struct rows rows = text_rows(comm, LINES, deal, trade_line, arena);
    struct line_view *lines = ARENA_ARRAY(arena, struct line_view, 1);
    *lines = *rows.lines;
    if (known >= USERS_ONLY)
        set_groups(&rows, users_of, arena, &lines->user_at, &lines->user_hash);
    if (known == USERS_AND_HOSTS)
        set_groups(&rows, hosts_of, arena, &lines->host_at, &lines->host_hash);
    rows.lines = lines;
    return rows;
}

struct trial {
    const char *json;
    enum deal deal;
    enum known known;
};

static uint64_t run(const struct comm *comm, void *context)
{
    const struct trial *trial = context;
    struct arena *arena = arena_new();
    struct rows rows = trade_rows(comm, trial->deal, trial->known, arena);
    double *score = text_score(comm, trial->json, &rows, arena);
    uint64_t digest = digest_rows(comm, score, sizeof *score, rows.row, rows.n);
    arena_free(arena);
    return digest;
}

static void test_same_bits_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    for (enum known known = NOBODY; known <= USERS_AND_HOSTS; known++) {
        struct trial trial = {"\"scade\"", ROUND, known};
        uint64_t first = run(world, &trial);
        for (trial.deal = ROUND; trial.deal <= ONE_RANK; trial.deal++) {
            assert_same_on_any_ranks(world, run, &trial);
            assert_all(world, run(world, &trial) == first);
        }
    }
}

/* One user has run all lines: its counts are the global ones, and its median and spread, taken of some lines drawn by
 * hash, are close to those of all. */
static uint64_t run_many(const struct comm *comm, void *context)
{
    const struct trial *trial = context;
    struct arena *arena = arena_new();
    struct rows rows = text_rows(comm, MANY, trial->deal, trade_line, arena);
    struct line_view *lines = ARENA_ARRAY(arena, struct line_view, 1);
    double *global = text_score(comm, "\"scade\"", &rows, arena), greatest = 0;
    *lines = *rows.lines;
    set_groups(&rows, one_user, arena, &lines->user_at, &lines->user_hash);
    rows.lines = lines;
    double *score = text_score(comm, "\"scade\"", &rows, arena);
    for (size_t i = 0; i < rows.n; i++)
        greatest = fmax(greatest, fabs(score[i] - global[i]));
    reduce_max_f64(comm, &greatest, 1);
    uint64_t digest = digest_rows(comm, score, sizeof *score, rows.row, rows.n);
    arena_free(arena);
    return greatest > 0 && greatest < 0.3 ? digest : 0;
}

static void test_large_group(void **state)
{
    const struct comm *world = *state;
    struct trial trial = {.deal = MIXED};
    uint64_t digest = run_many(world, &trial);
    assert_all(world, digest != 0);
    assert_same_on_any_ranks(world, run_many, &trial);
    trial.deal = ONE_RANK;
    assert_all(world, run_many(world, &trial) == digest);
}

/* All scores on every rank. */
static void score_all(const struct comm *comm, const char *json, enum known known, double score[LINES])
{
    struct arena *arena = arena_new();
    struct rows rows = trade_rows(comm, MIXED, known, arena);
    double *own = text_score(comm, json, &rows, arena);
    for (int i = 0; i < LINES; i++)
        score[i] = -INFINITY;
    for (size_t i = 0; i < rows.n; i++)
        score[rows.row[i]] = own[i];
    reduce_max_f64(comm, score, LINES);
    arena_free(arena);
}

static int rank_of(const double score[LINES], int row)
{
    int rank = 1;
    for (int i = 0; i < LINES; i++)
        rank += score[i] > score[row] || (score[i] == score[row] && i < row);
    return rank;
}

/* The planted line is common among all, but not for its user. */
static void test_strange_for_its_user(void **state)
{
    const struct comm *world = *state;
    double global[LINES], local[LINES];
    score_all(world, "\"scade\"", NOBODY, global);
    score_all(world, "\"scade\"", USERS_ONLY, local);
    assert_all(world, rank_of(global, PLANTED) > LINES / 20);
    assert_all(world, rank_of(local, PLANTED) <= 3);
}

/* A line of the office that a machine user ran too is strange for that one, which is enough. */
static void test_greatest_vote_of_its_users(void **state)
{
    const struct comm *world = *state;
    double local[LINES];
    score_all(world, "{\"name\": \"scade\", \"shrink\": 0}", USERS_ONLY, local);
    assert_all(world, rank_of(local, SCRIPT) <= 5);
}

/* Groups with too few lines, or shrunk without end, leave the global layer alone. */
static void test_small_groups_do_not_vote(void **state)
{
    const struct comm *world = *state;
    double global[LINES], few[LINES], shrunk[LINES];
    score_all(world, "\"scade\"", NOBODY, global);
    score_all(world, "{\"name\": \"scade\", \"min_lines\": 1000}", USERS_AND_HOSTS, few);
    score_all(world, "{\"name\": \"scade\", \"shrink\": 1000000000}", USERS_AND_HOSTS, shrunk);
    bool equal = true, near = true;
    for (int i = 0; i < LINES; i++) {
        equal &= fabs(few[i] - global[i]) < 1e-12;
        near &= fabs(shrunk[i] - global[i]) < 1e-3;
    }
    assert_all(world, equal && near);
}

/* Without groups the score is a robust z-score of the sum of both rarities, so half the lines are below -threshold. */
static void test_threshold(void **state)
{
    const struct comm *world = *state;
    double high[LINES], low[LINES];
    score_all(world, "{\"name\": \"scade\", \"threshold\": 2}", NOBODY, high);
    score_all(world, "{\"name\": \"scade\", \"threshold\": 0}", NOBODY, low);
    int below = 0, over = 0, within = 0;
    for (int i = 0; i < LINES; i++) {
        assert_all(world, fabs(high[i] + 2 - low[i]) < 1e-12);
        below += low[i] <= 0;
        over += high[i] > 0;
        within += fabs(low[i]) <= 1 / 1.4826 + 1e-12;
    }
    assert_all(world, below >= LINES / 2 && within >= LINES / 2 && below < LINES && over < LINES / 5);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct middle {
    double median, mad;
};

static struct middle middle_of(const double *value, size_t n)
{
    double sorted[LINES];
    memcpy(sorted, value, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by_value);
    double median = sorted[(n - 1) / 2];
    for (size_t i = 0; i < n; i++)
        sorted[i] = fabs(value[i] - median);
    qsort(sorted, n, sizeof *sorted, by_value);
    return (struct middle){median, sorted[(n - 1) / 2]};
}

static double z_of(double value, struct middle middle)
{
    return (value - middle.median) / fmax(1.4826 * middle.mad, 0.1);
}

/* Both rarities of the rows whose users include this one (or of all rows), by the detectors of those names, in row
 * order on every rank. */
static size_t rarities(const struct comm *comm, int64_t user, double *bm25, double *entropy, int64_t *row)
{
    static const char *const name[] = {"\"bm25\"", "\"logentropy\""};
    struct arena *arena = arena_new();
    struct rows rows = trade_rows(comm, ROUND, NOBODY, arena);
    struct str *text = ARENA_ARRAY(arena, struct str, rows.n);
    int64_t *own = ARENA_ARRAY(arena, int64_t, rows.n);
    size_t n_own = 0, n = 0;
    for (int64_t r = 0; r < LINES; r++) {
        struct seen_by seen = users_of(r);
        bool wanted = user < 0;
        for (size_t g = 0; g < seen.n; g++)
            wanted |= (int64_t)seen.hash[g] == user;
        if (!wanted)
            continue;
        row[n++] = r;
        if (text_owned(comm, ROUND, r)) {
            text[n_own] = trade_line(r, arena);
            own[n_own++] = r;
        }
    }
    struct rows part = {.n = n_own, .row = own, .text = text};
    for (size_t d = 0; d < 2; d++) {
        double all[LINES], *score = text_score(comm, name[d], &part, arena);
        for (size_t r = 0; r < LINES; r++)
            all[r] = -INFINITY;
        for (size_t i = 0; i < n_own; i++)
            all[own[i]] = score[i];
        reduce_max_f64(comm, all, LINES);
        for (size_t i = 0; i < n; i++)
            (d == 0 ? bm25 : entropy)[i] = all[row[i]];
    }
    arena_free(arena);
    return n;
}

/* The documented form, put together from the detectors of its parts on each user's lines alone. */
static void test_form_by_hand(void **state)
{
    const struct comm *world = *state;
    double bm25[LINES], entropy[LINES], global[LINES], vote[LINES], local[LINES], score[LINES];
    int64_t row[LINES];
    size_t n = rarities(world, -1, bm25, entropy, row);
    double unit_bm25 = middle_of(bm25, n).mad, unit_entropy = middle_of(entropy, n).mad;
    assert_all(world, n == LINES && unit_bm25 > 0 && unit_entropy > 0);
    for (size_t i = 0; i < n; i++) {
        local[i] = bm25[i] / unit_bm25 + entropy[i] / unit_entropy;
        vote[i] = -INFINITY;
    }
    struct middle middle = middle_of(local, n);
    for (size_t i = 0; i < n; i++)
        global[i] = z_of(local[i], middle);
    for (int64_t user = 0; user < USERS; user++) {
        n = rarities(world, user, bm25, entropy, row);
        for (size_t i = 0; i < n; i++)
            local[i] = bm25[i] / unit_bm25 + entropy[i] / unit_entropy;
        middle = middle_of(local, n);
        double weight = n < 50 ? 0 : (double)n / ((double)n + 30);
        for (size_t i = 0; i < n; i++)
            vote[row[i]] = fmax(vote[row[i]], weight * z_of(local[i], middle) + (1 - weight) * global[row[i]]);
    }
    score_all(world, "{\"name\": \"scade\", \"min_lines\": 50, \"shrink\": 30, \"threshold\": 1}", USERS_ONLY, score);
    bool near = true;
    for (int i = 0; i < LINES; i++)
        near &= fabs(score[i] - ((global[i] + vote[i]) / 2 - 1)) < 1e-8;
    assert_all(world, near);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits_on_any_ranks),
        cmocka_unit_test(test_strange_for_its_user),
        cmocka_unit_test(test_greatest_vote_of_its_users),
        cmocka_unit_test(test_small_groups_do_not_vote),
        cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_form_by_hand),
        cmocka_unit_test(test_large_group),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

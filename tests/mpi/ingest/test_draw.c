/* What a seed sees of a reading: parts, shares and samples of made-up lines whose every value is known from the row. */
#include "mpi_test.h"

#include "comm/digest.h"
#include "ingest/draw.h"

#include <math.h>

enum { N = 40000, GAP = 3 };

struct made {
    struct arena *arena;
    struct lines lines;
};

static struct hash128 hash_of(int64_t row)
{
    return hash128((struct str){(const char *)&row, sizeof row}, 5);
}

static void fill_line(struct lines *l, size_t i, int64_t row, bool same_hash, struct arena *arena)
{
    l->row[i] = row;
    l->count[i] = 1 + row % 7;
    l->id[i] = (struct hash128){(uint64_t)row, 1};
    l->hash[i] = same_hash ? (struct hash128){1, 2} : hash_of(row);
    l->text[i] = str_of(arena_printf(arena, "line %d", (int)row));
    l->user[i] = (uint32_t)(row % 3);
    l->host[i] = (uint32_t)(row % 2);
    l->parent[i] = (uint32_t)(row % 4);
    l->platform[i] = (uint8_t)(row % 4);
    l->truth[i] = (uint8_t)(row % 3);
    for (size_t f = 0; f < l->n_fields; f++)
        l->field[f][i] = str_of(arena_printf(arena, "%d", (int)(row % (5 + (int)f))));
}

/* row % 4 groups of users, row % 3 of hosts. */
static void fill_groups(size_t n, const int64_t *row, int64_t of, struct arena *arena, size_t **at, uint64_t **hash,
                        int64_t **count)
{
    *at = ARENA_ZARRAY(arena, size_t, n + 1);
    *hash = ARENA_ARRAY(arena, uint64_t, n * (size_t)of);
    *count = ARENA_ARRAY(arena, int64_t, n * (size_t)of);
    for (size_t i = 0, g = 0; i < n; i++) {
        for (int64_t k = 0; k < row[i] % of; k++, g++) {
            (*hash)[g] = (uint64_t)(row[i] + k);
            (*count)[g] = row[i] + 2 * k;
        }
        (*at)[i + 1] = g;
    }
}

/* n lines, row GAP * i on a rank that owns a range; the last rank has none if there are more than two. */
static struct made make(const struct comm *comm, int64_t n, bool groups, bool same_hash)
{
    static const struct str string[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"", 0}};
    struct made made = {.arena = arena_new()};
    struct arena *arena = made.arena;
    int owners = comm_size(comm) > 2 ? comm_size(comm) - 1 : comm_size(comm), rank = comm_rank(comm);
    int64_t from = rank < owners ? n * rank / owners : n, to = rank < owners ? n * (rank + 1) / owners : n;
    size_t here = (size_t)(to - from);
    struct lines *l = &made.lines;
    *l = (struct lines){.n = here, .n_global = n, .string = string, .n_fields = groups ? 2 : 0};
    l->row = ARENA_ARRAY(arena, int64_t, here);
    l->count = ARENA_ARRAY(arena, int64_t, here);
    l->id = ARENA_ARRAY(arena, struct hash128, here);
    l->hash = ARENA_ARRAY(arena, struct hash128, here);
    l->text = ARENA_ARRAY(arena, struct str, here);
    l->user = ARENA_ARRAY(arena, uint32_t, here);
    l->host = ARENA_ARRAY(arena, uint32_t, here);
    l->parent = ARENA_ARRAY(arena, uint32_t, here);
    l->platform = ARENA_ARRAY(arena, uint8_t, here);
    l->truth = ARENA_ARRAY(arena, uint8_t, here);
    l->field = ARENA_ARRAY(arena, struct str *, 2);
    for (size_t f = 0; f < l->n_fields; f++)
        l->field[f] = ARENA_ARRAY(arena, struct str, here);
    for (size_t i = 0; i < here; i++)
        fill_line(l, i, GAP * (from + (int64_t)i), same_hash, arena);
    if (groups) {
        fill_groups(here, l->row, 4, arena, &l->user_at, &l->user_hash, &l->user_count);
        fill_groups(here, l->row, 3, arena, &l->host_at, &l->host_hash, &l->host_count);
    }
    return made;
}

static bool same_groups(const size_t *at, const uint64_t *hash, const int64_t *count, size_t i, int64_t row, int64_t of)
{
    if (at[i + 1] - at[i] != (size_t)(row % of))
        return false;
    for (int64_t k = 0; k < row % of; k++) {
        if (hash[at[i] + (size_t)k] != (uint64_t)(row + k) || count[at[i] + (size_t)k] != row + 2 * k)
            return false;
    }
    return true;
}

/* Every line is whole, rows rise, and the sums are right. */
static bool is_whole(const struct comm *comm, const struct lines *in, const struct lines *out)
{
    int64_t sums[2] = {(int64_t)out->n, 0};
    bool ok = out->string == in->string && out->n_fields == in->n_fields && (out->user_at == NULL) == !in->user_at &&
              (out->host_at == NULL) == !in->host_at && (!out->user_at || out->user_at[0] == 0);
    for (size_t i = 0; i < out->n && ok; i++) {
        int64_t row = out->row[i];
        char text[32], field[32];
        snprintf(text, sizeof text, "line %d", (int)row);
        ok = (i == 0 || out->row[i - 1] < row) && out->count[i] == 1 + row % 7 && str_equal(out->text[i], str_of(text));
        ok = ok && out->user[i] == row % 3 && out->host[i] == row % 2 && out->parent[i] == row % 4;
        ok = ok && out->platform[i] == row % 4 && out->truth[i] == row % 3;
        for (size_t f = 0; f < out->n_fields && ok; f++) {
            snprintf(field, sizeof field, "%d", (int)(row % (5 + (int)f)));
            ok = str_equal(out->field[f][i], str_of(field));
        }
        ok = ok && (!out->user_at || same_groups(out->user_at, out->user_hash, out->user_count, i, row, 4));
        ok = ok && (!out->host_at || same_groups(out->host_at, out->host_hash, out->host_count, i, row, 3));
        sums[1] += out->count[i];
    }
    reduce_sum_i64(comm, sums, 2);
    return ok && out->n_global == sums[0] && out->n_events == sums[1];
}

/* drawn[i]: how often the line of row GAP * i was drawn; on every rank. */
static int64_t draw_marks(const struct comm *comm, const struct lines *lines, struct draw draw, int64_t *drawn)
{
    struct arena *arena = arena_new();
    struct lines out;
    lines_draw(comm, lines, &draw, arena, &out);
    memset(drawn, 0, N * sizeof *drawn);
    for (size_t i = 0; i < out.n; i++)
        drawn[out.row[i] / GAP]++;
    reduce_sum_i64(comm, drawn, N);
    int64_t n = out.n_global;
    bool whole = is_whole(comm, lines, &out);
    arena_free(arena);
    return whole ? n : -1;
}

static bool is_within(const int64_t *inner, const int64_t *outer)
{
    for (size_t i = 0; i < N; i++) {
        if (inner[i] > outer[i])
            return false;
    }
    return true;
}

static void test_all(void **state)
{
    const struct comm *world = *state;
    static int64_t drawn[N];
    for (int64_t n = 0; n <= N; n = n == 0 ? 1 : n * N) {
        struct made made = make(world, n, true, false);
        assert_all(world, draw_marks(world, &made.lines, (struct draw){.keep = 1}, drawn) == n);
        assert_all(world, draw_marks(world, &made.lines, (struct draw){7, 1, n + 5, 1, 0}, drawn) == n);
        assert_all(world, draw_marks(world, &made.lines, (struct draw){7, 0, 0, 0, 0}, drawn) == 0);
        assert_all(world, draw_marks(world, &made.lines, (struct draw){7, 0, 3, 2, 1}, drawn) == 0);
        arena_free(made.arena);
    }
    struct made plain = make(world, N, false, false);
    assert_all(world, draw_marks(world, &plain.lines, (struct draw){7, 0.5, 9, 2, 1}, drawn) == 9);
    arena_free(plain.arena);
}

static void test_parts_are_disjoint_and_complete(void **state)
{
    const struct comm *world = *state;
    static int64_t all[N], drawn[N];
    static const int64_t parts[] = {2, 3, 7, 31};
    struct made made = make(world, N, true, false);
    for (size_t p = 0; p < ARRAY_LEN(parts); p++) {
        double chi = 0, expected = (double)N / (double)parts[p];
        memset(all, 0, sizeof all);
        for (int64_t k = 0; k < parts[p]; k++) {
            int64_t n = draw_marks(world, &made.lines, (struct draw){11, 1, 0, parts[p], k}, drawn);
            chi += ((double)n - expected) * ((double)n - expected) / expected;
            for (size_t i = 0; i < N; i++)
                all[i] += drawn[i];
        }
        bool once = true;
        for (size_t i = 0; i < N; i++)
            once = once && all[i] == 1;
        double dof = (double)parts[p] - 1;
        assert_all(world, once);
        assert_all(world, chi < dof + 4 * sqrt(2 * dof));
    }
    arena_free(made.arena);
}

static void test_keep_is_a_share(void **state)
{
    const struct comm *world = *state;
    static const double keep[] = {1, 0.9, 0.5, 0.1, 0.001};
    static int64_t bigger[N], drawn[N], other[N];
    struct made made = make(world, N, true, false);
    for (size_t i = 0; i < N; i++)
        bigger[i] = 1;
    for (size_t k = 0; k < ARRAY_LEN(keep); k++) {
        int64_t n = draw_marks(world, &made.lines, (struct draw){3, keep[k], 0, 0, 0}, drawn);
        assert_all(world, fabs((double)n - N * keep[k]) <= 4 * sqrt(N * keep[k] * (1 - keep[k])));
        assert_all(world, is_within(drawn, bigger));
        (void)draw_marks(world, &made.lines, (struct draw){4, keep[k], 0, 0, 0}, other);
        assert_all(world, k == 0 || memcmp(drawn, other, sizeof drawn) != 0);
        memcpy(bigger, drawn, sizeof bigger);
    }
    arena_free(made.arena);
}

static void test_subsample_counts(void **state)
{
    const struct comm *world = *state;
    static const int64_t sizes[] = {N - 1, N / 2, 1000, 100, 2, 1};
    static int64_t bigger[N], drawn[N], share[N];
    struct made made = make(world, N, true, false);
    for (size_t i = 0; i < N; i++)
        bigger[i] = 1;
    for (size_t k = 0; k < ARRAY_LEN(sizes); k++) {
        assert_all(world, draw_marks(world, &made.lines, (struct draw){3, 1, sizes[k], 0, 0}, drawn) == sizes[k]);
        assert_all(world, is_within(drawn, bigger));
        memcpy(bigger, drawn, sizeof bigger);
    }
    /* of what is left of a part, and all of it if that is less */
    int64_t left = draw_marks(world, &made.lines, (struct draw){3, 0.6, 0, 4, 2}, share);
    assert_all(world, draw_marks(world, &made.lines, (struct draw){3, 0.6, left / 2, 4, 2}, drawn) == left / 2);
    assert_all(world, is_within(drawn, share));
    assert_all(world, draw_marks(world, &made.lines, (struct draw){3, 0.6, left + 1, 4, 2}, drawn) == left);
    arena_free(made.arena);
}

/* Lines that only their rows tell apart: the lowest rows, wherever they lie. */
static void test_ties_go_to_the_lowest_rows(void **state)
{
    const struct comm *world = *state;
    static int64_t drawn[N];
    struct made made = make(world, 1000, false, true);
    assert_all(world, draw_marks(world, &made.lines, (struct draw){3, 1, 700, 0, 0}, drawn) == 700);
    bool lowest = true;
    for (size_t i = 0; i < 1000; i++)
        lowest = lowest && drawn[i] == (i < 700);
    assert_all(world, lowest);
    arena_free(made.arena);
}

/* Of two events of probability 1/2 each, chi-square of their 2 x 2 table; one degree of freedom. */
static double chi_square(const int64_t *a, const int64_t *b)
{
    double cell[2][2] = {{0}}, chi = 0;
    for (size_t i = 0; i < N; i++)
        cell[a[i] > 0][b[i] > 0]++;
    for (int x = 0; x < 2; x++) {
        for (int y = 0; y < 2; y++) {
            double expected = (cell[x][0] + cell[x][1]) * (cell[0][y] + cell[1][y]) / N;
            chi += (cell[x][y] - expected) * (cell[x][y] - expected) / expected;
        }
    }
    return chi;
}

enum { SPLITS = 12 };

/* The three draws of two seeds that are neighbours, and of what else hashes decide: an input's part, the rank that owns
 * a hash, single bits. */
static void test_draws_are_independent(void **state)
{
    const struct comm *world = *state;
    static int64_t half[SPLITS][N];
    struct made made = make(world, N, false, false);
    for (uint64_t seed = 0; seed < 2; seed++) {
        (void)draw_marks(world, &made.lines, (struct draw){seed, 1, 0, 2, 0}, half[3 * seed]);
        (void)draw_marks(world, &made.lines, (struct draw){seed, 0.5, 0, 0, 0}, half[3 * seed + 1]);
        (void)draw_marks(world, &made.lines, (struct draw){seed, 1, N / 2, 0, 0}, half[3 * seed + 2]);
    }
    for (size_t i = 0; i < N; i++) {
        struct hash128 h = hash_of(GAP * (int64_t)i);
        half[6][i] = (int64_t)(hash_mix(h.lo ^ h.hi) >> 63);
        half[7][i] = (int64_t)(h.hi >> 63);
        half[8][i] = (int64_t)(h.lo >> 63);
        half[9][i] = (int64_t)(h.hi & 1);
        half[10][i] = (int64_t)(h.lo & 1);
        half[11][i] = (int64_t)i % 2;
    }
    for (size_t a = 0; a < SPLITS; a++) {
        for (size_t b = 0; b < a; b++) {
            double chi = chi_square(half[a], half[b]);
            if (chi >= 14 && comm_rank(world) == 0)
                print_error("splits %zu and %zu: chi-square %g\n", a, b, chi);
            assert_all(world, chi < 14); /* p 0.0002 */
        }
    }
    arena_free(made.arena);
}

static uint64_t run(const struct comm *group, void *context)
{
    const struct draw *draw = context;
    struct made made = make(group, N, true, false);
    struct lines out;
    lines_draw(group, &made.lines, draw, made.arena, &out);
    uint64_t digest = digest_strs(group, out.text, out.row, out.n);
    digest = hash_mix(digest ^ (uint64_t)out.n_global) + (uint64_t)out.n_events;
    digest += is_whole(group, &made.lines, &out) ? 0 : (uint64_t)comm_size(group);
    arena_free(made.arena);
    return digest;
}

static void test_same_on_any_ranks(void **state)
{
    static const struct draw draws[] = {{1, 1, 0, 0, 0}, {1, 0.9, 0, 0, 0},    {2, 1, 500, 0, 0},
                                        {3, 1, 0, 3, 2}, {4, 0.9, 5000, 5, 4}, {4, 0.9, 1, 5, 0}};
    for (size_t d = 0; d < ARRAY_LEN(draws); d++) {
        struct draw draw = draws[d];
        assert_same_on_any_ranks(*state, run, &draw);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all),
        cmocka_unit_test(test_parts_are_disjoint_and_complete),
        cmocka_unit_test(test_keep_is_a_share),
        cmocka_unit_test(test_subsample_counts),
        cmocka_unit_test(test_ties_go_to_the_lowest_rows),
        cmocka_unit_test(test_draws_are_independent),
        cmocka_unit_test(test_same_on_any_ranks),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

/* Extractors that fetch, through feature sets: from a file, from a server. */
#include "mpi_test.h"

#include "standin_test.h"

#include "features/row_sample.h"
#include "support/rng.h"
#include "vector_test.h"

#include <math.h>

enum { LINES = 230, D = 16, SAMPLE = 50 };

struct place {
    struct test_folder folder;
    char path[128];
    struct standin server; /* runs on rank 0 */
    bool ready;
};

static struct str line_of(int64_t row, struct arena *arena)
{
    return str_of(
        arena_printf(arena, "run%" PRId64 " --to \"C:\\t\\%" PRIu64 "\" \xc3\xa4", row, rng_u64(1, 2, (uint64_t)row)));
}

/* Rows first .. end - 1, dealt by hash to all ranks but the last (if there are more). */
static struct line_view deal(const struct comm *comm, int64_t first, int64_t end, struct arena *arena)
{
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)(end - first));
    struct str *text = ARENA_ARRAY(arena, struct str, (size_t)(end - first));
    const uint64_t owners = (uint64_t)max_i64(1, comm_size(comm) - 1);
    size_t n = 0;
    for (int64_t r = first; r < end; r++) {
        if ((int)(rng_u64(3, 4, (uint64_t)r) % owners) != comm_rank(comm))
            continue;
        text[n] = line_of(r, arena);
        row[n++] = r;
    }
    return (struct line_view){.n = n, .row = row, .text = text};
}

static struct place open_place(const struct comm *world, bool serves, const char *const *more)
{
    struct place place = {.ready = true};
    if (comm_rank(world) == 0) {
        place.folder = folder_make();
        (void)snprintf(place.path, sizeof place.path, "%s/vectors", place.folder.path);
        if (serves)
            place.ready = standin_run(&place.server, &place.folder, "server", more);
    }
    comm_bcast(world, &place, sizeof place, 0);
    assert_all(world, place.ready); /* the server is built with the tests */
    return place;
}

static void close_place(const struct comm *world, struct place *place)
{
    comm_barrier(world);
    if (comm_rank(world) == 0) {
        standin_stop(&place->server);
        folder_remove(&place->folder);
    }
}

static struct feature_set set_of(const char *json, struct arena *arena)
{
    struct json_doc *doc = NULL;
    struct feature_set set = {0};
    struct error err;
    if (!json_parse(str_of(json), "set", false, &doc, &err) ||
        !feature_set_parse(doc, json_root(doc), arena, &set, &err))
        abort();
    json_free(doc);
    return set;
}

static struct feature_set http_set(const struct place *place, const char *more, struct arena *arena)
{
    return set_of(
        arena_printf(arena,
                     "[{\"name\":\"embedding_http\",\"url\":\"http://127.0.0.1:%d/v1\",\"cache\":\"%s\",\"dimensions\":"
                     "%d,\"backoff_s\":0.001%s}]",
                     place->server.port, place->path, D, more),
        arena);
}

/* What all ranks see: a sample's rows and the listed rows, from vectors on their owners only. */
static uint64_t digest_of(const struct comm *comm, const struct feature_set *set, const struct line_view *lines,
                          struct arena *arena)
{
    struct rows rows = {.n = lines->n, .d = set->d, .row = lines->row, .text = lines->text, .set = set};
    struct rows sample = row_sample(comm, &rows, SAMPLE, 1, 2, arena);
    float *x = ARENA_ARRAY(arena, float, sample.n * set->d), *all = ARENA_ARRAY(arena, float, LINES * set->d);
    rows_fill(&sample, 0, sample.n, x);
    uint64_t digest = hash64((struct str){(const char *)x, sample.n * set->d * sizeof *x}, sample.n);

    double *score = ARENA_ARRAY(arena, double, lines->n);
    for (size_t i = 0; i < lines->n; i++)
        score[i] = -(double)lines->row[i];
    struct ranked_list list;
    struct error err;
    if (!topk_best(comm, score, lines->row, lines->n, LINES, arena, &list, &err))
        return 0;
    rows_gather(comm, &rows, &list, all, arena);
    return hash64((struct str){(const char *)all, list.n * set->d * sizeof *all}, digest);
}

static uint64_t fetch_from_file(const struct comm *comm, void *context)
{
    const struct place *place = context;
    struct arena *arena = arena_new();
    const char *json = arena_printf(
        arena, "[{\"name\":\"tokens\",\"size\":8},{\"name\":\"embedding_file\",\"file\":\"%s\",\"dimensions\":%d}]",
        place->path, D);
    struct feature_set set = set_of(json, arena), ready, other;
    struct line_view lines = deal(comm, 0, LINES / 2, arena), more = deal(comm, LINES / 2, LINES, arena);
    struct error err;
    float expected[D], made[8 + D];
    uint64_t digest = 0;
    bool right = feature_set_fetches(&set) && feature_set_prepare(comm, &set, &lines, arena, &ready, &err);
    if (right) {
        digest = digest_of(comm, &ready, &lines, arena);
        right = feature_set_fetch(comm, &ready, &more, arena, &other, &err);
    }
    for (size_t i = 0; right && i < more.n; i++) {
        vector_expected(more.text[i], D, expected);
        feature_set_row(&other, more.text[i], made);
        right = memcmp(made + 8, expected, sizeof expected) == 0;
        /* what was learnt stays */
        right &= ready.state[0] == other.state[0];
    }
    int64_t wrong = !right;
    reduce_sum_i64(comm, &wrong, 1);
    digest = wrong ? 0 : hash_mix(digest ^ digest_of(comm, &other, &more, arena));
    arena_free(arena);
    return digest;
}

static void test_file_gives_the_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct place place = open_place(world, false, NULL);
    struct arena *arena = arena_new();
    struct str line[LINES];
    for (int64_t r = 0; r < LINES; r++)
        line[LINES - 1 - r] = line_of(r, arena);
    if (comm_rank(world) == 0)
        vector_file_of(place.path, line, LINES, D);
    comm_barrier(world);
    assert_all(world, fetch_from_file(world, &place) != 0);
    assert_same_on_any_ranks(world, fetch_from_file, &place);
    close_place(world, &place);
    arena_free(arena);
}

static bool all_have(const struct comm *comm, const struct error *err, const char *part)
{
    int64_t lacking = strstr(err->message, part) == NULL;
    reduce_sum_i64(comm, &lacking, 1);
    if (lacking && comm_rank(comm) == 0)
        print_error("\"%s\" lacks \"%s\"\n", err->message, part);
    return lacking == 0;
}

static void test_missing_lines_fail_everywhere(void **state)
{
    const struct comm *world = *state;
    struct place place = open_place(world, false, NULL);
    struct arena *arena = arena_new();
    struct str line[LINES];
    size_t n = 0;
    for (int64_t r = 0; r < LINES; r++)
        if (r != 37 && r != 120 && r != 121)
            line[n++] = line_of(r, arena);
    if (comm_rank(world) == 0)
        vector_file_of(place.path, line, n, D);
    comm_barrier(world);
    const char *json =
        arena_printf(arena, "{\"name\":\"embedding_file\",\"file\":\"%s\",\"dimensions\":%d}", place.path, D);
    struct feature_set set = set_of(json, arena), ready;
    struct line_view lines = deal(world, 0, LINES, arena);
    struct error err = {0};
    char hex[33];
    hash128_hex(hash128(line_of(37, arena), 0), hex);
    assert_all(world, !feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, all_have(world, &err, "no vector for 3 of 230 lines; the first is row 37"));
    assert_all(world, all_have(world, &err, hex));
    /* one rank alone cannot read */
    set = set_of("{\"name\":\"embedding_file\",\"file\":\"/nonexistent/v.h5\"}", arena);
    assert_all(world, !feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, all_have(world, &err, "/nonexistent/v.h5"));
    set = set_of("\"embedding_file\"", arena);
    assert_all(world, !feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, all_have(world, &err, "set the parameter file"));
    close_place(world, &place);
    arena_free(arena);
}

/* Lines that the server was asked for with this status so far; on rank 0. */
static size_t asked(const struct place *place, const char *status)
{
    struct arena *arena = arena_new();
    size_t n = count_text(read_text(place->server.log, arena), status);
    arena_free(arena);
    return n;
}

static bool asked_is(const struct comm *world, const struct place *place, const char *status, size_t n)
{
    int64_t same = comm_rank(world) != 0 || asked(place, status) == n;
    if (!same)
        print_error("%zu asked with %s, not %zu\n", asked(place, status), status, n);
    reduce_min_i64(world, &same, 1);
    return same;
}

static uint64_t fetch_from_server(const struct comm *comm, void *context)
{
    const struct place *place = context;
    struct arena *arena = arena_new();
    if (comm_rank(comm) == 0)
        (void)unlink(place->path);
    comm_barrier(comm);
    struct feature_set set = http_set(place, ",\"batch\":7", arena), ready;
    struct line_view lines = deal(comm, 0, LINES, arena);
    struct error err;
    bool ok = feature_set_prepare(comm, &set, &lines, arena, &ready, &err);
    uint64_t digest = ok ? digest_of(comm, &ready, &lines, arena) : 0;
    arena_free(arena);
    return digest;
}

static void test_server_gives_the_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    static const char *const more[] = {"--dimensions", "16", NULL};
    struct place place = open_place(world, true, more);
    assert_all(world, fetch_from_server(world, &place) != 0);
    assert_same_on_any_ranks(world, fetch_from_server, &place);
    close_place(world, &place);
}

static void test_nothing_is_asked_twice(void **state)
{
    const struct comm *world = *state;
    static const char *const more[] = {"--dimensions", "16", NULL};
    struct place place = open_place(world, true, more);
    struct arena *arena = arena_new();
    struct feature_set set = http_set(&place, ",\"batch\":7", arena), ready;
    struct error err;
    struct line_view some = deal(world, 0, 100, arena), overlapping = deal(world, 50, 150, arena);
    assert_all(world, feature_set_prepare(world, &set, &some, arena, &ready, &err));
    assert_all(world, asked_is(world, &place, "\"status\":200", 100));
    assert_all(world, feature_set_fetch(world, &set, &overlapping, arena, &ready, &err));
    assert_all(world, asked_is(world, &place, "\"status\":200", 150));
    /* the same lines on every rank */
    struct line_view same = {.n = 1, .row = &(int64_t){7}, .text = &STR("on all ranks")};
    assert_all(world, feature_set_fetch(world, &set, &same, arena, &ready, &err));
    assert_all(world, asked_is(world, &place, "\"status\":200", 151));
    /* all is there: no server is needed, and embedding_file reads the cache */
    if (comm_rank(world) == 0)
        standin_stop(&place.server);
    comm_barrier(world);
    assert_all(world, feature_set_fetch(world, &set, &some, arena, &ready, &err));
    uint64_t digest = digest_of(world, &ready, &some, arena);
    set = set_of(arena_printf(arena, "{\"name\":\"embedding_file\",\"file\":\"%s\",\"dimensions\":%d}", place.path, D),
                 arena);
    assert_all(world, feature_set_fetch(world, &set, &some, arena, &ready, &err));
    assert_all(world, digest_of(world, &ready, &some, arena) == digest);
    arena_free(arena);
    close_place(world, &place);
}

static void test_trouble_is_overcome(void **state)
{
    const struct comm *world = *state;
    static const char *const more[] = {"--dimensions", "16", "--fail-rate", "0.2", "--garbage-rate", "0.3", NULL};
    struct place place = open_place(world, true, more);
    struct arena *arena = arena_new();
    struct feature_set set = http_set(&place, ",\"batch\":7,\"max_retries\":50", arena), ready;
    struct line_view lines = deal(world, 0, LINES, arena);
    struct error err;
    bool ok = false;
    for (int i = 0; i < 20 && !ok; i++) /* a line that has rubbish four times over waits for the next run */
        ok = feature_set_prepare(world, &set, &lines, arena, &ready, &err);
    assert_all(world, ok);
    assert_all(world, asked_is(world, &place, "\"status\":200", LINES));
    arena_free(arena);
    close_place(world, &place);
}

static void test_a_refused_line_costs_only_itself(void **state)
{
    const struct comm *world = *state;
    static const char *const more[] = {"--dimensions", "16", "--refuse", "run111 ", NULL};
    struct place place = open_place(world, true, more);
    struct arena *arena = arena_new();
    struct feature_set set = http_set(&place, ",\"batch\":7", arena), ready;
    struct line_view lines = deal(world, 0, LINES, arena), rest = deal(world, 112, LINES, arena);
    struct error err;
    assert_all(world, !feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, all_have(world, &err, "1 of 230 lines got no vector; the last reason: HTTP 400"));
    assert_all(world, asked_is(world, &place, "\"status\":200", LINES - 1));
    assert_all(world, feature_set_prepare(world, &set, &rest, arena, &ready, &err));
    assert_all(world, asked_is(world, &place, "\"status\":200", LINES - 1));
    arena_free(arena);
    close_place(world, &place);
}

static void test_rubbish_has_an_end(void **state)
{
    const struct comm *world = *state;
    static const char *const more[] = {"--dimensions", "16", "--garbage-rate", "1", NULL};
    struct place place = open_place(world, true, more);
    struct arena *arena = arena_new();
    struct feature_set set = http_set(&place, ",\"batch\":1,\"in_flight\":1", arena), ready;
    struct line_view lines = deal(world, 0, LINES, arena);
    struct error err;
    assert_all(world, !feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, all_have(world, &err, "20 requests in a row"));
    assert_all(world, asked_is(world, &place, "\"status\":299", 40)); /* each twice */
    arena_free(arena);
    close_place(world, &place);
}

static void test_useless_servers_fail_everywhere(void **state)
{
    const struct comm *world = *state;
    static const char *const more[] = {"--dimensions", "24", NULL};
    struct place place = open_place(world, true, more);
    struct arena *arena = arena_new();
    struct feature_set set = http_set(&place, ",\"batch\":7", arena), ready;
    struct line_view lines = deal(world, 0, 40, arena);
    struct error err;
    assert_all(world, !feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, all_have(world, &err, "set dimensions to 24"));
    if (comm_rank(world) == 0)
        standin_stop(&place.server);
    comm_barrier(world);
    set = http_set(&place, ",\"batch\":7,\"max_retries\":2", arena);
    assert_all(world, !feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, all_have(world, &err, "embedding_http: "));
    set = set_of("{\"name\":\"embedding_http\",\"cache\":\"\"}", arena);
    assert_all(world, !feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, all_have(world, &err, "set the parameter cache"));
    arena_free(arena);
    close_place(world, &place);
}

static void test_key_is_sent_and_kept_nowhere(void **state)
{
    const struct comm *world = *state;
    static const char *const more[] = {"--dimensions", "16", "--key-env", "EMBED_TEST_KEY", NULL};
    static const char secret[] = "sk-embed-test-secret";
    (void)setenv("EMBED_TEST_KEY", secret, 1);
    struct place place = open_place(world, true, more);
    struct arena *arena = arena_new();
    struct feature_set set = http_set(&place, ",\"batch\":7,\"key_env\":\"EMBED_TEST_KEY\"", arena), ready;
    struct line_view lines = deal(world, 0, 40, arena);
    struct error err;
    assert_all(world, feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, count_text(read_text(place.path, arena), secret) == 0);
    assert_all(world, count_text(read_text(place.path, arena), "--to") == 0);
    comm_barrier(world);
    if (comm_rank(world) == 0)
        (void)unlink(place.path);
    comm_barrier(world);
    (void)setenv("EMBED_TEST_KEY", "sk-another-secret", 1);
    assert_all(world, !feature_set_prepare(world, &set, &lines, arena, &ready, &err));
    assert_all(world, strstr(err.message, "secret") == NULL && all_have(world, &err, "401"));
    arena_free(arena);
    close_place(world, &place);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_gives_the_same_on_any_ranks),
        cmocka_unit_test(test_missing_lines_fail_everywhere),
        cmocka_unit_test(test_server_gives_the_same_on_any_ranks),
        cmocka_unit_test(test_nothing_is_asked_twice),
        cmocka_unit_test(test_trouble_is_overcome),
        cmocka_unit_test(test_a_refused_line_costs_only_itself),
        cmocka_unit_test(test_rubbish_has_an_end),
        cmocka_unit_test(test_useless_servers_fail_everywhere),
        cmocka_unit_test(test_key_is_sent_and_kept_nowhere),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

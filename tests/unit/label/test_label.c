#include "label_test.h"

enum { N = 60, SEEDS = 5 };

struct place {
    struct test_folder folder;
    int port;
    bool built;
};

static struct label_item *same_items(struct arena *arena)
{
    return items_make(N, arena);
}

static bool parse_chain(const char *json, const struct place *place, const char *journal, struct arena *arena,
                        struct labeler *out, struct error *err)
{
    if (!labeler_make(json, arena, out, err))
        return false;
    out->journal = journal;
    out->data_dir = place->folder.path;
    out->seed = 3;
    return true;
}

static struct place open_place(struct standin *server, const char *const *more)
{
    struct place place = {.folder = folder_make()};
    struct arena *arena = arena_new();
    place.built = standin_start(server, &place.folder, "server", same_items(arena), N, more);
    place.port = server->port;
    arena_free(arena);
    return place;
}

static void close_place(struct standin *server, struct place *place)
{
    standin_stop(server);
    folder_remove(&place->folder);
}

static bool same_label(struct label a, struct label b)
{
    return a.verdict == b.verdict && a.backend == b.backend && a.simulated == b.simulated;
}

static bool same_labels(const struct label *a, const struct label *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!same_label(a[i], b[i]))
            return false;
    }
    return true;
}

/* Items of SEEDS arms, turned so that equal ones lie apart. */
static struct label_item *many_seeds(const struct label_item *item, size_t n, struct arena *arena)
{
    struct label_item *all = ARENA_ARRAY(arena, struct label_item, SEEDS * n);
    for (size_t i = 0; i < SEEDS * n; i++) {
        all[i] = item[(i * 7) % n];
        all[i].seed = i / n;
    }
    return all;
}

static void test_oracle(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct label_item *item = same_items(arena);
    struct labeler labeler;
    struct label out[N];
    struct label_stats stats;
    struct error err;
    struct place place = {.built = true};
    item[5].truth = TRUTH_UNKNOWN;
    assert_true(parse_chain("{\"name\":\"oracle\",\"benign_recall\":1,\"malicious_recall\":1}", &place, NULL, arena,
                            &labeler, &err));
    assert_true(label_ask(&labeler, item, N, out, &stats, &err));
    for (size_t i = 0; i < N; i++) {
        assert_true(i == 5 ? out[i].verdict == VERDICT_NONE && out[i].backend == -1
                           : is_right(&item[i], out[i].verdict) && out[i].backend == 0);
        assert_true(out[i].simulated == (i != 5));
    }
    assert_true(stats.items == N && stats.benign == N / 2 && stats.malicious == N / 2 - 1 && stats.none == 1);
    assert_true(stats.simulated && stats.by_backend[0] == N - 1 && stats.journaled == 0);
    assert_true(label_ask(&labeler, item, 0, out, &stats, &err) && stats.items == 0 && !stats.simulated);
    arena_free(arena);
}

static void test_chain_passes_on_what_has_no_answer(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct label_item *item = same_items(arena);
    struct labeler labeler;
    struct label out[N];
    struct label_stats stats;
    struct error err;
    struct standin server = {.pid = -1};
    struct place place = {.built = false};
    struct buf text = {.limit = 1 << 20};
    place.folder = folder_make();
    for (size_t i = 0; i < 10; i++) {
        buf_add_str(&text, STR("{\"verdict\":\"abstain\",\"command_line\":"));
        buf_add_json_string(&text, item[i].text);
        buf_add_str(&text, STR("}\n"));
    }
    write_text(arena_printf(arena, "%s/v.jsonl", place.folder.path), buf_str(&text));
    buf_free(&text);
    assert_true(
        parse_chain("[{\"name\":\"replay\",\"file\":\"v.jsonl\"},\"oracle\"]", &place, NULL, arena, &labeler, &err));
    assert_true(label_ask(&labeler, item, N, out, &stats, &err));
    for (size_t i = 0; i < N; i++)
        assert_true(out[i].backend == (i < 10 ? 0 : 1) && (out[i].verdict == VERDICT_ABSTAIN) == (i < 10) &&
                    out[i].simulated == (i >= 10));
    assert_true(stats.by_backend[0] == 10 && stats.by_backend[1] == N - 10 && stats.abstain == 10 && stats.simulated);

    struct buf json = {.limit = 1 << 16};
    labeler_to_json(&labeler, &json);
    struct labeler again;
    struct buf json_again = {.limit = 1 << 16};
    assert_true(labeler_make(json.p, arena, &again, &err));
    labeler_to_json(&again, &json_again);
    assert_true(str_equal(buf_str(&json), buf_str(&json_again)));
    buf_free(&json);
    buf_free(&json_again);

    assert_true(
        parse_chain("[{\"name\":\"replay\",\"file\":\"absent\"},\"oracle\"]", &place, NULL, arena, &labeler, &err));
    assert_true(!label_ask(&labeler, item, N, out, &stats, &err));
    assert_true(strstr(err.message, "absent"));
    close_place(&server, &place);
    arena_free(arena);
}

static void test_parse_refusals(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    static const char *const bad[] = {
        "[]",
        "\"orcale\"",
        "{\"name\":\"oracle\",\"recall\":1}",
        "7",
        "[7]",
        "{\"url\":\"x\"}",
        "[\"oracle\",\"oracle\",\"oracle\",\"oracle\",\"oracle\",\"oracle\",\"oracle\",\"oracle\","
        "\"oracle\"]"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct labeler labeler;
        struct error err = {0};
        assert_true(!labeler_make(bad[i], arena, &labeler, &err) && err.message[0]);
    }
    arena_free(arena);
}

/* Asks the stand-in about all lines, with a journal of this name in the folder. */
static bool chat_all(const struct place *place, const char *more, const char *journal, const struct label_item *item,
                     size_t n, struct label *out, struct label_stats *stats, struct error *err)
{
    struct arena *arena = arena_new();
    struct labeler labeler;
    const char *json = arena_printf(
        arena, "{\"name\":\"chat\",\"url\":\"http://127.0.0.1:%d/v1\",\"backoff_s\":0.01%s}", place->port, more);
    const char *path = arena_printf(arena, "%s/%s", place->folder.path, journal);
    bool ok = parse_chain(json, place, path, arena, &labeler, err) && label_ask(&labeler, item, n, out, stats, err);
    arena_free(arena);
    return ok;
}

/* Every (text, seed) is answered as if it had been asked about alone. */
static void test_simulation_answers_each_seed(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct label_item *item = same_items(arena), *all = many_seeds(item, N, arena);
    struct place place = {.built = true};
    struct labeler labeler;
    struct label out[SEEDS * N], alone[SEEDS * N];
    struct label_stats stats, one;
    struct error err;
    const char *json = "{\"name\":\"oracle\",\"benign_recall\":0.5,\"malicious_recall\":0.5}";
    assert_true(parse_chain(json, &place, NULL, arena, &labeler, &err));
    assert_true(label_ask(&labeler, all, SEEDS * N, out, &stats, &err));
    assert_true(stats.asked == SEEDS * N && stats.items == SEEDS * N && stats.none == 0);
    size_t differ = 0;
    labeler.seed = 99;
    for (size_t i = 0; i < SEEDS * N; i++) {
        assert_true(label_ask(&labeler, &all[i], 1, &alone[i], &one, &err));
        for (size_t k = 0; k < i; k++)
            differ += str_equal(all[i].text, all[k].text) && out[i].verdict != out[k].verdict;
    }
    assert_true(same_labels(out, alone, SEEDS * N));
    assert_in_range(differ, N * SEEDS * (SEEDS - 1) / 4 - 90, N * SEEDS * (SEEDS - 1) / 4 + 90);
    assert_true(label_ask(&labeler, all, N, out, &stats, &err) && stats.asked == N);
    for (size_t i = 0; i < N; i++)
        all[N + i] = all[i];
    assert_true(label_ask(&labeler, all, 2 * N, out, &stats, &err) && stats.asked == N && stats.items == 2 * N);
    assert_true(same_labels(out, out + N, N));
    arena_free(arena);
}

/* One request a text from a backend that does not simulate, whatever the seeds, though some seeds have an answer
 * already. */
static void test_one_request_for_all_seeds(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct standin server = {.pid = -1};
    struct place place = open_place(&server, NULL);
    struct label_item *all = many_seeds(same_items(arena), N, arena);
    struct labeler labeler;
    struct label out[SEEDS * N];
    struct label_stats stats;
    struct error err;
    if (place.built) {
        assert_true(chat_all(&place, "", "j", all, SEEDS * N, out, &stats, &err));
        assert_true(stats.asked == N && stats.by_backend[0] == SEEDS * N && stats.journaled == 0);
        for (size_t i = 0; i < SEEDS * N; i++) {
            assert_true(out[i].simulated && out[i].backend == 0 && out[i].verdict != VERDICT_NONE);
            for (size_t k = 0; k < i; k++)
                assert_true(!str_equal(all[i].text, all[k].text) || same_label(out[i], out[k]));
        }
        for (size_t i = 0; i < SEEDS * N; i++) {
            if ((i + i / N) % 2)
                all[i].truth = TRUTH_UNKNOWN;
        }
        const char *json =
            arena_printf(arena, "[\"oracle\",{\"name\":\"chat\",\"url\":\"http://127.0.0.1:%d/v1\"}]", place.port);
        assert_true(parse_chain(json, &place, NULL, arena, &labeler, &err));
        assert_true(label_ask(&labeler, all, SEEDS * N, out, &stats, &err));
        for (size_t i = 0; i < SEEDS * N; i++)
            assert_int_equal(out[i].backend, all[i].truth == TRUTH_UNKNOWN);
        assert_true(stats.none == 0 && stats.asked == stats.by_backend[0] + N);
    }
    close_place(&server, &place);
    arena_free(arena);
    if (!place.built)
        skip();
}

/* Two processes with one journal at the same time: the second waits, and asks nothing again. */
static void test_two_runs_share_a_journal(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct standin server = {.pid = -1};
    static const char *const more[] = {"--latency-ms", "50", NULL};
    struct place place = open_place(&server, more);
    struct label_item *item = same_items(arena);
    struct label out[N];
    struct label_stats stats;
    struct error err;
    if (place.built) {
        pid_t child = fork();
        bool ok = chat_all(&place, ",\"in_flight\":4", "j", item + (child == 0 ? 0 : N / 2), child == 0 ? N : N / 2,
                           out, &stats, &err);
        if (child == 0)
            _exit(ok ? 0 : 1);
        int status = -1;
        assert_true(waitpid(child, &status, 0) == child && status == 0);
        assert_true(ok && stats.none == 0 && (stats.asked == 0 || stats.asked == N / 2));
        struct str log = read_text(arena_printf(arena, "%s/server.log", place.folder.path), arena);
        assert_int_equal(count_text(log, "\"line\""), N);
    }
    close_place(&server, &place);
    arena_free(arena);
    if (!place.built)
        skip();
}

static void test_no_line_is_asked_twice(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct standin server = {.pid = -1};
    (void)setenv("OPENAI_API_KEY", "sk-secret-test", 1);
    struct place place = open_place(&server, NULL);
    struct label_item *item = same_items(arena), twice[2 * N];
    struct label first[2 * N], second[2 * N];
    struct label_stats stats;
    struct error err;
    for (size_t i = 0; i < 2 * N; i++)
        twice[i] = item[(i * 7) % N];
    if (place.built) {
        assert_true(chat_all(&place, "", "j", item, N / 2, first, &stats, &err));
        assert_true(stats.asked == N / 2 && stats.journaled == 0 && stats.simulated);
        assert_true(chat_all(&place, "", "j", twice, 2 * N, first, &stats, &err));
        assert_true(stats.asked == N / 2 && stats.journaled == N / 2 && stats.items == 2 * N && stats.none == 0);
        assert_true(chat_all(&place, "", "j", twice, 2 * N, second, &stats, &err));
        assert_true(stats.asked == 0 && stats.journaled == N && stats.simulated && second[0].simulated);
        assert_true(same_labels(first, second, 2 * N));
        struct str log = read_text(arena_printf(arena, "%s/server.log", place.folder.path), arena);
        struct str journal = read_text(arena_printf(arena, "%s/j", place.folder.path), arena);
        assert_true(count_text(log, "\"line\"") == N && count_text(journal, "\"key\"") == N);
        assert_true(count_text(journal, "sk-") + count_text(log, "sk-") + count_text(journal, "tool") == 0);
        assert_true(count_text(journal, "\"standin-truth\"") == N);
        assert_true(chat_all(&place, ",\"model\":\"another\"", "j", item, 4, first, &stats, &err));
        assert_true(stats.asked == 4 && stats.journaled == 0);
    }
    (void)unsetenv("OPENAI_API_KEY");
    close_place(&server, &place);
    arena_free(arena);
    if (!place.built)
        skip();
}

static void test_answers_before_a_failure_are_kept(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct standin server = {.pid = -1};
    static const char *const more[] = {"--hang-after", "10", NULL};
    struct place place = open_place(&server, more), next = place;
    struct label_item *item = same_items(arena);
    struct label out[N];
    struct label_stats stats;
    struct error err;
    if (place.built) {
        assert_true(
            !chat_all(&place, ",\"timeout_s\":1,\"max_retries\":0,\"in_flight\":30", "j", item, N, out, &stats, &err));
        assert_true(strstr(err.message, "no reply within 1 s"));
        standin_stop(&server);
        next = open_place(&server, NULL);
        struct place mixed = {place.folder, next.port, true};
        assert_true(chat_all(&mixed, ",\"in_flight\":30", "j", item, N, out, &stats, &err));
        assert_true(stats.journaled == 10 && stats.asked == N - 10 && stats.none == 0);
        folder_remove(&next.folder);
    }
    close_place(&server, &place);
    arena_free(arena);
    if (!place.built)
        skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oracle),
        cmocka_unit_test(test_chain_passes_on_what_has_no_answer),
        cmocka_unit_test(test_parse_refusals),
        cmocka_unit_test(test_simulation_answers_each_seed),
        cmocka_unit_test(test_one_request_for_all_seeds),
        cmocka_unit_test(test_two_runs_share_a_journal),
        cmocka_unit_test(test_no_line_is_asked_twice),
        cmocka_unit_test(test_answers_before_a_failure_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

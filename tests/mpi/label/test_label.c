#include "mpi_test.h"

#include "label_test.h"

#include "comm/agree.h"

enum { N = 60 };

/* Rank 0's port and folder, known to all. */
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

static struct place open_place(const struct comm *world, struct standin *server, const char *const *more)
{
    struct place place = {.built = false};
    if (comm_rank(world) == 0) {
        struct arena *arena = arena_new();
        place.folder = folder_make();
        place.built = standin_start(server, &place.folder, "server", same_items(arena), N, more);
        place.port = server->port;
        arena_free(arena);
    }
    comm_bcast(world, &place, sizeof place, 0);
    return place;
}

static void close_place(const struct comm *world, struct standin *server, struct place *place)
{
    comm_barrier(world);
    if (comm_rank(world) == 0) {
        standin_stop(server);
        folder_remove(&place->folder);
    }
}

static uint64_t label_digest(const struct label *label, size_t n, const struct label_stats *stats)
{
    int64_t counts[] = {stats->items,     stats->benign,        stats->malicious,    stats->abstain,
                        stats->none,      stats->journaled,     stats->asked,        stats->failed,
                        stats->simulated, stats->by_backend[0], stats->by_backend[1]};
    uint64_t seed = hash64((struct str){(const char *)counts, sizeof counts}, 1);
    return hash64((struct str){(const char *)label, n * sizeof *label}, seed);
}

static bool same_everywhere(const struct comm *world, uint64_t digest)
{
    uint64_t first = digest;
    comm_bcast(world, &first, sizeof first, 0);
    return first == digest;
}

static void test_oracle(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct label_item *item = same_items(arena);
    struct labeler labeler;
    struct label out[N];
    struct label_stats stats;
    struct error err;
    struct place place = {.built = true};
    item[5].truth = TRUTH_UNKNOWN;
    assert_all(world, parse_chain("{\"name\":\"oracle\",\"benign_recall\":1,\"malicious_recall\":1}", &place, NULL,
                                  arena, &labeler, &err));
    assert_all(world, label_all(world, &labeler, item, N, out, &stats, &err));
    for (size_t i = 0; i < N; i++) {
        assert_all(world, i == 5 ? out[i].verdict == VERDICT_NONE && out[i].backend == -1
                                 : is_right(&item[i], out[i].verdict) && out[i].backend == 0);
    }
    assert_all(world, stats.items == N && stats.benign == N / 2 && stats.malicious == N / 2 - 1 && stats.none == 1);
    assert_all(world, stats.simulated && stats.by_backend[0] == N - 1 && stats.journaled == 0);
    assert_all(world, same_everywhere(world, label_digest(out, N, &stats)));
    assert_all(world, label_all(world, &labeler, item, 0, out, &stats, &err) && stats.items == 0 && !stats.simulated);
    arena_free(arena);
}

static void test_chain_passes_on_what_has_no_answer(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct label_item *item = same_items(arena);
    struct labeler labeler;
    struct label out[N];
    struct label_stats stats;
    struct error err;
    struct standin server = {.pid = -1};
    struct place place = {.built = false};
    if (comm_rank(world) == 0) {
        place.folder = folder_make();
        struct buf text = {.limit = 1 << 20};
        for (size_t i = 0; i < 10; i++) {
            buf_add_str(&text, STR("{\"verdict\":\"abstain\",\"command_line\":"));
            buf_add_json_string(&text, item[i].text);
            buf_add_str(&text, STR("}\n"));
        }
        write_text(arena_printf(arena, "%s/v.jsonl", place.folder.path), buf_str(&text));
        buf_free(&text);
    }
    comm_bcast(world, &place, sizeof place, 0);
    assert_all(world, parse_chain("[{\"name\":\"replay\",\"file\":\"v.jsonl\"},\"oracle\"]", &place, NULL, arena,
                                  &labeler, &err));
    assert_all(world, label_all(world, &labeler, item, N, out, &stats, &err));
    for (size_t i = 0; i < N; i++)
        assert_all(world, out[i].backend == (i < 10 ? 0 : 1) && (out[i].verdict == VERDICT_ABSTAIN) == (i < 10));
    assert_all(world,
               stats.by_backend[0] == 10 && stats.by_backend[1] == N - 10 && stats.abstain == 10 && stats.simulated);

    struct buf json = {.limit = 1 << 16};
    labeler_to_json(&labeler, &json);
    struct labeler again;
    struct buf json_again = {.limit = 1 << 16};
    assert_all(world, labeler_make(json.p, arena, &again, &err));
    labeler_to_json(&again, &json_again);
    assert_all(world, str_equal(buf_str(&json), buf_str(&json_again)));
    buf_free(&json);
    buf_free(&json_again);

    assert_all(world, parse_chain("[{\"name\":\"replay\",\"file\":\"absent\"},\"oracle\"]", &place, NULL, arena,
                                  &labeler, &err));
    assert_all(world, !label_all(world, &labeler, item, N, out, &stats, &err));
    assert_all(world, strstr(err.message, "absent") && err.rank == 0);
    close_place(world, &server, &place);
    arena_free(arena);
}

static void test_parse_refusals(void **state)
{
    const struct comm *world = *state;
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
        assert_all(world, !labeler_make(bad[i], arena, &labeler, &err) && err.message[0]);
    }
    arena_free(arena);
}

/* Asks the stand-in about all lines, with a journal of this name in the folder. */
static bool chat_all(const struct comm *comm, const struct place *place, const char *more, const char *journal,
                     const struct label_item *item, size_t n, struct label *out, struct label_stats *stats,
                     struct error *err)
{
    struct arena *arena = arena_new();
    struct labeler labeler;
    const char *json = arena_printf(
        arena, "{\"name\":\"chat\",\"url\":\"http://127.0.0.1:%d/v1\",\"backoff_s\":0.01%s}", place->port, more);
    const char *path = arena_printf(arena, "%s/%s", place->folder.path, journal);
    bool ok =
        parse_chain(json, place, path, arena, &labeler, err) && label_all(comm, &labeler, item, n, out, stats, err);
    arena_free(arena);
    return ok;
}

struct run {
    const struct place *place;
    const struct label_item *item;
};

static uint64_t run_fresh(const struct comm *comm, void *context)
{
    const struct run *run = context;
    struct label out[N];
    struct label_stats stats;
    struct error err;
    char journal[32];
    (void)snprintf(journal, sizeof journal, "fresh%d.jsonl", comm_size(comm));
    if (!chat_all(comm, run->place, ",\"max_retries\":20", journal, run->item, N, out, &stats, &err))
        return 0;
    stats.asked = 0; /* differs: the server's troubles follow its own count */
    return label_digest(out, N, &stats);
}

static void test_chat_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct standin server = {.pid = -1};
    static const char *const more[] = {"--benign-recall", "0.7", "--fail-rate", "0.2", NULL};
    struct place place = open_place(world, &server, more);
    if (place.built) {
        struct run run = {&place, same_items(arena)};
        assert_same_on_any_ranks(world, run_fresh, &run);
    }
    close_place(world, &server, &place);
    arena_free(arena);
    if (!place.built)
        skip();
}

static void test_no_line_is_asked_twice(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct standin server = {.pid = -1};
    (void)setenv("OPENAI_API_KEY", "sk-secret-test", 1);
    struct place place = open_place(world, &server, NULL);
    struct label_item *item = same_items(arena), twice[2 * N];
    struct label first[2 * N], second[2 * N];
    struct label_stats stats;
    struct error err;
    for (size_t i = 0; i < 2 * N; i++)
        twice[i] = item[(i * 7) % N];
    if (place.built) {
        assert_all(world, chat_all(world, &place, "", "j", item, N / 2, first, &stats, &err));
        assert_all(world, stats.asked == N / 2 && stats.journaled == 0 && stats.simulated);
        assert_all(world, chat_all(world, &place, "", "j", twice, 2 * N, first, &stats, &err));
        assert_all(world, stats.asked == N / 2 && stats.journaled == N / 2 && stats.items == 2 * N && stats.none == 0);
        assert_all(world, chat_all(world, &place, "", "j", twice, 2 * N, second, &stats, &err));
        assert_all(world, stats.asked == 0 && stats.journaled == N && stats.simulated);
        assert_all(world, memcmp(first, second, sizeof first) == 0);
        struct str log = read_text(arena_printf(arena, "%s/server.log", place.folder.path), arena);
        struct str journal = read_text(arena_printf(arena, "%s/j", place.folder.path), arena);
        assert_all(world, count_text(log, "\"line\"") == N && count_text(journal, "\"key\"") == N);
        assert_all(world, count_text(journal, "sk-") + count_text(log, "sk-") + count_text(journal, "tool") == 0);
        assert_all(world, count_text(journal, "\"standin-truth\"") == N);
        assert_all(world, chat_all(world, &place, ",\"model\":\"another\"", "j", item, 4, first, &stats, &err));
        assert_all(world, stats.asked == 4 && stats.journaled == 0);
    }
    (void)unsetenv("OPENAI_API_KEY");
    close_place(world, &server, &place);
    arena_free(arena);
    if (!place.built)
        skip();
}

static void test_answers_before_a_failure_are_kept(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct standin server = {.pid = -1};
    static const char *const more[] = {"--hang-after", "10", NULL};
    struct place place = open_place(world, &server, more), next = place;
    struct label_item *item = same_items(arena);
    struct label out[N];
    struct label_stats stats;
    struct error err;
    if (place.built) {
        assert_all(world, !chat_all(world, &place, ",\"timeout_s\":1,\"max_retries\":0,\"in_flight\":30", "j", item, N,
                                    out, &stats, &err));
        assert_all(world, strstr(err.message, "no reply within 1 s") && err.rank == 0);
        if (comm_rank(world) == 0)
            standin_stop(&server);
        next = open_place(world, &server, NULL);
        struct place mixed = {place.folder, next.port, true};
        assert_all(world, chat_all(world, &mixed, ",\"in_flight\":30", "j", item, N, out, &stats, &err));
        assert_all(world, stats.journaled == 10 && stats.asked == N - 10 && stats.none == 0);
        comm_barrier(world);
        if (comm_rank(world) == 0)
            folder_remove(&next.folder);
    }
    close_place(world, &server, &place);
    arena_free(arena);
    if (!place.built)
        skip();
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_oracle),
        cmocka_unit_test(test_chain_passes_on_what_has_no_answer),
        cmocka_unit_test(test_parse_refusals),
        cmocka_unit_test(test_chat_same_on_any_ranks),
        cmocka_unit_test(test_no_line_is_asked_twice),
        cmocka_unit_test(test_answers_before_a_failure_are_kept),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

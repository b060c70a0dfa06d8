/* What every label backend owes. Rank 0 asks, as the one labeling rank does. */
#include "mpi_test.h"

#include "label_test.h"

enum { N = 24 };

struct stage {
    struct test_folder folder;
    int port;
    bool built;
};

struct run {
    const struct stage *stage;
    const struct plugin *plugin;
};

/* What a backend needs beside its defaults to have answers in this test. */
static const char *settings_of(const char *name, const struct stage *stage, struct arena *arena)
{
    if (strcmp(name, "chat") == 0)
        return arena_printf(arena, ",\"url\":\"http://127.0.0.1:%d/v1\"", stage->port);
    return strcmp(name, "replay") == 0 ? ",\"file\":\"server.replay\"" : "";
}

static void test_registry(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    const struct plugin_list *list = backend_list();
    assert_all(world, list->n >= 3);
    for (size_t b = 0; b < list->n; b++) {
        const struct plugin *plugin = list->item[b];
        const struct backend *backend = (const struct backend *)plugin;
        assert_all(world, plugin->name[0] && plugin->summary[0] && backend->answer);
        assert_all(world, b == 0 || strcmp(list->item[b - 1]->name, plugin->name) < 0);
        assert_all(world, !(backend->paid && backend->simulated) && (!backend->paid || backend->identity));
        struct choice choice = plugin_default(list, plugin->name, arena), again;
        struct buf text = {.limit = 1 << 16}, text_again = {.limit = 1 << 16};
        struct json_doc *doc = NULL;
        struct error err;
        plugin_to_json(&choice, &text);
        assert_all(world, json_parse(buf_str(&text), "defaults", false, &doc, &err));
        assert_all(world, plugin_choose(list, doc, json_root(doc), arena, &again, &err));
        plugin_to_json(&again, &text_again);
        assert_all(world, str_equal(buf_str(&text), buf_str(&text_again)));
        json_free(doc);
        buf_free(&text);
        buf_free(&text_again);
    }
    arena_free(arena);
}

static bool same_label(struct label a, struct label b)
{
    return a.verdict == b.verdict && a.backend == b.backend && a.simulated == b.simulated;
}

/* out[i] answers line i, in whatever order they were asked about. */
static bool label_some(const struct run *run, bool backwards, size_t n, struct label out[N])
{
    struct arena *arena = arena_new();
    struct label_item *item = items_make(N, arena), asked[N];
    struct labeler labeler;
    struct label answer[N];
    struct label_stats stats;
    struct error err = {0};
    for (size_t i = 0; i < n; i++)
        asked[i] = item[backwards ? n - 1 - i : i];
    const char *json = arena_printf(arena, "{\"name\":\"%s\"%s}", run->plugin->name,
                                    settings_of(run->plugin->name, run->stage, arena));
    bool ok = labeler_make(json, arena, &labeler, &err);
    labeler.data_dir = run->stage->folder.path;
    ok = ok && label_check(&labeler, &err) && label_ask(&labeler, asked, n, answer, &stats, &err);
    if (!ok)
        print_error("%s: %s\n", run->plugin->name, err.message);
    ok = ok && stats.items == (int64_t)n && stats.none == 0 && stats.by_backend[0] == stats.items &&
         stats.benign + stats.malicious + stats.abstain == stats.items;
    for (size_t i = 0; i < n && ok; i++)
        out[i] = answer[backwards ? n - 1 - i : i];
    arena_free(arena);
    return ok;
}

static bool answers_do_not_follow_order(const struct run *run)
{
    const struct backend *backend = (const struct backend *)run->plugin;
    struct label none[N], one[N], there[N], back[N];
    bool ok = label_some(run, false, 0, none) && label_some(run, false, 1, one) && label_some(run, false, N, there) &&
              label_some(run, true, N, back) && same_label(one[0], there[0]);
    for (size_t i = 0; i < N && ok; i++)
        ok = same_label(there[i], back[i]) && (!backend->simulated || there[i].simulated);
    return ok;
}

static void test_same_answers_in_any_order(void **state)
{
    const struct comm *world = *state;
    struct standin server = {.pid = -1};
    struct stage stage = {.built = false};
    if (comm_rank(world) == 0) {
        struct arena *arena = arena_new();
        struct label_item *item = items_make(N, arena);
        stage.folder = folder_make();
        stage.built = standin_start(&server, &stage.folder, "server", item, N, NULL);
        stage.port = server.port;
        struct buf text = {.limit = 1 << 20};
        for (size_t i = 0; i < N; i++) {
            buf_printf(&text, "{\"verdict\":\"%s\",\"command_line\":", i % 3 ? "benign" : "malicious");
            buf_add_json_string(&text, item[i].text);
            buf_add_str(&text, STR("}\n"));
        }
        write_text(arena_printf(arena, "%s/server.replay", stage.folder.path), buf_str(&text));
        buf_free(&text);
        arena_free(arena);
    }
    comm_bcast(world, &stage, sizeof stage, 0);
    for (size_t b = 0; b < backend_list()->n; b++) {
        struct run run = {&stage, backend_list()->item[b]};
        if (!stage.built && strcmp(run.plugin->name, "chat") == 0)
            continue;
        assert_all(world, comm_rank(world) != 0 || answers_do_not_follow_order(&run));
    }
    comm_barrier(world);
    if (comm_rank(world) == 0) {
        standin_stop(&server);
        folder_remove(&stage.folder);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_same_answers_in_any_order),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

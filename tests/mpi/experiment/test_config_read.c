#include "plan_test.h"

static struct json_doc *read_config(const struct folder *folder, const char *name, struct error *err)
{
    struct json_doc *doc = NULL;
    struct setting setting = {"pool.keep", "0.5"};
    err->message[0] = '\0';
    bool ok =
        config_read(folder->comm, arena_printf(folder->arena, "%s/%s", folder->path, name), &setting, 1, &doc, err);
    assert_all(folder->comm, ok == (doc != NULL));
    return doc;
}

static void configurations_lie_over_each_other(void **state)
{
    struct folder folder = folder_make(*state);
    folder_write(&folder, "base.json", "{\"name\": \"a\",\n\"seed\": 1, \"select\": {\"budget\": 3}}", 0);
    folder_write(&folder, "middle.json", "{\"base\": \"base.json\", \"seed\": 2}", 0);
    folder_write(&folder, "top.json", "{\"base\": \"middle.json\",\n\n\"select\": {\n\"bugdet\": 4}}", 0);
    struct error err;
    struct json_doc *doc = read_config(&folder, "top.json", &err);
    assert_all(folder.comm, doc != NULL);
    struct buf text = {.limit = 1000};
    json_dump(json_root(doc), &text);
    assert_string_equal(text.p, "{\"name\":\"a\",\"pool\":{\"keep\":0.5},\"seed\":2,\"select\":{\"bugdet\":4}}");
    buf_free(&text);
    /* each value is told with the file and line that it came from */
    struct {
        const char *key, *place;
    } places[] = {
        {"name", "base.json:1:10: x"}, {"seed", "middle.json:1:31: x"}, {"select.bugdet", "top.json:4:11: x"}};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        json_fail(doc, json_path(json_root(doc), places[i].key), &err, "x");
        assert_string_equal(err.message, arena_printf(folder.arena, "%s/%s", folder.path, places[i].place));
    }
    json_fail(doc, json_path(json_root(doc), "pool.keep"), &err, "x");
    assert_string_equal(err.message, "--set pool.keep: x");
    json_free(doc);
    folder_remove(&folder);
}

static void bad_stacks_are_refused(void **state)
{
    struct folder folder = folder_make(*state);
    folder_write(&folder, "loop.json", "{\"base\": \"loop.json\"}", 0);
    folder_write(&folder, "list.json", "[1]", 0);
    folder_write(&folder, "over.json", "{\"base\": \"list.json\"}", 0);
    folder_write(&folder, "torn.json", "{\"base\": ", 0);
    folder_write(&folder, "none.json", "{\"base\": 5}", 0);
    folder_write(&folder, "lost.json", "{\"base\": \"nowhere.json\"}", 0);
    static const struct {
        const char *name, *message;
    } bad[] = {{"loop.json", "based on each other"}, {"over.json", "list.json:1:1: a configuration must be"},
               {"torn.json", "torn.json:1:"},        {"none.json", "none.json:1:10: base must name"},
               {"lost.json", "nowhere.json"},        {"absent.json", "absent.json"}};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct error err;
        struct json_doc *doc = read_config(&folder, bad[i].name, &err);
        assert_all(folder.comm, doc == NULL && strstr(err.message, bad[i].message) != NULL);
    }
    folder_remove(&folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(configurations_lie_over_each_other),
        cmocka_unit_test(bad_stacks_are_refused),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

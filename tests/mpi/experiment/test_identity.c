#include "plan_test.h"

#include "experiment/kinds.h"

struct keys {
    char stage[STAGE_NONE][IDENTITY_HEX];
    bool known;
};

/* Keys of all stages with what `identity` knows. Collective. */
static struct keys keys_with(const struct folder *folder, struct identity *identity, const char *more, size_t n_days)
{
    struct keys keys = {.known = true};
    struct json_doc *doc = folder_config(folder, more);
    struct experiment experiment;
    struct error err = {.message = ""};
    bool ok = experiment_parse(doc, folder->arena, &experiment, &err);
    for (enum stage s = STAGE_READ; ok && s < STAGE_NONE; s++) {
        bool known;
        ok = identity_key(folder->comm, identity, &experiment, s, n_days, keys.stage[s], &known, &err);
        keys.known = keys.known && known;
    }
    json_free(doc);
    if (!ok)
        print_error("%s\n", err.message);
    assert_all(folder->comm, ok);
    return keys;
}

/* The same by a program that starts now. */
static struct keys keys_of(const struct folder *folder, const char *more)
{
    struct identity *identity = identity_new(NULL, true);
    struct keys keys = keys_with(folder, identity, more, 2);
    identity_free(identity);
    assert_all(folder->comm, keys.known);
    return keys;
}

/* Keys differ from `first` on, and are equal before. */
static void check_differ(const struct comm *comm, const struct keys *a, const struct keys *b, enum stage first)
{
    for (enum stage s = STAGE_READ; s < STAGE_NONE; s++)
        assert_all(comm, (strcmp(a->stage[s], b->stage[s]) != 0) == (s >= first));
}

static void every_file_counts_from_its_stage_on(void **state)
{
    static const struct {
        const char *file;
        enum stage stage;
    } files[] = {{"a.jsonl", STAGE_READ},     {"b.jsonl", STAGE_READ},    {"verdicts.jsonl", STAGE_LABEL},
                 {"c.jsonl", STAGE_TRAIN},    {"m.jsonl", STAGE_TRAIN},   {"t.jsonl", STAGE_EVALUATE},
                 {"u.jsonl", STAGE_EVALUATE}, {"v.jsonl", STAGE_EVALUATE}};
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    struct keys before = keys_of(&folder, "");
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        /* an edit at equal size */
        folder_write(&folder, files[i].file, "{\"command_line\":\"x.jsonl\"}\n", 100);
        struct keys after = keys_of(&folder, "");
        check_differ(folder.comm, &before, &after, files[i].stage);
        before = after;
    }
    folder_remove(&folder);
}

static void swapped_files_and_moved_folders_are_told_apart(void **state)
{
    struct folder folder = folder_make(*state), moved = folder_make(*state);
    folder_fill(&folder);
    folder_fill(&moved);
    struct keys before = keys_of(&folder, ""), elsewhere = keys_of(&moved, "");
    check_differ(folder.comm, &before, &elsewhere, STAGE_NONE);
    folder_write(&moved, "t.jsonl", "{\"command_line\":\"u.jsonl\"}\n", 100);
    folder_write(&moved, "u.jsonl", "{\"command_line\":\"t.jsonl\"}\n", 100);
    struct keys swapped = keys_of(&moved, "");
    check_differ(folder.comm, &before, &swapped, STAGE_EVALUATE);
    folder_remove(&folder);
    folder_remove(&moved);
}

/* A verdict file is known by what it holds, wherever it is; folders and globs by the files in them. */
static void contents_count_not_paths(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    folder_write(&folder, "copy.jsonl", "{\"command_line\":\"a\",\"verdict\":\"benign\"}\n", 100);
    struct json_doc *doc = folder_config(&folder, ""), *other = folder_config(&folder, "");
    struct experiment one, two;
    struct error err;
    struct identity *identity = identity_new(NULL, true);
    char key[2][IDENTITY_HEX];
    bool known;
    assert_true(json_set(other, "label", "{\"name\": \"replay\", \"file\": \"copy.jsonl\"}", &err));
    assert_true(experiment_parse(doc, folder.arena, &one, &err) && experiment_parse(other, folder.arena, &two, &err));
    bool ok = identity_key(folder.comm, identity, &one, STAGE_LABEL, 2, key[0], &known, &err) &&
              identity_key(folder.comm, identity, &two, STAGE_LABEL, 2, key[1], &known, &err);
    assert_all(folder.comm, ok && strcmp(key[0], key[1]) == 0 && strlen(key[0]) == 64);
    assert_true(json_set(other, "days", "[[\"?.jsonl\"], \"b.jsonl\"]", &err));
    assert_true(experiment_parse(other, folder.arena, &two, &err));
    ok = identity_key(folder.comm, identity, &two, STAGE_READ, 1, key[0], &known, &err);
    folder_write(&folder, "z.jsonl", "", 100);
    identity_free(identity);
    identity = identity_new(NULL, true);
    ok = ok && identity_key(folder.comm, identity, &two, STAGE_READ, 1, key[1], &known, &err);
    assert_all(folder.comm, ok && strcmp(key[0], key[1]) != 0);
    identity_free(identity);
    json_free(doc);
    json_free(other);
    folder_remove(&folder);
}

/* The key with the plug-in's file parameter naming "file" of the folder. Collective. */
static void key_with_file(const struct folder *folder, const char *section, const char *plugin, const char *row,
                          char out[IDENTITY_HEX])
{
    struct json_doc *doc = folder_config(folder, "");
    struct experiment experiment;
    struct error err = {.message = ""};
    struct identity *identity = identity_new(NULL, true);
    const char *value =
        arena_printf(folder->arena, "{\"name\": \"%s\", \"%s\": \"%s/file\"}", plugin, row, folder->path);
    bool known, ok = json_set(doc, section, value, &err) && experiment_parse(doc, folder->arena, &experiment, &err) &&
                     identity_key(folder->comm, identity, &experiment, STAGE_EVALUATE, 2, out, &known, &err);
    if (!ok)
        print_error("%s\n", err.message);
    assert_all(folder->comm, ok && known);
    identity_free(identity);
    json_free(doc);
}

static void every_file_parameter_of_every_plugin_counts(void **state)
{
    static const struct {
        const char *kind, *section;
    } places[] = {{"extractor", "features"},
                  {"extractor", "classifier_features"},
                  {"extractor", "select.embedding"},
                  {"detector", "detector"},
                  {"backend", "label"},
                  {"classifier", "classifier"}};
    struct folder folder = folder_make(*state);
    int found = 0;
    folder_fill(&folder);
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        const struct plugin_list *list = kind_find(places[i].kind);
        for (size_t k = 0; k < list->n; k++) {
            for (const struct param_spec *row = list->item[k]->params; row && row->type != PARAM_TYPE_END; row++) {
                char key[2][IDENTITY_HEX];
                if (row->type != PARAM_TYPE_FILE)
                    continue;
                found++;
                folder_write(&folder, "file", "one", 100);
                key_with_file(&folder, places[i].section, list->item[k]->name, row->name, key[0]);
                folder_write(&folder, "file", "two", 100);
                key_with_file(&folder, places[i].section, list->item[k]->name, row->name, key[1]);
                assert_all(folder.comm, strcmp(key[0], key[1]) != 0);
            }
        }
    }
    assert_all(folder.comm, found >= 5); /* vectors three times, prompts, verdicts */
    folder_remove(&folder);
}

static void later_days_count_later(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    struct identity *identity = identity_new(NULL, true);
    struct keys one = keys_with(&folder, identity, "", 1), two = keys_with(&folder, identity, "", 2);
    for (enum stage s = STAGE_READ; s < STAGE_NONE; s++)
        assert_all(folder.comm, (strcmp(one.stage[s], two.stage[s]) != 0) == (s < STAGE_TRAIN));
    one = keys_with(&folder, identity, ", \"pool\": {\"deal\": true}", 1);
    two = keys_with(&folder, identity, ", \"pool\": {\"deal\": true}", 2);
    for (enum stage s = STAGE_READ; s < STAGE_NONE; s++)
        assert_all(folder.comm, (strcmp(one.stage[s], two.stage[s]) != 0) == (s == STAGE_READ));
    identity_free(identity);
    folder_remove(&folder);
}

static void digests_are_remembered_until_the_file_changes(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    const char *cache = arena_printf(folder.arena, "%s/digests", folder.path);
    struct identity *identity = identity_new(cache, false);
    assert_all(folder.comm, !keys_with(&folder, identity, "", 2).known);
    assert_all(folder.comm, !file_exists(cache)); /* a plan leaves nothing */
    identity_free(identity);
    /* files written now are not remembered (mtime is set back, ctime cannot be) */
    identity = identity_new(cache, true);
    struct keys first = keys_with(&folder, identity, "", 2);
    identity_free(identity);
    identity = identity_new(cache, false);
    assert_all(folder.comm, !keys_with(&folder, identity, "", 2).known);
    identity_free(identity);
    usleep(2300000);
    identity = identity_new(cache, true);
    struct keys again = keys_with(&folder, identity, "", 2);
    check_differ(folder.comm, &first, &again, STAGE_NONE);
    identity_free(identity);
    identity = identity_new(cache, false);
    again = keys_with(&folder, identity, "", 2);
    assert_all(folder.comm, again.known);
    check_differ(folder.comm, &first, &again, STAGE_NONE);
    identity_free(identity);
    folder_write(&folder, "u.jsonl", "{\"command_line\":\"y.jsonl\"}\n", 100); /* equal size and mtime */
    identity = identity_new(cache, false);
    again = keys_with(&folder, identity, "", 2);
    assert_all(folder.comm, !again.known && again.stage[STAGE_EVALUATE][0] == '\0' && again.stage[STAGE_TRAIN][0]);
    identity_free(identity);
    folder_remove(&folder);
}

static void generated_telemetry_is_unknown_until_it_is_there(void **state)
{
    struct folder folder = folder_make(*state);
    struct identity *identity = identity_new(NULL, true);
    struct keys keys = keys_with(&folder, identity, ", \"generate\": {}", 2);
    assert_all(folder.comm, !keys.known && keys.stage[STAGE_READ][0] == '\0');
    folder_fill(&folder);
    assert_all(folder.comm, !keys_with(&folder, identity, ", \"generate\": {}", 2).known); /* not all of it yet */
    folder_write(&folder, "SYNTHETIC.json", "{}", 100);
    assert_all(folder.comm, keys_with(&folder, identity, ", \"generate\": {}", 2).known);
    identity_free(identity);
    folder_remove(&folder);
}

static void files_that_cannot_be_read_are_told(void **state)
{
    struct folder folder = folder_make(*state);
    folder_fill(&folder);
    struct json_doc *doc = folder_config(&folder, "");
    struct error err = {.message = ""};
    struct experiment experiment;
    char key[IDENTITY_HEX];
    bool known;
    struct identity *identity = identity_new(NULL, true);
    assert_true(json_set(doc, "features", "{\"name\": \"embedding_file\", \"file\": \"/nowhere/vectors.h5\"}", &err));
    assert_true(experiment_parse(doc, folder.arena, &experiment, &err));
    bool ok = identity_key(folder.comm, identity, &experiment, STAGE_READ, 2, key, &known, &err);
    assert_all(folder.comm, ok && known);
    ok = identity_key(folder.comm, identity, &experiment, STAGE_DETECT, 2, key, &known, &err);
    assert_all(folder.comm, !ok && strstr(err.message, "/nowhere/vectors.h5") != NULL);
    assert_true(json_set(doc, "features", "expert", &err) && json_set(doc, "days", "[\"missing*\"]", &err));
    assert_true(experiment_parse(doc, folder.arena, &experiment, &err));
    ok = identity_key(folder.comm, identity, &experiment, STAGE_READ, 2, key, &known, &err);
    assert_all(folder.comm, !ok && strstr(err.message, "matches no file") != NULL);
    identity_free(identity);
    json_free(doc);
    folder_remove(&folder);
}

static void a_program_knows_itself(void **state)
{
    const struct comm *comm = *state;
    assert_all(comm, strlen(program_digest()) == 16 && strspn(program_digest(), "0123456789abcdef") == 16);
    assert_all(comm, program_commit()[0] != '\0');
    (void)program_dirty();
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_counts_from_its_stage_on),
        cmocka_unit_test(swapped_files_and_moved_folders_are_told_apart),
        cmocka_unit_test(contents_count_not_paths),
        cmocka_unit_test(every_file_parameter_of_every_plugin_counts),
        cmocka_unit_test(later_days_count_later),
        cmocka_unit_test(digests_are_remembered_until_the_file_changes),
        cmocka_unit_test(generated_telemetry_is_unknown_until_it_is_there),
        cmocka_unit_test(files_that_cannot_be_read_are_told),
        cmocka_unit_test(a_program_knows_itself),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

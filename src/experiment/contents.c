#include "contents.h"

#include "comm/agree.h"
#include "label/backend.h"

/* The input with the files that it matches, as "NAME sha256:DIGEST". Collective. */
static bool contents_of_input(struct contents *contents, struct input *input, struct error *err)
{
    struct arena *arena = contents->arena;
    struct catalog files;
    bool known;
    TRY(catalog_of_input(contents->comm, contents->listings, input, contents->data_dir, arena, &files, err));
    const size_t n = files.n;
    const char **text = ARENA_ARRAY(arena, const char *, n);
    struct sha256 *digest = ARENA_ARRAY(arena, struct sha256, n);
    TRY(digests_of_catalog(contents->comm, contents->digests, &files, digest, &known, err));
    for (size_t i = 0; i < n; i++) {
        char hex[SHA256_HEX] = "";
        if (known)
            sha256_hex(digest[i], hex);
        text[i] = arena_printf(arena, "%s sha256:%s", files.file[i].path + files.file[i].name, hex);
    }
    input->files = text;
    input->n_files = n;
    contents->known = contents->known && known;
    return true;
}

bool contents_of_inputs(struct contents *contents, struct inputs *inputs, struct error *err)
{
    struct input *input = ARENA_ARRAY(contents->arena, struct input, inputs->n);
    for (size_t i = 0; i < inputs->n; i++) {
        input[i] = inputs->input[i];
        TRY(contents_of_input(contents, &input[i], err));
    }
    inputs->input = input;
    return true;
}

bool contents_of_tests(struct contents *contents, struct test_sets *tests, struct error *err)
{
    struct test_set *test = ARENA_ARRAY(contents->arena, struct test_set, tests->n);
    for (size_t i = 0; i < tests->n; i++) {
        test[i] = tests->test[i];
        TRY(contents_of_inputs(contents, &test[i].from, err));
    }
    tests->test = test;
    return true;
}

struct file_visit {
    struct contents *contents;
    const char *folder;
    bool ok;
    struct error *err;
};

static void put_content(void *context, const char **path)
{
    struct file_visit *visit = context;
    struct contents *contents = visit->contents;
    struct sha256 digest;
    char hex[SHA256_HEX] = "";
    bool known, below = visit->folder && visit->folder[0] && (*path)[0] != '/';
    if (!visit->ok || !(*path)[0])
        return;
    const char *full = below ? arena_printf(contents->arena, "%s/%s", visit->folder, *path) : *path;
    visit->ok = digests_find(contents->comm, contents->digests, &full, 1, &digest, &known, visit->err);
    contents->known = contents->known && visit->ok && known;
    if (visit->ok && known)
        sha256_hex(digest, hex);
    *path = arena_printf(contents->arena, "sha256:%s", hex);
}

bool contents_of_choice(struct contents *contents, struct choice *choice, const char *folder, struct error *err)
{
    struct file_visit visit = {contents, folder, true, err};
    size_t size = choice->plugin->params_size;
    void *params = arena_alloc(contents->arena, 1, size);
    if (size > 0)
        memcpy(params, choice->params, size);
    params_files(choice->plugin->params, params, put_content, &visit);
    choice->params = params;
    return visit.ok;
}

bool contents_of_features(struct contents *contents, struct feature_set *set, struct error *err)
{
    struct choice *extractor = ARENA_ARRAY(contents->arena, struct choice, set->n);
    for (size_t i = 0; i < set->n; i++) {
        extractor[i] = set->extractor[i];
        TRY(contents_of_choice(contents, &extractor[i], NULL, err));
    }
    set->extractor = extractor;
    return true;
}

/* What the backend says that its answers depend on, found out on rank 0. Collective. */
static bool ask_backend(struct contents *contents, const struct labeler *labeler, size_t b, struct error *err)
{
    const struct choice *choice = &labeler->backend[b];
    const struct backend *backend = (const struct backend *)choice->plugin;
    const char *text = "";
    bool ok = comm_rank(contents->comm) != 0 || !backend->identity ||
              backend->identity(labeler, choice->params, contents->arena, &text, err);
    TRY(agree(contents->comm, ok, err));
    size_t n = strlen(text) + 1;
    text = comm_bcast_new(contents->comm, text, &n, 0, contents->arena);
    buf_printf(contents->more, "\n%s", text);
    return true;
}

bool contents_of_labeler(struct contents *contents, struct labeler *labeler, struct error *err)
{
    struct choice *backend = ARENA_ARRAY(contents->arena, struct choice, labeler->n_backends);
    for (size_t b = 0; b < labeler->n_backends; b++) {
        backend[b] = labeler->backend[b];
        TRY(ask_backend(contents, labeler, b, err));
        TRY(contents_of_choice(contents, &backend[b], contents->data_dir, err));
    }
    labeler->backend = backend;
    return true;
}

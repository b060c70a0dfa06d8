#include "contents.h"

#include "comm/agree.h"
#include "label/backend.h"
#include "support/table.h"

#include <stdlib.h>

struct memo_item {
    const char *const *text;
    size_t n;
    bool known;
};

struct content_memo {
    struct arena *arena;
    struct table *table; /* hash of what was asked for -> address of its item */
};

struct content_memo *content_memo_new(void)
{
    struct content_memo *memo = calloc(1, sizeof *memo);
    ASSERT(memo != NULL);
    memo->arena = arena_new();
    memo->table = table_new(64);
    return memo;
}

void content_memo_free(struct content_memo *memo)
{
    if (!memo)
        return;
    table_free(memo->table);
    arena_free(memo->arena);
    free(memo);
}

static const struct memo_item *memo_find(const struct content_memo *memo, struct hash128 key)
{
    const uint64_t *address = table_get(memo->table, key);
    return address ? (const struct memo_item *)(uintptr_t)*address : NULL;
}

static const struct memo_item *memo_add(struct content_memo *memo, struct hash128 key, struct memo_item item)
{
    bool is_new;
    struct memo_item *kept = ARENA_ARRAY(memo->arena, struct memo_item, 1);
    *kept = item;
    *table_put(memo->table, key, &is_new) = (uint64_t)(uintptr_t)kept;
    return kept;
}

static struct hash128 key_of_files(const struct input *input, const char *data_dir)
{
    struct hash128 key = hash128(str_of(data_dir), 1);
    for (size_t i = 0; i < input->n_files; i++) {
        struct hash128 next = hash128(str_of(input->files[i]), key.lo);
        key = (struct hash128){hash_mix(key.hi) + next.hi, hash_mix(key.lo) + next.lo};
    }
    return key;
}

/* The files that an input matches, as "NAME sha256:DIGEST". Collective. */
static bool list_files(struct contents *contents, const struct input *input, struct memo_item *out, struct error *err)
{
    struct arena *scratch = arena_new(), *arena = contents->memo->arena;
    struct day_file *file = NULL;
    size_t n = 0;
    bool ok = day_files(contents->comm, input, 1, contents->data_dir, scratch, &file, &n, err);
    const char **path = ARENA_ARRAY(scratch, const char *, n), **text = ARENA_ARRAY(arena, const char *, n);
    struct sha256 *digest = ARENA_ARRAY(scratch, struct sha256, n);
    for (size_t i = 0; i < n; i++)
        path[i] = file[i].path;
    *out = (struct memo_item){text, n, false};
    ok = ok && digests_find(contents->comm, contents->digests, path, n, digest, &out->known, err);
    for (size_t i = 0; ok && i < n; i++) {
        char hex[SHA256_HEX] = "";
        if (out->known)
            sha256_hex(digest[i], hex);
        text[i] = arena_printf(arena, "%s sha256:%s", file[i].name, hex);
    }
    arena_free(scratch);
    return ok;
}

bool contents_of_inputs(struct contents *contents, struct inputs *inputs, struct error *err)
{
    struct input *input = ARENA_ARRAY(contents->arena, struct input, inputs->n);
    for (size_t i = 0; i < inputs->n; i++) {
        input[i] = inputs->input[i];
        struct hash128 key = key_of_files(&input[i], contents->data_dir);
        const struct memo_item *item = memo_find(contents->memo, key);
        if (!item) {
            struct memo_item made;
            TRY(list_files(contents, &input[i], &made, err));
            item = memo_add(contents->memo, key, made);
        }
        input[i].files = item->text;
        input[i].n_files = item->n;
        contents->known = contents->known && item->known;
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
static bool ask_backend(struct contents *contents, const struct labeler *labeler, size_t b, struct memo_item *out,
                        struct error *err)
{
    const struct choice *choice = &labeler->backend[b];
    const struct backend *backend = (const struct backend *)choice->plugin;
    const char **text = ARENA_ARRAY(contents->memo->arena, const char *, 1);
    *text = "";
    bool ok = comm_rank(contents->comm) != 0 || !backend->identity ||
              backend->identity(labeler, choice->params, contents->memo->arena, text, err);
    TRY(agree(contents->comm, ok, err));
    size_t n = strlen(*text) + 1;
    *text = comm_bcast_new(contents->comm, *text, &n, 0, contents->memo->arena);
    *out = (struct memo_item){text, 1, true};
    return true;
}

bool contents_of_labeler(struct contents *contents, struct labeler *labeler, struct error *err)
{
    struct choice *backend = ARENA_ARRAY(contents->arena, struct choice, labeler->n_backends);
    for (size_t b = 0; b < labeler->n_backends; b++) {
        struct buf asked = {.limit = (size_t)1 << 20};
        plugin_to_json(&labeler->backend[b], &asked);
        struct hash128 key = hash128(buf_str(&asked), hash64(str_of(contents->data_dir), 2));
        buf_free(&asked);
        const struct memo_item *item = memo_find(contents->memo, key);
        if (!item) {
            struct memo_item made;
            TRY(ask_backend(contents, labeler, b, &made, err));
            item = memo_add(contents->memo, key, made);
        }
        buf_printf(contents->more, "\n%s", *item->text);
        backend[b] = labeler->backend[b];
        TRY(contents_of_choice(contents, &backend[b], contents->data_dir, err));
    }
    labeler->backend = backend;
    return true;
}

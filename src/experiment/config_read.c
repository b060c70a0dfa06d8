#include "comm/agree.h"
#include "experiment/config.h"
#include "support/file.h"

enum { CONFIG_LIMIT = 16 << 20, MOST_BASES = 8 };

static bool read_one(const struct comm *comm, const char *path, struct arena *arena, struct json_doc **out,
                     struct error *err)
{
    struct str text = {"", 0};
    bool ok = comm_rank(comm) != 0 || file_read(path, CONFIG_LIMIT, arena, &text, err);
    TRY(agree(comm, ok, err));
    text.p = comm_bcast_new(comm, text.p, &text.n, 0, arena);
    TRY(json_parse(text, path, true, out, err));
    return json_type(json_root(*out)) == JSON_OBJECT ||
           json_fail(*out, json_root(*out), err, "a configuration must be a JSON object");
}

/* `base`, beside the file at `path`. */
static const char *beside(const char *path, struct str base, struct arena *arena)
{
    const char *slash = strrchr(path, '/');
    int folder = slash && base.p[0] != '/' ? (int)(slash - path) + 1 : 0;
    return arena_printf(arena, "%.*s%.*s", folder, path, STR_ARG(base));
}

/* doc[n]: the file and the bases below it, nearest first; the last ends as all of them laid over each other. */
static bool read_stack(const struct comm *comm, const char *path, struct arena *arena, struct json_doc **doc, size_t *n,
                       struct error *err)
{
    struct str base;
    for (*n = 0; *n < MOST_BASES;) {
        bool ok = read_one(comm, path, arena, &doc[*n], err);
        const struct json_doc *read = doc[(*n)++];
        TRY(ok);
        const struct json *node = json_get(json_root(read), "base");
        if (!node)
            break;
        if (!json_as_str(node, &base) || base.n == 0)
            return json_fail(read, node, err, "base must name another configuration");
        path = beside(path, base, arena);
        if (*n == MOST_BASES)
            return json_fail(read, node, err, "more than %d configurations based on each other", MOST_BASES);
    }
    for (size_t i = *n - 1; i > 0; i--)
        json_lay_over(doc[*n - 1], doc[i - 1], "base");
    return true;
}

bool config_read(const struct comm *comm, const char *path, const struct setting *setting, size_t n_settings,
                 struct json_doc **out, struct error *err)
{
    struct arena *arena = arena_new();
    struct json_doc *doc[MOST_BASES] = {NULL};
    size_t n;
    bool ok = read_stack(comm, path, arena, doc, &n, err);
    *out = ok ? doc[n - 1] : NULL;
    for (size_t i = 0; ok && i < n_settings; i++)
        ok = json_set(*out, setting[i].key, setting[i].value, err);
    ok = agree(comm, ok, err);
    for (size_t i = 0; i < MOST_BASES; i++)
        if (!ok || doc[i] != *out)
            json_free(doc[i]);
    if (!ok)
        *out = NULL;
    arena_free(arena);
    return ok;
}

#include "ensemble.h"

#include "comm/topk.h"
#include "support/hash.h"

const struct param_spec ensemble_specs[] = {
    PARAM_STRING(struct ensemble_params, members, "iforest,kmeans,pca",
                 "detectors, parted by commas, each with its usual parameters"),
    PARAM_INT(struct ensemble_params, depth, 20000, 1, INT32_MAX, "best rows of each member that are told apart"),
    PARAM_END,
};

/* The next name of the list, without blanks around it; false at the end. */
static bool next_name(struct str *list, struct str *name)
{
    if (list->p == NULL)
        return false;
    const char *comma = memchr(list->p, ',', list->n);
    *name = (struct str){list->p, comma != NULL ? (size_t)(comma - list->p) : list->n};
    *list = comma != NULL ? (struct str){comma + 1, list->n - name->n - 1} : (struct str){NULL, 0};
    while (name->n > 0 && name->p[0] == ' ') {
        name->p++;
        name->n--;
    }
    while (name->n > 0 && name->p[name->n - 1] == ' ')
        name->n--;
    return true;
}

static bool parse_members(const char *members, struct arena *arena, struct choice *member, size_t *n, struct error *err)
{
    struct str list = str_of(members), name;
    for (*n = 0; next_name(&list, &name); (*n)++) {
        const char *text = arena_printf(arena, "%.*s", STR_ARG(name));
        if (plugin_find(detector_list(), text) == NULL)
            return fail(err, ERROR_USAGE, "there is no detector \"%s\" to be a member of \"%s\"; see `benomaly list`",
                        text, members);
        for (size_t i = 0; i < *n; i++)
            if (strcmp(member[i].plugin->name, text) == 0)
                return fail(err, ERROR_USAGE, "detector \"%s\" is twice among the members \"%s\"; name it once", text,
                            members);
        member[*n] = plugin_default(detector_list(), text, arena);
    }
    return true;
}

static size_t count_members(const char *members)
{
    struct str list = str_of(members), name;
    size_t n = 0;
    while (next_name(&list, &name))
        n++;
    return n;
}

/* rank[i * stride] of this rank's rows. */
static void note_ranks(const struct comm *comm, const struct ranked_list *list, size_t n, size_t stride, int64_t depth,
                       int64_t *rank)
{
    for (size_t i = 0; i < n; i++)
        rank[i * stride] = depth + 1;
    for (size_t i = 0; i < list->n; i++)
        if (list->item[i].rank == comm_rank(comm))
            rank[list->item[i].local * stride] = (int64_t)i + 1;
}

bool ensemble_fit(const struct comm *comm, const struct rows *rows, const struct ensemble_params *params, uint64_t seed,
                  struct arena *arena, struct ensemble **out, struct error *err)
{
    struct ensemble *ensemble = ARENA_ARRAY(arena, struct ensemble, 1);
    size_t members = count_members(params->members);
    struct choice *member = ARENA_ARRAY(arena, struct choice, members);
    TRY(parse_members(params->members, arena, member, &members, err));
    *ensemble = (struct ensemble){members, rows->n, ARENA_ARRAY(arena, int64_t, rows->n * members)};
    *out = ensemble;
    struct arena_mark mark = arena_mark(arena);
    double *score = ARENA_ARRAY(arena, double, rows->n);
    for (size_t m = 0; m < members; m++) {
        const char *name = member[m].plugin->name;
        struct ranked_list list;
        if (!detect_score(comm, &member[m], rows, hash64(str_of(name), seed), arena, score, err) ||
            !topk_best(comm, score, rows->row, rows->n, (size_t)params->depth, arena, &list, err))
            return error_context(err, "member %s", name);
        note_ranks(comm, &list, rows->n, members, params->depth, ensemble->rank + m);
    }
    arena_release(arena, mark);
    return true;
}

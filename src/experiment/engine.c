#include "engine.h"

#include "label/backend.h"
#include "support/clock.h"

#include <string.h>

const char *const clock_stage_names[CLOCK_COUNT] = {"telemetry", "detect", "select", "label", "train", "evaluate"};

void engine_clock(struct engine *e, enum clock_stage stage)
{
    double now = clock_seconds();
    int64_t sent = comm_bytes_sent(e->world);
    e->seconds[stage] += now - e->clock;
    e->bytes[stage] += sent - e->sent;
    e->clock = now;
    e->sent = sent;
}

bool arm_alive(const struct engine *e, size_t arm)
{
    return e->arm[arm].failed.code == ERROR_NONE;
}

const char *engine_path(const struct engine *e, const char *name, struct arena *arena)
{
    return arena_printf(arena, "%s/%s", e->options.out_dir, name);
}

/* Some backend waits for a server, so a rank of its own pays. */
static bool labels_are_paid(const struct engine *e)
{
    for (size_t a = 0; a < e->n_askings; a++)
        for (size_t b = 0; b < e->asking[a].e->labeler.n_backends; b++)
            if (((const struct backend *)e->asking[a].e->labeler.backend[b].plugin)->paid)
                return true;
    return false;
}

/* The fields of the test lines that clusters and groups are made of. */
static bool add_field(struct engine *e, struct str name, struct error *err)
{
    enum { MOST_FIELDS = 8 };
    for (size_t f = 0; f < e->n_fields; f++)
        if (str_equal(name, str_of(e->field[f])))
            return true;
    if (e->n_fields == MOST_FIELDS)
        return fail(err, ERROR_CONFIG, "evaluate.groups and evaluate.cluster name more than %d fields", MOST_FIELDS);
    e->field[e->n_fields++] = arena_printf(e->arena, "%.*s", STR_ARG(name));
    return true;
}

static bool list_fields(struct engine *e, struct error *err)
{
    const char *groups = e->e->evaluate.groups, *cluster = e->e->evaluate.cluster;
    e->field = ARENA_ARRAY(e->arena, const char *, 8);
    for (const char *p = groups; *p;) {
        const char *end = p + strcspn(p, ",");
        struct str name = {p, (size_t)(end - p)};
        while (name.n > 0 && name.p[0] == ' ')
            name.p++, name.n--;
        if (name.n > 0)
            TRY(add_field(e, name, err));
        p = *end ? end + 1 : end;
    }
    if (strcmp(cluster, "near") != 0 && strcmp(cluster, "line") != 0)
        return add_field(e, str_of(cluster), err);
    return true;
}

static void name_tests(struct engine *e)
{
    const struct test_sets *tests = &e->e->tests;
    e->n_tests = tests->n + (e->e->validation.n > 0);
    e->test_name = ARENA_ARRAY(e->arena, const char *, e->n_tests);
    for (size_t t = 0; t < tests->n; t++)
        e->test_name[t] = tests->test[t].name;
    if (e->e->validation.n > 0)
        e->test_name[tests->n] = "validation, tune half";
}

bool engine_start(const struct comm *world, const struct sweep *sweep, const struct sweep_options *options,
                  const size_t *wanted, size_t n_wanted, struct engine **out, struct error *err)
{
    struct arena *arena = arena_new();
    struct engine *e = ARENA_ZARRAY(arena, struct engine, 1);
    *e = (struct engine){.sweep = sweep,
                         .options = *options,
                         .world = world,
                         .arena = arena,
                         .scratch = arena_new(),
                         .clock = clock_seconds(),
                         .sent = comm_bytes_sent(world)};
    *out = e;
    arms_make(e, wanted, n_wanted);
    name_tests(e);
    e->own_labeler = comm_size(world) >= 3 && labels_are_paid(e);
    e->workers = comm_first(world, comm_size(world) - e->own_labeler);
    if (options->out_dir)
        e->identity = identity_new(engine_path(e, "files.cache", arena), true);
    labels_start(e);
    return list_fields(e, err) && labels_check(e, err);
}

void engine_free(struct engine *e)
{
    for (size_t a = 0; a < e->n_arms; a++)
        selection_free(e->arm[a].selection);
    if (e->workers)
        corpora_free(e);
    labels_free(e);
    identity_free(e->identity);
    comm_free(e->workers);
    arena_free(e->scratch);
    arena_free(e->arena);
}

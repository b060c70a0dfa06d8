/* What the tests of label backends share: lines of known truth, a sink that keeps answers. Include it first, as
 * mpi_test.h, and for the same reason. */
#ifndef LABEL_TEST_H
#define LABEL_TEST_H

#include "standin_test.h"

#include "label/backend.h"

/* n lines, all different; even ones benign, odd ones malicious. */
static inline struct label_item *items_make(size_t n, struct arena *arena)
{
    struct label_item *item = ARENA_ZARRAY(arena, struct label_item, n);
    for (size_t i = 0; i < n; i++) {
        item[i].text = str_of(arena_printf(arena, "tool --number %zu \"C:\\a b\\%zu\"", i, i));
        item[i].hash = hash128(item[i].text, 7);
        item[i].truth = i % 2 ? TRUTH_MALICIOUS : TRUTH_BENIGN;
    }
    return item;
}

static inline void write_truth(const char *path, const struct label_item *item, size_t n)
{
    struct buf text = {.limit = 64 << 20};
    for (size_t i = 0; i < n; i++) {
        buf_add_str(&text, STR("{\"command_line\":"));
        buf_add_json_string(&text, item[i].text);
        buf_printf(&text, ",\"label\":\"%s\"}\n", truth_name(item[i].truth));
    }
    write_text(path, buf_str(&text));
    buf_free(&text);
}

/* Starts the server on a free port with these lines as its truth; false if it is not built. more: NULL-terminated
 * further arguments. */
static inline bool standin_start(struct standin *server, const struct test_folder *folder, const char *name,
                                 const struct label_item *item, size_t n, const char *const *more)
{
    char truth[128];
    const char *args[30] = {"--truth", truth};
    (void)snprintf(truth, sizeof truth, "%s/%s.truth", folder->path, name);
    write_truth(truth, item, n);
    for (size_t i = 2; more && *more; more++)
        args[i++] = *more;
    return standin_run(server, folder, name, args);
}

/* A labeler from JSON text. */
static inline bool labeler_make(const char *json, struct arena *arena, struct labeler *out, struct error *err)
{
    struct json_doc *doc = NULL;
    if (!json_parse(str_of(json), "labeler", false, &doc, err))
        return false;
    bool ok = labeler_parse(doc, json_root(doc), arena, out, err);
    json_free(doc);
    return ok;
}

struct answers {
    size_t n, n_put, n_twice, n_sync;
    enum verdict verdict[40000];
    double confidence[40000];
};

static inline bool answers_put(void *context, size_t i, enum verdict verdict, double confidence, struct error *err)
{
    struct answers *answers = context;
    (void)err;
    answers->n_put++;
    answers->n_twice += answers->verdict[i] != VERDICT_NONE;
    answers->verdict[i] = verdict;
    answers->confidence[i] = confidence;
    return true;
}

static inline bool answers_sync(void *context, struct error *err)
{
    (void)err;
    ((struct answers *)context)->n_sync++;
    return true;
}

/* Asks the labeler's only backend. */
static inline bool ask(const struct labeler *labeler, const struct label_item *item, size_t n, struct answers *answers,
                       struct label_sink *sink, struct error *err)
{
    const struct backend *backend = (const struct backend *)labeler->backend[0].plugin;
    memset(answers, 0, sizeof *answers);
    *sink = (struct label_sink){.put = answers_put, .sync = answers_sync, .context = answers};
    return backend->answer(labeler, labeler->backend[0].params, item, n, sink, err);
}

static inline bool is_right(const struct label_item *item, enum verdict verdict)
{
    return verdict == (item->truth == TRUTH_BENIGN ? VERDICT_BENIGN : VERDICT_MALICIOUS);
}

#endif

#include "embed_client.h"

#include "support/clock.h"
#include "support/json.h"
#include "support/log.h"

#include <math.h>
#include <stdio.h>

enum {
    BATCH_BYTES = 512 << 10, /* of text in a request, before it is escaped */
    NUMBER_BYTES = 32,       /* at most, of a number in a reply */
    REPLY_SLACK = 1 << 20,
    SAY_EVERY_S = 10,
    USELESS_LIMIT = 20, /* requests in a row without a usable answer */
};

struct batch {
    size_t first, n;
};

struct session {
    const struct embed_options *options;
    const struct embed_sink *sink;
    const struct str *text;
    struct batch *batch;
    size_t n_batches, n_lines, n_done, n_failed; /* lines; failed: in this pass */
    int useless;                                 /* requests in a row */
    bool *answered;                              /* [n_lines] */
    bool *repeated;                              /* [n_batches] a malformed reply was had already */
    float *x;                                    /* [most lines of a batch * dimensions] */
    double said;
    char problem[512]; /* the latest */
};

/* Batches of lines without an answer. */
static void make_batches(struct session *session, size_t most)
{
    session->n_batches = 0;
    size_t bytes = 0;
    bool open = false;
    for (size_t i = 0; i < session->n_lines; i++) {
        if (session->answered[i]) {
            open = false;
            continue;
        }
        struct batch *last = open ? &session->batch[session->n_batches - 1] : NULL;
        if (!last || last->n == most || bytes + session->text[i].n > BATCH_BYTES) {
            last = &session->batch[session->n_batches++];
            *last = (struct batch){.first = i};
            bytes = 0;
            open = true;
        }
        last->n++;
        bytes += session->text[i].n;
    }
    memset(session->repeated, 0, session->n_batches * sizeof *session->repeated);
    session->n_failed = 0;
}

static void body(void *context, size_t b, struct buf *out)
{
    const struct session *session = context;
    const struct batch *batch = &session->batch[b];
    buf_add_str(out, STR("{\"model\":"));
    buf_add_json_string(out, str_of(session->options->model));
    buf_add_str(out, STR(",\"encoding_format\":\"float\",\"input\":["));
    for (size_t i = 0; i < batch->n; i++) {
        if (i > 0)
            buf_add_str(out, STR(","));
        buf_add_json_string(out, session->text[batch->first + i]);
    }
    buf_add_str(out, STR("]}"));
}

static bool read_vector(const struct json *node, size_t d, float *out, size_t *width, const char **reason)
{
    *reason = "an embedding is not an array of numbers";
    if (!node || json_type(node) != JSON_ARRAY)
        return false;
    *reason = "an embedding has another number of dimensions";
    *width = json_count(node);
    if (*width != d)
        return false;
    const struct json *number = json_at(node, 0);
    for (size_t c = 0; c < d; c++, number = json_next(number)) {
        double value;
        *reason = "an embedding is not an array of numbers";
        if (!json_as_f64(number, &value))
            return false;
        out[c] = (float)value;
        *reason = "an embedding has a number that is not finite";
        if (!isfinite(out[c]))
            return false;
    }
    return true;
}

bool embed_parse(struct str text, size_t n, size_t d, float *out, const char **reason, size_t *width)
{
    struct json_doc *doc = NULL;
    struct error ignored;
    *width = d;
    *reason = "the reply is not JSON";
    if (!json_parse(text, "reply", false, &doc, &ignored))
        return false;
    const struct json *data = json_get(json_root(doc), "data");
    *reason = "the reply has not one embedding for each line";
    bool ok = data && json_type(data) == JSON_ARRAY && json_count(data) == n;
    for (size_t i = 0; ok && i < n; i++) /* marks what is not there yet */
        out[i * d] = NAN;
    const struct json *item = ok ? json_at(data, 0) : NULL;
    for (int64_t place = 0; ok && item; item = json_next(item), place++) {
        int64_t index = place;
        const struct json *stated = json_get(item, "index");
        *reason = "the reply has not one embedding for each line";
        ok = (!stated || json_as_i64(stated, &index)) && index >= 0 && (size_t)index < n &&
             isnan(out[(size_t)index * d]) &&
             read_vector(json_get(item, "embedding"), d, out + (size_t)index * d, width, reason);
    }
    json_free(doc);
    return ok;
}

static enum http_next give_up(struct session *session, const struct batch *batch, const char *problem,
                              struct error *err)
{
    (void)snprintf(session->problem, sizeof session->problem, "%s", problem);
    session->n_failed += batch->n;
    if (++session->useless < USELESS_LIMIT)
        return HTTP_DONE;
    (void)fail(err, ERROR_NETWORK, "%s: %s; this was the end of %d requests in a row without a usable answer",
               session->options->server->url, problem, session->useless);
    return HTTP_STOP;
}

static enum http_next reply(void *context, size_t b, const struct http_reply *http, struct error *err)
{
    struct session *session = context;
    const struct batch *batch = &session->batch[b];
    const size_t d = (size_t)session->options->dimensions;
    const char *reason;
    size_t width;
    if (!http->ok)
        return give_up(session, batch, http->problem, err);
    if (!embed_parse(http->body, batch->n, d, session->x, &reason, &width)) {
        if (width != d) {
            (void)fail(err, ERROR_CONFIG,
                       "the server's vectors have %zu numbers, not %zu; set dimensions to %zu, or ask another model",
                       width, d, width);
            return HTTP_STOP;
        }
        if (session->repeated[b])
            return give_up(session, batch, reason, err);
        session->repeated[b] = true;
        return HTTP_AGAIN;
    }
    if (!session->sink->put(session->sink->context, batch->first, batch->n, session->x, err))
        return HTTP_STOP;
    for (size_t i = 0; i < batch->n; i++)
        session->answered[batch->first + i] = true;
    session->n_done += batch->n;
    session->useless = 0;
    return HTTP_DONE;
}

static bool round_done(void *context, struct error *err)
{
    struct session *session = context;
    double now = clock_seconds();
    if (now - session->said >= SAY_EVERY_S) {
        session->said = now;
        log_job(LOG_INFO, "embedding_http: %zu of %zu lines answered", session->n_done, session->n_lines);
    }
    return session->sink->sync(session->sink->context, err);
}

static bool ask(struct session *session, struct arena *arena, struct error *err)
{
    const struct embed_options *options = session->options;
    struct http_options http;
    TRY(http_options_of(options->server, "/embeddings", arena, &http, err));
    http.reply_limit_bytes = (size_t)options->batch * (size_t)options->dimensions * NUMBER_BYTES + REPLY_SLACK;
    int64_t sent = 0;
    for (size_t most = (size_t)options->batch;; most = 1) {
        make_batches(session, most);
        struct http_job job = {session->n_batches, session, body, reply, round_done};
        TRY(http_run(&http, &job, &sent, err));
        if (session->n_failed == 0 || most == 1)
            break;
        log_job(LOG_WARN, "embedding_http: %zu lines got no answer (%s); asking for each alone", session->n_failed,
                session->problem);
    }
    log_job(LOG_INFO, "embedding_http: %zu lines answered, %" PRId64 " requests", session->n_done, sent);
    return session->n_failed == 0 || fail(err, ERROR_NETWORK, "%zu of %zu lines got no vector; the last reason: %s",
                                          session->n_failed, session->n_lines, session->problem);
}

bool embed_ask(const struct embed_options *options, const struct str *text, size_t n, const struct embed_sink *sink,
               struct error *err)
{
    struct arena *arena = arena_new();
    struct session session = {
        .options = options,
        .sink = sink,
        .text = text,
        .batch = ARENA_ARRAY(arena, struct batch, n),
        .n_lines = n,
        .answered = ARENA_ZARRAY(arena, bool, n),
        .repeated = ARENA_ZARRAY(arena, bool, n),
        .x = ARENA_ARRAY(arena, float, (size_t)(options->batch * options->dimensions)),
        .said = clock_seconds(),
    };
    bool ok = n == 0 || ask(&session, arena, err);
    arena_free(arena);
    return ok;
}

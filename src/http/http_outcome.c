#include "http_outcome.h"

#include "support/json.h"
#include "support/rng.h"

#include <stdio.h>

enum http_outcome http_classify(CURLcode code, long status)
{
    switch (code) {
    case CURLE_OK:
        break;
    case CURLE_WRITE_ERROR: /* our own cap on the reply's size */
        return OUTCOME_REFUSED;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        return OUTCOME_LOCKED_OUT;
    default:
        return OUTCOME_UNREACHABLE;
    }
    if (status >= 200 && status < 300)
        return OUTCOME_OK;
    if (status == 408 || status == 409 || status == 429 || status >= 500)
        return OUTCOME_BUSY;
    if (status < 400 || status == 401 || status == 403 || status == 404 || status == 405 || status == 407)
        return OUTCOME_LOCKED_OUT;
    return OUTCOME_REFUSED;
}

static void add_message(struct str message, const char *key, struct buf *out)
{
    struct str secret = str_of(key ? key : "");
    for (size_t at = 0; at < message.n;) {
        size_t hit = secret.n > 0 ? str_find(message, secret, at) : SIZE_MAX;
        size_t end = min_size(hit, message.n);
        for (; at < end; at++) {
            char c = message.p[at];
            bool control = (unsigned char)c < 0x20 || c == 0x7f;
            buf_add(out, control ? " " : &c, 1);
        }
        if (hit != SIZE_MAX) {
            buf_add_str(out, STR("[key]"));
            at += secret.n;
        }
    }
}

/* error.message of a JSON reply, "message" or "error" as a string, else the reply's beginning. */
static void add_server_message(struct str body, const char *key, struct buf *out)
{
    struct json_doc *doc = NULL;
    struct error ignored = {0};
    struct str message = {body.p, min_size(body.n, 4096)};
    if (json_parse(body, "reply", false, &doc, &ignored)) {
        const struct json *root = json_root(doc);
        if (!json_as_str(json_path(root, "error.message"), &message) &&
            !json_as_str(json_get(root, "message"), &message))
            (void)json_as_str(json_get(root, "error"), &message);
    }
    add_message(message, key, out);
    json_free(doc);
}

void http_problem(CURLcode code, long status, struct str body, const struct http_options *options,
                  char out[PROBLEM_BYTES])
{
    struct buf text = {.limit = 16 * 1024};
    if (code == CURLE_WRITE_ERROR)
        buf_printf(&text, "the reply is larger than %zu bytes", options->reply_limit_bytes);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        buf_printf(&text, "no reply within %" PRId64 " s", options->timeout_s);
    else if (code != CURLE_OK)
        buf_add_str(&text, str_of(curl_easy_strerror(code)));
    else if (status >= 300 && status < 400)
        buf_printf(&text, "HTTP %ld: redirects are not followed; give the final address as url", status);
    else {
        buf_printf(&text, "HTTP %ld", status);
        if (body.n > 0) {
            buf_add_str(&text, STR(": "));
            add_server_message(body, options->key, &text);
        }
    }
    size_t limit = PROBLEM_BYTES - 4;
    (void)snprintf(out, PROBLEM_BYTES, "%.*s%s", (int)min_size(text.n, limit), text.p ? text.p : "",
                   text.n > limit ? "..." : "");
    buf_free(&text);
}

double http_pause(const struct http_options *options, size_t i, int64_t attempt, int64_t retry_after_s)
{
    double longest = options->backoff_s;
    for (int64_t k = 1; k < attempt && longest < PAUSE_MAX_S; k++)
        longest *= 2;
    if (longest > PAUSE_MAX_S)
        longest = PAUSE_MAX_S;
    double jitter = longest * rng_unit(options->seed, rng_stream("http pause", (uint64_t)attempt, 0), i);
    return retry_after_s > 0 ? (double)min_i64(retry_after_s, RETRY_AFTER_MAX_S) + jitter : jitter;
}

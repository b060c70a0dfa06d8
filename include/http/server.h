/* What users of requests let a configuration say about their server. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "http/http.h"
#include "support/arena.h"
#include "support/param.h"

/* The first member of a plug-in's parameters. All are incidental: answers are known by the model, not by the address.
 */
struct http_server {
    const char *url; /* https://HOST[:PORT][/PATH]: no user name, password, query or fragment */
    const char *key_env;
    int64_t in_flight, timeout_s, max_retries;
    double backoff_s;
    bool allow_http;
};

#define HTTP_SERVER_PARAMS(default_url, url_help, default_in_flight, default_timeout_s)                                \
    PARAM_ASIDE_STRING(struct http_server, url, default_url, url_help),                                                \
        PARAM_ASIDE_STRING(struct http_server, key_env, "OPENAI_API_KEY",                                              \
                           "environment variable with the key; not needed on loopback"),                               \
        PARAM_ASIDE_INT(struct http_server, in_flight, default_in_flight, 1, 1024, "requests under way at once"),      \
        PARAM_ASIDE_INT(struct http_server, timeout_s, default_timeout_s, 1, 3600,                                     \
                        "seconds until an attempt is given up"),                                                       \
        PARAM_ASIDE_INT(struct http_server, max_retries, 5, 0, 100,                                                    \
                        "further attempts after 408, 409, 429, 5xx and lost connections"),                             \
        PARAM_ASIDE_REAL(struct http_server, backoff_s, 0.5, 0.001, 30,                                                \
                         "longest pause before the first retry; doubles with each"),                                   \
        PARAM_ASIDE_BOOL(struct http_server, allow_http, false,                                                        \
                         "plain http also beyond loopback: lines and key travel unencrypted")

/* Options of requests to url + path, in the arena; reply_limit_bytes and seed are left to the caller. Reads the key
 * from the environment. Fails if the address is no such address, is plain http beyond loopback without allow_http, or
 * there is no key though one is needed. Local. */
MUST_CHECK bool http_options_of(const struct http_server *server, const char *path, struct arena *arena,
                                struct http_options *out, struct error *err);

#endif

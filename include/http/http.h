/* Many POST requests to one address: a fixed number in flight, deadlines, retries with capped exponential backoff and
 * jitter, Retry-After honoured. Redirects are not followed, proxies of the environment are used except for loopback,
 * TLS is verified. */
#ifndef HTTP_HTTP_H
#define HTTP_HTTP_H

#include "support/error.h"
#include "support/str.h"

struct http_options {
    const char *url, *user_agent;
    const char *key; /* sent as a bearer token and struck out of every message; NULL: none */
    bool loopback;
    int64_t in_flight, max_retries, timeout_s;
    double backoff_s; /* mean of the first pause is half of it; doubled up to 30 s */
    size_t reply_limit_bytes;
    uint64_t seed; /* of the jitter */
};

/* The last attempt at one request. */
struct http_reply {
    bool ok;             /* status 2xx */
    struct str body;     /* of an ok reply; valid during the call */
    const char *problem; /* of one that is not: one line, without secrets */
};

enum http_next { HTTP_DONE, HTTP_AGAIN, HTTP_STOP };

struct http_job {
    size_t n;
    void *context;
    /* Appends the body of request i; it is asked for again before a retry. */
    void (*body)(void *context, size_t i, struct buf *out);
    /* Takes the reply; HTTP_AGAIN sends an ok one once more, HTTP_STOP (with *err set) ends all. */
    enum http_next (*reply)(void *context, size_t i, const struct http_reply *reply, struct error *err);
    /* After each round in which replies came. */
    bool (*round)(void *context, struct error *err);
};

/* Fails if the server seems of no use: none but failures to connect or to be let in among the first 20 attempts (or
 * all), or 20 requests given up in a row. *sent counts attempts. */
MUST_CHECK bool http_run(const struct http_options *options, const struct http_job *job, int64_t *sent,
                         struct error *err);

#endif

/* What became of one attempt. */
#ifndef HTTP_HTTP_OUTCOME_H
#define HTTP_HTTP_OUTCOME_H

#include "http/http.h"

#include <curl/curl.h>

enum http_outcome {
    OUTCOME_OK,
    OUTCOME_BUSY,        /* the server is there, but not now: try again */
    OUTCOME_UNREACHABLE, /* no reply: try again */
    OUTCOME_LOCKED_OUT,  /* wrong key, address or certificate: trying again is of no use, for any request */
    OUTCOME_REFUSED,     /* this request is of no use */
};

enum { PAUSE_MAX_S = 30, RETRY_AFTER_MAX_S = 300, PROBLEM_BYTES = 320 };

enum http_outcome http_classify(CURLcode code, long status);
/* One line about an attempt that is not OUTCOME_OK: the curl error, or the status and the server's own message,
 * shortened, with control characters and the key struck out. */
void http_problem(CURLcode code, long status, struct str body, const struct http_options *options,
                  char out[PROBLEM_BYTES]);
/* Seconds to wait before attempt number `attempt` + 1 (attempt >= 1) of request i; retry_after_s 0: none was asked for.
 */
double http_pause(const struct http_options *options, size_t i, int64_t attempt, int64_t retry_after_s);

#endif

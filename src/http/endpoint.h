/* The address that requests go to, and whether a key may travel there. */
#ifndef HTTP_ENDPOINT_H
#define HTTP_ENDPOINT_H

#include "support/arena.h"
#include "support/error.h"

struct endpoint {
    const char *url; /* base and path joined */
    bool loopback;
};

/* base: https://HOST[:PORT][/PATH]. Plain http only to loopback addresses unless allow_http; no user name, password,
 * query or fragment, since settings are stored with results. */
MUST_CHECK bool endpoint_parse(const char *base, const char *path, bool allow_http, struct arena *arena,
                               struct endpoint *out, struct error *err);
/* The key from the environment variable; NULL if there is none and the endpoint is a loopback one. Neither the key nor
 * a part of it is ever in a message. */
MUST_CHECK bool endpoint_key(const struct endpoint *endpoint, const char *variable, const char **out,
                             struct error *err);

#endif

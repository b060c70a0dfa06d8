#include "http/server.h"

#include "endpoint.h"

bool http_options_of(const struct http_server *server, const char *path, struct arena *arena, struct http_options *out,
                     struct error *err)
{
    struct endpoint endpoint;
    const char *key;
    TRY(endpoint_parse(server->url, path, server->allow_http, arena, &endpoint, err));
    TRY(endpoint_key(&endpoint, server->key_env, &key, err));
    *out = (struct http_options){
        .url = endpoint.url,
        .user_agent = "benomaly/" BENOMALY_VERSION,
        .key = key,
        .loopback = endpoint.loopback,
        .in_flight = server->in_flight,
        .max_retries = server->max_retries,
        .timeout_s = server->timeout_s,
        .backoff_s = server->backoff_s,
    };
    return true;
}

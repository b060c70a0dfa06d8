#include "endpoint.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_LIMIT = 4096 };

static const char *part(CURLU *url, CURLUPart what, struct arena *arena)
{
    char *text = NULL;
    if (curl_url_get(url, what, &text, 0) != CURLUE_OK)
        return "";
    const char *copy = arena_printf(arena, "%s", text);
    curl_free(text);
    return copy;
}

static bool is_loopback(const char *host)
{
    struct in_addr address;
    if (inet_pton(AF_INET, host, &address) == 1)
        return (ntohl(address.s_addr) >> 24) == 127;
    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

static bool read_parts(CURLU *url, const char *base, const char *path, bool allow_http, struct arena *arena,
                       struct endpoint *out, struct error *err)
{
    CURLUcode code = curl_url_set(url, CURLUPART_URL, base, 0);
    if (code != CURLUE_OK)
        return fail(err, ERROR_CONFIG, "the url is not an address: %s; write it as https://HOST/v1",
                    curl_url_strerror(code));
    const char *scheme = part(url, CURLUPART_SCHEME, arena), *host = part(url, CURLUPART_HOST, arena);
    if (part(url, CURLUPART_USER, arena)[0] || part(url, CURLUPART_PASSWORD, arena)[0])
        return fail(err, ERROR_CONFIG,
                    "the url must not hold a user name or password; a key comes from the environment only");
    if (part(url, CURLUPART_QUERY, arena)[0] || part(url, CURLUPART_FRAGMENT, arena)[0])
        return fail(err, ERROR_CONFIG, "the url %s must not hold a query or fragment", base);
    out->loopback = is_loopback(host);
    bool plain = strcmp(scheme, "http") == 0;
    if (!plain && strcmp(scheme, "https") != 0)
        return fail(err, ERROR_CONFIG, "the url %s must start with https://", base);
    if (plain && !out->loopback && !allow_http)
        return fail(err, ERROR_CONFIG,
                    "the url %s would send command lines and the key unencrypted; use https://, or set allow_http",
                    base);
    size_t length = strlen(base);
    while (length > 0 && base[length - 1] == '/')
        length--;
    out->url = arena_printf(arena, "%.*s%s", (int)length, base, path);
    return true;
}

bool endpoint_parse(const char *base, const char *path, bool allow_http, struct arena *arena, struct endpoint *out,
                    struct error *err)
{
    CURLU *url = curl_url();
    ASSERT(url);
    bool ok = read_parts(url, base, path, allow_http, arena, out, err);
    curl_url_cleanup(url);
    return ok;
}

bool endpoint_key(const struct endpoint *endpoint, const char *variable, const char **out, struct error *err)
{
    const char *key = variable[0] ? getenv(variable) : NULL;
    *out = NULL;
    if (!key || !key[0]) {
        return endpoint->loopback || fail(err, ERROR_USAGE, "no key for %s: put it into the environment variable %s",
                                          endpoint->url, variable[0] ? variable : "named by key_env");
    }
    size_t n = strlen(key);
    for (size_t i = 0; i < n; i++)
        if (key[i] < 0x21 || key[i] > 0x7e || n > KEY_LIMIT)
            return fail(err, ERROR_USAGE,
                        "the key in the environment variable %s has blanks or other bytes that no key has", variable);
    *out = key;
    return true;
}

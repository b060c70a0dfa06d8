/* What a request to the stand-in server asks about: the prompt's protocol. */
#ifndef STANDIN_QUESTION_H
#define STANDIN_QUESTION_H

#include "support/hash.h"
#include "support/json.h"

#include <stdio.h>
#include <string.h>

enum { BODY_LIMIT = 8 << 20, CUT_BYTES = 4000, EDGE_BYTES = 1500 };

struct question {
    char nonce[17];
    struct hash128 key;
};

/* A line of more than CUT_BYTES is asked about without its middle, so its two ends stand for it. */
static inline struct hash128 line_key(struct str line)
{
    if (line.n <= CUT_BYTES)
        return hash128(line, 0);
    struct hash128 ends[2] = {hash128((struct str){line.p, EDGE_BYTES}, 1),
                              hash128((struct str){line.p + line.n - EDGE_BYTES, EDGE_BYTES}, 2)};
    return hash128((struct str){(const char *)ends, sizeof ends}, 3);
}

/* The text between two marks. */
static inline bool between(struct str text, const char *from, const char *to, struct str *out)
{
    size_t start = str_find(text, str_of(from), 0);
    if (start == SIZE_MAX)
        return false;
    start += strlen(from);
    size_t end = str_find(text, str_of(to), start);
    if (end == SIZE_MAX)
        return false;
    *out = (struct str){text.p + start, end - start};
    return true;
}

static inline bool read_message(struct str message, struct question *out)
{
    struct str nonce, quoted, line;
    char from[64], to[64];
    TRY(between(message, "nonce ", "\n", &nonce) && nonce.n == 16);
    (void)snprintf(out->nonce, sizeof out->nonce, "%.*s", STR_ARG(nonce));
    (void)snprintf(from, sizeof from, "\nBEGIN COMMAND LINE %s\n", out->nonce);
    (void)snprintf(to, sizeof to, "\nEND COMMAND LINE %s\n", out->nonce);
    TRY(between(message, from, to, &quoted));
    struct buf array = {.limit = BODY_LIMIT};
    buf_printf(&array, "[%.*s]", STR_ARG(quoted));
    struct json_doc *doc = NULL;
    struct error ignored = {0};
    bool ok =
        json_parse(buf_str(&array), "line", false, &doc, &ignored) && json_as_str(json_at(json_root(doc), 0), &line);
    if (ok)
        out->key = line_key(line);
    json_free(doc);
    buf_free(&array);
    return ok;
}

static inline bool read_question(struct str body, struct question *out)
{
    struct json_doc *doc = NULL;
    struct error ignored = {0};
    struct str message, model;
    TRY(json_parse(body, "request", false, &doc, &ignored));
    const struct json *root = json_root(doc), *messages = json_get(root, "messages");
    size_t n = messages && json_type(messages) == JSON_ARRAY ? json_count(messages) : 0;
    bool ok = n > 0 && json_as_str(json_get(root, "model"), &model) &&
              json_as_str(json_get(json_at(messages, n - 1), "content"), &message) && read_message(message, out);
    json_free(doc);
    return ok;
}

#endif

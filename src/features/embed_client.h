/* Asks a server of the OpenAI form, POST URL/embeddings {"model", "input": [line, ...]}, for the vectors of lines.
 * Private to the module. */
#ifndef FEATURES_EMBED_CLIENT_H
#define FEATURES_EMBED_CLIENT_H

#include "http/server.h"

struct embed_options {
    const struct http_server *server;
    const char *model;
    int64_t dimensions, batch; /* batch: most lines of a request */
};

/* Takes the vectors of lines first .. first + n - 1. sync: after each round of answers. */
struct embed_sink {
    bool (*put)(void *context, size_t first, size_t n, const float *vector, struct error *err);
    bool (*sync)(void *context, struct error *err);
    void *context;
};

/* Each line is asked for once, in batches made from text[n] in order, many in flight; answers come in any order. Lines
 * of a batch that got no answer are asked for one by one, so that one refused line costs only itself. Fails if a line
 * got none or the server is of no use; what came before is with the sink. */
MUST_CHECK bool embed_ask(const struct embed_options *options, const struct str *text, size_t n,
                          const struct embed_sink *sink, struct error *err);
/* The vectors of a reply to n lines: out[n * d] in the order of the lines, whatever the order of the reply. *reason
 * (static): why not. *width: numbers of a vector, if that is the reason, else d. */
bool embed_parse(struct str body, size_t n, size_t d, float *out, const char **reason, size_t *width);

#endif

/* The embeddings of the stand-in server: signed counts of hashed runs of three bytes, scaled to length 1. Alike texts
 * get alike vectors, equal texts equal ones. */
#ifndef STANDIN_EMBEDDINGS_H
#define STANDIN_EMBEDDINGS_H

#include "support/arena.h"
#include "support/hash.h"
#include "support/json.h"

#include <math.h>

static const char embeddings_url[] = "/v1/embeddings";

struct embeddings {
    bool asked;
    size_t n;
    struct str *text; /* [n] in the arena */
    struct arena *arena;
};

/* False: not in the protocol, or some text holds `refuse` (NULL: none is refused). */
static bool embeddings_read(struct str body, const char *refuse, struct embeddings *out)
{
    struct json_doc *doc = NULL;
    struct error ignored = {0};
    struct str model;
    if (!json_parse(body, "request", false, &doc, &ignored))
        return false;
    const struct json *input = json_get(json_root(doc), "input");
    bool ok = json_as_str(json_get(json_root(doc), "model"), &model) && input && json_type(input) == JSON_ARRAY;
    const size_t n = ok ? json_count(input) : 0;
    out->arena = arena_new();
    out->text = ARENA_ARRAY(out->arena, struct str, n);
    const struct json *item = n > 0 ? json_at(input, 0) : NULL;
    for (size_t i = 0; ok && i < n; i++, item = json_next(item)) {
        struct str text;
        ok = json_as_str(item, &text);
        if (!ok)
            break;
        out->text[out->n++] = (struct str){arena_copy(out->arena, text.p, text.n), text.n};
    }
    for (size_t i = 0; ok && refuse && i < n; i++)
        ok = str_find(out->text[i], str_of(refuse), 0) == SIZE_MAX;
    json_free(doc);
    return ok && n > 0;
}

static void embeddings_free(struct embeddings *embeddings)
{
    arena_free(embeddings->arena);
}

static void embeddings_vector(struct str text, size_t d, double *out)
{
    double sum = 0;
    for (size_t c = 0; c < d; c++)
        out[c] = 0;
    for (size_t i = 0; i + 3 <= text.n; i++) {
        uint64_t h = hash64((struct str){text.p + i, 3}, 0);
        out[h % d] += h >> 63 ? 1 : -1;
    }
    for (size_t c = 0; c < d; c++)
        sum += out[c] * out[c];
    if (sum == 0)
        out[0] = sum = 1;
    for (size_t c = 0; c < d; c++)
        out[c] /= sqrt(sum);
}

/* Last line first, as a server may. */
static void embeddings_write(const struct embeddings *embeddings, size_t d, struct buf *out)
{
    double *x = ARENA_ARRAY(embeddings->arena, double, d);
    buf_add_str(out, STR("{\"object\":\"list\",\"model\":\"standin-vectors\",\"data\":["));
    for (size_t i = embeddings->n; i-- > 0;) {
        embeddings_vector(embeddings->text[i], d, x);
        buf_printf(out, "{\"object\":\"embedding\",\"index\":%zu,\"embedding\":[", i);
        for (size_t c = 0; c < d; c++)
            buf_printf(out, "%s%.9g", c > 0 ? "," : "", x[c]);
        buf_add_str(out, i > 0 ? STR("]},") : STR("]}"));
    }
    buf_add_str(out, STR("],\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1}}"));
}

static void embeddings_rubbish(uint64_t number, struct buf *out)
{
    static const char *const rubbish[] = {"{\"data\":[]}", "<html>502 Bad Gateway</html>",
                                          "{\"data\":[{\"index\":-1,\"embedding\":[1]}]}", "",
                                          "{\"data\":[{\"index\":0,\"embedding\":\"AAAA\"}]}"};
    buf_add_str(out, str_of(rubbish[number % ARRAY_LEN(rubbish)]));
}

#endif

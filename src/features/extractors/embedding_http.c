/* Vectors by a model behind a server of the OpenAI form (POST /embeddings): Jina's, text-embeddings-inference, vLLM,
 * llama.cpp, Ollama, OpenAI's own. The command lines leave this machine unless the server runs on it, and command lines
 * hold secrets; the key comes from the environment only.
 *
 * All answers go to the cache, a file that every rank reads: what is in it is never asked for again, so the vectors of
 * a finished run are the same for any number of ranks and for ever, even if the server would not give the same bits
 * twice. Rank 0 asks. */
#include "embed_client.h"
#include "vector_cache.h"

#include "comm/agree.h"
#include "comm/gather.h"
#include "support/sort.h"

#include <stdio.h>

enum { MAX_DIMENSIONS = 16384, MAX_BATCH = 2048 };

struct embedding_http {
    struct http_server server;
    const char *model, *cache;
    int64_t dimensions, max_bytes, batch;
};

static const struct param_spec specs[] = {
    HTTP_SERVER_PARAMS("http://127.0.0.1:8080/v1", "base address; /embeddings is added", 8, 120),
    PARAM_STRING(struct embedding_http, model, "jina-embeddings-v2-base-code",
                 "the model's name as the server knows it; a vector is known by it, not by the address"),
    PARAM_INT(struct embedding_http, dimensions, 768, 1, MAX_DIMENSIONS, "numbers a vector: columns"),
    PARAM_INT(struct embedding_http, max_bytes, 8192, 16, 65536, "a longer line is asked for by its first bytes"),
    PARAM_ASIDE_STRING(struct embedding_http, cache, "results/embeddings.cache",
                       "file that keeps the answers, reachable for all ranks; relative to the working folder"),
    PARAM_ASIDE_INT(struct embedding_http, batch, 64, 1, MAX_BATCH, "lines of a request"),
    PARAM_END,
};

static size_t width(const void *params)
{
    return (size_t)((const struct embedding_http *)params)->dimensions;
}

static void column(const void *params, size_t i, char out[64])
{
    ASSERT(i < width(params));
    snprintf(out, 64, "vector_%zu", i);
}

/* A line on its way to rank 0, then in the order of asking. */
struct question {
    struct hash128 key;
    size_t bytes, from; /* from: place in the bytes of all */
};

static int compare_questions(const void *a, const void *b)
{
    return hash128_compare(((const struct question *)a)->key, ((const struct question *)b)->key);
}

/* What the server is shown: at most max_bytes, no character cut in two. */
static size_t shown_bytes(struct str line, size_t max_bytes)
{
    size_t n = min_size(line.n, max_bytes);
    for (int back = 0; back < 3 && n > 0 && n < line.n && ((unsigned char)line.p[n] & 0xC0) == 0x80; back++)
        n--;
    return n;
}

/* All missing lines on rank 0, sorted by hash, each once: *key and *text [*n]; nothing elsewhere. */
static size_t gather_questions(const struct comm *comm, const struct line_vectors *vectors, size_t max_bytes,
                               struct arena *arena, struct hash128 **key, struct str **text)
{
    struct question *own = ARENA_ARRAY(arena, struct question, vectors->n - vectors->n_found);
    struct buf bytes = {.limit = (size_t)1 << 46};
    size_t n = 0, n_all, n_bytes, kept = 0;
    for (size_t i = 0; i < vectors->n; i++) {
        if (vectors->found[i])
            continue;
        const size_t shown = shown_bytes(vectors->text[i], max_bytes);
        own[n++] = (struct question){.key = vectors->key[i], .bytes = shown};
        buf_add(&bytes, vectors->text[i].p, shown);
    }
    /* Sent as U+FFFD, like other bytes that are no text: some servers stop at zeros. */
    for (size_t i = 0; i < bytes.n; i++)
        if (bytes.p[i] == '\0')
            bytes.p[i] = '\xff';
    struct question *all = gather_all(comm, own, sizeof *own, n, 0, &n_all, arena);
    const char *p = gather_all(comm, bytes.p, 1, bytes.n, 0, &n_bytes, arena);
    buf_free(&bytes);
    for (size_t i = 0, from = 0; i < n_all; from += all[i++].bytes)
        all[i].from = from;
    if (n_all > 0)
        sort_stable(all, n_all, sizeof *all, compare_questions, arena);
    *key = ARENA_ARRAY(arena, struct hash128, n_all);
    *text = ARENA_ARRAY(arena, struct str, n_all);
    for (size_t i = 0; i < n_all; i++) {
        if (kept > 0 && hash128_equal((*key)[kept - 1], all[i].key))
            continue;
        (*key)[kept] = all[i].key;
        (*text)[kept++] = (struct str){p + all[i].from, all[i].bytes};
    }
    return kept;
}

struct keeper {
    struct vector_cache *cache;
    const struct hash128 *key;
};

static bool put(void *context, size_t first, size_t n, const float *vector, struct error *err)
{
    const struct keeper *keeper = context;
    return vector_cache_add(keeper->cache, keeper->key + first, vector, n, err);
}

static bool sync_cache(void *context, struct error *err)
{
    return vector_cache_sync(((const struct keeper *)context)->cache, err);
}

/* Leaves out what another run has asked for since. */
static size_t still_missing(const struct vector_cache *cache, struct hash128 *key, struct str *text, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (vector_cache_has(cache, key[i]))
            continue;
        key[kept] = key[i];
        text[kept++] = text[i];
    }
    return kept;
}

static bool fill_cache(const struct embedding_http *params, const struct vector_source *source, struct hash128 *key,
                       struct str *text, size_t n, struct error *err)
{
    struct embed_options options = {&params->server, params->model, params->dimensions, params->batch};
    struct keeper keeper = {.key = key};
    TRY(vector_cache_open(params->cache, source, &keeper.cache, err));
    n = still_missing(keeper.cache, key, text, n);
    struct embed_sink sink = {put, sync_cache, &keeper};
    bool ok = embed_ask(&options, text, n, &sink, err);
    vector_cache_close(keeper.cache);
    return ok;
}

static bool complete(const struct comm *comm, const struct embedding_http *params, struct line_vectors *vectors,
                     struct error *err)
{
    struct vector_source source = {params->model, params->dimensions, params->max_bytes};
    bool named = params->cache[0] || fail(err, ERROR_CONFIG, "names no cache: set the parameter cache to a file");
    TRY(agree(comm, named && vector_cache_read(params->cache, &source, vectors, err), err));
    if (line_vectors_missing(comm, vectors) == 0)
        return true;
    struct arena *scratch = arena_new();
    struct hash128 *key;
    struct str *text;
    size_t n = gather_questions(comm, vectors, (size_t)params->max_bytes, scratch, &key, &text);
    bool ok = comm_rank(comm) != 0 || fill_cache(params, &source, key, text, n, err);
    arena_free(scratch);
    TRY(agree(comm, ok, err));
    TRY(agree(comm, vector_cache_read(params->cache, &source, vectors, err), err));
    return line_vectors_complete(comm, vectors, params->cache, "is this file the same on all machines of the job?",
                                 err);
}

static bool fetch(const struct comm *comm, const void *untyped, const struct line_view *lines, struct arena *arena,
                  void **state, struct error *err)
{
    struct line_vectors *vectors = ARENA_ARRAY(arena, struct line_vectors, 1);
    *vectors = line_vectors_want(lines, width(untyped), arena);
    *state = vectors;
    return complete(comm, untyped, vectors, err) || error_context(err, "embedding_http");
}

static void row(const void *params, const void *state, struct str line, float *out)
{
    (void)params;
    line_vectors_row(state, line, out);
}

const struct extractor extractor_embedding_http = {
    .plugin = {.name = "embedding_http",
               .summary = "vectors by a model behind an embeddings server; answers are kept in a file",
               .params = specs,
               .params_size = sizeof(struct embedding_http)},
    .width = width,
    .column = column,
    .fetch = fetch,
    .row = row,
};

/* Vectors that were made elsewhere, by any model, looked up by the line: from an HDF5 file (src/features/vector_file.h
 * says how to write one) or from a cache of embedding_http. */
#include "vector_cache.h"
#include "vector_file.h"

#include "comm/agree.h"

#include <stdio.h>

enum { MAX_DIMENSIONS = 16384 };

struct embedding_file {
    const char *file, *model;
    int64_t dimensions;
};

static const struct param_spec specs[] = {
    PARAM_FILE(struct embedding_file, file,
               "HDF5 file with /hash and /vector, or a cache of embedding_http; relative to the working folder"),
    PARAM_STRING(struct embedding_file, model, "", "the model that the file must name; empty: any"),
    PARAM_INT(struct embedding_file, dimensions, 768, 1, MAX_DIMENSIONS, "numbers a vector: columns"),
    PARAM_END,
};

static size_t width(const void *params)
{
    return (size_t)((const struct embedding_file *)params)->dimensions;
}

static void column(const void *params, size_t i, char out[64])
{
    ASSERT(i < width(params));
    snprintf(out, 64, "vector_%zu", i);
}

static bool read_vectors(const struct embedding_file *params, struct line_vectors *vectors, struct error *err)
{
    if (!params->file[0])
        return fail(err, ERROR_CONFIG, "names no file: set the parameter file to an HDF5 file of vectors");
    if (!vector_cache_is(params->file))
        return vector_file_read(params->file, params->model, vectors, err);
    struct vector_source source = {params->model[0] ? params->model : NULL, params->dimensions, 0};
    return vector_cache_read(params->file, &source, vectors, err);
}

static bool fetch(const struct comm *comm, const void *untyped, const struct line_view *lines, struct arena *arena,
                  void **state, struct error *err)
{
    const struct embedding_file *params = untyped;
    struct line_vectors *vectors = ARENA_ARRAY(arena, struct line_vectors, 1);
    *vectors = line_vectors_want(lines, width(params), arena);
    *state = vectors;
    bool ok = agree(comm, read_vectors(params, vectors, err), err) &&
              line_vectors_complete(comm, vectors, params->file,
                                    "make the vectors of all command lines as they stand in the telemetry (the hash is "
                                    "XXH3-128 of their raw bytes) and write the file again",
                                    err);
    return ok || error_context(err, "embedding_file");
}

static void row(const void *params, const void *state, struct str line, float *out)
{
    (void)params;
    line_vectors_row(state, line, out);
}

const struct extractor extractor_embedding_file = {
    .plugin = {.name = "embedding_file",
               .summary = "vectors made elsewhere, by the line's hash from an HDF5 file",
               .params = specs,
               .params_size = sizeof(struct embedding_file)},
    .width = width,
    .column = column,
    .fetch = fetch,
    .row = row,
};

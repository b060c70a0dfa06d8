#include "bytes/pack.h"

#include <stdlib.h>

#include <zstd.h>

enum { LEVEL = 3 };

/* A fresh context a frame: its bytes then depend on nothing but the text. */
bool pack_frame(struct str text, struct packed *out, struct error *err)
{
    size_t bound = ZSTD_compressBound(text.n);
    if (bound > out->capacity) {
        free(out->p);
        out->p = malloc(bound);
        ASSERT(out->p != NULL);
        out->capacity = bound;
    }
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ASSERT(context != NULL);
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    out->n = ZSTD_compress2(context, out->p, out->capacity, text.n > 0 ? text.p : "", text.n);
    ZSTD_freeCCtx(context);
    if (ZSTD_isError(out->n))
        return fail(err, ERROR_IO, "zstd cannot compress: %s", ZSTD_getErrorName(out->n));
    return true;
}

void pack_free(struct packed *packed)
{
    free(packed->p);
    *packed = (struct packed){NULL, 0, 0};
}

/* What the tests of day_read share: a folder all ranks know, files written by rank 0, one reading and its digest. */
#ifndef DAY_TEST_H
#define DAY_TEST_H

#include "mpi_test.h"

#include "comm/digest.h"
#include "ingest/day.h"
#include "support/file.h"
#include "support/rng.h"

#include <sys/types.h>

#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

struct folder {
    char path[64];
};

static inline struct folder folder_make(const struct comm *comm)
{
    struct folder folder = {"/tmp/benomaly-day-XXXXXX"};
    if (comm_rank(comm) == 0 && mkdtemp(folder.path) == NULL)
        abort();
    comm_bcast(comm, folder.path, sizeof folder.path, 0);
    return folder;
}

static inline void folder_remove(const struct comm *comm, const struct folder *folder)
{
    char path[64];
    char *const roots[] = {path, NULL};
    memcpy(path, folder->path, sizeof path);
    comm_barrier(comm);
    FTS *tree = comm_rank(comm) == 0 ? fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
    for (FTSENT *entry; tree != NULL && (entry = fts_read(tree)) != NULL;) {
        if (entry->fts_info != FTS_D)
            remove(entry->fts_accpath);
    }
    if (tree != NULL)
        fts_close(tree);
}

enum packing { PACK_PLAIN, PACK_GZIP, PACK_ZSTD, PACK_MEMBERS }; /* MEMBERS: several gzip members or zstd frames */

static inline void put_bytes(const char *path, const void *p, size_t n)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(p, 1, n, file) != n || fclose(file) != 0)
        abort();
}

/* One gzip member or zstd frame more. */
static inline void pack(struct buf *out, const char *p, size_t n, enum packing packing)
{
    size_t bound = ZSTD_compressBound(n) + compressBound(n) + 64;
    unsigned char *bytes = malloc(bound);
    size_t packed = 0;
    if (bytes == NULL)
        abort();
    if (packing == PACK_ZSTD) {
        ZSTD_CCtx *context = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
        packed = ZSTD_compress2(context, bytes, bound, p, n);
        ZSTD_freeCCtx(context);
    } else {
        z_stream z = {
            .next_in = (Bytef *)(uintptr_t)p, .avail_in = (uInt)n, .next_out = bytes, .avail_out = (uInt)bound};
        if (deflateInit2(&z, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
            deflate(&z, Z_FINISH) != Z_STREAM_END)
            abort();
        packed = z.total_out;
        deflateEnd(&z);
    }
    buf_add(out, bytes, packed);
    free(bytes);
}

static inline void put_file(const struct folder *folder, const char *name, struct str text, enum packing packing)
{
    char path[256];
    struct buf packed = {.limit = SIZE_MAX};
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    if (packing == PACK_PLAIN) {
        buf_add_str(&packed, text);
    } else if (packing == PACK_MEMBERS) {
        for (size_t at = 0; at < text.n; at += text.n / 3 + 1)
            pack(&packed, text.p + at, min_size(text.n / 3 + 1, text.n - at), PACK_GZIP);
    } else {
        pack(&packed, text.p, text.n, packing);
    }
    put_bytes(path, packed.n > 0 ? packed.p : "", packed.n);
    buf_free(&packed);
}

/* input: JSON of an input or a list of them. */
struct reading {
    const struct folder *folder;
    const char *input;
    const char *quarantine; /* below the folder, or NULL */
    int64_t max_record_bytes, segment_bytes;
    const char *what;
    const char *const *fields;
    size_t n_fields;
    bool groups, ok;
    struct error err;
    struct ingest_stats stats;
    struct lines lines;
    struct arena *arena;
};

static inline void read_day(const struct comm *comm, struct reading *r)
{
    struct json_doc *doc;
    struct input inputs[8];
    struct ingest_options options = {.seed = 11};
    size_t n = 1;
    r->arena = arena_new();
    r->err = (struct error){0};
    if (!json_parse(str_of(r->input), "input", false, &doc, &r->err))
        abort();
    const struct json *root = json_root(doc);
    bool list = json_type(root) == JSON_ARRAY && json_type(json_at(root, 0)) == JSON_OBJECT;
    n = list ? json_count(root) : 1;
    for (size_t i = 0; i < n; i++) {
        if (!input_parse(doc, list ? json_at(root, i) : root, r->arena, &inputs[i], &r->err))
            abort();
    }
    json_free(doc);
    params_default(normalize_params, &options.normalize);
    options.data_dir = r->folder->path;
    options.max_record_bytes = r->max_record_bytes > 0 ? r->max_record_bytes : 1 << 20;
    options.segment_bytes = r->segment_bytes;
    options.what = r->what;
    options.fields = r->fields;
    options.n_fields = r->n_fields;
    options.groups = r->groups;
    if (r->quarantine != NULL)
        options.quarantine = arena_printf(r->arena, "%s/%s", r->folder->path, r->quarantine);
    r->ok = day_read(comm, inputs, n, &options, r->arena, &r->lines, &r->stats, &r->err);
}

static inline void reading_end(struct reading *r)
{
    arena_free(r->arena);
}

/* Everything that must not depend on the ranks. */
static inline uint64_t reading_digest(const struct comm *comm, const struct reading *r)
{
    const struct lines *l = &r->lines;
    if (!r->ok)
        return hash64(str_of(r->err.message), 1);
    uint64_t d = digest_strs(comm, l->text, l->row, l->n);
    d = hash_mix(d ^ digest_rows(comm, l->count, sizeof *l->count, l->row, l->n));
    d = hash_mix(d ^ digest_rows(comm, l->hash, sizeof *l->hash, l->row, l->n));
    d = hash_mix(d ^ digest_rows(comm, l->truth, 1, l->row, l->n));
    d = hash_mix(d ^ digest_rows(comm, l->platform, 1, l->row, l->n));
    const struct ingest_stats *s = &r->stats;
    const int64_t numbers[] = {l->n_global,        l->n_events, s->files,      s->records,  s->bad,
                               ingest_filtered(s), s->blank,    s->unreadable, s->synthetic};
    return hash64((struct str){(const char *)numbers, sizeof numbers}, d);
}

#endif

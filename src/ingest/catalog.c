#include "ingest/catalog.h"

#include "bytes/source.h"
#include "bytes/walk.h"
#include "comm/agree.h"
#include "comm/gather.h"
#include "segments.h"
#include "support/hash.h"
#include "support/log.h"
#include "support/sort.h"

struct listing {
    struct listing *next;
    struct hash128 key;
    struct catalog catalog;
};

struct listings {
    struct arena *arena;
    struct listing *first;
};

struct listings *listings_new(struct arena *arena)
{
    struct listings *listings = ARENA_ZARRAY(arena, struct listings, 1);
    listings->arena = arena;
    return listings;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t name_of(const char *path, const char *data_dir)
{
    size_t n = data_dir != NULL ? strlen(data_dir) : 0;
    return n > 0 && strncmp(path, data_dir, n) == 0 && path[n] == '/' ? n + 1 : 0;
}

/* Adds the files that one path, folder or glob stands for. */
static bool expand(const char *pattern, const char *data_dir, struct names *names, struct error *err)
{
    bool has_folder = data_dir != NULL && data_dir[0] != '\0';
    const char *path =
        pattern[0] == '/' || !has_folder ? pattern : arena_printf(names->arena, "%s/%s", data_dir, pattern);
    size_t before = names->n;
    TRY(walk_add(path, names, err));
    return names->n > before ||
           fail(err, ERROR_CONFIG,
                "input \"%s\" matches no file (data folder: %s). Correct the pattern, or set \"data\" to the folder "
                "that holds the data.",
                pattern, has_folder ? data_dir : "the working folder");
}

/* Rank 0: the paths, in order and each once, one after the other with their zeros. */
static bool list_here(const struct input *input, const char *data_dir, struct buf *out, struct error *err)
{
    struct arena *arena = arena_new();
    struct names names = {.arena = arena};
    bool ok = true;
    for (size_t k = 0; k < input->n_files && ok; k++)
        ok = expand(input->files[k], data_dir, &names, err);
    sort_stable(names.item, ok ? names.n : 0, sizeof *names.item, by_bytes, arena);
    for (size_t i = 0; i < names.n && ok; i++) {
        if (i == 0 || strcmp(names.item[i], names.item[i - 1]) != 0)
            buf_add(out, names.item[i], strlen(names.item[i]) + 1);
    }
    if (ok && names.n_links > 0)
        log_job(LOG_WARN, "%s: this link to a folder is not followed%s; name it in \"files\" to read what lies there",
                names.link, names.n_links > 1 ? ", nor are others" : "");
    arena_free(arena);
    return ok;
}

static void read_list(const char *paths, size_t n, const char *data_dir, struct arena *arena, struct catalog *out)
{
    out->n = 0;
    for (size_t i = 0; i < n; i++)
        out->n += paths[i] == '\0';
    out->file = ARENA_ZARRAY(arena, struct catalog_file, out->n);
    size_t at = 0;
    for (size_t i = 0; i < out->n; at += strlen(paths + at) + 1, i++) {
        out->file[i].path = paths + at;
        out->file[i].name = name_of(paths + at, data_dir);
    }
}

/* Devices have other numbers on other nodes: rank 0's are taken, so that a file is known again whoever looked at it. */
static void name_devices(const struct comm *comm, struct catalog *catalog)
{
    enum { MOST = 64 };
    uint64_t name[MOST][2];
    size_t n = 0;
    if (comm_node_size(comm) == comm_size(comm))
        return;
    for (size_t i = 0, k; i < catalog->n && n < MOST; i++) {
        const struct catalog_file *file = &catalog->file[i];
        for (k = 0; k < n && name[k][0] != file->device; k++)
            ;
        if (k < n || file->problem != 0)
            continue;
        name[n][0] = name[n][1] = file->device;
        if (comm_rank(comm) == 0) {
            const struct source_look here = source_look(file->path);
            if (here.problem == 0 && here.inode == file->inode)
                name[n][1] = here.device;
        }
        n++;
    }
    comm_bcast(comm, name, n * sizeof name[0], 0);
    for (size_t i = 0, k; i < catalog->n; i++) {
        struct catalog_file *file = &catalog->file[i];
        for (k = 0; k < n && name[k][0] != file->device; k++)
            ;
        if (k < n)
            file->device = name[k][1];
    }
}

/* Which file a rank looks at first; the others follow in turn. Inputs of one file go to a rank each. */
static size_t first_of(size_t rank, size_t n_ranks, const struct catalog *catalog)
{
    return (rank + (size_t)(hash64(str_of(catalog->file[0].path), 0) % n_ranks)) % n_ranks;
}

/* Each rank looks at its share. */
static void look_at(const struct comm *comm, struct catalog *catalog, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    const size_t n_ranks = (size_t)comm_size(comm), rank = (size_t)comm_rank(comm);
    size_t n_own = 0, n_all;
    struct source_look *own = ARENA_ARRAY(arena, struct source_look, catalog->n / n_ranks + 1);
    for (size_t i = first_of(rank, n_ranks, catalog); i < catalog->n; i += n_ranks)
        own[n_own++] = source_look(catalog->file[i].path);
    const struct source_look *all = gather_all(comm, own, sizeof *own, n_own, -1, &n_all, arena);
    ASSERT(n_all == catalog->n);
    for (size_t r = 0; r < n_ranks; r++) {
        for (size_t i = first_of(r, n_ranks, catalog); i < catalog->n; i += n_ranks, all++) {
            struct catalog_file *file = &catalog->file[i];
            file->size = all->size;
            file->problem = all->problem;
            file->device = all->device;
            file->inode = all->inode;
            file->mtime_ns = all->mtime_ns;
            file->ctime_ns = all->ctime_ns;
        }
    }
    arena_release(arena, mark);
    name_devices(comm, catalog);
}

static bool make(const struct comm *comm, const struct input *input, const char *data_dir, struct arena *arena,
                 struct catalog *out, struct error *err)
{
    struct buf list = {.limit = SIZE_MAX};
    bool ok = comm_rank(comm) != 0 || list_here(input, data_dir, &list, err);
    if (!agree(comm, ok, err)) {
        buf_free(&list);
        return false;
    }
    size_t n = list.n;
    const char *mine = list.n > 0 ? arena_copy(arena, list.p, list.n) : "";
    buf_free(&list);
    const char *paths = comm_bcast_new(comm, mine, &n, 0, arena);
    read_list(paths, n, data_dir, arena, out);
    look_at(comm, out, arena);
    return true;
}

static struct hash128 key_of(const struct input *input, const char *data_dir)
{
    struct hash128 key = hash128(data_dir != NULL ? str_of(data_dir) : STR(""), input->n_files);
    for (size_t k = 0; k < input->n_files; k++)
        key = hash128(str_of(input->files[k]), key.lo ^ hash_mix(key.hi + k));
    return key;
}

bool catalog_of_input(const struct comm *comm, struct listings *listings, const struct input *input,
                      const char *data_dir, struct arena *arena, struct catalog *out, struct error *err)
{
    if (listings == NULL)
        return make(comm, input, data_dir, arena, out, err);
    const struct hash128 key = key_of(input, data_dir);
    for (const struct listing *l = listings->first; l != NULL; l = l->next) {
        if (hash128_equal(l->key, key)) {
            *out = l->catalog;
            return true;
        }
    }
    TRY(make(comm, input, data_dir, listings->arena, out, err));
    struct listing *listing = ARENA_ARRAY(listings->arena, struct listing, 1);
    *listing = (struct listing){listings->first, key, *out};
    listings->first = listing;
    return true;
}

/* What the big files are, which may be cut: each rank opens a share of them. Others tell who reads them. */
static void find_kinds(const struct comm *comm, struct file_list *files, int64_t cut_bytes, struct arena *arena)
{
    struct arena_mark mark = arena_mark(arena);
    const size_t n_ranks = (size_t)comm_size(comm), rank = (size_t)comm_rank(comm);
    size_t n_big = 0, n_own = 0, n_all;
    uint32_t *big = ARENA_ARRAY(arena, uint32_t, files->n);
    ASSERT(files->n < UINT32_MAX);
    for (size_t f = 0; f < files->n; f++) {
        if (files->file[f].size >= cut_bytes)
            big[n_big++] = (uint32_t)f;
    }
    uint8_t *own = ARENA_ARRAY(arena, uint8_t, n_big / n_ranks + 1);
    for (size_t i = rank; i < n_big; i += n_ranks)
        own[n_own++] = (uint8_t)source_probe(files->file[big[i]].path);
    if (n_big > 0) {
        const uint8_t *all = gather_all(comm, own, 1, n_own, -1, &n_all, arena);
        ASSERT(n_all == n_big);
        for (size_t r = 0; r < n_ranks; r++) {
            for (size_t i = r; i < n_big; i += n_ranks)
                files->file[big[i]].kind = (enum source_kind) * all++;
        }
    }
    arena_release(arena, mark);
}

bool files_list(const struct comm *comm, struct listings *listings, const struct input *inputs, size_t n_inputs,
                const char *data_dir, int64_t segment_bytes, struct arena *arena, struct file_list *out,
                struct error *err)
{
    struct catalog *catalog = ARENA_ARRAY(arena, struct catalog, n_inputs);
    *out = (struct file_list){0};
    for (size_t i = 0; i < n_inputs; i++) {
        TRY(catalog_of_input(comm, listings, &inputs[i], data_dir, arena, &catalog[i], err));
        out->n += catalog[i].n;
    }
    out->file = ARENA_ZARRAY(arena, struct file, out->n);
    size_t f = 0;
    for (size_t i = 0; i < n_inputs; i++) {
        for (size_t k = 0; k < catalog[i].n; k++) {
            const struct catalog_file *file = &catalog[i].file[k];
            out->bytes += file->size;
            out->file[f++] = (struct file){
                .path = file->path, .name = file->name, .input = i, .size = file->size, .problem = file->problem};
        }
    }
    find_kinds(comm, out, segment_bytes > 0 ? min_i64(segment_bytes, CUT_BYTES) : CUT_BYTES, arena);
    return true;
}

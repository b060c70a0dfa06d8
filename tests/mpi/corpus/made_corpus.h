/* Made files of lines of known class, and what a set should hold. Include it first. */
#ifndef MADE_CORPUS_H
#define MADE_CORPUS_H

#include "../ingest/day_test.h"

#include "corpus/corpus.h"

enum { LINE_BYTES = 24 };

/* Line `id` as text into out; another spelling of one canonical form if `loud`. */
static inline struct str spell(int64_t id, bool loud, char out[LINE_BYTES])
{
    char word[9] = "";
    for (int i = 0; i < 8; i++, id /= 26)
        word[i] = (char)('a' + id % 26);
    snprintf(out, LINE_BYTES, loud ? "TOOL  -x '%s'" : "tool -x %s", word);
    return str_of(out);
}

static inline struct str line_of(int64_t id, bool loud, struct arena *arena)
{
    char text[LINE_BYTES];
    struct str line = spell(id, loud, text);
    return (struct str){arena_copy(arena, line.p, line.n), line.n};
}

/* A record more: label is "benign", "malicious" or NULL. */
static inline void add_record(struct buf *out, int64_t id, bool loud, const char *label)
{
    char text[LINE_BYTES];
    spell(id, loud, text);
    buf_printf(out, "{\"command_line\":\"%s\"", text);
    if (label != NULL)
        buf_printf(out, ",\"label\":\"%s\"", label);
    buf_add_str(out, STR("}\n"));
}

/* Writes and empties the text. */
static inline void flush_file(const struct comm *comm, const struct folder *folder, const char *name, struct buf *text)
{
    if (comm_rank(comm) == 0)
        put_file(folder, name, buf_str(text), PACK_PLAIN);
    buf_free(text);
    *text = (struct buf){.limit = SIZE_MAX};
    comm_barrier(comm);
}

static inline struct ingest_options made_options(const struct folder *folder)
{
    struct ingest_options options = {.data_dir = folder->path, .seed = 11, .max_record_bytes = 1 << 20};
    params_default(normalize_params, &options.normalize);
    return options;
}

static inline struct hash128 hash_of(int64_t id)
{
    char text[LINE_BYTES], canonical[4 * LINE_BYTES + 16];
    struct normalize rules;
    params_default(normalize_params, &rules);
    size_t n = normalize_line(&rules, spell(id, true, text), canonical);
    return hash128((struct str){canonical, n}, 11);
}

/* Line i of the set. */
struct wanted {
    int64_t id, count;
    bool loud;
    uint8_t y;
};

/* This rank's lines are those of its blocks, and as wanted. */
static inline bool set_holds(const struct comm *comm, const struct set *set, const struct wanted *wanted, int64_t n)
{
    struct arena *arena = arena_new();
    int64_t n_class[2] = {0, 0};
    bool right = set->plan.n_global == n && set->plan.block == SET_BLOCK && set->plan.n_ranks == comm_size(comm) &&
                 set->plan.rank == comm_rank(comm) && set->n == plan_count(&set->plan);
    for (size_t i = 0; i < set->n && right; i++) {
        const struct wanted *w = &wanted[plan_row(&set->plan, i)];
        right = str_equal(set->text[i], line_of(w->id, w->loud, arena)) &&
                hash128_equal(set->hash[i], hash_of(w->id)) && set->y[i] == w->y && set->count[i] == w->count;
    }
    for (int64_t i = 0; i < n; i++)
        n_class[wanted[i].y]++;
    arena_free(arena);
    return right && set->n_class[0] == n_class[0] && set->n_class[1] == n_class[1];
}

#endif

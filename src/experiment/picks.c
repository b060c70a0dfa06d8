/* A run's picks with their texts: the file holds hashes, the texts are found again in the inputs. */
#include "engine.h"

#include "comm/agree.h"
#include "comm/gather.h"
#include "support/index.h"

struct wanted {
    struct result run;
    struct key_index place; /* (day, hash) -> pick */
    struct str *text;       /* [n_picks], rank 0 */
};

static struct hash128 day_key(int64_t day, struct hash128 hash)
{
    return (struct hash128){hash.hi ^ hash_mix((uint64_t)day + 1), hash.lo};
}

/* Texts of this day's lines that were picked, to rank 0. */
static void find_texts(const struct comm *comm, const struct lines *lines, int64_t day, struct wanted *wanted,
                       struct arena *arena, struct arena *scratch)
{
    struct buf text = {.limit = SIZE_MAX};
    uint64_t *own = ARENA_ARRAY(scratch, uint64_t, 2 * lines->n);
    size_t n = 0, n_all, n_bytes, at = 0;
    for (size_t i = 0; i < lines->n; i++) {
        size_t place = key_index_look(&wanted->place, day_key(day, lines->id[i]));
        if (place == KEY_UNKNOWN)
            continue;
        own[2 * n] = place;
        own[2 * n++ + 1] = lines->text[i].n;
        buf_add_str(&text, lines->text[i]);
    }
    const uint64_t *all = gather_all(comm, own, 2 * sizeof *own, n, 0, &n_all, scratch);
    const char *bytes = gather_all(comm, text.n > 0 ? text.p : "", 1, text.n, 0, &n_bytes, scratch);
    for (size_t i = 0; i < n_all; at += all[2 * i++ + 1])
        wanted->text[all[2 * i]] = (struct str){arena_copy(arena, bytes + at, all[2 * i + 1]), all[2 * i + 1]};
    buf_free(&text);
}

static bool read_days(const struct comm *comm, const struct experiment *e, struct wanted *wanted, struct arena *arena,
                      struct error *err)
{
    for (size_t d = 0; d < e->n_days; d++) {
        struct arena *scratch = arena_new();
        struct lines read, lines;
        struct ingest_stats stats;
        bool ok = day_read_inputs(comm, e, d, NULL, scratch, &read, &stats, err);
        if (ok) {
            day_lines(comm, e, &read, d, scratch, &lines);
            find_texts(comm, &lines, (int64_t)d, wanted, arena, scratch);
        }
        arena_free(scratch);
        TRY(ok);
    }
    return true;
}

static void print_picks(const struct wanted *wanted, struct buf *out)
{
    for (size_t i = 0; i < wanted->run.n_picks; i++) {
        const struct result_pick *pick = &wanted->run.pick[i];
        buf_printf(out,
                   "{\"day\":%d,\"row\":%" PRId64 ",\"count\":%" PRId64
                   ",\"score\":%.17g,\"nearest\":%.9g,\"verdict\":\"%s\",\"command_line\":",
                   pick->day + 1, pick->row, pick->count, pick->score, (double)pick->nearest,
                   verdict_name((enum verdict)pick->verdict));
        if (wanted->text[i].p)
            buf_add_json_string(out, wanted->text[i]);
        else
            buf_add_str(out, STR("null"));
        buf_add_str(out, STR("}\n"));
    }
}

static bool show(const struct comm *comm, const char *path, const struct experiment *e, struct arena *arena,
                 struct buf *out, struct error *err)
{
    struct wanted wanted = {0};
    TRY(agree(comm, run_file_read(path, arena, &wanted.run, err), err));
    wanted.place = key_index_new(wanted.run.n_picks);
    wanted.text = ARENA_ZARRAY(arena, struct str, wanted.run.n_picks);
    for (size_t i = 0; i < wanted.run.n_picks; i++) {
        struct hash128 key = day_key(wanted.run.pick[i].day, wanted.run.pick[i].hash);
        struct key_slot *slot = key_index_find(&wanted.place, key);
        if (slot->value == 0)
            key_index_set(&wanted.place, slot, key, (uint32_t)i + 1);
    }
    bool ok = read_days(comm, e, &wanted, arena, err);
    size_t missing = 0;
    for (size_t i = 0; ok && comm_rank(comm) == 0 && i < wanted.run.n_picks; i++)
        missing += wanted.text[i].p == NULL;
    if (missing > 0)
        log_job(LOG_WARN, "%zu of %zu picks are not in the inputs any more", missing, wanted.run.n_picks);
    if (ok && comm_rank(comm) == 0)
        print_picks(&wanted, out);
    key_index_free(&wanted.place);
    return ok;
}

bool picks_show(const struct comm *comm, const char *path, const struct experiment *e, struct buf *out,
                struct error *err)
{
    struct arena *arena = arena_new();
    bool ok = show(comm, path, e, arena, out, err);
    arena_free(arena);
    return ok;
}

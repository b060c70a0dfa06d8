/* An arm's picks of a day in a file of their own, named by all that decided them: configuration up to the selection,
 * content of the files up to that day, what no arm may pick, the program. A day that is appended, or a sweep that is
 * started again, finds the days before it. The files hold command lines: only the owner may read them. */
#include "engine.h"
#include "view.h"

#include "comm/agree.h"
#include "comm/gather.h"
#include "support/file.h"

#include <stdlib.h>
#include <sys/stat.h>

static const char magic[8] = {'B', 'N', 'M', 'P', 'I', 'C', 'K', '1'};
enum { CHECKPOINT_LIMIT = 1 << 30 };

struct head {
    char magic[8];
    uint64_t n, text_bytes;
    struct day_note note;
};

struct stored {
    int64_t place, row, count;
    double score;
    struct hash128 id, hash;
    float nearest;
    uint32_t text_bytes;
    uint16_t tag, spare[3];
};

/* Path of the file, or NULL: this engine keeps none. Collective. */
static bool checkpoint_path(const struct comm *workers, struct engine *e, size_t arm, size_t day, const char **out,
                            struct error *err)
{
    const struct experiment *x = e->arm[arm].e;
    const struct ground *ground = &e->ground[e->reading[e->scoring[e->arm[arm].scoring].reading].ground];
    char key[IDENTITY_HEX], hex[33];
    bool known;
    *out = NULL;
    if (!e->identity || !e->options.out_dir)
        return true;
    size_t days = x->pool.deal ? x->n_days : day + 1;
    TRY(identity_key(workers, e->identity, x, STAGE_SELECT, days, key, &known, err));
    if (!known)
        return true;
    const char *all = arena_printf(e->scratch, "%s %016" PRIx64 " %s day %zu", key, ground->excluded_digest,
                                   program_digest(), day + 1);
    hash128_hex(hash128(str_of(all), 0), hex);
    *out = engine_path(e, arena_printf(e->scratch, "cache/%s.picks", hex), e->scratch);
    return true;
}

static struct stored *store_picks(const struct pick *pick, size_t n, struct arena *arena, struct buf *text)
{
    struct stored *out = ARENA_ZARRAY(arena, struct stored, n);
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct stored){.place = pick[i].place,
                                 .row = pick[i].row,
                                 .count = pick[i].count,
                                 .score = pick[i].score,
                                 .id = pick[i].id,
                                 .hash = pick[i].hash,
                                 .nearest = pick[i].nearest,
                                 .text_bytes = (uint32_t)pick[i].text.n,
                                 .tag = pick[i].tag};
        buf_add_str(text, pick[i].text);
    }
    return out;
}

static bool write_file(const char *path, const struct head *head, const struct stored *record, const char *text,
                       struct error *err)
{
    struct buf file = {.limit = CHECKPOINT_LIMIT};
    buf_add(&file, head, sizeof *head);
    buf_add(&file, record, head->n * sizeof *record);
    buf_add(&file, text, head->text_bytes);
    uint64_t sum = hash64(buf_str(&file), 0);
    buf_add(&file, &sum, sizeof sum);
    mode_t before = umask(077);
    bool ok = file_make_folder(path, err) && (!file.full || fail(err, ERROR_IO, "%s: too many picks to keep", path)) &&
              file_replace(path, buf_str(&file), err);
    umask(before);
    buf_free(&file);
    return ok;
}

bool checkpoint_write(const struct comm *workers, struct engine *e, size_t arm, size_t day, struct error *err)
{
    struct arena_mark mark = arena_mark(e->scratch);
    const char *path;
    TRY(checkpoint_path(workers, e, arm, day, &path, err));
    if (!path)
        return true;
    size_t n;
    const struct pick *pick = selection_day_picks(e->arm[arm].selection, day, &n);
    struct buf text = {.limit = CHECKPOINT_LIMIT};
    struct stored *own = store_picks(pick, n, e->scratch, &text);
    struct head head = {.note = e->arm[arm].day[day]};
    memcpy(head.magic, magic, sizeof magic);
    size_t n_all, text_all;
    const struct stored *all = gather_all(workers, own, sizeof *own, n, 0, &n_all, e->scratch);
    const char *bytes = gather_all(workers, text.n > 0 ? text.p : "", 1, text.n, 0, &text_all, e->scratch);
    head.n = n_all;
    head.text_bytes = text_all;
    bool ok = comm_rank(workers) != 0 || write_file(path, &head, all, bytes, err);
    buf_free(&text);
    ok = agree(workers, ok, err);
    arena_release(e->scratch, mark);
    return ok;
}

/* The file's bytes if they are whole. */
static bool whole_file(const char *path, struct arena *arena, struct str *out)
{
    struct error ignored = {0};
    struct head head;
    uint64_t sum;
    if (!file_exists(path))
        return false;
    if (!file_read(path, CHECKPOINT_LIMIT, arena, out, &ignored)) {
        log_job(LOG_WARN, "%s; its picks are made again", ignored.message);
        return false;
    }
    if (out->n >= sizeof head + sizeof sum) {
        memcpy(&head, out->p, sizeof head);
        memcpy(&sum, out->p + out->n - sizeof sum, sizeof sum);
        if (memcmp(head.magic, magic, sizeof magic) == 0 &&
            out->n == sizeof head + head.n * sizeof(struct stored) + head.text_bytes + sizeof sum &&
            sum == hash64((struct str){out->p, out->n - sizeof sum}, 0))
            return true;
    }
    log_job(LOG_WARN, "%s: damaged; its picks are made again", path);
    return false;
}

static int by_place(const void *a, const void *b)
{
    int64_t x = ((const struct pick *)a)->place, y = ((const struct pick *)b)->place;
    return (x > y) - (x < y);
}

/* This rank's picks among those of the file. */
static struct pick *own_picks(const struct comm *workers, const char *bytes, const struct head *head, size_t day,
                              struct arena *arena, size_t *n_own)
{
    struct pick *pick = ARENA_ARRAY(arena, struct pick, head->n);
    const char *text = bytes + sizeof *head + head->n * sizeof(struct stored);
    size_t n = 0, at = 0;
    for (size_t i = 0; i < head->n; i++) {
        struct stored stored;
        memcpy(&stored, bytes + sizeof *head + i * sizeof stored, sizeof stored);
        if ((stored.place / PICK_BLOCK) % comm_size(workers) == comm_rank(workers))
            pick[n++] = (struct pick){.day = (int32_t)day,
                                      .place = stored.place,
                                      .row = stored.row,
                                      .score = stored.score,
                                      .nearest = stored.nearest,
                                      .count = stored.count,
                                      .id = stored.id,
                                      .hash = stored.hash,
                                      .text = {text + at, stored.text_bytes},
                                      .tag = stored.tag};
        at += stored.text_bytes;
    }
    qsort(pick, n, sizeof *pick, by_place);
    *n_own = n;
    return pick;
}

bool checkpoint_read(const struct comm *workers, struct engine *e, size_t arm, size_t day, bool *found,
                     struct error *err)
{
    struct arena_mark mark = arena_mark(e->scratch);
    const char *path;
    struct str file = {"", 0};
    *found = false;
    TRY(checkpoint_path(workers, e, arm, day, &path, err));
    if (!path)
        return true;
    if (comm_rank(workers) == 0 && !whole_file(path, e->scratch, &file))
        file.n = 0;
    size_t bytes = file.n;
    file.p = comm_bcast_new(workers, file.p, &bytes, 0, e->scratch);
    *found = bytes > 0;
    if (*found) {
        struct head head;
        size_t n;
        memcpy(&head, file.p, sizeof head);
        struct pick *pick = own_picks(workers, file.p, &head, day, e->scratch, &n);
        selection_restore_day(workers, e->arm[arm].selection, pick, n, (int64_t)head.n);
        e->arm[arm].day[day] = head.note;
    }
    arena_release(e->scratch, mark);
    return true;
}

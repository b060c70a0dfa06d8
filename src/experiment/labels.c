/* Verdicts for picks: one asking a day for the union of all arms' picks, each line once. With a paid backend and three
 * ranks or more the last rank does nothing else, while the others read and score the next day; else the workers' first
 * rank asks and the others wait. Picks, verdicts and bits are the same. */
#include "engine.h"
#include "view.h"

#include "comm/agree.h"
#include "comm/gather.h"
#include "comm/mail.h"
#include "label/backend.h"
#include "support/index.h"

#include <stdlib.h>

struct item { /* of a message; its text follows behind all items */
    struct hash128 key, hash;
    uint64_t seed;
    uint32_t text_bytes;
    uint8_t chain, platform, truth, spare;
};

struct answer {
    struct hash128 key;
    struct label label;
};

struct label_desk {
    struct arena *arena;
    size_t n_chains;
    struct labeler *chain;  /* [n_chains] those of the runs that differ, seeds aside */
    bool *simulates;        /* [n_chains] some backend answers from known truth: a seed is part of the key */
    size_t *chain_of;       /* [n_askings] */
    struct error *broken;   /* [n_chains] why a chain cannot go on; the same on every worker */
    struct key_index known; /* workers' first rank: key -> place in answer */
    struct answer *answer;
    size_t n, capacity;
    struct hash128 *today; /* workers' first rank: keys that were asked for on the last day */
    size_t n_today, day;
    bool pending, waiting; /* a day waits for labels_take; the labeling rank works on it */
    struct label_stats stats;
};

enum { MOST_CHAINS = 255 };

static size_t chain_place(struct label_desk *desk, const struct experiment *x, const struct engine *e, struct buf *text,
                          struct buf *other)
{
    text->n = 0;
    labeler_to_json(&x->labeler, text);
    for (size_t c = 0; c < desk->n_chains; c++) {
        other->n = 0;
        labeler_to_json(&desk->chain[c], other);
        if (str_equal(buf_str(text), buf_str(other)))
            return c;
    }
    ASSERT(desk->n_chains < MOST_CHAINS);
    struct labeler *chain = &desk->chain[desk->n_chains];
    *chain = x->labeler;
    chain->journal = e->options.out_dir ? engine_path(e, "labels.jsonl", e->arena) : NULL;
    for (size_t b = 0; b < chain->n_backends; b++)
        desk->simulates[desk->n_chains] |= ((const struct backend *)chain->backend[b].plugin)->simulated;
    return desk->n_chains++;
}

void labels_start(struct engine *e)
{
    struct label_desk *desk = ARENA_ZARRAY(e->arena, struct label_desk, 1);
    struct buf text = {.limit = 1 << 20}, other = {.limit = 1 << 20};
    size_t most = min_size(e->n_askings, MOST_CHAINS) + 1;
    e->desk = desk;
    desk->arena = arena_new();
    desk->chain = ARENA_ZARRAY(e->arena, struct labeler, most);
    desk->simulates = ARENA_ZARRAY(e->arena, bool, most);
    desk->broken = ARENA_ZARRAY(e->arena, struct error, most);
    desk->chain_of = ARENA_ARRAY(e->arena, size_t, e->n_askings);
    for (size_t a = 0; a < e->n_askings; a++)
        desk->chain_of[a] = chain_place(desk, e->asking[a].e, e, &text, &other);
    buf_free(&text);
    buf_free(&other);
}

void labels_free(struct engine *e)
{
    if (!e->desk)
        return;
    free(e->desk->today);
    key_index_free(&e->desk->known);
    arena_free(e->desk->arena);
}

bool labels_check(struct engine *e, struct error *err)
{
    bool ok = true;
    if (comm_rank(e->world) == (e->own_labeler ? comm_size(e->world) - 1 : 0))
        for (size_t c = 0; ok && c < e->desk->n_chains; c++)
            ok = label_check(&e->desk->chain[c], err);
    return agree(e->world, ok, err);
}

static struct hash128 key_of(const struct label_desk *desk, size_t chain, uint64_t seed, struct str text)
{
    return hash128(text, hash_mix(chain + 1) ^ (desk->simulates[chain] ? seed : 0));
}

/* The asking has picks of this day that want verdicts. */
static bool asks(const struct engine *e, size_t a, size_t day)
{
    return arm_alive(e, e->asking[a].arm) && e->asking[a].failed.code == ERROR_NONE && day < e->asking[a].e->n_days;
}

/* This rank's picks of the day, each line once: items and, behind each other, texts. */
static struct item *own_items(struct engine *e, size_t day, size_t *n_items, struct buf *text)
{
    const struct label_desk *desk = e->desk;
    size_t most = 0, n_picks;
    for (size_t a = 0; a < e->n_askings; a++)
        if (asks(e, a, day)) {
            selection_day_picks(e->arm[e->asking[a].arm].selection, day, &n_picks);
            most += n_picks;
        }
    struct item *item = ARENA_ZARRAY(e->scratch, struct item, most);
    struct key_index seen = {0};
    *n_items = 0;
    for (size_t a = 0; a < e->n_askings; a++) {
        if (!asks(e, a, day))
            continue;
        const struct pick *pick = selection_day_picks(e->arm[e->asking[a].arm].selection, day, &n_picks);
        const uint64_t seed = e->asking[a].e->labeler.seed;
        for (size_t i = 0; i < n_picks; i++) {
            bool is_new;
            struct hash128 key = key_of(desk, desk->chain_of[a], seed, pick[i].text);
            key_index_number(&seen, key, &is_new);
            if (!is_new)
                continue;
            item[(*n_items)++] = (struct item){.key = key,
                                               .hash = pick[i].hash,
                                               .seed = seed,
                                               .text_bytes = (uint32_t)pick[i].text.n,
                                               .chain = (uint8_t)desk->chain_of[a],
                                               .platform = tag_platform(pick[i].tag),
                                               .truth = tag_truth(pick[i].tag)};
            buf_add_str(text, pick[i].text);
        }
    }
    key_index_free(&seen);
    return item;
}

static void learn(struct label_desk *desk, struct hash128 key, struct label label)
{
    bool is_new;
    key_index_number(&desk->known, key, &is_new);
    if (!is_new)
        return;
    if (desk->n == desk->capacity) {
        desk->capacity = desk->capacity ? 2 * desk->capacity : 1024;
        struct answer *grown = ARENA_ARRAY(desk->arena, struct answer, desk->capacity);
        if (desk->n > 0)
            memcpy(grown, desk->answer, desk->n * sizeof *grown);
        desk->answer = grown;
    }
    desk->answer[desk->n++] = (struct answer){key, label};
}

/* The message to whoever labels: {n}, items, texts. Keys that are known or come twice are left out; all are noted. */
static void choose_new(struct label_desk *desk, const struct item *item, size_t n, const char *text, struct buf *out)
{
    struct key_index seen = {0};
    struct buf texts = {.limit = SIZE_MAX};
    uint64_t n_new = 0;
    desk->today = realloc(desk->today, (n + 1) * sizeof *desk->today);
    ASSERT(desk->today != NULL);
    desk->n_today = 0;
    buf_add(out, &n_new, sizeof n_new);
    for (size_t i = 0, at = 0; i < n; at += item[i++].text_bytes) {
        bool is_new;
        key_index_number(&seen, item[i].key, &is_new);
        if (!is_new)
            continue;
        desk->today[desk->n_today++] = item[i].key;
        if (key_index_look(&desk->known, item[i].key) != KEY_UNKNOWN)
            continue;
        buf_add(out, &item[i], sizeof item[i]);
        buf_add(&texts, text + at, item[i].text_bytes);
        n_new++;
    }
    memcpy(out->p, &n_new, sizeof n_new);
    buf_add_str(out, buf_str(&texts));
    buf_free(&texts);
    key_index_free(&seen);
}

/* What comes back: {n, stats, broken[n_chains], answers[n]}. Local. */
static void answer_message(struct label_desk *desk, const char *message, struct arena *arena, struct buf *out)
{
    uint64_t n;
    memcpy(&n, message, sizeof n);
    const char *text = message + sizeof n + n * sizeof(struct item);
    struct item *item = ARENA_ARRAY(arena, struct item, n);
    struct answer *answer = ARENA_ZARRAY(arena, struct answer, n);
    struct label_item *wanted = ARENA_ARRAY(arena, struct label_item, n);
    struct label *label = ARENA_ARRAY(arena, struct label, n);
    size_t *place = ARENA_ARRAY(arena, size_t, n), at = 0;
    size_t *start = ARENA_ARRAY(arena, size_t, n);
    memcpy(item, message + sizeof n, n * sizeof *item);
    for (size_t i = 0; i < n; at += item[i++].text_bytes) {
        start[i] = at;
        answer[i] = (struct answer){item[i].key, {.verdict = VERDICT_NONE, .backend = -1}};
    }
    for (size_t c = 0; c < desk->n_chains; c++) {
        struct label_stats stats = {0};
        size_t n_here = 0;
        for (size_t i = 0; i < n; i++)
            if (item[i].chain == c) {
                wanted[n_here] = (struct label_item){.text = {text + start[i], item[i].text_bytes},
                                                     .hash = item[i].hash,
                                                     .platform = (enum platform)item[i].platform,
                                                     .truth = (enum truth)item[i].truth,
                                                     .seed = item[i].seed};
                place[n_here++] = i;
            }
        if (n_here == 0 || desk->broken[c].code != ERROR_NONE)
            continue;
        if (label_ask(&desk->chain[c], wanted, n_here, label, &stats, &desk->broken[c]))
            for (size_t i = 0; i < n_here; i++)
                answer[place[i]].label = label[i];
        desk->stats.journaled += stats.journaled;
        desk->stats.asked += stats.asked;
        desk->stats.failed += stats.failed;
    }
    buf_add(out, &n, sizeof n);
    buf_add(out, &desk->stats, sizeof desk->stats);
    buf_add(out, desk->broken, desk->n_chains * sizeof *desk->broken);
    buf_add(out, answer, n * sizeof *answer);
}

static void take_message(struct label_desk *desk, const char *message)
{
    uint64_t n;
    memcpy(&n, message, sizeof n);
    message += sizeof n;
    memcpy(&desk->stats, message, sizeof desk->stats);
    message += sizeof desk->stats;
    memcpy(desk->broken, message, desk->n_chains * sizeof *desk->broken);
    message += desk->n_chains * sizeof *desk->broken;
    for (uint64_t i = 0; i < n; i++) {
        struct answer answer;
        memcpy(&answer, message + i * sizeof answer, sizeof answer);
        learn(desk, answer.key, answer.label);
    }
}

bool labels_ask(const struct comm *workers, struct engine *e, size_t day, struct error *err)
{
    (void)err;
    struct arena_mark mark = arena_mark(e->scratch);
    struct label_desk *desk = e->desk;
    struct buf text = {.limit = SIZE_MAX}, message = {.limit = SIZE_MAX}, reply = {.limit = SIZE_MAX};
    size_t n, n_all, text_all;
    struct item *own = own_items(e, day, &n, &text);
    const struct item *all = gather_all(workers, own, sizeof *own, n, 0, &n_all, e->scratch);
    const char *bytes = gather_all(workers, text.n > 0 ? text.p : "", 1, text.n, 0, &text_all, e->scratch);
    desk->day = day;
    desk->pending = true;
    if (comm_rank(workers) == 0) {
        choose_new(desk, all, n_all, bytes, &message);
        if (e->own_labeler) {
            mail_send(e->world, message.p, message.n, comm_size(e->world) - 1);
            desk->waiting = true;
        } else {
            answer_message(desk, message.p, e->scratch, &reply);
            take_message(desk, reply.p);
        }
    }
    buf_free(&text);
    buf_free(&message);
    buf_free(&reply);
    arena_release(e->scratch, mark);
    engine_clock(e, CLOCK_LABEL);
    return true;
}

static void receive_reply(struct engine *e)
{
    struct arena_mark mark = arena_mark(e->scratch);
    size_t bytes;
    if (!e->desk->waiting)
        return;
    take_message(e->desk, mail_receive(e->world, &bytes, comm_size(e->world) - 1, e->scratch));
    e->desk->waiting = false;
    arena_release(e->scratch, mark);
}

/* The day's answers on every worker, by key. */
static struct key_index share_answers(const struct comm *workers, struct engine *e, const struct answer **out)
{
    struct label_desk *desk = e->desk;
    struct answer *answer = ARENA_ARRAY(e->scratch, struct answer, desk->n_today + 1);
    size_t bytes = 0;
    if (comm_rank(workers) == 0)
        for (size_t i = 0; i < desk->n_today; i++) {
            size_t place = key_index_look(&desk->known, desk->today[i]);
            struct label none = {.verdict = VERDICT_NONE, .backend = -1};
            answer[i] = (struct answer){desk->today[i], place != KEY_UNKNOWN ? desk->answer[place].label : none};
            bytes += sizeof *answer;
        }
    *out = comm_bcast_new(workers, answer, &bytes, 0, e->scratch);
    comm_bcast(workers, desk->broken, desk->n_chains * sizeof *desk->broken, 0);
    struct key_index index = {0};
    for (size_t i = 0; i < bytes / sizeof *answer; i++) {
        bool is_new;
        key_index_number(&index, (*out)[i].key, &is_new);
        ASSERT(is_new); /* so the number is the place */
    }
    return index;
}

bool labels_take(const struct comm *workers, struct engine *e, struct error *err)
{
    (void)err;
    struct label_desk *desk = e->desk;
    struct arena_mark mark = arena_mark(e->scratch);
    const struct answer *answer;
    if (!desk->pending)
        return true;
    if (comm_rank(workers) == 0)
        receive_reply(e);
    desk->pending = false;
    struct key_index index = share_answers(workers, e, &answer);
    for (size_t a = 0; a < e->n_askings; a++) {
        struct asking *asking = &e->asking[a];
        size_t n, chain = desk->chain_of[a];
        if (!asks(e, a, desk->day))
            continue;
        if (desk->broken[chain].code != ERROR_NONE) {
            asking->failed = desk->broken[chain];
            continue;
        }
        const struct pick *pick = selection_day_picks(e->arm[asking->arm].selection, desk->day, &n);
        asking->label[desk->day] = ARENA_ARRAY(e->arena, struct label, n);
        for (size_t i = 0; i < n; i++) {
            size_t place = key_index_look(&index, key_of(desk, chain, asking->e->labeler.seed, pick[i].text));
            ASSERT(place != KEY_UNKNOWN);
            asking->label[desk->day][i] = answer[place].label;
        }
    }
    key_index_free(&index);
    log_job(LOG_INFO, "labels of day %zu: %zu lines by now, %" PRId64 " from the journal, %" PRId64 " asked for%s",
            desk->day + 1, desk->n, desk->stats.journaled, desk->stats.asked,
            desk->stats.failed > 0 ? "; some got no answer" : "");
    arena_release(e->scratch, mark);
    engine_clock(e, CLOCK_LABEL);
    return true;
}

void labels_serve(struct engine *e)
{
    for (;;) {
        struct arena_mark mark = arena_mark(e->scratch);
        struct buf reply = {.limit = SIZE_MAX};
        size_t bytes;
        const char *message = mail_receive(e->world, &bytes, 0, e->scratch);
        if (bytes > 0) {
            answer_message(e->desk, message, e->scratch, &reply);
            mail_send(e->world, reply.p, reply.n, 0);
        }
        buf_free(&reply);
        arena_release(e->scratch, mark);
        if (bytes == 0)
            return;
    }
}

void labels_end(struct engine *e)
{
    if (!e->own_labeler || comm_rank(e->world) != 0)
        return;
    receive_reply(e);
    mail_send(e->world, "", 0, comm_size(e->world) - 1);
}

#include "label/label.h"

#include "journal.h"
#include "label/backend.h"
#include "support/clock.h"
#include "support/index.h"
#include "verdict.h"

enum { CHAIN_MAX = ARRAY_LEN(((struct label_stats *)0)->by_backend) };

bool labeler_parse(const struct json_doc *doc, const struct json *node, struct arena *arena, struct labeler *out,
                   struct error *err)
{
    bool chain = node && json_type(node) == JSON_ARRAY;
    size_t n = chain ? json_count(node) : 1;
    if (!node)
        return fail(err, ERROR_CONFIG, "no label backend is named");
    if (n == 0 || n > CHAIN_MAX)
        return json_fail(doc, node, err, "a chain has 1 to %d label backends", CHAIN_MAX);
    struct choice *choice = ARENA_ZARRAY(arena, struct choice, n);
    for (size_t b = 0; b < n; b++)
        TRY(plugin_choose(backend_list(), doc, chain ? json_at(node, b) : node, arena, &choice[b], err));
    *out = (struct labeler){.backend = choice, .n_backends = n};
    return true;
}

void labeler_to_json(const struct labeler *labeler, struct buf *out)
{
    buf_add_str(out, STR("["));
    for (size_t b = 0; b < labeler->n_backends; b++) {
        if (b > 0)
            buf_add_str(out, STR(","));
        plugin_to_json(&labeler->backend[b], out);
    }
    buf_add_str(out, STR("]"));
}

/* What is asked about: (text, seed) that differ. Those of one text are a list, which its first one heads. */
struct desk {
    const struct labeler *labeler;
    struct journal *journal; /* NULL: none */
    struct arena *arena;
    struct label_stats *stats;
    size_t n;
    struct label_item *item; /* [n] the first of its kind */
    struct label *label;     /* [n] */
    size_t *head, *next;     /* [n] of the text's list; next is SIZE_MAX at the end */
};

/* One backend's share: the lines still without an answer. */
struct share {
    struct desk *desk;
    const struct backend *backend;
    int32_t b;
    bool paid_journal;
    const char *identity;
    size_t n;
    struct label_item *item; /* [n] */
    size_t *place;           /* [n] in the desk's arrays */
    struct label_sink sink;
};

static void note_answer(struct share *share, size_t place, enum verdict verdict, const char *model)
{
    struct desk *desk = share->desk;
    bool simulated = share->backend->simulated || (model && str_starts(str_of(model), STR("standin")));
    const struct label label = {verdict, share->b, simulated};
    ASSERT(desk->label[place].verdict == VERDICT_NONE && verdict != VERDICT_NONE);
    desk->label[place] = label;
    for (size_t u = desk->head[place]; !share->backend->simulated && u != SIZE_MAX; u = desk->next[u])
        if (desk->label[u].verdict == VERDICT_NONE)
            desk->label[u] = label;
}

static bool put(void *context, size_t i, enum verdict verdict, double confidence, struct error *err)
{
    struct share *share = context;
    ASSERT(i < share->n);
    const char *model = share->sink.model;
    if (share->paid_journal) {
        struct journal_answer answer = {verdict, confidence, model ? model : share->backend->plugin.name};
        TRY(journal_add(share->desk->journal, journal_key(share->item[i].text, share->identity), &answer, err));
    }
    note_answer(share, share->place[i], verdict, model);
    return true;
}

static bool sync_journal(void *context, struct error *err)
{
    struct share *share = context;
    return !share->paid_journal || journal_sync(share->desk->journal, err);
}

static bool find_identity(struct share *share, const struct choice *choice, struct error *err)
{
    share->identity = choice->plugin->name;
    if (!share->backend->identity)
        return true;
    return share->backend->identity(share->desk->labeler, choice->params, share->desk->arena, &share->identity, err);
}

/* Whether another one of its text, still without an answer, comes before it. */
static bool is_repeat(const struct desk *desk, size_t place)
{
    size_t u = desk->head[place];
    while (desk->label[u].verdict != VERDICT_NONE)
        u = desk->next[u];
    return u != place;
}

static void fill_share(struct share *share)
{
    struct desk *desk = share->desk;
    share->item = ARENA_ARRAY(desk->arena, struct label_item, desk->n);
    share->place = ARENA_ARRAY(desk->arena, size_t, desk->n);
    for (size_t u = 0; u < desk->n; u++) {
        struct journal_answer old;
        if (desk->label[u].verdict != VERDICT_NONE || (!share->backend->simulated && is_repeat(desk, u)))
            continue;
        if (share->paid_journal && journal_get(desk->journal, journal_key(desk->item[u].text, share->identity), &old)) {
            note_answer(share, u, old.verdict, old.model);
            desk->stats->journaled++;
            continue;
        }
        share->item[share->n] = desk->item[u];
        share->place[share->n++] = u;
    }
}

static bool ask_backend(struct desk *desk, size_t b, struct error *err)
{
    const struct choice *choice = &desk->labeler->backend[b];
    struct arena_mark mark = arena_mark(desk->arena);
    struct share share = {.desk = desk, .backend = (const struct backend *)choice->plugin, .b = (int32_t)b};
    share.paid_journal = share.backend->paid && desk->journal;
    share.sink = (struct label_sink){.put = put, .sync = sync_journal, .context = &share};
    TRY(find_identity(&share, choice, err));
    fill_share(&share);
    bool ok =
        share.n == 0 || share.backend->answer(desk->labeler, choice->params, share.item, share.n, &share.sink, err);
    desk->stats->asked += share.sink.asked;
    desk->stats->failed += share.sink.failed;
    struct error sync_err = {0};
    ok = sync_journal(&share, ok ? err : &sync_err) && ok;
    arena_release(desk->arena, mark);
    return ok;
}

static const struct backend *backend_of(const struct labeler *labeler, size_t b)
{
    return (const struct backend *)labeler->backend[b].plugin;
}

static bool needs_journal(const struct labeler *labeler)
{
    bool paid = false;
    for (size_t b = 0; b < labeler->n_backends; b++)
        paid = paid || backend_of(labeler, b)->paid;
    return paid && labeler->journal;
}

bool label_check(const struct labeler *labeler, struct error *err)
{
    for (size_t b = 0; b < labeler->n_backends; b++) {
        const struct backend *backend = backend_of(labeler, b);
        TRY(!backend->check || backend->check(labeler, labeler->backend[b].params, err));
    }
    return !needs_journal(labeler) || journal_check(labeler->journal, err);
}

static bool ask_chain(struct desk *desk, struct error *err)
{
    if (desk->n > 0 && needs_journal(desk->labeler))
        TRY(journal_open(desk->labeler->journal, &desk->journal, err));
    bool ok = true;
    for (size_t b = 0; ok && b < desk->labeler->n_backends; b++)
        ok = ask_backend(desk, b, err);
    journal_close(desk->journal);
    return ok;
}

/* Puts an item on the desk, at the end of its text's list: *last is the last one of that list, SIZE_MAX if there is
 * none. */
static void lay_down(struct desk *desk, const struct label_item *item, size_t *last)
{
    size_t u = desk->n++;
    desk->item[u] = *item;
    desk->label[u] = (struct label){.verdict = VERDICT_NONE, .backend = -1};
    desk->next[u] = SIZE_MAX;
    desk->head[u] = *last != SIZE_MAX ? desk->head[*last] : u;
    if (*last != SIZE_MAX)
        desk->next[*last] = u;
    *last = u;
}

/* of[i]: the place of item i on the desk. */
static void fill_desk(struct desk *desk, const struct label_item *item, size_t n, size_t *of)
{
    struct key_index texts = {0}, kinds = {0};
    size_t *last = ARENA_ARRAY(desk->arena, size_t, n);
    desk->item = ARENA_ARRAY(desk->arena, struct label_item, n);
    desk->label = ARENA_ARRAY(desk->arena, struct label, n);
    desk->head = ARENA_ARRAY(desk->arena, size_t, n);
    desk->next = ARENA_ARRAY(desk->arena, size_t, n);
    for (size_t i = 0; i < n; i++) {
        bool is_new, is_new_text;
        struct hash128 text = hash128(item[i].text, 0);
        struct hash128 kind = {text.hi, text.lo ^ hash_mix(hash_mix(item[i].seed) + text.hi)};
        of[i] = key_index_number(&kinds, kind, &is_new);
        if (!is_new)
            continue;
        size_t number = key_index_number(&texts, text, &is_new_text);
        if (is_new_text)
            last[number] = SIZE_MAX;
        lay_down(desk, &item[i], &last[number]);
    }
    key_index_free(&kinds);
    key_index_free(&texts);
}

static void count_labels(const struct label *label, size_t n, struct label_stats *stats)
{
    stats->items = (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        stats->benign += label[i].verdict == VERDICT_BENIGN;
        stats->malicious += label[i].verdict == VERDICT_MALICIOUS;
        stats->abstain += label[i].verdict == VERDICT_ABSTAIN;
        stats->none += label[i].verdict == VERDICT_NONE;
        stats->simulated = stats->simulated || label[i].simulated;
        if (label[i].backend >= 0)
            stats->by_backend[label[i].backend]++;
    }
}

bool label_ask(const struct labeler *labeler, const struct label_item *item, size_t n, struct label *out,
               struct label_stats *stats, struct error *err)
{
    double started = clock_seconds();
    struct arena *arena = arena_new();
    struct desk desk = {.labeler = labeler, .arena = arena, .stats = stats};
    size_t *of = ARENA_ARRAY(arena, size_t, n);
    memset(stats, 0, sizeof *stats);
    fill_desk(&desk, item, n, of);
    bool ok = ask_chain(&desk, err);
    for (size_t i = 0; ok && i < n; i++)
        out[i] = desk.label[of[i]];
    if (ok)
        count_labels(out, n, stats);
    arena_free(arena);
    stats->seconds = clock_seconds() - started;
    return ok;
}

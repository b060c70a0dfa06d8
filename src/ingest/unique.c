#include "unique.h"

#include "chunks.h"
#include "group_counts.h"
#include "support/index.h"
#include "support/sha256.h"
#include "texts.h"

/* Records wait in a small queue while the slots they need are fetched: a big table costs one cache miss after the other
 * otherwise (measured at 3.6 million keys: 24 ns a key against 320). */
enum { QUEUE = 64, RECENT = 1 << 13, BYTES_A_KEY = 768, MOST_EXPECTED = 1 << 23, MOST_PREFETCHED = 256 };
/* Spellings that begin no line, or none that is wanted, are remembered when they come a second time (most never do), as
 * long as they are not many more bytes than those that do: they only save time. */
static const size_t FREE_BYTES = (size_t)64 << 20;
/* Values of a spelling's slot: the number + 1 of the line that it begins, OTHER + its number, or one of those above. */
static const uint32_t OTHER = UINT32_C(1) << 31;
static const uint32_t FORGOTTEN = UINT32_MAX; /* decoded again */
static const uint32_t WAITING = UINT32_MAX - QUEUE;
/* A line's number + 1: its hash is not in the wanted part. */
static const uint32_t DROPPED = UINT32_MAX;
enum { DECODED = UINT16_MAX }; /* a class number: nothing is compared with the text */

struct waiting {
    struct hash128 key; /* of the field as it stands, and of its class */
    struct event event;
    int64_t row;
    const struct unique_class *kind;
    struct key_slot *slot; /* where its value may be kept; NULL: not its own */
    uint32_t segment;
    uint32_t value; /* of its slot */
    uint32_t line;  /* + 1; DROPPED; 0: not known yet */
    uint16_t class_number;
};

/* A spelling not met before. */
struct fresh {
    struct waiting *first;
    struct str text;
    struct hash128 id, hash;
    bool dropped;
};

/* A spelling that begins no line. */
struct other {
    const char *p;
    uint32_t n, line; /* + 1 */
    uint16_t class_number;
};

struct unique {
    struct unique_options options;
    struct key_index spelling, line; /* by bytes; by id */
    /* Spellings met lately, which answer for the common ones from the processor's cache. */
    struct key_slot *recent; /* [RECENT] */
    struct chunks lines, firsts, others;
    struct texts strings;
    struct chunks fields; /* [n_fields] places in strings a line */
    size_t n_fields, line_bytes, other_bytes;
    const struct unique_class **kind; /* by class number */
    size_t n_kinds, max_kinds, last_kind;
    struct group_counts group[N_COLUMNS];
    char *room; /* for a canonical form */
    size_t room_bytes;
    struct waiting queue[QUEUE];
    size_t n_queue;
};

struct unique *unique_new(const struct unique_options *options)
{
    struct unique *unique = arena_zalloc(options->own, 1, sizeof *unique);
    size_t expected = min_size((size_t)max_i64(options->bytes, 0) / BYTES_A_KEY, MOST_EXPECTED);
    unique->options = *options;
    unique->spelling = key_index_new(expected);
    unique->line = key_index_new(expected / 2);
    unique->recent = ARENA_ZARRAY(options->own, struct key_slot, RECENT);
    unique->lines = (struct chunks){.arena = options->own, .record_bytes = sizeof(struct unique_line)};
    unique->firsts = (struct chunks){.arena = options->own, .record_bytes = sizeof(struct unique_first)};
    unique->others = (struct chunks){.arena = options->own, .record_bytes = sizeof(struct other)};
    unique->strings = texts_new(options->own, options->texts);
    unique->n_fields = options->fields != NULL ? options->fields->n : 0;
    unique->fields = (struct chunks){.arena = options->own, .record_bytes = unique->n_fields * sizeof(uint32_t)};
    for (size_t c = 0; options->groups && c < N_COLUMNS; c++)
        unique->group[c] = group_counts_new(expected, options->own);
    return unique;
}

size_t unique_count(const struct unique *unique)
{
    return unique->lines.n;
}

struct unique_line *unique_line(const struct unique *unique, size_t i)
{
    return chunks_at(&unique->lines, i);
}

struct unique_first *unique_first(const struct unique *unique, size_t i)
{
    return chunks_at(&unique->firsts, i);
}

const uint32_t *unique_fields(const struct unique *unique, size_t i)
{
    return chunks_at(&unique->fields, i);
}

size_t unique_string_count(const struct unique *unique)
{
    return unique->strings.list.n;
}

struct str unique_string(const struct unique *unique, uint32_t string)
{
    return texts_text(&unique->strings, string);
}

size_t unique_group_count(const struct unique *unique, enum unique_column column)
{
    return unique->group[column].list.n;
}

const struct unique_group *unique_group(const struct unique *unique, enum unique_column column, size_t i)
{
    return chunks_at(&unique->group[column].list, i);
}

static struct str decode(const struct unique *unique, const struct unique_class *kind, struct str field)
{
    return kind->layout->form->decode != NULL ? kind->layout->form->decode(field, unique->options.scratch) : field;
}

static void decode_line(const struct unique *unique, struct unique_line *line)
{
    if (line->class_number == DECODED)
        return;
    struct arena_mark mark = arena_mark(unique->options.scratch);
    struct str text = decode(unique, unique->kind[line->class_number], (struct str){line->text, line->n});
    ASSERT(text.n < UINT32_MAX);
    if (text.n > line->n)
        line->text = arena_copy(unique->options.texts, text.p, text.n);
    else if (text.p != line->text && text.n > 0)
        memcpy(line->text, text.p, text.n);
    line->n = (uint32_t)text.n;
    arena_release(unique->options.scratch, mark);
}

void unique_seal(struct unique *unique)
{
    for (size_t i = 0; i < unique->lines.n; i++)
        decode_line(unique, unique_line(unique, i));
    key_index_give(&unique->spelling, unique->options.texts);
    key_index_give(&unique->line, unique->options.texts);
    texts_seal(&unique->strings);
    for (size_t c = 0; c < N_COLUMNS; c++)
        key_index_free(&unique->group[c].index);
}

static char *canonical_room(struct unique *unique, size_t n)
{
    if (n > unique->room_bytes) {
        unique->room_bytes = 2 * n;
        unique->room = arena_bytes(unique->options.own, unique->room_bytes);
    }
    return unique->room;
}

/* Which of `of` equal parts of the hash space; stirred, so that it tells nothing about rank or fold. */
static int64_t part_of(struct hash128 hash, int64_t of)
{
    __extension__ typedef unsigned __int128 wide;
    return (int64_t)(((wide)hash_mix(hash.lo ^ hash.hi) * (wide)(uint64_t)of) >> 64);
}

/* The number of a user, host, parent or named field. */
static uint32_t string_number(struct unique *unique, const struct unique_class *kind, struct str field)
{
    return texts_number(&unique->strings, hash128(field, kind->key_seed), decode(unique, kind, field));
}

static struct key_slot *recent_slot(const struct unique *unique, struct hash128 key)
{
    return &unique->recent[key.lo & (RECENT - 1)];
}

static void prefetch_value(const struct unique *unique, uint32_t value)
{
    if (value < OTHER)
        __builtin_prefetch(unique_line(unique, value - 1), 1);
    else if (value < WAITING)
        __builtin_prefetch(chunks_at(&unique->others, value - OTHER));
}

/* In one go for the whole queue: misses of the caches and of the page tables then overlap. */
static void ask_recent(struct unique *unique)
{
    for (size_t k = 0; k < unique->n_queue; k++) {
        struct waiting *w = &unique->queue[k];
        const struct key_slot *recent = recent_slot(unique, w->key);
        bool found = recent->lo == w->key.lo && recent->tag == (uint32_t)(w->key.hi >> 32);
        w->value = found ? recent->value : 0;
        if (w->value == 0)
            key_index_prefetch(&unique->spelling, w->key);
        else
            prefetch_value(unique, w->value);
    }
}

/* Enters keys not met before with their first record's place in the queue. */
static void find_values(struct unique *unique)
{
    for (size_t k = 0; k < unique->n_queue; k++) {
        struct waiting *w = &unique->queue[k];
        if (w->value != 0)
            continue;
        struct key_slot *slot = key_index_find(&unique->spelling, w->key);
        if (slot->value == 0) {
            key_index_set(&unique->spelling, slot, w->key, WAITING + (uint32_t)k);
            w->slot = slot;
        }
        if (slot->value == FORGOTTEN)
            w->slot = slot;
        w->value = slot->value;
        prefetch_value(unique, w->value);
    }
}

static void prefetch_text(const struct unique *unique, const struct waiting *w)
{
    if (w->value >= WAITING)
        return;
    const char *p = w->value < OTHER ? unique_line(unique, w->value - 1)->text
                                     : ((const struct other *)chunks_at(&unique->others, w->value - OTHER))->p;
    for (size_t at = 0; at < min_size(w->event.command.n, MOST_PREFETCHED); at += 64)
        __builtin_prefetch(p + at);
}

/* The line of a spelling that is the record's; 0: it is not known. */
static uint32_t line_of(const struct unique *unique, const struct waiting *w)
{
    struct str text = w->event.command;
    if (w->value < OTHER) {
        const struct unique_line *line = unique_line(unique, w->value - 1);
        bool same =
            line->n == text.n && line->class_number == w->class_number && memcmp(line->text, text.p, text.n) == 0;
        return same ? w->value : 0;
    }
    if (w->value < WAITING) {
        const struct other *other = chunks_at(&unique->others, w->value - OTHER);
        bool same =
            other->n == text.n && other->class_number == w->class_number && memcmp(other->p, text.p, text.n) == 0;
        return same ? other->line : 0;
    }
    return 0;
}

/* Compares bytes. The rest is fresh, in the queue's order. */
static size_t compare(struct unique *unique, struct fresh *fresh)
{
    size_t n = 0;
    for (size_t k = 0; k < unique->n_queue; k++)
        prefetch_text(unique, &unique->queue[k]);
    for (size_t k = 0; k < unique->n_queue; k++) {
        struct waiting *w = &unique->queue[k];
        w->line = line_of(unique, w);
        if (w->line != 0)
            continue;
        const struct waiting *first =
            w->value >= WAITING && w->value != FORGOTTEN ? &unique->queue[w->value - WAITING] : w;
        if (first != w && first->kind == w->kind && str_equal(first->event.command, w->event.command))
            continue; /* settled with it */
        fresh[n++] = (struct fresh){.first = w};
    }
    return n;
}

static struct hash128 id_of(struct str exact)
{
    struct sha256 digest = sha256_short(exact);
    struct hash128 id;
    memcpy(&id, digest.byte, sizeof id);
    return id;
}

static void normalize_fresh(struct unique *unique, struct fresh *fresh)
{
    const struct unique_class *kind = fresh->first->kind;
    fresh->text = decode(unique, kind, fresh->first->event.command);
    ASSERT(fresh->text.n < UINT32_MAX);
    char *room = canonical_room(unique, 4 * fresh->text.n + 16);
    struct str form = {room, normalize_line(unique->options.rules, fresh->text, room)};
    fresh->hash = hash128(form, unique->options.seed);
    int64_t part = part_of(fresh->hash, kind->part_of);
    fresh->dropped = part < kind->part_from || part >= kind->part_to;
    if (fresh->dropped)
        return;
    if (normalize_masked_run(form))
        form.n = normalize_exact(unique->options.rules, fresh->text, room);
    fresh->id = id_of(form);
    key_index_prefetch(&unique->line, fresh->id);
}

/* The slot of the line, or the empty one where it belongs. */
static struct key_slot *find_line(const struct unique *unique, struct hash128 id)
{
    struct key_slot *slot = key_index_find(&unique->line, id);
    while (slot->value != 0 && !hash128_equal(unique_first(unique, slot->value - 1)->id, id))
        slot = key_index_find_next(&unique->line, slot, id);
    return slot;
}

static void add_line(struct unique *unique, const struct fresh *fresh)
{
    const struct waiting *w = fresh->first;
    /* Only a spelling that has a slot is compared. */
    bool spelled = w->slot != NULL && w->class_number != DECODED;
    struct str text = spelled ? w->event.command : fresh->text;
    *(struct unique_first *)chunks_add(&unique->firsts) = (struct unique_first){
        .id = fresh->id,
        .hash = fresh->hash,
        .row = w->row,
        .segment = w->segment,
        .user = string_number(unique, w->kind, w->event.user),
        .host = string_number(unique, w->kind, w->event.host),
        .parent = string_number(unique, w->kind, w->event.parent),
    };
    *(struct unique_line *)chunks_add(&unique->lines) = (struct unique_line){
        .text = arena_copy(unique->options.texts, text.p, text.n),
        .n = (uint32_t)text.n,
        .class_number = spelled ? w->class_number : DECODED,
        .platform = (unsigned)w->event.platform & 0x7FU,
        .kept = 1,
    };
    unique->line_bytes += text.n;
}

static void add_fields(struct unique *unique, const struct waiting *w)
{
    uint32_t *place = chunks_add(&unique->fields);
    for (size_t k = 0; k < unique->n_fields; k++)
        place[k] = string_number(unique, w->kind, fields_value(unique->options.fields, k, &w->event));
}

/* The value of the slot of a spelling that begins no line. */
static uint32_t add_other(struct unique *unique, const struct waiting *w)
{
    struct str text = w->event.command;
    bool room = unique->other_bytes + text.n <= unique->line_bytes + FREE_BYTES;
    bool again = w->value == FORGOTTEN;
    if (!again || !room || w->class_number == DECODED || unique->others.n >= WAITING - OTHER)
        return FORGOTTEN;
    uint32_t value = OTHER + (uint32_t)unique->others.n;
    *(struct other *)chunks_add(&unique->others) =
        (struct other){arena_copy(unique->options.own, text.p, text.n), (uint32_t)text.n, w->line, w->class_number};
    unique->other_bytes += text.n;
    return value;
}

static void settle_fresh(struct unique *unique, const struct fresh *fresh)
{
    struct waiting *w = fresh->first;
    uint32_t begun = 0;
    w->line = DROPPED;
    if (!fresh->dropped) {
        struct key_slot *slot = find_line(unique, fresh->id);
        if (slot->value == 0) {
            ASSERT(unique->lines.n < OTHER - 1);
            add_line(unique, fresh);
            if (unique->n_fields > 0)
                add_fields(unique, w);
            key_index_set(&unique->line, slot, fresh->id, (uint32_t)unique->lines.n);
            begun = slot->value;
        }
        w->line = slot->value;
    }
    bool own = w->slot != NULL && w->slot->value >= WAITING; /* else an equal one has it since */
    if (!own)
        w->value = FORGOTTEN;
    else
        w->slot->value = w->value = begun != 0 && w->class_number != DECODED ? begun : add_other(unique, w);
}

static void count_groups(struct unique *unique, enum unique_column column)
{
    uint64_t hash[QUEUE];
    uint32_t line[QUEUE];
    size_t n = 0;
    for (size_t k = 0; k < unique->n_queue; k++) {
        const struct waiting *w = &unique->queue[k];
        if (w->line == DROPPED)
            continue;
        struct str field = column == COLUMN_USER ? w->event.user : w->event.host;
        hash[n] = hash64(decode(unique, w->kind, field), unique->options.seed);
        line[n++] = w->line - 1;
    }
    group_counts_add(&unique->group[column], line, hash, n);
}

static void count(struct unique *unique)
{
    for (size_t k = 0; k < unique->n_queue; k++) {
        struct waiting *w = &unique->queue[k];
        if (w->line == 0) { /* it waits for an equal one before it */
            const struct waiting *first = &unique->queue[w->value - WAITING];
            w->line = first->line;
            w->value = first->value;
        }
        if (w->value != FORGOTTEN)
            *recent_slot(unique, w->key) = (struct key_slot){w->key.lo, (uint32_t)(w->key.hi >> 32), w->value};
        if (w->line == DROPPED)
            continue;
        struct unique_line *line = unique_line(unique, w->line - 1);
        line->count++;
        if (w->event.truth > line->truth)
            line->truth = (uint8_t)w->event.truth;
    }
}

void unique_flush(struct unique *unique)
{
    struct fresh fresh[QUEUE];
    struct arena_mark mark = arena_mark(unique->options.scratch);
    key_index_reserve(&unique->spelling, unique->n_queue);
    key_index_reserve(&unique->line, unique->n_queue);
    ask_recent(unique);
    find_values(unique);
    size_t n_fresh = compare(unique, fresh);
    for (size_t i = 0; i < n_fresh; i++)
        normalize_fresh(unique, &fresh[i]);
    for (size_t i = 0; i < n_fresh; i++)
        settle_fresh(unique, &fresh[i]);
    count(unique);
    for (enum unique_column c = 0; unique->options.groups && c < N_COLUMNS; c++)
        count_groups(unique, c);
    unique->n_queue = 0;
    arena_release(unique->options.scratch, mark);
}

/* Few inputs have a class of their own, and their records come together. */
static uint16_t class_number(struct unique *unique, const struct unique_class *kind)
{
    if (unique->n_kinds == 0 || unique->kind[unique->last_kind] != kind) {
        size_t k = 0;
        while (k < unique->n_kinds && unique->kind[k] != kind)
            k++;
        if (k == unique->max_kinds) {
            size_t max = k > 0 ? 2 * k : 16;
            const struct unique_class **list = ARENA_ARRAY(unique->options.own, const struct unique_class *, max);
            if (k > 0)
                memcpy(list, unique->kind, k * sizeof *list);
            unique->kind = list;
            unique->max_kinds = max;
        }
        if (k == unique->n_kinds)
            unique->kind[unique->n_kinds++] = kind;
        unique->last_kind = k;
    }
    return (uint16_t)min_size(unique->last_kind, DECODED);
}

void unique_add(struct unique *unique, const struct unique_class *kind, const struct event *event, uint32_t segment,
                int64_t row)
{
    struct waiting *w = &unique->queue[unique->n_queue++];
    w->key = hash128(event->command, kind->key_seed);
    w->event = *event;
    w->row = row;
    w->kind = kind;
    w->slot = NULL;
    w->segment = segment;
    w->class_number = class_number(unique, kind);
    __builtin_prefetch(recent_slot(unique, w->key), 1);
    if (unique->n_queue == QUEUE)
        unique_flush(unique);
}

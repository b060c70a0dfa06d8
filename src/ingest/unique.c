#include "unique_state.h"

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
        memmove(line->text, text.p, text.n); /* a decoder may give a part of what it got */
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
    size_t n_fresh = spellings_find(unique, fresh);
    for (size_t i = 0; i < n_fresh; i++)
        fresh_normalize(unique, &fresh[i]);
    for (size_t i = 0; i < n_fresh; i++)
        fresh_settle(unique, &fresh[i]);
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

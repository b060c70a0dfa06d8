/* What unique.c, spellings.c and fresh_lines.c share: the records of a queue on their way to their lines. */
#ifndef INGEST_UNIQUE_STATE_H
#define INGEST_UNIQUE_STATE_H

#include "chunks.h"
#include "group_counts.h"
#include "support/index.h"
#include "texts.h"
#include "unique.h"

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

static inline struct str decode(const struct unique *unique, const struct unique_class *kind, struct str field)
{
    return kind->layout->form->decode != NULL ? kind->layout->form->decode(field, unique->options.scratch) : field;
}

static inline struct key_slot *recent_slot(const struct unique *unique, struct hash128 key)
{
    return &unique->recent[key.lo & (RECENT - 1)];
}

/* Spellings of the queue that were met before get their lines; the others are fresh[QUEUE], in the queue's order, and
 * their number is returned. */
size_t spellings_find(struct unique *unique, struct fresh *fresh);
/* Their canonical forms, then their lines, old or new. */
void fresh_normalize(struct unique *unique, struct fresh *fresh);
void fresh_settle(struct unique *unique, const struct fresh *fresh);

#endif

/* Events of the audit log that are not yet told, and those told whose records may still come. Records belong to one
 * event if they have the same id and no more than AUDIT_WINDOW bytes lie from each to the next. An event is told at the
 * latest AUDIT_WINDOW bytes behind its first record, so what must be kept is bounded. */
#ifndef SCAN_AUDIT_WINDOW_H
#define SCAN_AUDIT_WINDOW_H

#include "support/arena.h"
#include "support/str.h"

enum { AUDIT_WINDOW = 128 * 1024 };

enum audit_text { AUDIT_ARGUMENTS, AUDIT_IMAGE, AUDIT_USER, AUDIT_NODE, AUDIT_ID, N_AUDIT_TEXTS };

/* A text in a block that is used again. */
struct audit_block {
    char *p;
    size_t n, capacity;
};

struct audit_event {
    uint64_t id;
    int64_t first, last; /* places of its records */
    int64_t argc, seen;  /* argc -1: not known */
    bool ours;           /* its first record lies in the piece */
    bool waiting;        /* for more records */
    bool is_due;         /* to be told */
    bool split, failed, has_command, has_syscall, command_first;
    struct audit_block text[N_AUDIT_TEXTS];
    struct audit_event *in_slot;                                     /* of the same slot */
    struct audit_event *older, *newer, *first_before, *first_behind; /* by last, and by first while waiting */
};

struct audit_window {
    struct arena *arena;
    struct audit_event **slot, *unused;
    struct audit_event *oldest, *newest;   /* all, by their last record */
    struct audit_event *earliest, *latest; /* waiting, by their first record */
    struct audit_event *due, *due_last;    /* to be told, through first_behind */
    void *block[64];                       /* unused ones, by size */
};

void audit_window_start(struct audit_window *window, struct arena *arena);
/* Before a record at `at`: what is too far behind is due or forgotten. */
void audit_window_move(struct audit_window *window, int64_t at);
/* The event of a record at `at`; NULL if there is none and none is wanted. A new one waits if it is ours. */
struct audit_event *audit_window_event(struct audit_window *window, uint64_t id, int64_t at, bool create, bool ours);
/* No more of its records are waited for: it is due if it has a command. */
void audit_window_settle(struct audit_window *window, struct audit_event *event);
/* All that wait. */
void audit_window_end(struct audit_window *window);
/* The next event that is due; NULL: none. It stays until the next record, its texts until audit_window_told. */
struct audit_event *audit_window_due(struct audit_window *window);
void audit_window_told(struct audit_window *window, struct audit_event *event);
/* Room for so many more bytes of a text. */
char *audit_window_room(struct audit_window *window, struct audit_event *event, enum audit_text text, size_t more);

#endif

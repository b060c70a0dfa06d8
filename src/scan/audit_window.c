#include "audit_window.h"

#include "support/hash.h"

enum { SLOTS = 1 << 13, SMALLEST = 64 };

void audit_window_start(struct audit_window *window, struct arena *arena)
{
    *window = (struct audit_window){.arena = arena};
    window->slot = ARENA_ZARRAY(arena, struct audit_event *, SLOTS);
}

static struct audit_event **slot_of(const struct audit_window *window, uint64_t id)
{
    return &window->slot[hash_mix(id) % SLOTS];
}

static size_t class_of(size_t n, size_t *capacity)
{
    size_t k = 0;
    for (*capacity = SMALLEST; *capacity < n; *capacity *= 2)
        k++;
    return k;
}

static void give_block(struct audit_window *window, struct audit_block *block)
{
    size_t capacity;
    if (block->p != NULL) {
        size_t k = class_of(block->capacity, &capacity);
        memcpy(block->p, &window->block[k], sizeof window->block[k]);
        window->block[k] = block->p;
    }
    *block = (struct audit_block){NULL, 0, 0};
}

char *audit_window_room(struct audit_window *window, struct audit_event *event, enum audit_text text, size_t more)
{
    struct audit_block *block = &event->text[text], bigger = {NULL, block->n, 0};
    if (block->n + more <= block->capacity)
        return block->p + block->n;
    size_t k = class_of(block->n + more, &bigger.capacity);
    bigger.p = window->block[k];
    if (bigger.p != NULL)
        memcpy(&window->block[k], bigger.p, sizeof window->block[k]);
    else
        bigger.p = arena_alloc(window->arena, 1, bigger.capacity);
    if (block->n > 0)
        memcpy(bigger.p, block->p, block->n);
    give_block(window, block);
    *block = bigger;
    return block->p + block->n;
}

static void unlink_waiting(struct audit_window *window, struct audit_event *event)
{
    if (event->first_before != NULL)
        event->first_before->first_behind = event->first_behind;
    else
        window->earliest = event->first_behind;
    if (event->first_behind != NULL)
        event->first_behind->first_before = event->first_before;
    else
        window->latest = event->first_before;
    event->first_before = event->first_behind = NULL;
}

void audit_window_told(struct audit_window *window, struct audit_event *event)
{
    event->is_due = false;
    for (size_t i = 0; i < N_AUDIT_TEXTS; i++)
        give_block(window, &event->text[i]);
}

void audit_window_settle(struct audit_window *window, struct audit_event *event)
{
    if (!event->waiting)
        return;
    event->waiting = false;
    unlink_waiting(window, event);
    if (!event->has_command) {
        audit_window_told(window, event);
        return;
    }
    if (window->due_last != NULL)
        window->due_last->first_behind = event;
    else
        window->due = event;
    window->due_last = event;
    event->is_due = true;
}

void audit_window_end(struct audit_window *window)
{
    while (window->earliest != NULL)
        audit_window_settle(window, window->earliest);
}

struct audit_event *audit_window_due(struct audit_window *window)
{
    struct audit_event *event = window->due;
    if (event == NULL)
        return NULL;
    window->due = event->first_behind;
    if (window->due == NULL)
        window->due_last = NULL;
    event->first_behind = NULL;
    return event;
}

static void unlink_last(struct audit_window *window, struct audit_event *event)
{
    if (event->older != NULL)
        event->older->newer = event->newer;
    else
        window->oldest = event->newer;
    if (event->newer != NULL)
        event->newer->older = event->older;
    else
        window->newest = event->older;
}

static void link_newest(struct audit_window *window, struct audit_event *event)
{
    event->older = window->newest;
    event->newer = NULL;
    if (window->newest != NULL)
        window->newest->newer = event;
    else
        window->oldest = event;
    window->newest = event;
}

static void forget(struct audit_window *window, struct audit_event *event)
{
    struct audit_event **link = slot_of(window, event->id);
    while (*link != event)
        link = &(*link)->in_slot;
    *link = event->in_slot;
    unlink_last(window, event);
    event->in_slot = window->unused;
    window->unused = event;
}

void audit_window_move(struct audit_window *window, int64_t at)
{
    while (window->earliest != NULL && window->earliest->first + AUDIT_WINDOW < at)
        audit_window_settle(window, window->earliest);
    while (window->oldest != NULL && window->oldest->last + AUDIT_WINDOW < at && !window->oldest->is_due)
        forget(window, window->oldest);
}

static struct audit_event *add(struct audit_window *window, uint64_t id, int64_t at, bool ours)
{
    struct audit_event *event = window->unused;
    if (event != NULL)
        window->unused = event->in_slot;
    else
        event = ARENA_ARRAY(window->arena, struct audit_event, 1);
    *event = (struct audit_event){.id = id, .first = at, .last = at, .argc = -1, .ours = ours, .waiting = ours};
    struct audit_event **slot = slot_of(window, id);
    event->in_slot = *slot;
    *slot = event;
    if (!ours)
        return event;
    event->first_before = window->latest;
    if (window->latest != NULL)
        window->latest->first_behind = event;
    else
        window->earliest = event;
    window->latest = event;
    return event;
}

struct audit_event *audit_window_event(struct audit_window *window, uint64_t id, int64_t at, bool create, bool ours)
{
    struct audit_event *event = *slot_of(window, id);
    while (event != NULL && (event->id != id || event->last + AUDIT_WINDOW < at))
        event = event->in_slot;
    if (event != NULL)
        unlink_last(window, event);
    else if (create)
        event = add(window, id, at, ours);
    else
        return NULL;
    link_newest(window, event);
    event->last = at;
    return event;
}

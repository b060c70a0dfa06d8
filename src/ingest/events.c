#include "ingest/events.h"

#include "resolve.h"
#include "stream.h"

#include <stdio.h>

struct reading {
    const struct layout *layout;
    void *state;
    struct stream stream;
    char too_long[96]; /* the reason */
    struct arena *scratch;
    const struct event_visitor *visitor;
    struct event_counts *counts;
};

static void decode_all(const struct form *form, struct event *event, struct arena *arena)
{
    struct str *const field[] = {&event->command, &event->host,  &event->user,
                                 &event->parent,  &event->image, &event->time};
    for (size_t i = 0; i < ARRAY_LEN(field) && form->decode != NULL; i++)
        *field[i] = form->decode(*field[i], arena);
}

static bool take_result(struct reading *reading, struct event_place place, enum read_result result, struct event *event,
                        const char *reason)
{
    if (result == READ_EVENT) {
        struct origin origin;
        bool explains = reading->visitor->explains && reading->layout->form->explain != NULL;
        reading->counts->events++;
        if (explains)
            reading->layout->form->explain(reading->state, reading->scratch, &origin);
        decode_all(reading->layout->form, event, reading->scratch);
        return reading->visitor->event(reading->visitor->context, place, event, explains ? &origin : NULL);
    }
    if (result == READ_BAD) {
        reading->counts->bad++;
        reading->visitor->bad(reading->visitor->context, place, reason);
    } else if (read_filtered(result)) {
        reading->counts->filtered[result - READ_OTHER]++;
        if (reading->visitor->other != NULL)
            reading->visitor->other(reading->visitor->context, place, result);
    } else {
        reading->counts->blank++;
    }
    return true;
}

static bool take_rest(struct reading *reading, struct event_place place)
{
    struct event event;
    const char *reason = "";
    const struct form *form = reading->layout->form;
    bool more = true;
    while (form->next != NULL && more) {
        enum read_result result = form->next(reading->state, reading->scratch, &event, &reason);
        if (result == READ_END)
            break;
        more = take_result(reading, place, result, &event, reason);
    }
    return more;
}

static bool take_record(struct reading *reading, struct event_place place, struct str record)
{
    struct event event;
    const char *reason = "";
    struct arena_mark mark = arena_mark(reading->scratch);
    enum read_result result = reading->layout->form->parse(reading->state, record, reading->scratch, &event, &reason);
    bool more = take_result(reading, place, result, &event, reason) && take_rest(reading, place);
    arena_release(reading->scratch, mark);
    return more;
}

static bool read_file(struct reading *reading, const struct input *input, const struct file *file)
{
    const struct segment all = {.end = INT64_MAX};
    struct stream *stream = &reading->stream;
    struct str record;
    bool more = true;
    reading->state = reading->layout->form->start(reading->layout, &input->fields, stream->arena);
    stream_open(stream, reading->layout, reading->state, file, &all);
    while (more) {
        enum stream_step step = stream_next(stream, &record);
        if (step == STREAM_END)
            break;
        if (step == STREAM_DRY) {
            stream_fill(stream);
            continue;
        }
        struct event_place place = {file->path, stream_offset(stream, record)};
        if (reading->layout->form->place != NULL)
            reading->layout->form->place(reading->state, place.offset, PLACE_INSIDE);
        if (step == STREAM_RECORD) {
            more = take_record(reading, place, record);
        } else {
            reading->counts->bad++;
            reading->visitor->bad(reading->visitor->context, place, reading->too_long);
        }
    }
    if (more && reading->layout->form->end != NULL) {
        reading->layout->form->end(reading->state);
        more = take_rest(reading, (struct event_place){file->path, stream->base + (int64_t)stream->at});
    }
    bool damaged = more && stream_damaged(stream);
    struct event_place end = {file->path, stream->base + (int64_t)stream->at};
    stream_close(stream);
    reading->counts->files++;
    reading->counts->unreadable += damaged;
    if (damaged)
        reading->visitor->bad(reading->visitor->context, end, stream->source.reason);
    return more;
}

bool events_read(const struct comm *comm, const struct input *input, const char *data_dir, int64_t max_record_bytes,
                 const struct event_visitor *visitor, struct event_counts *counts, struct error *err)
{
    struct arena *arena = arena_new();
    struct file_list files;
    const struct input *resolved;
    *counts = (struct event_counts){0};
    bool ok = files_list(comm, NULL, input, 1, data_dir, 0, arena, &files, err) &&
              input_resolve(comm, input, 1, &files, arena, &resolved, err);
    if (ok && comm_rank(comm) == 0) {
        struct reading reading = {
            .layout = layout_find(resolved->format),
            .stream = {.max_record = (size_t)max_record_bytes},
            .scratch = arena_new(),
            .visitor = visitor,
            .counts = counts,
        };
        bool more = true;
        snprintf(reading.too_long, sizeof reading.too_long,
                 "longer than max_record_bytes (%" PRId64 "): raise ingest.max_record_bytes", max_record_bytes);
        for (size_t f = 0; f < files.n && more; f++) {
            reading.stream = (struct stream){.arena = arena_new(), .max_record = (size_t)max_record_bytes};
            more = read_file(&reading, resolved, &files.file[f]);
            stream_free(&reading.stream);
            arena_free(reading.stream.arena);
        }
        arena_free(reading.scratch);
    }
    arena_free(arena);
    return ok;
}

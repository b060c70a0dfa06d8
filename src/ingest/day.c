#include "ingest/day.h"

#include "collapse.h"
#include "comm/agree.h"
#include "comm/progress.h"
#include "comm/reduce.h"
#include "named_fields.h"
#include "quarantine.h"
#include "resolve.h"
#include "segments.h"
#include "splits.h"
#include "stream.h"
#include "support/clock.h"
#include "support/log.h"
#include "unique.h"

#include <stdio.h>

enum { FEW_WARNINGS = 5 };

static const int64_t DAMAGED = INT64_C(1) << 56; /* beside a segment's number of records */

const struct param_spec ingest_params[] = {
    PARAM_INT(struct ingest_options, max_record_bytes, 1 << 20, 64, 1 << 28, "longer records are bad"),
    PARAM_BOOL(struct ingest_options, groups, false, "count each line's users and hosts"),
    PARAM_END,
};

/* What reading needs. */
struct ingest {
    const struct input *inputs;
    const struct file_list *files;
    const struct unique_class *classes; /* [n_inputs], equal ones at the same address */
    const struct unique_class **class_of;
    const char *what; /* the input's name with a colon and a blank, for warnings */
    struct unique *unique;
    struct quarantine quarantine;
    struct stream stream;
    void *form_state;      /* of the segment that is read */
    char too_long[96];     /* the reason */
    struct arena *scratch; /* events wait in it, until unique_flush */
    struct progress progress;
    uint64_t bytes_done;
    int n_warnings;
};

static void take_bad(struct ingest *ingest, struct tally *tally, size_t segment, struct str record, const char *reason)
{
    tally->bad++;
    quarantine_add(&ingest->quarantine, tally, segment, stream_line(&ingest->stream, record),
                   stream_offset(&ingest->stream, record), reason, record);
}

static void take_result(struct ingest *ingest, struct tally *tally, size_t segment, const struct unique_class *kind,
                        enum read_result result, const struct event *event, struct str record, const char *reason)
{
    if (result == READ_EVENT) {
        unique_add(ingest->unique, kind, event, (uint32_t)segment, tally->records++);
        tally->synthetic += event->synthetic;
    } else if (result == READ_BAD) {
        take_bad(ingest, tally, segment, record, reason);
    } else if (read_filtered(result)) {
        tally->filtered[result - READ_OTHER]++;
    } else {
        tally->blank++;
    }
}

/* What the form has besides the record itself. */
static void take_rest(struct ingest *ingest, struct tally *tally, size_t segment, const struct unique_class *kind,
                      struct str record)
{
    struct event event;
    const char *reason = "";
    const struct form *form = kind->layout->form;
    while (form->next != NULL) {
        enum read_result result = form->next(ingest->form_state, ingest->scratch, &event, &reason);
        if (result == READ_END)
            break;
        take_result(ingest, tally, segment, kind, result, &event, record, reason);
    }
}

/* Of a record around the segment only what comes besides counts: it counts itself where it lies. */
static void take_record(struct ingest *ingest, struct tally *tally, size_t segment, size_t input, struct str record,
                        enum record_place place)
{
    struct event event;
    const char *reason = "";
    const struct unique_class *kind = ingest->class_of[input];
    const struct form *form = kind->layout->form;
    enum read_result result = form->parse(ingest->form_state, record, ingest->scratch, &event, &reason);
    if (place == PLACE_INSIDE)
        take_result(ingest, tally, segment, kind, result, &event, record, reason);
    take_rest(ingest, tally, segment, kind, record);
}

static void take_damage(struct ingest *ingest, struct tally *tally, size_t segment, const struct file *file,
                        struct str tail)
{
    const char *reason = ingest->stream.source.reason;
    tally->damaged = 1;
    if (ingest->n_warnings++ < FEW_WARNINGS)
        log_rank(LOG_WARN, "%s%s: %s; what was whole in it is kept", ingest->what, file->path, reason);
    quarantine_add(&ingest->quarantine, tally, segment, stream_line(&ingest->stream, tail),
                   stream_offset(&ingest->stream, tail), reason, tail);
}

static void start_segment(struct ingest *ingest, const struct segment *segment, const struct file *file)
{
    const struct layout *layout = ingest->class_of[file->input]->layout;
    struct arena *arena = ingest->stream.arena;
    ingest->form_state = layout->form->start(layout, &ingest->inputs[file->input].fields, arena);
    if (layout->form->survey != NULL && segment->start > 0)
        layout->form->survey->head(ingest->form_state, splits_head(file, arena));
    stream_open(&ingest->stream, layout, ingest->form_state, file, segment);
}

static void read_records(struct ingest *ingest, size_t index, size_t input, struct tally *tally)
{
    struct stream *stream = &ingest->stream;
    const struct form *form = ingest->class_of[input]->layout->form;
    struct arena_mark waiting = arena_mark(ingest->scratch);
    struct str record;
    for (;;) {
        enum stream_step step = stream_next(stream, &record);
        if (step == STREAM_END)
            break;
        if (step == STREAM_DRY) {
            unique_flush(ingest->unique);
            arena_release(ingest->scratch, waiting);
            progress_tick(&ingest->progress, ingest->bytes_done);
            stream_fill(stream);
            if (form->look != NULL)
                form->look(ingest->form_state, stream->p + stream->at, stream->n - stream->at);
            continue;
        }
        enum record_place place = stream_place(stream, record);
        if (form->place != NULL && !form->place(ingest->form_state, stream_offset(stream, record), place))
            break;
        if (step == STREAM_RECORD)
            take_record(ingest, tally, index, input, record, place);
        else if (place == PLACE_INSIDE)
            take_bad(ingest, tally, index, record, ingest->too_long);
    }
    if (form->end != NULL) {
        form->end(ingest->form_state);
        take_rest(ingest, tally, index, ingest->class_of[input], (struct str){stream->p + stream->at, 0});
    }
    unique_flush(ingest->unique);
    arena_release(ingest->scratch, waiting);
}

static void read_segment(struct ingest *ingest, const struct segment *segment, size_t index, struct tally *tally)
{
    const struct file *file = &ingest->files->file[segment->file];
    struct stream *stream = &ingest->stream;
    struct arena_mark mark = arena_mark(stream->arena);
    char *buffer = stream->p;
    start_segment(ingest, segment, file);
    read_records(ingest, index, file->input, tally);
    struct str tail = stream_close(stream);
    if (stream_damaged(stream))
        take_damage(ingest, tally, index, file, tail);
    tally->newlines = stream->newlines;
    tally->bytes = stream_bytes(stream);
    ingest->bytes_done += (uint64_t)(min_i64(segment->end, file->size) - segment->start);
    if (stream->p == buffer) /* else a bigger buffer lies behind the mark */
        arena_release(stream->arena, mark);
}

/* Inputs of the same layout and part share a class, so that a line is kept once. */
static void classify(const struct input *inputs, size_t n, uint64_t seed, struct arena *arena, struct ingest *ingest,
                     const struct layout **layouts)
{
    struct unique_class *classes = ARENA_ARRAY(arena, struct unique_class, n);
    ingest->class_of = ARENA_ARRAY(arena, const struct unique_class *, n);
    for (size_t i = 0; i < n; i++) {
        const struct layout *layout = layout_find(inputs[i].format);
        classes[i] = (struct unique_class){layout, inputs[i].part_of, inputs[i].part_from, inputs[i].part_to,
                                           hash_mix(seed + i)};
        layouts[i] = layout;
        size_t k = 0;
        while (classes[k].layout != layout || classes[k].part_of != inputs[i].part_of ||
               classes[k].part_from != inputs[i].part_from || classes[k].part_to != inputs[i].part_to)
            k++;
        ingest->class_of[i] = &classes[k];
    }
}

static bool formats_known(const struct input *inputs, size_t n, struct error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (layout_find(inputs[i].format) == NULL && strcmp(inputs[i].format, INPUT_AUTO) != 0)
            return fail(err, ERROR_CONFIG,
                        "unknown input format \"%s\": use one of those that `benomaly list format` shows",
                        inputs[i].format);
    }
    return true;
}

static uint64_t digest_of(const struct file_list *files)
{
    uint64_t digest = hash_mix(files->n);
    for (size_t i = 0; i < files->n; i++) {
        const struct file *file = &files->file[i];
        digest = hash64(str_of(file->path + file->name), digest);
        digest = hash_mix(digest ^ (uint64_t)file->size);
        digest = hash_mix(digest + file->input);
    }
    return digest;
}

/* records[i]: of segment i, with DAMAGED added if it is; becomes the global row of its first record. */
static void sum_up(const struct file_list *files, const struct segment_list *segments, const struct tally *total,
                   int64_t *records, struct ingest_stats *stats)
{
    stats->bytes = files->bytes;
    stats->files = (int64_t)files->n;
    stats->input_digest = digest_of(files);
    stats->bad = total->bad;
    for (size_t k = 0; k < N_FILTERED; k++)
        stats->filtered[k] = total->filtered[k];
    stats->blank = total->blank;
    stats->synthetic = total->synthetic;
    size_t last_damaged = SIZE_MAX;
    for (size_t i = 0; i < segments->n; i++) {
        const int64_t n = records[i] % DAMAGED;
        if (n < records[i] && last_damaged != segments->segment[i].file) {
            last_damaged = segments->segment[i].file;
            stats->unreadable++;
        }
        records[i] = stats->records;
        stats->records += n;
    }
}

static void warn(const struct ingest_stats *stats, const char *what, const char *quarantine)
{
    struct buf why = {.limit = 512};
    filtered_list(stats->filtered, &why);
    if (why.n > 0)
        log_job(LOG_INFO, "%srecords that are no events: %.*s", what, (int)why.n, why.p);
    buf_free(&why);
    if (stats->bad == 0 && stats->unreadable == 0)
        return;
    log_job(LOG_WARN, "%s%" PRId64 " bad records and %" PRId64 " damaged files were left out%s%s", what, stats->bad,
            stats->unreadable, quarantine != NULL ? "; see " : "", quarantine != NULL ? quarantine : "");
}

/* Reads this rank's segments. total and records are then sums over ranks, extent (if given) is this rank's. */
static void read_own(const struct comm *comm, struct ingest *ingest, const struct segment_list *segments,
                     struct tally *total, int64_t *records, struct extent *extent)
{
    enum { N_SUMS = sizeof *total / sizeof(int64_t) };
    _Static_assert(sizeof *total % sizeof(int64_t) == 0, "a tally is a row of numbers");
    *total = (struct tally){0};
    ingest->progress = progress_start(comm, "reading", "B", (uint64_t)segments->own_bytes);
    for (size_t i = 0; i < segments->n; i++) {
        struct tally tally = {0};
        if (segments->segment[i].rank != comm_rank(comm))
            continue;
        read_segment(ingest, &segments->segment[i], i, &tally);
        records[i] = tally.records + tally.damaged * DAMAGED;
        if (extent != NULL)
            extent[i] = (struct extent){tally.newlines, tally.bytes, tally.quarantine_bytes};
        for (size_t k = 0; k < N_SUMS; k++)
            (&total->records)[k] += (&tally.records)[k];
    }
    progress_end(&ingest->progress);
    reduce_sum_i64(comm, records, segments->n);
    reduce_sum_i64(comm, &total->records, N_SUMS);
}

static bool read_day(const struct comm *comm, const struct input *inputs, size_t n_inputs,
                     const struct ingest_options *options, const struct named_fields *fields, struct arena *own,
                     struct arena *arena, struct lines *out, struct ingest_stats *stats, struct error *err)
{
    struct file_list files;
    TRY(files_list(comm, options->listings, inputs, n_inputs, options->data_dir, options->segment_bytes, own, &files,
                   err));
    TRY(input_resolve(comm, inputs, n_inputs, &files, own, &inputs, err));
    inputs = fields_ask(fields, inputs, n_inputs, own);
    struct ingest ingest = {.inputs = inputs, .files = &files, .scratch = arena_new()};
    snprintf(ingest.too_long, sizeof ingest.too_long,
             "longer than max_record_bytes (%" PRId64 "): raise ingest.max_record_bytes", options->max_record_bytes);
    ingest.what = options->what != NULL ? arena_printf(own, "%s: ", options->what) : "";
    const struct layout **layouts = ARENA_ARRAY(own, const struct layout *, n_inputs);
    classify(inputs, n_inputs, options->seed, own, &ingest, layouts);
    const struct cutting cutting = {layouts, options->max_record_bytes, options->segment_bytes};
    struct segment_list segments = segments_cut(comm, &files, &cutting, own);
    struct tally total;
    int64_t *records = ARENA_ZARRAY(own, int64_t, segments.n);
    struct extent *extent = options->quarantine != NULL ? ARENA_ZARRAY(own, struct extent, segments.n) : NULL;
    struct arena *buffers = arena_new();
    ingest.unique = unique_new(&(struct unique_options){.rules = &options->normalize,
                                                        .seed = options->seed,
                                                        .groups = options->groups,
                                                        .bytes = segments.own_work,
                                                        .fields = fields,
                                                        .texts = arena,
                                                        .own = own,
                                                        .scratch = ingest.scratch});
    ingest.quarantine = quarantine_start(options->quarantine != NULL ? own : NULL, options->what);
    ingest.stream = (struct stream){
        .arena = buffers, .max_record = (size_t)options->max_record_bytes, .counts = options->quarantine != NULL};
    read_own(comm, &ingest, &segments, &total, records, extent);

    sum_up(&files, &segments, &total, records, stats);
    bool ok = options->quarantine == NULL || quarantine_write(comm, &ingest.quarantine, &files, &segments, extent,
                                                              total.quarantine_bytes, options->quarantine, err);
    unique_seal(ingest.unique);
    stream_free(&ingest.stream);
    arena_free(buffers);
    if (ok) {
        warn(stats, ingest.what, options->quarantine);
        collapse(comm, ingest.unique, records, options, own, arena, out);
    }
    arena_free(ingest.scratch);
    return ok;
}

bool day_read(const struct comm *comm, const struct input *inputs, size_t n_inputs,
              const struct ingest_options *options, struct arena *arena, struct lines *out, struct ingest_stats *stats,
              struct error *err)
{
    double started = clock_seconds();
    struct named_fields fields;
    *stats = (struct ingest_stats){0};
    TRY(agree(comm,
              formats_known(inputs, n_inputs, err) && fields_name(options->fields, options->n_fields, &fields, err),
              err));
    struct arena *own = arena_new();
    bool ok = read_day(comm, inputs, n_inputs, options, &fields, own, arena, out, stats, err);
    arena_free(own);
    TRY(ok);
    stats->seconds = clock_seconds() - started;
    reduce_max_f64(comm, &stats->seconds, 1);
    return true;
}

int64_t ingest_filtered(const struct ingest_stats *stats)
{
    int64_t sum = 0;
    for (size_t k = 0; k < N_FILTERED; k++)
        sum += stats->filtered[k];
    return sum;
}

void ingest_add(struct ingest_stats *total, const struct ingest_stats *more)
{
    total->files += more->files;
    total->bytes += more->bytes;
    total->records += more->records;
    total->bad += more->bad;
    for (size_t k = 0; k < N_FILTERED; k++)
        total->filtered[k] += more->filtered[k];
    total->blank += more->blank;
    total->unreadable += more->unreadable;
    total->synthetic += more->synthetic;
    total->input_digest = hash_mix(hash_mix(total->input_digest) ^ more->input_digest); /* the order counts */
    total->seconds += more->seconds;
}

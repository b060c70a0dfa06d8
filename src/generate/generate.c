#include "generate/generate.h"

#include "comm/agree.h"
#include "comm/progress.h"
#include "knobs.h"
#include "record.h"
#include "sink.h"
#include "support/file.h"

#include <errno.h>
#include <unistd.h>

enum { CHUNK_RECORDS = 16384, CHUNK_LIMIT = 256 << 20, MAX_DAYS = 366 };

const struct param_spec generate_params[] = {
    PARAM_INT(struct generate, days, 5, 1, MAX_DAYS, "days of telemetry"),
    PARAM_INT(struct generate, lines_per_day, 200000, 1, 1e9, "process-creation events a day"),
    PARAM_INT(struct generate, hosts, 400, 8, 1e6, "hosts of the invented organisation"),
    PARAM_INT(struct generate, users, 300, 1, 1e6, "users of the invented organisation"),
    PARAM_REAL(struct generate, rare_share, 0.004, 0, 0.5, "share of events that are rare but benign administration"),
    PARAM_REAL(struct generate, attack_share, 0.0005, 0, 0.5, "share of events that are planted attacks"),
    PARAM_INT(struct generate, malicious_lines, 3000, 1, 1e8, "lines of the labelled attack file"),
    PARAM_INT(struct generate, test_benign, 1500, 1, 1e8, "rare benign lines of the test file"),
    PARAM_INT(struct generate, test_malicious, 800, 1, 1e8, "attack lines of the test file"),
    PARAM_INT(struct generate, seed, 1, 0, 9007199254740992, "another seed gives other telemetry of the same kind"),
    PARAM_END,
};

struct job {
    struct recorder *recorder;
    const struct generate *params;
    enum record_file file;
    int64_t day, n_records;
    struct progress *progress;
    uint64_t *done;
};

static void write_chunk(const void *context, int64_t chunk, struct buf *out)
{
    const struct job *job = context;
    int64_t first = chunk * CHUNK_RECORDS, end = min_i64(first + CHUNK_RECORDS, job->n_records);
    for (int64_t i = first; i < end; i++)
        record_add(job->recorder, job->file, job->day, i, out);
    *job->done += (uint64_t)(end - first);
    progress_tick(job->progress, *job->done);
}

static bool write_file(const struct comm *comm, struct job *job, enum record_file file, int64_t day, const char *path,
                       struct error *err)
{
    job->file = file;
    job->day = day;
    job->n_records = record_count(job->params, file);
    int64_t n_chunks = (job->n_records + CHUNK_RECORDS - 1) / CHUNK_RECORDS, bytes;
    return sink_write(comm, path, n_chunks, CHUNK_LIMIT, write_chunk, job, &bytes, err);
}

static const char *day_path(const char *dir, int64_t day, bool three_digits, struct arena *arena)
{
    return arena_printf(arena, "%s/synthetic-day-%0*" PRId64 ".jsonl.zst", dir, three_digits ? 3 : 2, day + 1);
}

static bool write_files(const struct comm *comm, const struct generate *params, const char *dir, struct arena *arena,
                        struct error *err)
{
    int64_t total = params->days * params->lines_per_day + record_count(params, RECORD_MALICIOUS) +
                    record_count(params, RECORD_TEST);
    struct progress progress = progress_start(comm, "generating", "lines", (uint64_t)(total / comm_size(comm)));
    uint64_t done = 0;
    struct job job = {.recorder = recorder_new(params, arena), .params = params, .progress = &progress, .done = &done};
    bool ok = true;
    for (int64_t day = 0; ok && day < params->days; day++)
        ok = write_file(comm, &job, RECORD_DAY, day, day_path(dir, day, params->days > 99, arena), err);
    if (ok)
        ok = write_file(comm, &job, RECORD_MALICIOUS, 0, arena_printf(arena, "%s/synthetic-malicious.jsonl.zst", dir),
                        err);
    if (ok)
        ok = write_file(comm, &job, RECORD_TEST, 0, arena_printf(arena, "%s/synthetic-test.jsonl.zst", dir), err);
    progress_end(&progress);
    return ok;
}

/* What SYNTHETIC.json holds: the whole of what the files are a function of. */
static void describe(const struct generate *params, struct buf *out)
{
    buf_printf(out, "{\"generator\":%d,\"parameters\":", GENERATOR_VERSION);
    params_to_json(generate_params, params, out);
    buf_add_str(out, STR(",\"source\":\"synthetic\"}\n"));
}

/* Day files of an earlier run that was stopped and had more days would be read as part of this one. */
static bool remove_left_over(const struct generate *params, const char *dir, struct arena *arena, struct error *err)
{
    for (int64_t day = 0; day < MAX_DAYS; day++) {
        for (int three_digits = 0; three_digits < 2; three_digits++) {
            if (day < params->days && (three_digits == 1) == (params->days > 99))
                continue;
            const char *path = day_path(dir, day, three_digits == 1, arena);
            if (unlink(path) != 0 && errno != ENOENT)
                return fail(err, ERROR_IO, "%s: cannot remove this file of an unfinished run: %s", path,
                            strerror(errno));
        }
    }
    return true;
}

/* Rank 0: is the folder ready (*present), or cleared for writing? */
static bool prepare(const struct generate *params, const char *dir, struct str wanted, bool *present,
                    struct arena *arena, struct error *err)
{
    *present = false;
    TRY(file_make_dirs(dir, err));
    const char *path = arena_printf(arena, "%s/SYNTHETIC.json", dir);
    if (!file_exists(path))
        return remove_left_over(params, dir, arena, err);
    struct str found;
    TRY(file_read(path, 1 << 16, arena, &found, err));
    if (!str_equal(found, wanted))
        return fail(err, ERROR_INPUT,
                    "%s: this folder holds synthetic telemetry made with other parameters or by another version; "
                    "remove the folder or choose another",
                    path);
    *present = true;
    return true;
}

static bool generate_in(const struct comm *comm, const struct generate *params, const char *dir, struct arena *arena,
                        struct buf *description, bool *made, struct error *err)
{
    describe(params, description);
    bool present = false, ok = true;
    if (comm_rank(comm) == 0)
        ok = prepare(params, dir, buf_str(description), &present, arena, err);
    TRY(agree(comm, ok, err));
    comm_bcast(comm, &present, sizeof(present), 0);
    *made = !present;
    if (present)
        return true;
    TRY(write_files(comm, params, dir, arena, err));
    if (comm_rank(comm) == 0)
        ok = file_replace(arena_printf(arena, "%s/SYNTHETIC.json", dir), buf_str(description), err);
    return agree(comm, ok, err);
}

bool generate_files(const struct comm *comm, const struct generate *params, const char *dir, bool *made,
                    struct error *err)
{
    struct arena *arena = arena_new();
    struct buf description = {.limit = 1 << 16};
    *made = false;
    bool ok = generate_in(comm, params, dir, arena, &description, made, err);
    buf_free(&description);
    arena_free(arena);
    return ok;
}

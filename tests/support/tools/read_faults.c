/* Reads small days with every system call failing once, under the preloaded shim of tests/support/shim: a day must be
 * read as without the failure, or fail and name the file or folder, or count the file as unreadable and name it.
 * usage: [mpiexec -n RANKS] read_faults QUARANTINE [some] FORMAT=PATTERN...
 * Patterns lie below FAULTS_FOLDER; what follows "some" gets fewer failures; a FORMAT that is none is found out. */
#include "comm/agree.h"
#include "comm/digest.h"
#include "comm/reduce.h"
#include "ingest/day.h"
#include "support/file.h"
#include "support/log.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const calls[] = {"open", "read", "pread", "lseek", "fstat", "stat", "lstat", "opendir", "readdir"};
static const char *const hows[] = {"EIO", "EINTR", "short", "ENOMEM", "EMFILE", "EACCES"};
static bool some; /* only the first three, and fewer places */

static struct {
    void (*arm)(const char *call, long at, const char *how);
    bool (*fired)(void);
} shim;

struct outcome {
    bool ok, fired;
    uint64_t digest;
    struct ingest_stats stats;
    struct error err;
    bool named; /* the quarantine names a file that could not be read */
};

struct tried {
    int64_t same, failed, named, wrong;
};

static uint64_t digest_of(const struct comm *comm, const struct lines *lines, const struct ingest_stats *stats)
{
    uint64_t d = digest_strs(comm, lines->text, lines->row, lines->n);
    d = hash_mix(d ^ digest_rows(comm, lines->count, sizeof *lines->count, lines->row, lines->n));
    const int64_t numbers[] = {stats->files, stats->records, stats->bad, stats->blank, ingest_filtered(stats)};
    return hash64((struct str){(const char *)numbers, sizeof numbers}, d ^ stats->input_digest);
}

static bool names_a_file(const char *path)
{
    struct arena *arena = arena_new();
    struct str text;
    struct error ignored;
    bool found = file_read(path, 1 << 26, arena, &text, &ignored) &&
                 str_find(text, str_of(getenv("FAULTS_FOLDER")), 0) != SIZE_MAX;
    arena_free(arena);
    return found;
}

static void read_once(const struct comm *comm, const struct input *input, const char *quarantine, struct outcome *out)
{
    struct arena *arena = arena_new();
    struct ingest_options options = {.seed = 3, .quarantine = quarantine};
    struct lines lines;
    params_default(ingest_params, &options);
    params_default(normalize_params, &options.normalize);
    *out = (struct outcome){0};
    if (comm_rank(comm) == 0)
        unlink(quarantine);
    comm_barrier(comm);
    out->ok = day_read(comm, input, 1, &options, arena, &lines, &out->stats, &out->err);
    out->fired = shim.fired();
    if (out->ok)
        out->digest = digest_of(comm, &lines, &out->stats);
    out->named = out->ok && comm_rank(comm) == 0 && out->stats.unreadable > 0 && names_a_file(quarantine);
    comm_bcast(comm, &out->named, sizeof out->named, 0);
    int64_t fired = out->fired;
    reduce_max_i64(comm, &fired, 1);
    out->fired = fired > 0;
    arena_free(arena);
}

static void judge(const struct comm *comm, const struct outcome *clean, const struct outcome *out, const char *where,
                  const char *how, struct tried *tried)
{
    bool harmless = strcmp(how, "EINTR") == 0 || strcmp(how, "short") == 0;
    if (out->ok && out->stats.unreadable == clean->stats.unreadable && out->digest == clean->digest)
        tried->same++;
    else if (!harmless && !out->ok && strstr(out->err.message, getenv("FAULTS_FOLDER")) != NULL)
        tried->failed++;
    else if (!harmless && out->ok && out->stats.unreadable > clean->stats.unreadable && out->named)
        tried->named++;
    else {
        tried->wrong++;
        if (comm_rank(comm) == 0)
            printf("WRONG %s: ok %d, %" PRId64 " records of %" PRId64 ", %" PRId64
                   " unreadable, named %d, digest %s%s%s\n",
                   where, out->ok, out->stats.records, clean->stats.records, out->stats.unreadable, out->named,
                   out->digest == clean->digest ? "same" : "other", out->ok ? "" : ": ",
                   out->ok ? "" : out->err.message);
    }
}

/* The first calls all, later ones some. */
static long next_place(long k)
{
    return k < (some ? 6 : 16) ? k + 1 : k + k / (some ? 2 : 4);
}

static void try_all(const struct comm *comm, const struct input *input, const char *name, const char *quarantine,
                    struct tried *tried)
{
    struct outcome clean, out;
    char where[256];
    shim.arm("open", 0, "EIO");
    read_once(comm, input, quarantine, &clean);
    if (!clean.ok || clean.stats.records == 0) {
        tried->wrong++;
        if (comm_rank(comm) == 0)
            printf("WRONG %s without a failure: %s\n", name, clean.ok ? "no records" : clean.err.message);
        return;
    }
    for (size_t c = 0; c < ARRAY_LEN(calls); c++) {
        for (size_t h = 0; h < (some ? 3 : ARRAY_LEN(hows)); h++) {
            for (int rank = 0; rank < comm_size(comm); rank++) {
                out.fired = true;
                for (long k = 1; out.fired; k = next_place(k)) {
                    shim.arm(calls[c], comm_rank(comm) == rank ? k : 0, hows[h]);
                    read_once(comm, input, quarantine, &out);
                    snprintf(where, sizeof where, "%s, %s %ld on rank %d: %s", name, calls[c], k, rank, hows[h]);
                    if (out.fired)
                        judge(comm, &clean, &out, where, hows[h], tried);
                }
            }
        }
    }
    shim.arm("open", 0, "EIO");
}

int main(int argc, char **argv)
{
    struct comm *comm;
    struct error err;
    struct tried tried = {0};
    *(void **)&shim.arm = dlsym(RTLD_DEFAULT, "faults_arm");
    *(void **)&shim.fired = dlsym(RTLD_DEFAULT, "faults_fired");
    if (argc < 3 || shim.arm == NULL || getenv("FAULTS_FOLDER") == NULL || !comm_start(&argc, &argv, &comm, &err)) {
        fprintf(stderr,
                "usage: LD_PRELOAD=libfaults.so FAULTS_FOLDER=... read_faults QUARANTINE [some] FORMAT=PATTERN...\n");
        return 2;
    }
    log_setup(LOG_QUIET, comm_rank(comm), comm_size(comm));
    for (int i = 2; i < argc; i++) {
        char *pattern = strchr(argv[i], '=');
        if (pattern == NULL) {
            some = true;
            continue;
        }
        *pattern++ = '\0';
        const char *const files[] = {pattern};
        const struct input open = {.files = files, .n_files = 1, .format = INPUT_AUTO, .part_of = 1, .part_to = 1};
        const struct input input = layout_find(argv[i]) == NULL ? open : input_with_format(&open, argv[i]);
        try_all(comm, &input, pattern, argv[1], &tried);
    }
    if (comm_rank(comm) == 0)
        printf("%" PRId64 " failures: %" PRId64 " left no trace, %" PRId64 " ended the reading with a name, %" PRId64
               " cost a file that is named, %" PRId64 " wrong\n",
               tried.same + tried.failed + tried.named + tried.wrong, tried.same, tried.failed, tried.named,
               tried.wrong);
    comm_stop(comm);
    return tried.wrong > 0;
}

/* Reads a day of JSON lines on all ranks and prints what it took as one JSON line.
 * usage: [mpiexec -n RANKS] bench_ingest [--format NAME] [--groups] [--field NAME]... FILE... */
#include "bench_run.h"

#include "comm/digest.h"
#include "comm/reduce.h"
#include "support/log.h"

struct figures {
    int64_t peak, peak_most, sent_most;
    uint64_t digest;
};

static uint64_t digest_groups(const struct comm *comm, const struct lines *lines)
{
    struct arena *arena = arena_new();
    uint64_t *each = ARENA_ARRAY(arena, uint64_t, lines->n);
    for (size_t i = 0; i < lines->n; i++) {
        each[i] = hash64(lines->string[lines->user[i]],
                         hash64(lines->string[lines->host[i]], hash64(lines->string[lines->parent[i]], 0)));
        for (size_t k = lines->user_at != NULL ? lines->user_at[i] : 0;
             lines->user_at != NULL && k < lines->user_at[i + 1]; k++)
            each[i] = hash_mix(hash_mix(each[i] ^ lines->user_hash[k]) + (uint64_t)lines->user_count[k]);
        for (size_t k = lines->host_at != NULL ? lines->host_at[i] : 0;
             lines->host_at != NULL && k < lines->host_at[i + 1]; k++)
            each[i] = hash_mix(hash_mix(each[i] ^ lines->host_hash[k]) + (uint64_t)lines->host_count[k]);
        for (size_t f = 0; f < lines->n_fields; f++)
            each[i] = hash64(lines->field[f][i], each[i]);
    }
    uint64_t digest = digest_rows(comm, each, sizeof *each, lines->row, lines->n);
    arena_free(arena);
    return digest;
}

static struct figures measure(const struct comm *comm, const struct lines *lines)
{
    struct figures f = {peak_bytes(), peak_bytes(), comm_bytes_sent(comm), 0};
    reduce_sum_i64(comm, &f.peak, 1);
    reduce_max_i64(comm, &f.peak_most, 1);
    reduce_max_i64(comm, &f.sent_most, 1);
    f.digest = digest_strs(comm, lines->text, lines->row, lines->n);
    f.digest = hash_mix(f.digest ^ digest_rows(comm, lines->count, sizeof *lines->count, lines->row, lines->n));
    f.digest = hash_mix(f.digest ^ digest_rows(comm, lines->hash, sizeof *lines->hash, lines->row, lines->n));
    f.digest = hash_mix(f.digest ^ digest_rows(comm, lines->truth, 1, lines->row, lines->n));
    f.digest = hash_mix(f.digest ^ digest_groups(comm, lines));
    return f;
}

static bool read_options(int argc, char **argv, const char **fields, struct ingest_options *options, struct str *format,
                         int *first)
{
    options->fields = fields;
    int i = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--groups") == 0)
            options->groups = true;
        else if (strcmp(argv[i], "--field") == 0 && i + 1 < argc)
            fields[options->n_fields++] = argv[++i];
        else if (strcmp(argv[i], "--format") == 0 && i + 1 < argc)
            *format = str_of(argv[++i]);
        else
            return false;
    }
    *first = i;
    return i < argc;
}

static bool run(const struct comm *comm, int argc, char **argv, struct arena *arena, struct error *err)
{
    struct ingest_options options = {0};
    struct str format = STR("jsonl");
    struct input input;
    struct lines lines;
    struct ingest_stats stats;
    int first;
    params_default(ingest_params, &options);
    params_default(normalize_params, &options.normalize);
    options.seed = 1;
    const char **fields = ARENA_ARRAY(arena, const char *, (size_t)argc);
    if (!read_options(argc, argv, fields, &options, &format, &first))
        return fail(err, ERROR_USAGE, "usage: bench_ingest [--format NAME] [--groups] [--field NAME]... FILE...");
    TRY(input_of_files(argv + first, argc - first, format, arena, &input, err));
    comm_barrier(comm);
    TRY(day_read(comm, &input, 1, &options, arena, &lines, &stats, err));
    struct figures f = measure(comm, &lines);
    if (comm_rank(comm) == 0)
        printf("{\"ranks\":%d,\"seconds\":%.4f,\"records\":%" PRId64 ",\"unique\":%" PRId64 ",\"bad\":%" PRId64
               ",\"unreadable\":%" PRId64 ",\"bytes\":%" PRId64 ",\"peak_bytes\":%" PRId64
               ",\"peak_rank_bytes\":%" PRId64 ",\"sent_rank_bytes\":%" PRId64 ",\"digest\":\"%016" PRIx64 "\"}\n",
               comm_size(comm), stats.seconds, stats.records, lines.n_global, stats.bad, stats.unreadable, stats.bytes,
               f.peak, f.peak_most, f.sent_most, f.digest);
    return true;
}

int main(int argc, char **argv)
{
    return bench_main(argc, argv, "bench_ingest", run);
}

/* What is one line over all ranks: payloads that differ in the case of one letter are lines of their own. */
#include "day_test.h"

#include "comm/gather.h"

enum { FILES = 6, PAYLOADS = 5, SPELLINGS = 3, RECORDS = 3000 };

static int payload_of(int i)
{
    return i * i % 7 % PAYLOADS;
}

/* Record i: its payload, and one of three ways to write the rest. */
static void add_record(struct buf *text, int i)
{
    static const char *const payload[PAYLOADS] = {
        "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA", "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQa",
        "sQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA", "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQB",
        "SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA="};
    static const char *const before[SPELLINGS] = {"powershell -enc ", "PowerShell  -Enc ",
                                                  "power\\u0073hell -EncodedCommand "};
    buf_printf(text, "{\"command_line\":\"%s%s %d\"}\n", before[i % SPELLINGS], payload[payload_of(i)], i);
}

/* All ranks see all lines' ids, hashes and counts. */
static bool check_lines(const struct comm *comm, const struct lines *lines, struct arena *arena)
{
    int64_t expected[2][PAYLOADS] = {{0}}; /* -enc however it is written; -EncodedCommand */
    size_t n_expected = 0, n_hashes = 0, n;
    for (int i = 0; i < RECORDS; i++)
        n_expected += expected[i % SPELLINGS == 2][payload_of(i)]++ == 0;
    const struct hash128 *id = gather_all(comm, lines->id, sizeof *id, lines->n, -1, &n, arena);
    const struct hash128 *hash = gather_all(comm, lines->hash, sizeof *hash, lines->n, -1, &n, arena);
    const int64_t *count = gather_all(comm, lines->count, sizeof *count, lines->n, -1, &n, arena);
    bool ok = n == n_expected && lines->n_global == (int64_t)n && lines->n_events == RECORDS;
    for (size_t i = 0; i < n; i++) {
        bool is_new = true, found = false;
        for (size_t j = 0; j < i; j++) {
            ok = ok && !hash128_equal(id[i], id[j]);
            is_new = is_new && !hash128_equal(hash[i], hash[j]);
        }
        n_hashes += is_new;
        for (size_t k = 0; k < 2 * PAYLOADS; k++)
            found = found || expected[k / PAYLOADS][k % PAYLOADS] == count[i];
        ok = ok && found;
    }
    return ok && n_hashes == 2;
}

static uint64_t run(const struct comm *group, void *context)
{
    struct reading *r = context;
    read_day(group, r);
    uint64_t d = reading_digest(group, r);
    d = hash_mix(d ^ digest_rows(group, r->lines.id, sizeof *r->lines.id, r->lines.row, r->lines.n));
    reading_end(r);
    return d;
}

static void payloads_are_lines_of_one_masked_form(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    for (int f = 0; f < FILES && comm_rank(world) == 0; f++) {
        char name[16];
        struct buf text = {.limit = SIZE_MAX};
        for (int i = f * RECORDS / FILES; i < (f + 1) * RECORDS / FILES; i++)
            add_record(&text, i);
        snprintf(name, sizeof name, "day%d", f);
        put_file(&folder, name, buf_str(&text), (enum packing)(f % 3));
        buf_free(&text);
    }
    comm_barrier(world);
    struct reading r = {.folder = &folder, .input = "\"day*\""};
    read_day(world, &r);
    assert_all(world, r.ok && check_lines(world, &r.lines, r.arena));
    reading_end(&r);
    assert_same_on_any_ranks(world, run, &r);
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {cmocka_unit_test(payloads_are_lines_of_one_masked_form)};
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

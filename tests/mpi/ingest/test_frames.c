/* zstd files of many frames are read in parts: the answer must be that of the plain file wherever frames end. */
#include "day_test.h"

enum { RECORDS = 24000, RECORD_BYTES = 400, LONG_BYTES = 5 << 20 };

static void add_hex(uint64_t stream, uint64_t i, size_t n, struct buf *out)
{
    for (size_t k = 0; k < n; k += 16)
        buf_printf(out, "%016" PRIx64, rng_u64(5, stream, i + k));
}

/* Poorly compressible records, half of them met twice, some bad, one longer than a part of the file. */
static struct buf frames_text(void)
{
    struct buf text = {.limit = SIZE_MAX};
    for (uint64_t i = 0; i < RECORDS; i++) {
        uint64_t r = rng_u64(5, 1, i);
        if (i == RECORDS / 3) {
            buf_add_str(&text, STR("{\"command_line\":\""));
            add_hex(2, 0, LONG_BYTES, &text);
            buf_add_str(&text, STR("\"}\n"));
        }
        if (r % 97 == 0)
            buf_add_str(&text, r % 2 ? STR("\n") : STR("{\"command_line\":\"half\n"));
        buf_printf(&text, "{\"user\":\"u%d\",\"host\":\"h%d\",\"command_line\":\"", (int)(r % 7), (int)(r % 11));
        add_hex(3, i % (RECORDS / 2) * RECORD_BYTES, 16 + (r >> 20) % RECORD_BYTES, &text);
        buf_add_str(&text, STR("\"}\n"));
    }
    return text;
}

enum cutting { AT_RECORDS, ANYWHERE, BEFORE_NEWLINES, WITH_EMPTY, N_CUTTINGS };

static size_t frame_bytes(enum cutting cutting, struct str rest, uint64_t i)
{
    static const size_t sizes[] = {1, 2, 100, 5000, 70000, 400000, 1500000};
    size_t n = cutting == AT_RECORDS ? 300000 : sizes[rng_u64(6, cutting, i) % ARRAY_LEN(sizes)];
    if (n >= rest.n)
        return rest.n;
    size_t end = str_find(rest, STR("\n"), n);
    if (cutting == AT_RECORDS || cutting == BEFORE_NEWLINES)
        n = end == SIZE_MAX ? rest.n : end + (cutting == AT_RECORDS);
    return n;
}

static struct buf pack_frames(struct str text, enum cutting cutting)
{
    static const char skippable[] = {0x5A, 0x2A, 0x4D, 0x18, 5, 0, 0, 0, '{', '}', '\n', 'x', '\n'};
    struct buf out = {.limit = SIZE_MAX};
    for (uint64_t i = 0; text.n > 0; i++) {
        size_t n = frame_bytes(cutting, text, i);
        pack(&out, text.p, n, PACK_ZSTD);
        text = (struct str){text.p + n, text.n - n};
        if (cutting == WITH_EMPTY && i % 3 == 0)
            pack(&out, "", 0, PACK_ZSTD);
        if (cutting == WITH_EMPTY && i % 5 == 0)
            buf_add(&out, skippable, sizeof skippable);
    }
    return out;
}

/* The digest of the reading and of its quarantine, whose offsets and lines must not tell how the file was packed. */
static uint64_t run(const struct comm *group, void *context)
{
    struct reading *r = context;
    char path[128];
    snprintf(path, sizeof path, "%s/%s", r->folder->path, r->quarantine);
    if (comm_rank(group) == 0)
        unlink(path);
    comm_barrier(group);
    read_day(group, r);
    uint64_t digest = reading_digest(group, r), quarantine = 0;
    struct str text;
    struct error err;
    if (comm_rank(group) == 0 && file_read(path, 1 << 30, r->arena, &text, &err))
        quarantine = hash64(text, 3);
    comm_bcast(group, &quarantine, sizeof quarantine, 0);
    reading_end(r);
    return hash_mix(digest ^ quarantine);
}

static void put_packed(const struct comm *world, const struct folder *folder, struct str text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/day", folder->path);
    comm_barrier(world);
    if (comm_rank(world) == 0)
        put_bytes(path, text.p, text.n);
    comm_barrier(world);
}

static void test_frames_anywhere(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct buf text = frames_text();
    struct reading r = {.folder = &folder, .input = "\"day\"", .quarantine = "bad"};
    put_packed(world, &folder, buf_str(&text));
    uint64_t plain = run(world, &r);
    assert_all(world, r.ok && r.stats.bad > 100 && r.stats.blank > 100 && r.stats.records == RECORDS);
    for (enum cutting c = 0; c < N_CUTTINGS; c++) {
        struct buf packed = pack_frames(buf_str(&text), c);
        put_packed(world, &folder, buf_str(&packed));
        assert_all(world, packed.n > 4 << 20);
        assert_all(world, run(world, &r) == plain && r.stats.unreadable == 0);
        assert_same_on_any_ranks(world, run, &r);
        buf_free(&packed);
    }
    buf_free(&text);
    folder_remove(world, &folder);
}

/* What lies before and behind the damage is kept, the file counts once. */
static void test_damage_in_the_middle(void **state)
{
    const struct comm *world = *state;
    struct folder folder = folder_make(world);
    struct buf text = frames_text();
    struct buf packed = pack_frames(buf_str(&text), AT_RECORDS);
    struct reading r = {.folder = &folder, .input = "\"day\"", .quarantine = "bad"};
    memset(packed.p + packed.n / 2, 0xA5, 300);
    put_packed(world, &folder, buf_str(&packed));
    run(world, &r);
    assert_all(world, r.ok && r.stats.unreadable == 1);
    assert_all(world, r.stats.records > RECORDS / 3 && r.stats.records < RECORDS);
    assert_same_on_any_ranks(world, run, &r);
    /* cut off in the middle of a frame */
    put_packed(world, &folder, (struct str){packed.p, packed.n / 3});
    run(world, &r);
    assert_all(world, r.ok && r.stats.unreadable == 1 && r.stats.records > 0);
    assert_same_on_any_ranks(world, run, &r);
    buf_free(&packed);
    buf_free(&text);
    folder_remove(world, &folder);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {cmocka_unit_test(test_frames_anywhere), cmocka_unit_test(test_damage_in_the_middle)};
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

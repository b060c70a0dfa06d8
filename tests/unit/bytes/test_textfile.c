#include "label_test.h"

#include "bytes/textfile.h"

#include <zlib.h>
#include <zstd.h>

enum { N = 300000 };

struct setting {
    struct test_folder folder;
    struct arena *arena;
    const char *path;
    char *text; /* [N] */
};

static int set_up(void **state)
{
    struct setting *s = calloc(1, sizeof *s);
    s->folder = folder_make();
    s->arena = arena_new();
    s->path = arena_printf(s->arena, "%s/f", s->folder.path);
    s->text = arena_bytes(s->arena, N);
    for (size_t i = 0; i < N; i++)
        s->text[i] = (char)('a' + (i * i / 7) % 23);
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    struct setting *s = *state;
    folder_remove(&s->folder);
    arena_free(s->arena);
    free(s);
    return 0;
}

static struct str pack_zstd(struct setting *s, size_t from, size_t n)
{
    char *out = arena_bytes(s->arena, ZSTD_compressBound(n));
    return (struct str){out, ZSTD_compress(out, ZSTD_compressBound(n), s->text + from, n, 1)};
}

static struct str pack_gzip(struct setting *s, size_t from, size_t n)
{
    z_stream stream = {0};
    assert_int_equal(deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t bound = deflateBound(&stream, n) + 64;
    char *out = arena_bytes(s->arena, bound);
    stream.next_in = (Bytef *)s->text + from;
    stream.avail_in = (uInt)n;
    stream.next_out = (Bytef *)out;
    stream.avail_out = (uInt)bound;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    struct str packed = {out, stream.total_out};
    deflateEnd(&stream);
    return packed;
}

static bool read_parts(struct setting *s, const struct str *part, size_t n, size_t limit, struct str *out,
                       struct error *err)
{
    struct buf all = {.limit = 1 << 20};
    for (size_t i = 0; i < n; i++)
        buf_add_str(&all, part[i]);
    write_text(s->path, buf_str(&all));
    buf_free(&all);
    return textfile_read(s->path, limit, s->arena, out, err);
}

static void test_all_forms_give_the_text(void **state)
{
    struct setting *s = *state;
    struct error err;
    struct str whole = {s->text, N}, out;
    struct str forms[][3] = {{whole},
                             {pack_zstd(s, 0, N)},
                             {pack_zstd(s, 0, 1000), pack_zstd(s, 1000, 0), pack_zstd(s, 1000, N - 1000)},
                             {pack_gzip(s, 0, N)},
                             {pack_gzip(s, 0, 1000), pack_gzip(s, 1000, 0), pack_gzip(s, 1000, N - 1000)}};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        size_t n = forms[i][1].n ? 3 : 1;
        assert_true(read_parts(s, forms[i], n, N, &out, &err));
        assert_true(str_equal(out, whole));
        assert_false(read_parts(s, forms[i], n, N - 1, &out, &err));
        assert_non_null(strstr(err.message, s->path));
    }
    struct str empty = {"", 0};
    assert_true(read_parts(s, &empty, 1, N, &out, &err));
    assert_int_equal(out.n, 0);
    struct str nothing[] = {pack_zstd(s, 0, 0), pack_gzip(s, 0, 0)};
    for (size_t i = 0; i < 2; i++) {
        assert_true(read_parts(s, &nothing[i], 1, N, &out, &err));
        assert_int_equal(out.n, 0);
    }
}

/* What tools leave between and behind: the same as everywhere files are read. */
static void test_fillings_are_left_out(void **state)
{
    struct setting *s = *state;
    struct error err;
    const struct str skippable = {"\x5A\x2A\x4D\x18\x05\0\0\0{}\nx\n", 13}, zeros = {"\0\0\0\0\0\0\0\0\0\0\0\0", 12};
    struct str whole = {s->text, N}, out;
    struct str forms[][4] = {{skippable, pack_zstd(s, 0, 1000), skippable, pack_zstd(s, 1000, N - 1000)},
                             {pack_gzip(s, 0, 1000), pack_gzip(s, 1000, N - 1000), zeros, zeros}};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        assert_true(read_parts(s, forms[i], 4, N, &out, &err));
        assert_true(str_equal(out, whole));
    }
    assert_true(read_parts(s, &skippable, 1, N, &out, &err));
    assert_int_equal(out.n, 0);
    assert_false(textfile_read(s->folder.path, N, s->arena, &out, &err));
    assert_non_null(strstr(err.message, "not a regular file"));
}

/* A frame that asks for a window of 2 GiB is read; one that asks for more than there can be is no damage. */
static void test_windows(void **state)
{
    struct setting *s = *state;
    struct error err;
    static const char frame[] = "\x28\xB5\x2F\xFD\x00\xA8\x19\x00\x00"
                                "abc";
    struct str out, part = {frame, 12};
    assert_true(read_parts(s, &part, 1, N, &out, &err));
    assert_true(str_equal(out, STR("abc")));
    char large[12];
    memcpy(large, frame, sizeof large);
    large[5] = (char)0xB0;
    part.p = large;
    assert_false(read_parts(s, &part, 1, N, &out, &err));
    assert_non_null(strstr(err.message, "window needs 4096 MiB"));
    assert_non_null(strstr(err.message, "recompress"));
}

static void test_damage_is_an_error(void **state)
{
    struct setting *s = *state;
    struct error err;
    struct str out, packed[] = {pack_zstd(s, 0, N), pack_gzip(s, 0, N)};
    for (size_t i = 0; i < ARRAY_LEN(packed); i++) {
        for (size_t n = 4; n < packed[i].n; n += packed[i].n / 13) {
            struct str cut = {packed[i].p, n};
            assert_false(read_parts(s, &cut, 1, N, &out, &err));
        }
        struct str tail[] = {packed[i], STR("rubbish after the end")};
        assert_false(read_parts(s, tail, 2, N, &out, &err));
        char *bad = arena_copy(s->arena, packed[i].p, packed[i].n);
        memset(bad + packed[i].n / 2, 0x55, 64);
        struct str damaged = {bad, packed[i].n};
        if (i == 1) /* zstd frames made in one call carry no checksum */
            assert_false(read_parts(s, &damaged, 1, N, &out, &err));
        else
            (void)!read_parts(s, &damaged, 1, N, &out, &err);
    }
    assert_false(textfile_read("/nonexistent/file", N, s->arena, &out, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_forms_give_the_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fillings_are_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_windows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damage_is_an_error, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

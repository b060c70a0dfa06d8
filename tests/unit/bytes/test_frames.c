#include "label_test.h"

#include "bytes/frames.h"

#include <stdlib.h>

struct found {
    size_t n;
    int64_t at[8];
};

static void note(void *context, int64_t offset)
{
    struct found *found = context;
    assert_true(found->n < ARRAY_LEN(found->at));
    found->at[found->n++] = offset;
}

/* A frame of n blocks of one repeated byte each: 4 bytes a block. content: written as 8 bytes, if not 0. */
static size_t add_frame(struct buf *out, int n_blocks, uint64_t content)
{
    size_t before = out->n;
    buf_add(out, "\x28\xB5\x2F\xFD", 4);
    buf_add(out, content > 0 ? "\xC0\x50" : "\x00\x50", 2);
    if (content > 0)
        buf_add(out, &content, sizeof content);
    for (int i = 0; i < n_blocks; i++) {
        uint32_t header = 100u << 3 | 1u << 1 | (i == n_blocks - 1);
        buf_add(out, &header, 3);
        buf_add(out, "x", 1);
    }
    return out->n - before;
}

static struct found find(const char *path, const struct buf *text, int64_t apart)
{
    struct found found = {0};
    write_text(path, buf_str(text));
    frames_find(path, (int64_t)text->n, apart, note, &found);
    return found;
}

static void test_cuts_lie_between_frames(void **state)
{
    struct test_folder folder = folder_make();
    struct arena *arena = arena_new();
    struct buf text = {.limit = SIZE_MAX};
    const char *path = arena_printf(arena, "%s/f", folder.path);
    (void)state;
    int64_t first = (int64_t)add_frame(&text, 300, 0);
    int64_t second = first + (int64_t)add_frame(&text, 10, 0);
    add_frame(&text, 300, 30000);
    struct found found = find(path, &text, 1000);
    assert_int_equal(found.n, 1);
    assert_int_equal(found.at[0], first);
    found = find(path, &text, 1);
    assert_int_equal(found.n, 2);
    assert_int_equal(found.at[1], second);
    buf_free(&text);
    arena_free(arena);
    folder_remove(&folder);
}

/* Neither a frame that says that it is big nor one that turns out to be is walked through. */
static void test_big_frames_end_the_search(void **state)
{
    struct test_folder folder = folder_make();
    struct arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/f", folder.path);
    (void)state;
    for (int big = 0; big < 2; big++) {
        struct buf text = {.limit = SIZE_MAX};
        int64_t first = (int64_t)add_frame(&text, 300, 0);
        add_frame(&text, big ? FRAME_BLOCKS + 1 : 10, big ? 0 : (uint64_t)FRAME_BLOCKS * FRAME_BLOCK_BYTES);
        add_frame(&text, 300, 0);
        struct found found = find(path, &text, 1);
        assert_int_equal(found.n, 1);
        assert_int_equal(found.at[0], first);
        buf_free(&text);
    }
    arena_free(arena);
    folder_remove(&folder);
}

static void test_windows(void **state)
{
    static const unsigned char plain[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xA9},
                               single[] = {0x28, 0xB5, 0x2F, 0xFD, 0x20, 7};
    (void)state;
    assert_int_equal(frames_window(plain, sizeof plain), (INT64_C(1) << 31) + (INT64_C(1) << 28));
    assert_int_equal(frames_window(single, sizeof single), 7);
    assert_int_equal(frames_window(plain, 5), -1);
    assert_int_equal(frames_window((const unsigned char *)"\x50\x2A\x4D\x18\0\0\0\0", 8), -1);
    assert_int_equal(frames_window((const unsigned char *)"no frame", 8), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cuts_lie_between_frames),
                                       cmocka_unit_test(test_big_frames_end_the_search),
                                       cmocka_unit_test(test_windows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

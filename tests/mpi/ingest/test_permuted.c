/* Files of a day in another order, by other names: the same lines as often, in every layout. */
#include "day_test.h"

#include "comm/reduce.h"
#include "scan/layout.h"

#include <dirent.h>
#include <stdlib.h>

/* Lines with how often they came, whatever their rows. */
static uint64_t lines_of(const struct comm *world, struct reading *r, int64_t *counts)
{
    read_day(world, r);
    assert_all(world, r->ok);
    uint64_t mixed = 0;
    for (size_t i = 0; i < r->lines.n; i++)
        mixed += hash_mix(r->lines.id[i].lo ^ hash_mix((uint64_t)r->lines.count[i])) >> 24; /* their sum fits */
    int64_t sum = (int64_t)mixed;
    reduce_sum_i64(world, &sum, 1);
    counts[0] = r->stats.records;
    counts[1] = r->stats.bad;
    counts[2] = ingest_filtered(&r->stats);
    reading_end(r);
    return (uint64_t)sum;
}

static bool find_sample(const char *folder, char *path, size_t size)
{
    bool found = false;
    DIR *open_folder = opendir(folder);
    for (struct dirent *entry; open_folder != NULL && (entry = readdir(open_folder)) != NULL;) {
        if (strncmp(entry->d_name, "sample.", 7) == 0)
            found = snprintf(path, size, "%s/%s", folder, entry->d_name) < (int)size;
    }
    if (open_folder != NULL)
        closedir(open_folder);
    return found;
}

static void test_permuted(void **state)
{
    static const char *const orders[] = {"abc", "cba", "bca"};
    const struct comm *world = *state;
    const char *source = getenv("SOURCE_DIR");
    assert_all(world, source != NULL);
    const struct plugin_list *list = layout_list();
    for (size_t l = 0; l < list->n; l++) {
        char from[600], path[900], input[200], name[2] = "";
        snprintf(from, sizeof from, "%s/tests/data/%s", source, list->item[l]->name);
        assert_all(world, find_sample(from, path, sizeof path));
        struct arena *arena = arena_new();
        struct str text;
        struct error err;
        assert_all(world, file_read(path, 1 << 20, arena, &text, &err));
        uint64_t first = 0;
        int64_t counts[2][3];
        for (size_t o = 0; o < ARRAY_LEN(orders); o++) {
            struct folder folder = folder_make(world);
            comm_barrier(world);
            for (size_t k = 0; k < 3 && comm_rank(world) == 0; k++) { /* one, two and three times the sample */
                struct buf more = {.limit = SIZE_MAX};
                for (int times = 0; times <= orders[o][k] - 'a'; times++) {
                    buf_add_str(&more, text);
                    buf_add_str(&more, STR("\n"));
                }
                name[0] = (char)('0' + (int)k);
                put_file(&folder, name, buf_str(&more), PACK_PLAIN);
                buf_free(&more);
            }
            comm_barrier(world);
            snprintf(input, sizeof input, "{\"files\":\".\",\"format\":\"%s\"}", list->item[l]->name);
            struct reading r = {.folder = &folder, .input = input};
            uint64_t lines = lines_of(world, &r, counts[o > 0]);
            if (o == 0)
                first = lines;
            assert_all(world, lines == first && (o == 0 || memcmp(counts[0], counts[1], sizeof counts[0]) == 0));
            comm_barrier(world);
            folder_remove(world, &folder);
        }
        arena_free(arena);
    }
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {cmocka_unit_test(test_permuted)};
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

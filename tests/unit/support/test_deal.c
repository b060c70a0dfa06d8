#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/deal.h"
#include "support/rng.h"

enum { N = 3000, WORKERS = 37 };

/* As the promise reads: always the heaviest that is left, to the first of the workers with least. */
static void deal_slowly(const uint64_t *weight, size_t n, uint32_t n_workers, uint32_t *worker)
{
    uint64_t load[WORKERS] = {0};
    bool done[N] = {false};
    for (size_t k = 0; k < n; k++) {
        size_t heaviest = SIZE_MAX;
        uint32_t least = 0;
        for (size_t i = 0; i < n; i++) {
            if (!done[i] && (heaviest == SIZE_MAX || weight[i] > weight[heaviest]))
                heaviest = i;
        }
        for (uint32_t w = 1; w < n_workers; w++)
            least = load[w] < load[least] ? w : least;
        done[heaviest] = true;
        worker[heaviest] = least;
        load[least] += weight[heaviest];
    }
}

static void test_heaviest_first_to_the_least_loaded(void **state)
{
    static const uint32_t workers[] = {1, 2, 3, 8, WORKERS};
    struct arena *arena = arena_new();
    (void)state;
    for (uint64_t round = 0; round < 20; round++) {
        uint64_t weight[N];
        uint32_t worker[N], slowly[N];
        size_t n = round == 0 ? 0 : round == 1 ? 1 : (size_t)(rng_u64(1, 2, round) % 500);
        for (size_t i = 0; i < n; i++)
            weight[i] = rng_u64(3, round, i) % (round % 3 == 0 ? 4 : 1u << 30);
        for (size_t k = 0; k < ARRAY_LEN(workers); k++) {
            deal(weight, n, workers[k], worker, arena);
            deal_slowly(weight, n, workers[k], slowly);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(worker[i], slowly[i]);
        }
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_heaviest_first_to_the_least_loaded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

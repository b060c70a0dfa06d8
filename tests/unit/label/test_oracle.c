#include "label_test.h"

#include <math.h>

enum { N = 40000 };

static struct answers answers;

static void run(const char *json, uint64_t seed, struct label_item *item, size_t n)
{
    struct arena *arena = arena_new();
    struct labeler labeler;
    struct label_sink sink;
    struct error err;
    assert_true(labeler_make(json, arena, &labeler, &err));
    labeler.seed = 0;
    for (size_t i = 0; i < n; i++)
        item[i].seed = seed;
    assert_true(ask(&labeler, item, n, &answers, &sink, &err));
    assert_int_equal(answers.n_twice, 0);
    arena_free(arena);
}

static double share_right(const struct label_item *item, size_t n, enum truth truth)
{
    size_t of = 0, right = 0;
    for (size_t i = 0; i < n; i++) {
        of += item[i].truth == truth;
        right += item[i].truth == truth && is_right(&item[i], answers.verdict[i]);
    }
    return (double)right / (double)of;
}

static void test_recalls(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct label_item *item = items_make(N, arena);
    static const struct {
        const char *json;
        double benign, malicious;
    } table[] = {{"\"oracle\"", 0.95, 0.99},
                 {"{\"name\":\"oracle\",\"benign_recall\":0.5,\"malicious_recall\":0.1}", 0.5, 0.1},
                 {"{\"name\":\"oracle\",\"benign_recall\":1,\"malicious_recall\":0}", 1, 0}};
    for (size_t t = 0; t < ARRAY_LEN(table); t++) {
        for (uint64_t seed = 0; seed < 3; seed++) {
            run(table[t].json, seed, item, N);
            assert_int_equal(answers.n_put, N);
            double b = table[t].benign, m = table[t].malicious;
            assert_true(fabs(share_right(item, N, TRUTH_BENIGN) - b) <= 4.5 * sqrt(b * (1 - b) / (N / 2)));
            assert_true(fabs(share_right(item, N, TRUTH_MALICIOUS) - m) <= 4.5 * sqrt(m * (1 - m) / (N / 2)));
        }
    }
    arena_free(arena);
}

static void test_function_of_line_and_seed(void **state)
{
    (void)state;
    static enum verdict before[N];
    struct arena *arena = arena_new();
    struct label_item *item = items_make(N, arena);
    run("{\"name\":\"oracle\",\"benign_recall\":0.5}", 5, item, N);
    memcpy(before, answers.verdict, sizeof before);
    run("{\"name\":\"oracle\",\"benign_recall\":0.5}", 5, item + 100, 50);
    assert_memory_equal(answers.verdict, before + 100, 50 * sizeof before[0]);
    run("{\"name\":\"oracle\",\"benign_recall\":0.5}", 6, item, N);
    assert_memory_not_equal(answers.verdict, before, sizeof before);
    arena_free(arena);
}

static void test_unknown_truth_gets_no_answer(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct label_item *item = items_make(10, arena);
    item[3].truth = item[7].truth = TRUTH_UNKNOWN;
    run("\"oracle\"", 1, item, 10);
    assert_int_equal(answers.n_put, 8);
    assert_int_equal(answers.verdict[3], VERDICT_NONE);
    assert_int_equal(answers.verdict[7], VERDICT_NONE);
    run("\"oracle\"", 1, item, 0);
    assert_int_equal(answers.n_put, 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recalls),
        cmocka_unit_test(test_function_of_line_and_seed),
        cmocka_unit_test(test_unknown_truth_gets_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "mpi_test.h"

#include "comm/digest.h"
#include "features/extractor.h"
#include "features/rows.h"
#include "features/vocab.h"
#include "support/rng.h"

#include <math.h>

enum { MOST_LINES = 600 };

struct trial {
    int64_t n;
    size_t size;
    int deal;
    bool shell;
};

/* Words with falling odds, so that counts differ at the top and tie at the bottom. */
static struct str made_line(int64_t row, struct arena *arena)
{
    struct buf line = {.limit = 4096};
    struct rng_state rng = rng_start(21, 22, (uint64_t)row);
    size_t words = (size_t)rng_next_below(&rng, 9);
    for (size_t w = 0; w < words; w++) {
        double u = rng_next_unit(&rng);
        char letter[3] = {(char)('a' + (int)(26 * u * u * u)), (char)('a' + (int)(5 * rng_next_unit(&rng))), 0};
        buf_printf(&line, "%s%s", w == 0 ? "" : w % 3 == 0 ? " -" : " ", letter);
    }
    struct str text = {arena_copy(arena, line.p, line.n), line.n};
    buf_free(&line);
    return text;
}

static struct line_view own_lines(const struct comm *comm, const struct trial *trial, struct arena *arena)
{
    int64_t *row = ARENA_ARRAY(arena, int64_t, (size_t)trial->n);
    struct str *text = ARENA_ARRAY(arena, struct str, (size_t)trial->n);
    size_t n = 0;
    for (int64_t i = 0; i < trial->n; i++) {
        int64_t r = trial->deal == 1 ? trial->n - 1 - i : i;
        uint64_t owner = trial->deal == 2 ? rng_u64(5, 6, (uint64_t)r) : (uint64_t)r;
        if (trial->deal == 3 ? comm_rank(comm) == comm_size(comm) - 1
                             : owner % (uint64_t)comm_size(comm) == (uint64_t)comm_rank(comm)) {
            row[n] = r;
            text[n++] = made_line(r, arena);
        }
    }
    return (struct line_view){.n = n, .row = row, .text = text};
}

static uint64_t vocab_digest(const struct vocab *vocab)
{
    uint64_t d = hash_mix((uint64_t)vocab->n_lines ^ hash_mix((uint64_t)vocab->n_terms));
    for (size_t i = 0; i < vocab->n; i++) {
        d = hash64(vocab->term[i], d);
        d = hash_mix(d ^ (uint64_t)vocab->lines[i]) + (uint64_t)vocab->total[i];
    }
    return d;
}

static uint64_t run(const struct comm *comm, void *context)
{
    const struct trial *trial = context;
    struct arena *arena = arena_new();
    struct line_view lines = own_lines(comm, trial, arena);
    struct tokenizer tokenizer = {trial->shell ? TOKENIZER_SHELL : TOKENIZER_WORDPUNCT, true};
    struct vocab vocab;
    vocab_build(comm, &lines, tokenizer, trial->size, arena, &vocab);
    uint64_t digest = vocab_digest(&vocab);
    arena_free(arena);
    return digest;
}

static void test_same_on_any_ranks(void **state)
{
    const struct comm *world = *state;
    static const size_t size[] = {1, 10, 37, 1000};
    for (size_t s = 0; s < ARRAY_LEN(size); s++)
        for (int shell = 0; shell < 2; shell++) {
            struct trial trial = {.n = MOST_LINES, .size = size[s], .shell = shell == 1};
            uint64_t first = run(world, &trial);
            for (trial.deal = 0; trial.deal < 4; trial.deal++) {
                assert_same_on_any_ranks(world, run, &trial);
                assert_all(world, run(world, &trial) == first);
            }
        }
}

/* Independent of hashes and exchanges: every token of every line in one sorted list. */
struct counted {
    char text[8];
    int64_t lines, total;
};

static int by_rank(const void *a, const void *b)
{
    const struct counted *x = a, *y = b;
    if (x->lines != y->lines)
        return x->lines > y->lines ? -1 : 1;
    return strcmp(x->text, y->text);
}

static size_t count_all(int64_t n_lines, struct counted *counted, struct arena *arena)
{
    size_t n = 0;
    for (int64_t r = 0; r < n_lines; r++) {
        char line[256];
        struct str text = made_line(r, arena);
        snprintf(line, sizeof line, "%.*s", STR_ARG(text));
        bool seen[512] = {false};
        for (char *p = line; *p != 0;) {
            char token[8] = {0};
            size_t length = *p == '-' ? 1 : strspn(p, "abcdefghijklmnopqrstuvwxyz"), id = 0;
            if (length == 0) {
                p++;
                continue;
            }
            memcpy(token, p, length);
            p += length;
            while (id < n && strcmp(counted[id].text, token) != 0)
                id++;
            if (id == n)
                memcpy(counted[n++].text, token, sizeof token);
            counted[id].total++;
            counted[id].lines += !seen[id];
            seen[id] = true;
        }
    }
    qsort(counted, n, sizeof *counted, by_rank);
    return n;
}

static void test_counts_by_hand(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct counted *counted = ARENA_ZARRAY(arena, struct counted, 512);
    size_t n = count_all(MOST_LINES, counted, arena);
    for (size_t size = 5; size <= n + 5; size += n / 3) {
        struct trial trial = {.n = MOST_LINES, .deal = 2};
        struct line_view lines = own_lines(world, &trial, arena);
        struct vocab vocab;
        vocab_build(world, &lines, (struct tokenizer){TOKENIZER_WORDPUNCT, false}, size, arena, &vocab);
        assert_all(world, vocab.n == min_size(size, n) && vocab.n_terms == (int64_t)n && vocab.n_lines == MOST_LINES);
        bool equal = true;
        for (size_t i = 0; i < vocab.n; i++)
            equal &= str_equal(vocab.term[i], str_of(counted[i].text)) && vocab.lines[i] == counted[i].lines &&
                     vocab.total[i] == counted[i].total && vocab_find(&vocab, vocab.term[i]) == i;
        assert_all(world, equal);
        assert_all(world, vocab_find(&vocab, STR("zzz")) == VOCAB_NONE);
        assert_all(world, vocab.n == n || vocab_find(&vocab, str_of(counted[vocab.n].text)) == VOCAB_NONE);
    }
    arena_free(arena);
}

/* The same lines again and again send no more. */
static void test_messages_do_not_grow_with_rows(void **state)
{
    const struct comm *world = *state;
    enum { TEXTS = 20, TIMES = 50 };
    struct arena *arena = arena_new();
    struct str *text = ARENA_ARRAY(arena, struct str, TEXTS * TIMES);
    int64_t *row = ARENA_ARRAY(arena, int64_t, TEXTS * TIMES), sent[2];
    for (int i = 0; i < TEXTS * TIMES; i++) {
        text[i] = made_line(i % TEXTS, arena);
        row[i] = (int64_t)comm_rank(world) * TEXTS * TIMES + i;
    }
    for (int i = 0; i < 2; i++) {
        struct line_view lines = {.n = i == 0 ? TEXTS : TEXTS * TIMES, .row = row, .text = text};
        struct vocab vocab;
        sent[i] = -comm_bytes_sent(world);
        vocab_build(world, &lines, (struct tokenizer){TOKENIZER_WORDPUNCT, false}, 10, arena, &vocab);
        sent[i] += comm_bytes_sent(world);
    }
    assert_all(world, sent[0] == sent[1]);
    arena_free(arena);
}

/* One line on every rank; the tokens of one text. */
static void build_from(const struct comm *comm, const char *text, size_t size, struct arena *arena, struct vocab *out)
{
    int64_t row = comm_rank(comm);
    struct str line = str_of(text);
    struct line_view lines = {.n = 1, .row = &row, .text = &line};
    vocab_build(comm, &lines, (struct tokenizer){TOKENIZER_WORDPUNCT, false}, size, arena, out);
}

static void test_long_tokens_are_cut(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct vocab vocab;
    char text[2 * VOCAB_TERM_BYTES + 4];
    memset(text, 'q', sizeof text);
    text[VOCAB_TERM_BYTES] = ' '; /* one token of 64 bytes, one of 67 */
    text[sizeof text - 1] = 0;
    build_from(world, text, 10, arena, &vocab);
    assert_all(world, vocab.n == 1 && vocab.term[0].n == VOCAB_TERM_BYTES && vocab.total[0] == 2 * comm_size(world));
    assert_all(world, vocab.lines[0] == comm_size(world));
    text[VOCAB_TERM_BYTES + 3] = 'x';
    assert_all(world, vocab_find(&vocab, (struct str){text + VOCAB_TERM_BYTES + 1, 66}) == VOCAB_NONE);
    assert_all(world, vocab_find(&vocab, (struct str){text, VOCAB_TERM_BYTES}) == 0);
    arena_free(arena);
}

static void test_nothing(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    struct vocab vocab;
    vocab_build(world, &(struct line_view){0}, (struct tokenizer){TOKENIZER_WORDPUNCT, false}, 10, arena, &vocab);
    assert_all(world, vocab.n == 0 && vocab.n_lines == 0 && vocab.n_terms == 0);
    assert_all(world, vocab_find(&vocab, STR("a")) == VOCAB_NONE);
    build_from(world, " ", 10, arena, &vocab);
    assert_all(world, vocab.n == 0 && vocab.n_lines == comm_size(world));
    arena_free(arena);
}

/* Three lines, all on the last rank: a in 3, b in 2, c in 1 of them. */
static void rows_by_hand(const struct comm *world, const char *parameters, struct arena *arena, float out[4])
{
    static const struct str text[] = {STR("a a b"), STR("a b b"), STR("c a")};
    static const int64_t row[] = {0, 1, 2};
    size_t n = comm_rank(world) == comm_size(world) - 1 ? 3 : 0;
    struct json_doc *doc;
    struct error err;
    struct feature_set set, learned;
    assert_all(world, json_parse(str_of(parameters), "test", false, &doc, &err));
    assert_all(world, feature_set_parse(doc, json_root(doc), arena, &set, &err));
    json_free(doc);
    assert_all(world, feature_set_learns(&set) && set.d == 4);
    struct line_view lines = {.n = n, .row = row, .text = text};
    assert_all(world, feature_set_prepare(world, &set, &lines, arena, &learned, &err));
    feature_set_row(&learned, STR("b c c unknown"), out);
}

static void test_extractor(void **state)
{
    const struct comm *world = *state;
    struct arena *arena = arena_new();
    float x[4];
    rows_by_hand(world, "{\"name\": \"tokens\", \"size\": 4}", arena, x);
    assert_all(world, x[0] == 0 && x[1] == 1 && x[2] == 1 && x[3] == 0);
    rows_by_hand(world, "{\"name\": \"tokens\", \"size\": 4, \"weight\": \"tfidf\"}", arena, x);
    double b = log(4.0 / 3) + 1, c = 2 * (log(4.0 / 2) + 1), length = sqrt(b * b + c * c);
    assert_all(world, x[0] == 0 && fabs((double)x[1] - b / length) < 1e-6 && fabs((double)x[2] - c / length) < 1e-6);
    assert_all(world, x[3] == 0);
    arena_free(arena);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_on_any_ranks),   cmocka_unit_test(test_counts_by_hand),
        cmocka_unit_test(test_long_tokens_are_cut), cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_extractor),           cmocka_unit_test(test_messages_do_not_grow_with_rows),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

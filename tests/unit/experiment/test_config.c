#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "../../../src/experiment/sections.h"

#include <stdio.h>
#include <stdlib.h>

static const char small[] =
    "{\"name\": \"t\", \"data\": \"d\", \"days\": [\"a.jsonl\", [\"b.jsonl\", {\"files\": \"c.jsonl\"}]],"
    " \"baseline\": {\"benign\": {\"inputs\": \"a.jsonl\", \"pick\": \"frequent\", \"count\": 5},"
    " \"malicious\": {\"inputs\": {\"files\": \"m.jsonl\", \"where\": {\"process.name\": \"x\"}}}},"
    " \"tests\": [{\"name\": \"one\", \"inputs\": \"t.jsonl\"}], \"detector\": \"iforest\", \"label\": \"oracle\","
    " \"classifier\": \"logistic\", \"sizes\": [0, 5]}";

struct trial {
    struct arena *arena;
    struct json_doc *doc;
    struct experiment experiment;
    struct error err;
    bool ok;
};

/* The small configuration with up to two settings. */
static struct trial parse_with(const char *key, const char *value, const char *key2, const char *value2)
{
    struct trial trial = {.arena = arena_new(), .err = {.message = ""}};
    assert_true(json_parse(str_of(small), "t.json", true, &trial.doc, &trial.err));
    assert_true(!key || json_set(trial.doc, key, value, &trial.err));
    assert_true(!key2 || json_set(trial.doc, key2, value2, &trial.err));
    trial.ok = experiment_parse(trial.doc, trial.arena, &trial.experiment, &trial.err);
    return trial;
}

static void end(struct trial *trial)
{
    json_free(trial->doc);
    arena_free(trial->arena);
}

static char *canonical(const struct experiment *experiment)
{
    struct buf out = {.limit = (size_t)1 << 24};
    experiment_to_json(experiment, &out);
    return out.p; /* freed by the caller */
}

static char *stage_text(const struct experiment *experiment, enum stage stage, size_t n_days)
{
    struct buf out = {.limit = (size_t)1 << 24};
    experiment_stage_text(experiment, stage, n_days, &out);
    return out.p;
}

/* What is written reads back as the same. */
static void check_reads_back(const struct experiment *experiment)
{
    struct arena *arena = arena_new();
    struct json_doc *doc;
    struct error err = {.message = ""};
    struct experiment again;
    char *text = canonical(experiment);
    assert_true(json_parse(str_of(text), "written", false, &doc, &err));
    bool ok = experiment_parse(doc, arena, &again, &err);
    assert_string_equal(err.message, "");
    assert_true(ok);
    char *second = canonical(&again);
    assert_string_equal(text, second);
    assert_int_equal(again.labeler.seed, experiment->labeler.seed);
    free(text);
    free(second);
    json_free(doc);
    arena_free(arena);
}

static void refuse(const char *key, const char *value, const char *message)
{
    struct trial trial = parse_with(key, value, NULL, NULL);
    assert_false(trial.ok);
    if (!strstr(trial.err.message, message))
        assert_string_equal(trial.err.message, message);
    end(&trial);
}

/* A changed value of every section, its own spelling of defaults included. */
static const struct {
    const char *key, *value;
} changes[] = {
    {"baseline.benign.count", "6"},
    {"baseline.malicious.inputs.where.a\\.b", "c"},
    {"classifier", "{\"name\": \"gbdt\", \"trees\": 7}"},
    {"classifier_features", "{\"name\": \"embedding\", \"dims\": 64}"},
    {"curve.order", "score"},
    {"days", "[\"x.jsonl\"]"},
    {"detector", "{\"name\": \"pca\"}"},
    {"evaluate.tpr", "0.5"},
    {"evaluate.groups", "platform"},
    {"features", "[\"expert\", \"embedding\"]"},
    {"generate.seed", "9"},
    {"ingest.groups", "true"},
    {"ingest.normalize.mask_path", "true"},
    {"label", "[{\"name\": \"replay\", \"file\": \"v.jsonl\"}, \"oracle\"]"},
    {"label_seed", "\"9223372036854775807\""},
    {"name", "other-name_2.x"},
    {"pool.keep", "0.25"},
    {"pool.deal", "true"},
    {"seed", "\"9223372036854775807\""},
    {"select.budget", "3"},
    {"select.embedding", "{\"name\": \"embedding\", \"dims\": 32}"},
    {"sizes", "[1, 2, 3]"},
    {"tests", "[{\"name\": \"one\", \"inputs\": \"t.jsonl\", \"day\": true, \"sequence\": \"s\"},"
              " {\"name\": \"two\", \"inputs\": \"u.jsonl\", \"sequence\": \"s\"}]"},
    {"validation", "{\"inputs\": [\"v.jsonl\", {\"files\": \"w\", \"part\": {\"of\": 5, \"from\": 1}}]}"},
};

static void every_section_is_written_and_counts_from_its_stage_on(void **state)
{
    (void)state;
    bool seen[SECTION_COUNT] = {false};
    struct trial plain = parse_with(NULL, NULL, NULL, NULL);
    assert_true(plain.ok);
    check_reads_back(&plain.experiment);
    char *before = canonical(&plain.experiment);
    for (size_t c = 0; c < ARRAY_LEN(changes); c++) {
        struct trial trial = parse_with(changes[c].key, changes[c].value, NULL, NULL);
        assert_string_equal(trial.err.message, "");
        check_reads_back(&trial.experiment);
        char *after = canonical(&trial.experiment);
        assert_string_not_equal(before, after);
        free(after);
        for (size_t i = 0; i < SECTION_COUNT; i++) {
            size_t n = strlen(sections[i]->key);
            if (strncmp(changes[c].key, sections[i]->key, n) != 0 || (changes[c].key[n] && changes[c].key[n] != '.'))
                continue;
            seen[i] = true;
            for (enum stage s = STAGE_READ; s < STAGE_NONE; s++) {
                char *old = stage_text(&plain.experiment, s, 2), *new = stage_text(&trial.experiment, s, 2);
                assert_int_equal(strcmp(old, new) != 0, s >= sections[i]->stage);
                free(old);
                free(new);
            }
        }
        end(&trial);
    }
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        assert_true(i == 0 || strcmp(sections[i - 1]->key, sections[i]->key) < 0);
        assert_true(seen[i] == (sections[i]->write != NULL));
        assert_ptr_equal(section_find(sections[i]->key), sections[i]);
        assert_true(!sections[i]->contents || sections[i]->stage < STAGE_NONE);
    }
    assert_null(section_find("nothing"));
    free(before);
    end(&plain);
}

static void the_configurations_that_come_along_read_back(void **state)
{
    (void)state;
    static const char *const names[] = {"real", "quickstart", "full-scale", "reduced-scale"};
    const char *source = getenv("SOURCE_DIR");
    assert_non_null(source);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct arena *arena = arena_new();
        struct json_doc *doc, *base = NULL;
        struct error err = {.message = ""};
        struct experiment experiment;
        assert_true(json_read(arena_printf(arena, "%s/configs/%s.json", source, names[i]), &doc, &err));
        if (json_get(json_root(doc), "base")) {
            assert_true(json_read(arena_printf(arena, "%s/configs/real.json", source), &base, &err));
            json_lay_over(base, doc, "base");
        }
        bool ok = experiment_parse(base ? base : doc, arena, &experiment, &err);
        assert_string_equal(err.message, "");
        assert_true(ok);
        check_reads_back(&experiment);
        json_free(doc);
        json_free(base);
        arena_free(arena);
    }
}

static void a_text_of_fewer_days_is_that_of_fewer_days(void **state)
{
    (void)state;
    struct trial two = parse_with(NULL, NULL, NULL, NULL), one = parse_with("days", "[\"a.jsonl\"]", NULL, NULL);
    struct trial dealt = parse_with("pool.deal", "true", NULL, NULL);
    for (enum stage s = STAGE_READ; s < STAGE_NONE; s++) {
        char *first = stage_text(&two.experiment, s, 1), *only = stage_text(&one.experiment, s, 9);
        assert_string_equal(first, only);
        free(first);
        free(only);
        /* dealt days are mixed: none is known without the others, once they are read */
        char *mixed = stage_text(&dealt.experiment, s, 1), *all = stage_text(&dealt.experiment, s, 2);
        assert_int_equal(strcmp(mixed, all) == 0, s > STAGE_READ);
        free(mixed);
        free(all);
    }
    end(&two);
    end(&one);
    end(&dealt);
}

static void labels_move_with_the_seed(void **state)
{
    (void)state;
    struct trial a = parse_with(NULL, NULL, NULL, NULL), b = parse_with("seed", "2", NULL, NULL);
    struct trial c = parse_with("label_seed", "2", NULL, NULL), d = parse_with("seed", "2", "label_seed", "2");
    uint64_t seed[] = {a.experiment.labeler.seed, b.experiment.labeler.seed, c.experiment.labeler.seed,
                       d.experiment.labeler.seed};
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < i; k++)
            assert_true(seed[i] != seed[k]);
    assert_string_equal(a.experiment.labeler.data_dir, "d");
    assert_string_equal(a.experiment.ingest.data_dir, "d");
    end(&a);
    end(&b);
    end(&c);
    end(&d);
}

static void names_are_plain_words(void **state)
{
    (void)state;
    static const char *const bad[] = {"..",  ".",     "",         "a/b",  "-x",       ".hidden",
                                      "a b", "a\\nb", "\xC3\xA9", "../x", "a\\u0000b"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", bad[i]);
        refuse("name", quoted, "\"name\" must be a word");
    }
    refuse("name", "5", "\"name\" must be a word");
    struct trial good = parse_with("name", "real-2.b_C", NULL, NULL);
    assert_true(good.ok);
    assert_string_equal(good.experiment.name, "real-2.b_C");
    end(&good);
}

static void mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    refuse("detectr", "x", "--set detectr: detectr is not known here; did you mean detector?");
    refuse("ingest.subsample", "5000", "--set ingest.subsample: ingest.subsample is now pool.subsample");
    refuse("base", "x.json", "base counts in configuration files only");
    refuse("days", "[]", "\"days\" must be a list with one entry");
    refuse("days", "{\"a\": 1}", "\"days\" must be a list with one entry");
    refuse("sizes", "[5, 5]", "each above the one before");
    refuse("sizes", "[-1]", "whole numbers from 0 on");
    refuse("seed", "-1", "seed must be a whole number from 0 on");
    refuse("label_seed", "0.5", "label_seed must be a whole number from 0 on");
    refuse("pool.keep", "0", "keep must be");
    refuse("pool.keep", "1.1", "keep must be");
    refuse("pool.kep", "1", "did you mean keep?");
    refuse("curve.order", "random", "order must be one of turn, day, score");
    refuse("select.embedding", "svd", "must not depend on a day's lines");
    refuse("ingest.normalise", "{}", "did you mean normalize?");
    refuse("data", "\"\"", "data must be the folder");
    refuse("evaluate", "3", "an object {...} is expected here");
}

static void missing_sections_have_defaults_or_are_told(void **state)
{
    (void)state;
    static const char *const needed[] = {"name",     "days",  "baseline",   "tests",
                                         "detector", "label", "classifier", "sizes"};
    struct trial plain = parse_with(NULL, NULL, NULL, NULL);
    assert_true(!plain.experiment.generates && plain.experiment.validation.n == 0 && !plain.experiment.pool.deal);
    assert_true(plain.experiment.pool.keep > 0.89 && plain.experiment.pool.keep < 0.91);
    assert_string_equal(plain.experiment.curve.order, "turn");
    assert_string_equal(plain.experiment.curve.count, "added");
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        struct json_doc *doc = json_clone(plain.doc);
        struct experiment experiment;
        struct error err = {.message = ""};
        json_remove(doc, needed[i]);
        assert_false(experiment_parse(doc, plain.arena, &experiment, &err));
        assert_non_null(strstr(err.message, needed[i]));
        json_free(doc);
    }
    end(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_section_is_written_and_counts_from_its_stage_on),
        cmocka_unit_test(the_configurations_that_come_along_read_back),
        cmocka_unit_test(a_text_of_fewer_days_is_that_of_fewer_days),
        cmocka_unit_test(labels_move_with_the_seed),
        cmocka_unit_test(names_are_plain_words),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(missing_sections_have_defaults_or_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

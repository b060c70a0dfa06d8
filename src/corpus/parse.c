#include "corpus/corpus.h"

static const char validation[] = "validation"; /* its key and its name */

static bool is_text(const struct json *node)
{
    return json_type(node) == JSON_STRING;
}

/* Paths of items first .. end - 1, which become one input. */
static bool parse_paths(const struct json_doc *doc, const struct json *list, size_t first, size_t end,
                        struct arena *arena, struct input *out, struct error *err)
{
    const char **files = ARENA_ARRAY(arena, const char *, end - first);
    for (size_t i = first; i < end; i++) {
        TRY(input_parse(doc, json_at(list, i), arena, out, err));
        files[i - first] = out->files[0];
    }
    out->files = files;
    out->n_files = end - first;
    return true;
}

/* An object is an input; so are paths that stand one after another. */
static bool parse_list(const struct json_doc *doc, const struct json *list, struct arena *arena, struct inputs *out,
                       struct error *err)
{
    const size_t n = json_count(list);
    if (n == 0)
        return json_fail(doc, list, err, "this list is empty: name at least one path, folder or glob");
    *out = (struct inputs){.input = ARENA_ZARRAY(arena, struct input, n)};
    for (size_t i = 0; i < n;) {
        const struct json *item = json_at(list, i);
        size_t end = i + 1;
        struct input *input = &out->input[out->n++];
        if (!is_text(item) && json_type(item) != JSON_OBJECT)
            return json_fail(doc, item, err, "a path, folder or glob, or an object {\"files\": ...} was expected");
        while (is_text(item) && end < n && is_text(json_at(list, end)))
            end++;
        if (is_text(item))
            TRY(parse_paths(doc, list, i, end, arena, input, err));
        else
            TRY(input_parse(doc, item, arena, input, err));
        i = end;
    }
    return true;
}

bool inputs_parse(const struct json_doc *doc, const struct json *node, struct arena *arena, struct inputs *out,
                  struct error *err)
{
    if (json_type(node) == JSON_ARRAY)
        return parse_list(doc, node, arena, out, err);
    if (!is_text(node) && json_type(node) != JSON_OBJECT)
        return json_fail(doc, node, err,
                         "inputs must be a path, folder or glob, an object {\"files\": ...}, or a list of these");
    *out = (struct inputs){1, ARENA_ZARRAY(arena, struct input, 1)};
    return input_parse(doc, node, arena, out->input, err);
}

void inputs_to_json(const struct inputs *inputs, struct buf *out)
{
    for (size_t i = 0; i < inputs->n; i++) {
        buf_add_str(out, i == 0 ? STR("[") : STR(","));
        input_to_json(&inputs->input[i], out);
    }
    buf_add_str(out, STR("]"));
}

static const char *const rules[] = {"all", "frequent", "random"};

static bool parse_rule(const struct json_doc *doc, const struct json *node, enum pick_rule *out, struct error *err)
{
    struct str rule;
    *out = PICK_ALL;
    if (node == NULL)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(rules) && json_as_str(node, &rule); i++)
        if (str_equal(rule, str_of(rules[i]))) {
            *out = (enum pick_rule)i;
            return true;
        }
    return json_fail(doc, node, err, "pick must be \"all\", \"frequent\" or \"random\"");
}

static bool parse_sample(const struct json_doc *doc, const struct json *baseline, const char *key, struct arena *arena,
                         struct sample *out, struct error *err)
{
    static const char *const keys[] = {"inputs", "pick", "count"};
    const struct json *node = json_get(baseline, key), *inputs = json_get(node, "inputs"),
                      *count = json_get(node, "count");
    *out = (struct sample){.count = 0};
    if (node != NULL && json_type(node) == JSON_OBJECT)
        TRY(json_known_keys(doc, node, keys, ARRAY_LEN(keys), err));
    if (inputs == NULL)
        return json_fail(
            doc, node != NULL ? node : baseline, err,
            "\"%s\" must be {\"inputs\": ..., \"pick\": \"all\", \"frequent\" or \"random\", \"count\": N}", key);
    TRY(inputs_parse(doc, inputs, arena, &out->from, err));
    TRY(parse_rule(doc, json_get(node, "pick"), &out->rule, err));
    if (count != NULL && (!json_as_i64(count, &out->count) || out->count < 0))
        return json_fail(doc, count, err, "count must be a whole number from 0 (all) on");
    if (out->rule != PICK_ALL && out->count == 0)
        return json_fail(doc, node, err, "pick \"%s\" needs a count of lines", rules[out->rule]);
    return true;
}

bool baseline_parse(const struct json_doc *doc, const struct json *node, struct arena *arena, struct baseline *out,
                    struct error *err)
{
    static const char *const keys[] = {"benign", "malicious"};
    if (node == NULL || json_type(node) != JSON_OBJECT)
        return json_fail(doc, node != NULL ? node : json_root(doc), err,
                         "\"baseline\" must be {\"benign\": ..., \"malicious\": ...}");
    TRY(json_known_keys(doc, node, keys, ARRAY_LEN(keys), err));
    TRY(parse_sample(doc, node, "benign", arena, &out->benign, err));
    return parse_sample(doc, node, "malicious", arena, &out->malicious, err);
}

static void sample_to_json(const struct sample *sample, struct buf *out)
{
    buf_printf(out, "{\"count\":%" PRId64 ",\"inputs\":", sample->count);
    inputs_to_json(&sample->from, out);
    buf_printf(out, ",\"pick\":\"%s\"}", rules[sample->rule]);
}

void baseline_to_json(const struct baseline *baseline, struct buf *out)
{
    buf_add_str(out, STR("{\"benign\":"));
    sample_to_json(&baseline->benign, out);
    buf_add_str(out, STR(",\"malicious\":"));
    sample_to_json(&baseline->malicious, out);
    buf_add_str(out, STR("}"));
}

/* A text that is not empty and holds no zero byte, zero-terminated. */
static bool parse_word(const struct json *node, struct arena *arena, const char **out)
{
    struct str text;
    if (!json_as_str(node, &text) || text.n == 0 || memchr(text.p, '\0', text.n) != NULL)
        return false;
    char *word = arena_bytes(arena, text.n + 1);
    memcpy(word, text.p, text.n);
    word[text.n] = '\0';
    *out = word;
    return true;
}

static bool parse_test(const struct json_doc *doc, const struct json *node, struct arena *arena, struct test_set *out,
                       struct error *err)
{
    static const char *const keys[] = {"name", "inputs", "day", "sequence"};
    static const char form[] = "a test set must be {\"name\": ..., \"inputs\": ...}";
    if (json_type(node) != JSON_OBJECT)
        return json_fail(doc, node, err, "%s", form);
    TRY(json_known_keys(doc, node, keys, ARRAY_LEN(keys), err));
    const struct json *name = json_get(node, "name"), *inputs = json_get(node, "inputs");
    const struct json *day = json_get(node, "day"), *sequence = json_get(node, "sequence");
    if (name == NULL || inputs == NULL)
        return json_fail(doc, node, err, "%s", form);
    if (!parse_word(name, arena, &out->name))
        return json_fail(doc, name, err, "the name of a test set must be a text that is not empty");
    if (strcmp(out->name, validation) == 0)
        return json_fail(doc, name, err, "\"validation\" is the name of the section \"validation\": take another");
    if (day != NULL && !json_as_bool(day, &out->day))
        return json_fail(doc, day, err, "day must be true or false");
    if (sequence != NULL && !parse_word(sequence, arena, &out->sequence))
        return json_fail(doc, sequence, err, "sequence must be a name that tests of one sequence share");
    return inputs_parse(doc, inputs, arena, &out->from, err);
}

static bool parse_validation(const struct json_doc *doc, const struct json *node, struct arena *arena,
                             struct test_sets *out, struct error *err)
{
    static const char *const keys[] = {"inputs"};
    if (node == NULL)
        return true;
    if (json_type(node) == JSON_OBJECT)
        TRY(json_known_keys(doc, node, keys, ARRAY_LEN(keys), err));
    const struct json *inputs = json_get(node, "inputs");
    if (inputs == NULL)
        return json_fail(doc, node, err, "\"validation\" must be {\"inputs\": ...}");
    *out = (struct test_sets){1, ARENA_ZARRAY(arena, struct test_set, 1)};
    out->test[0].name = validation;
    return inputs_parse(doc, inputs, arena, &out->test[0].from, err);
}

bool tests_parse(const struct json_doc *doc, const struct json *node, const char *key, struct arena *arena,
                 struct test_sets *out, struct error *err)
{
    *out = (struct test_sets){.n = 0};
    if (strcmp(key, validation) == 0)
        return parse_validation(doc, node, arena, out, err);
    if (node == NULL || json_type(node) != JSON_ARRAY || json_count(node) == 0)
        return json_fail(doc, node != NULL ? node : json_root(doc), err,
                         "\"%s\" must be a list of {\"name\": ..., \"inputs\": ...}", key);
    out->n = json_count(node);
    out->test = ARENA_ZARRAY(arena, struct test_set, out->n);
    for (size_t i = 0; i < out->n; i++) {
        TRY(parse_test(doc, json_at(node, i), arena, &out->test[i], err));
        for (size_t j = 0; j < i; j++)
            if (strcmp(out->test[i].name, out->test[j].name) == 0)
                return json_fail(doc, json_at(node, i), err, "two test sets are called \"%s\"", out->test[i].name);
    }
    return true;
}

void tests_to_json(const struct test_sets *tests, struct buf *out)
{
    if (tests->n == 1 && strcmp(tests->test[0].name, validation) == 0) {
        buf_add_str(out, STR("{\"inputs\":"));
        inputs_to_json(&tests->test[0].from, out);
        buf_add_str(out, STR("}"));
        return;
    }
    buf_add_str(out, STR("["));
    for (size_t i = 0; i < tests->n; i++) {
        const struct test_set *test = &tests->test[i];
        buf_printf(out, "%s{\"day\":%s,\"inputs\":", i == 0 ? "" : ",", test->day ? "true" : "false");
        inputs_to_json(&test->from, out);
        buf_add_str(out, STR(",\"name\":"));
        buf_add_json_string(out, str_of(test->name));
        if (test->sequence != NULL) {
            buf_add_str(out, STR(",\"sequence\":"));
            buf_add_json_string(out, str_of(test->sequence));
        }
        buf_add_str(out, STR("}"));
    }
    buf_add_str(out, STR("]"));
}

/* Texts to be parsed without an error. Include after cmocka.h. */
#ifndef JSON_TEST_H
#define JSON_TEST_H

#include "support/json.h"

static inline struct json_doc *parse(const char *text)
{
    struct json_doc *doc = NULL;
    struct error err = {.message = ""};
    bool ok = json_parse(str_of(text), "t.json", true, &doc, &err);
    assert_string_equal(err.message, "");
    assert_true(ok);
    return doc;
}

static inline void check_dump(const char *text, const char *expected)
{
    struct json_doc *doc = parse(text);
    struct buf buf = {.limit = 1 << 20};
    json_dump(json_root(doc), &buf);
    assert_string_equal(buf.p, expected);
    /* canonical text is a fixed point */
    struct json_doc *again = parse(buf.p);
    buf_free(&buf);
    json_dump(json_root(again), &buf);
    assert_string_equal(buf.p, expected);
    buf_free(&buf);
    json_free(again);
    json_free(doc);
}

#endif

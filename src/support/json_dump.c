#include "json_doc.h"
#include "support/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void json_add_number(struct buf *out, double value)
{
    if (!isfinite(value)) {
        buf_add_str(out, STR("null"));
    } else if (fabs(value) <= 0x1p53 && value == floor(value)) {
        buf_printf(out, "%" PRId64, (int64_t)value);
    } else {
        char text[32];
        double back;
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(text, sizeof(text), "%.*g", digits, value);
            if (str_to_f64(str_of(text), &back) && !(back < value) && !(back > value))
                break;
        }
        buf_add_str(out, str_of(text));
    }
}

static int compare_keys(const void *a, const void *b)
{
    const cJSON *const *left = a, *const *right = b;
    return strcmp((*left)->string, (*right)->string);
}

const cJSON **json_sorted_members(const cJSON *object, size_t *n)
{
    *n = json_count(json_node(object));
    const cJSON **members = heap_realloc(NULL, *n, sizeof(*members));
    size_t i = 0;
    for (const cJSON *child = object->child; child; child = child->next)
        members[i++] = child;
    qsort(members, *n, sizeof(*members), compare_keys);
    return members;
}

static void dump_object(const cJSON *object, struct buf *out)
{
    size_t n;
    const cJSON **members = json_sorted_members(object, &n);
    buf_add_str(out, STR("{"));
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_add_str(out, STR(","));
        buf_add_json_string(out, str_of(members[i]->string));
        buf_add_str(out, STR(":"));
        json_dump(json_node(members[i]), out);
    }
    buf_add_str(out, STR("}"));
    free(members);
}

static void dump_array(const cJSON *array, struct buf *out)
{
    buf_add_str(out, STR("["));
    for (const cJSON *child = array->child; child; child = child->next) {
        if (child != array->child)
            buf_add_str(out, STR(","));
        json_dump(json_node(child), out);
    }
    buf_add_str(out, STR("]"));
}

void json_dump(const struct json *node, struct buf *out)
{
    const cJSON *raw = json_raw(node);
    switch (json_type(node)) {
    case JSON_NULL:
        buf_add_str(out, STR("null"));
        break;
    case JSON_BOOL:
        buf_add_str(out, cJSON_IsTrue(raw) ? STR("true") : STR("false"));
        break;
    case JSON_NUMBER:
        json_add_number(out, raw->valuedouble);
        break;
    case JSON_STRING:
        buf_add_json_string(out, str_of(raw->valuestring));
        break;
    case JSON_ARRAY:
        dump_array(raw, out);
        break;
    case JSON_OBJECT:
        dump_object(raw, out);
        break;
    }
}

/* JSON lines: one object a line, as most log shippers write process-creation events. */
#include "forms.h"

const struct layout layout_jsonl = {
    .plugin = {"jsonl", "JSON lines: one object a line, any field names", NULL, 0},
    .form = &form_json_lines,
};

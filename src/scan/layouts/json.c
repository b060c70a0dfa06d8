/* JSON objects that may span lines, one after the other or in one list. */
#include "forms.h"

const struct layout layout_json = {
    .plugin = {"json", "JSON objects over several lines or in lists, any field names", NULL, 0},
    .form = &form_json,
};

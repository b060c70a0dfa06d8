/* One record scanned for a few names. Include after cmocka.h. */
#ifndef SCAN_TEST_H
#define SCAN_TEST_H

#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>

#define FAIL_WITH(...) (print_error(__VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))

enum { N_NAMES = 4 };
static const struct str names[N_NAMES] = {{"command_line", 12}, {"host", 4}, {"n\xC3\xA4me", 5}, {"", 0}};

static inline bool scan(struct str record, struct scan_field out[N_NAMES], const char **reason)
{
    /* A copy of exactly this size, so that reading past the end is caught. */
    char *copy = malloc(record.n + 1);
    assert_non_null(copy);
    copy[record.n] = '"';
    if (record.n > 0)
        memcpy(copy, record.p, record.n);
    *reason = NULL;
    bool ok = scan_object((struct str){copy, record.n}, names, N_NAMES, out, reason);
    for (size_t j = 0; j < N_NAMES; j++) {
        if (ok && out[j].type != SCAN_ABSENT)
            out[j].raw.p = record.p + (out[j].raw.p - copy);
    }
    assert_true(ok || *reason != NULL);
    free(copy);
    return ok;
}

#endif

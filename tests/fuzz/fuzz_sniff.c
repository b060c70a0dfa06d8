/* Guessing the format of any bytes does no harm and says something when it fails. */
#include "scan/sniff.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct field_map open = {.n_filters = 0};
    struct str head = {(const char *)data, size};
    struct error err = {0};
    if (!sniff_readable("file", head, &err) || sniff_format(&open, head, true) != NULL)
        return 0;
    if (sniff_fail(&open, "file", head, true, &err) || err.message[0] == '\0') {
        fprintf(stderr, "no message\n");
        abort();
    }
    return 0;
}

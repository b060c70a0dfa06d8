/* Errors a user can act on: what happened, where, and what to do. Our own bugs go to ASSERT instead. */
#ifndef SUPPORT_ERROR_H
#define SUPPORT_ERROR_H

#include "support/base.h"

enum error_code {
    ERROR_NONE,
    ERROR_USAGE,   /* the command line or a parameter is wrong */
    ERROR_CONFIG,  /* a configuration file is wrong; the message starts with file:line:column */
    ERROR_INPUT,   /* telemetry or label data cannot be used */
    ERROR_IO,      /* the system refused a file or folder */
    ERROR_NETWORK, /* a server could not be reached or broke the protocol */
    ERROR_BUDGET,  /* a stated limit would be exceeded */
    ERROR_NUMERIC, /* a number is not finite or out of its stated bound */
};

struct error {
    enum error_code code;
    int rank; /* the rank that failed; -1 until agree() has set it */
    char message[1024];
};

/* Sets *err (cut to its size, control characters shown as \xNN so hostile input cannot drive a terminal).
 * Always returns false, so `return fail(err, ...)` reads well. */
bool fail(struct error *err, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Puts "prefix: " before the message of an error that is set. Always returns false. */
bool error_context(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Leaves the calling function, which returns bool, if the call failed. */
#define TRY(call)                                                                                                      \
    do {                                                                                                               \
        if (!(call))                                                                                                   \
            return false;                                                                                              \
    } while (0)

#endif

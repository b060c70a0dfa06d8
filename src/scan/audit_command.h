/* The arguments of a process in the audit log, from all the EXECVE records of an event, as one text: argc=N a0="cat"
 * a1=6D7920 ... */
#ifndef SCAN_AUDIT_COMMAND_H
#define SCAN_AUDIT_COMMAND_H

#include "audit_line.h"

/* A command is told from other texts by its first word. */
static inline bool audit_is_command(struct str field)
{
    return str_starts(field, STR("argc="));
}

/* What the arguments of an EXECVE record came to. */
struct audit_count {
    int64_t argc; /* -1: the record does not say */
    int64_t seen; /* arguments that are whole */
    bool split;   /* some came in pieces */
};

/* Most bytes that audit_arguments writes. */
static inline size_t audit_arguments_bound(struct str body)
{
    return 2 * body.n + 8;
}
/* A record's arguments as they are kept, each with a blank before it: ` a0="cat" a1=6D7920`. */
size_t audit_arguments(struct audit_body body, struct audit_count *count, char *out);

/* argc=N and what audit_arguments wrote of all records of the event. NULL, or why they are no command. */
const char *audit_command_wrong(struct str command, struct arena *scratch);
/* One line, quoted the way a POSIX shell reads it back: arguments in order, pieces put together, missing ones empty. */
struct str audit_command(struct str command, struct arena *arena);

#endif

/* The Linux audit log. */
#include "forms.h"

static const struct field_map no_fields = {.command = {"", 0}};

const struct layout layout_auditd = {
    .plugin = {"auditd", "Linux audit log: EXECVE records with the SYSCALL records of the same event", NULL, 0},
    .form = &form_audit,
    .fields = &no_fields,
    .platform = PLATFORM_LINUX,
};

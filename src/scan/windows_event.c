#include "windows_event.h"

static bool is_sysmon(const struct scan_field *extra)
{
    return str_equal(extra[0].raw, STR("1")) &&
           (extra[1].type != SCAN_STRING || str_find(extra[1].raw, STR("Sysmon"), 0) != SIZE_MAX);
}

static bool is_security(const struct scan_field *extra)
{
    return str_equal(extra[0].raw, STR("4688"));
}

static enum read_result keep(bool wanted, const struct scan_field *extra, const char **reason)
{
    if (extra[0].type == SCAN_ABSENT) {
        *reason = "the event id is missing";
        return READ_BAD;
    }
    return wanted ? READ_EVENT : READ_FILTERED;
}

enum read_result windows_keep(const struct scan_field *extra, const char **reason)
{
    return keep(is_sysmon(extra) || is_security(extra), extra, reason);
}

enum read_result windows_keep_sysmon(const struct scan_field *extra, const char **reason)
{
    return keep(is_sysmon(extra), extra, reason);
}

enum read_result windows_keep_security(const struct scan_field *extra, const char **reason)
{
    return keep(is_security(extra), extra, reason);
}

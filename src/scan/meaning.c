/* What the words of records mean. */
#include "forms.h"
#include "memo.h"

#include "support/ascii.h"

static bool same(const char *a, const char *b, size_t n)
{
    return ascii_same((struct str){a, n}, (struct str){b, n});
}

bool text_is(struct str text, const char *word)
{
    return text.n == strlen(word) && same(text.p, word, text.n);
}

enum platform platform_of(struct str text)
{
    static const char *const linux_names[] = {"linux", "lin",    "ubuntu", "debian", "centos", "rhel",   "redhat",
                                              "rocky", "fedora", "suse",   "sles",   "amzn",   "alpine", "arch"};
    if (text_is(text, "windows") || text_is(text, "win"))
        return PLATFORM_WINDOWS;
    for (size_t i = 0; i < ARRAY_LEN(linux_names); i++) {
        if (text_is(text, linux_names[i]))
            return PLATFORM_LINUX;
    }
    return text_is(text, "macos") || text_is(text, "darwin") || text_is(text, "mac") || text_is(text, "osx")
               ? PLATFORM_MACOS
               : PLATFORM_UNKNOWN;
}

enum truth truth_of(struct str text)
{
    if (text_is(text, "benign") || text_is(text, "0"))
        return TRUTH_BENIGN;
    return text_is(text, "malicious") || text_is(text, "1") ? TRUTH_MALICIOUS : TRUTH_UNKNOWN;
}

static bool holds(struct str text, const char *part, size_t n)
{
    for (size_t at = 0; at + n <= text.n; at++) {
        if (same(text.p + at, part, n))
            return true;
    }
    return false;
}

/* value[n]: "x", "x*", "*x" or "*x*". */
static bool fits(struct str text, const char *value, size_t n)
{
    if (n == 1 && value[0] == '*')
        return true;
    bool open_front = n > 1 && value[0] == '*', open_end = n > 1 && value[n - 1] == '*';
    const char *word = value + open_front;
    n -= (size_t)open_front + (size_t)open_end;
    if (open_front && open_end)
        return holds(text, word, n);
    if (text.n < n || (!open_front && !open_end && text.n != n))
        return false;
    return same(open_front ? text.p + text.n - n : text.p, word, n);
}

bool condition_holds(const char *values, struct str text)
{
    for (;;) {
        const char *bar = strchr(values, '|');
        size_t n = bar != NULL ? (size_t)(bar - values) : strlen(values);
        if (n == 0 ? is_nothing(text) : !is_nothing(text) && fits(text, values, n))
            return true;
        if (bar == NULL)
            return false;
        values = bar + 1;
    }
}

void filtered_list(const int64_t count[N_FILTERED], struct buf *out)
{
    const char *comma = "";
    for (size_t i = 0; i < N_FILTERED; i++) {
        if (count[i] == 0)
            continue;
        buf_printf(out, "%s%s %" PRId64, comma, read_result_name(READ_OTHER + i), count[i]);
        comma = ", ";
    }
}

const char *read_result_name(enum read_result result)
{
    static const char *const name[N_READ_RESULTS] = {
        [READ_EVENT] = "event",
        [READ_BLANK] = "blank",
        [READ_BAD] = "bad",
        [READ_END] = "",
        [READ_OTHER] = "other kind",
        [READ_NO_COMMAND] = "no command line",
        [READ_NO_START] = "not started",
        [READ_UNWANTED] = "not wanted",
    };
    return name[result];
}

int platform_meaning(struct str text)
{
    return (int)platform_of(text);
}

int truth_meaning(struct str text)
{
    return (int)truth_of(text);
}

int synthetic_meaning(struct str text)
{
    return str_equal(text, STR("synthetic"));
}

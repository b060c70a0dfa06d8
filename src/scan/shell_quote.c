#include "shell_quote.h"

#include "support/ascii.h"
#include "support/utf8.h"

static bool is_plain(char c)
{
    return ascii_alnum(c) || (c != '\0' && strchr("@%+=:,./_-", c) != NULL);
}

static bool all_plain(struct str argument)
{
    for (size_t i = 0; i < argument.n; i++) {
        if (!is_plain(argument.p[i]))
            return false;
    }
    return argument.n > 0;
}

static size_t put(char *out, struct str text)
{
    memcpy(out, text.p, text.n);
    return text.n;
}

size_t shell_quote(struct str argument, char *out)
{
    if (all_plain(argument))
        return put(out, argument);
    size_t n = put(out, STR("'"));
    for (size_t i = 0; i < argument.n;) {
        size_t length = utf8_length(argument.p + i, argument.n - i);
        if (argument.p[i] == '\'')
            n += put(out + n, STR("'\"'\"'"));
        else if (length == 0)
            n += put(out + n, STR("\xEF\xBF\xBD"));
        else
            n += put(out + n, (struct str){argument.p + i, length});
        i += length > 0 ? length : 1;
    }
    return n + put(out + n, STR("'"));
}

#include "support/str.h"

#include "support/ascii.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

int str_compare(struct str a, struct str b)
{
    size_t shared = min_size(a.n, b.n);
    int order = shared ? memcmp(a.p, b.p, shared) : 0;
    if (order != 0)
        return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_equal((struct str){s.p, prefix.n}, prefix);
}

size_t str_find(struct str s, struct str needle, size_t from)
{
    if (from > s.n || needle.n > s.n - from)
        return SIZE_MAX;
    if (needle.n == 0)
        return from;
    size_t last = s.n - needle.n;
    while (from <= last) {
        const char *hit = memchr(s.p + from, needle.p[0], last - from + 1);
        if (!hit)
            break;
        from = (size_t)(hit - s.p);
        if (memcmp(hit, needle.p, needle.n) == 0)
            return from;
        from++;
    }
    return SIZE_MAX;
}

bool str_to_i64(struct str s, int64_t *out)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
    uint64_t value = 0;
    size_t i = negative ? 1 : 0;
    if (i == s.n)
        return false;
    for (; i < s.n; i++) {
        if (!ascii_digit(s.p[i]))
            return false;
        uint64_t digit = (uint64_t)(s.p[i] - '0');
        if (value > (limit - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    if (negative)
        *out = value == 0 ? 0 : -(int64_t)(value - 1) - 1;
    else
        *out = (int64_t)value;
    return true;
}

static size_t skip_digits(struct str s, size_t i)
{
    while (i < s.n && ascii_digit(s.p[i]))
        i++;
    return i;
}

/* -?digits[.digits][e[+-]digits], with a digit before or after the point. */
static bool is_decimal(struct str s)
{
    size_t i = s.n > 0 && s.p[0] == '-' ? 1 : 0;
    size_t start = i;
    i = skip_digits(s, i);
    size_t n_digits = i - start;
    if (i < s.n && s.p[i] == '.') {
        start = ++i;
        i = skip_digits(s, i);
        n_digits += i - start;
    }
    if (n_digits == 0)
        return false;
    if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
        i++;
        if (i < s.n && (s.p[i] == '+' || s.p[i] == '-'))
            i++;
        start = i;
        i = skip_digits(s, i);
        if (i == start)
            return false;
    }
    return i == s.n;
}

bool str_to_f64(struct str s, double *out)
{
    char text[1024]; /* a longer number is not one that people or programs write */
    if (s.n >= sizeof(text) || !is_decimal(s))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    char *point = strchr(text, '.');
    if (point)
        *point = localeconv()->decimal_point[0];
    char *end;
    double value = strtod(text, &end);
    if (end != text + s.n || !isfinite(value))
        return false;
    *out = value;
    return true;
}

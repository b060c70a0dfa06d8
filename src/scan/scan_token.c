/* The smallest pieces of JSON text. */
#include "scan_private.h"
#include "support/ascii.h"

static bool is_hex4(const char *p)
{
    return ascii_hex(p[0]) >= 0 && ascii_hex(p[1]) >= 0 && ascii_hex(p[2]) >= 0 && ascii_hex(p[3]) >= 0;
}

size_t scan_escape(const char *p, size_t n)
{
    if (n < 2 || p[0] != '\\')
        return 0;
    if (p[1] == 'u')
        return n >= 6 && is_hex4(p + 2) ? 6 : 0;
    return p[1] != '\0' && strchr("\"\\/bfnrt", p[1]) != NULL ? 2 : 0;
}

static size_t digits(const char *p, size_t n, size_t from)
{
    size_t i = from;
    while (i < n && ascii_digit(p[i]))
        i++;
    return i - from;
}

size_t scan_number(const char *p, size_t n)
{
    size_t i = n > 0 && p[0] == '-' ? 1 : 0;
    size_t whole = digits(p, n, i);
    if (whole == 0 || (whole > 1 && p[i] == '0'))
        return 0;
    i += whole;
    if (i < n && p[i] == '.') {
        size_t fraction = digits(p, n, i + 1);
        if (fraction == 0)
            return 0;
        i += 1 + fraction;
    }
    if (i < n && (p[i] == 'e' || p[i] == 'E')) {
        i++;
        if (i < n && (p[i] == '+' || p[i] == '-'))
            i++;
        size_t exponent = digits(p, n, i);
        if (exponent == 0)
            return 0;
        i += exponent;
    }
    return i;
}

size_t scan_literal(const char *p, size_t n)
{
    if (n >= 4 && (memcmp(p, "true", 4) == 0 || memcmp(p, "null", 4) == 0))
        return 4;
    return n >= 5 && memcmp(p, "false", 5) == 0 ? 5 : 0;
}

static size_t write_utf8(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | (c >> 6));
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | (c >> 12));
        out[1] = (char)(0x80 | ((c >> 6) & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | (c >> 18));
    out[1] = (char)(0x80 | ((c >> 12) & 0x3F));
    out[2] = (char)(0x80 | ((c >> 6) & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static uint32_t hex4(const char *p)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (uint32_t)ascii_hex(p[i]);
    return value;
}

size_t scan_decode(const char *p, size_t n, char out[4], size_t *written)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    *written = 1;
    if (p[1] != 'u') {
        const char *place = strchr(from, p[1]);
        *out = place != NULL ? to[place - from] : p[1];
        return 2;
    }
    uint32_t c = hex4(p + 2);
    size_t used = 6;
    if (c >= 0xD800 && c <= 0xDFFF) {
        uint32_t low =
            c < 0xDC00 && n >= 12 && p[6] == '\\' && p[7] == 'u' && scan_escape(p + 6, n - 6) == 6 ? hex4(p + 8) : 0;
        bool pair = low >= 0xDC00 && low <= 0xDFFF;
        c = pair ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
        used = pair ? 12 : 6;
    }
    *written = write_utf8(c, out);
    return used;
}

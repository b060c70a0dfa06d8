#include "support/utf8.h"

#include <string.h>

static bool is_tail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

size_t utf8_length(const char *p, size_t n)
{
    const unsigned char *s = (const unsigned char *)p;
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xC2 && s[0] <= 0xDF)
        return n >= 2 && is_tail(s[1]) ? 2 : 0;
    if (s[0] >= 0xE0 && s[0] <= 0xEF) {
        if (n < 3 || !is_tail(s[1]) || !is_tail(s[2]))
            return 0;
        bool overlong = s[0] == 0xE0 && s[1] < 0xA0;
        bool surrogate = s[0] == 0xED && s[1] >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (s[0] >= 0xF0 && s[0] <= 0xF4) {
        if (n < 4 || !is_tail(s[1]) || !is_tail(s[2]) || !is_tail(s[3]))
            return 0;
        bool overlong = s[0] == 0xF0 && s[1] < 0x90;
        bool too_big = s[0] == 0xF4 && s[1] >= 0x90;
        return overlong || too_big ? 0 : 4;
    }
    return 0;
}

size_t utf8_printable(const char *p, size_t n)
{
    const unsigned char *s = (const unsigned char *)p;
    if (s[0] < 0x20 || s[0] == 0x7F)
        return 0;
    size_t length = utf8_length(p, n);
    return length == 2 && s[0] == 0xC2 && s[1] < 0xA0 ? 0 : length;
}

size_t utf8_escape(char *out, size_t size, const char *text, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t used = 0;
    for (size_t i = 0; i < n;) {
        size_t length = utf8_printable(text + i, n - i);
        if (used + (length ? length : 4) >= size)
            break;
        if (length) {
            memcpy(out + used, text + i, length);
            used += length;
            i += length;
        } else {
            unsigned char c = (unsigned char)text[i++];
            out[used++] = '\\';
            out[used++] = 'x';
            out[used++] = digits[c >> 4];
            out[used++] = digits[c & 15];
        }
    }
    out[used] = '\0';
    return used;
}

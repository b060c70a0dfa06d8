#include "support/utf8.h"

#include <string.h>

static bool continues(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

size_t utf8_length(const char *p, size_t n)
{
    const unsigned char *u = (const unsigned char *)p;
    if (u[0] < 0x80)
        return 1;
    if (u[0] < 0xC2 || u[0] > 0xF4)
        return 0;
    if (u[0] < 0xE0)
        return n >= 2 && continues(u[1]) ? 2 : 0;
    /* The first two bytes together rule out overlong forms, surrogates and what lies above U+10FFFF. */
    unsigned char low = u[0] == 0xE0 ? 0xA0 : u[0] == 0xF0 ? 0x90 : 0x80;
    unsigned char high = u[0] == 0xED ? 0x9F : u[0] == 0xF4 ? 0x8F : 0xBF;
    size_t length = u[0] < 0xF0 ? 3 : 4;
    if (n < length || u[1] < low || u[1] > high || !continues(u[2]))
        return 0;
    return length == 3 || continues(u[3]) ? length : 0;
}

bool utf8_valid(const char *p, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint64_t eight;
        if (n - i >= sizeof eight) {
            memcpy(&eight, p + i, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof eight;
                continue;
            }
        }
        size_t length = utf8_length(p + i, n - i);
        if (length == 0)
            return false;
        i += length;
    }
    return true;
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

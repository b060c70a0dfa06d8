#include "store_private.h"

hid_t store_string_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    bool ok = type >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    ASSERT(ok);
    return type;
}

/* Bytes of the character that starts p[0..n), or 0 if it is not valid UTF-8 (overlong, surrogate, beyond U+10FFFF,
 * cut). */
static size_t character(const unsigned char *p, size_t n)
{
    const unsigned char c = p[0];
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    const size_t length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (length > n)
        return 0;
    const unsigned char low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

/* Copies s as valid UTF-8 to out, or only measures it if out is NULL. Returns the length. */
static size_t clean(struct str s, char *out)
{
    static const char replacement[3] = {'\xEF', '\xBF', '\xBD'};
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        const size_t length = s.p[i] == '\0' ? 0 : character((const unsigned char *)s.p + i, s.n - i);
        const size_t put = length > 0 ? length : sizeof(replacement);
        if (out != NULL)
            memcpy(out + n, length > 0 ? s.p + i : replacement, put);
        n += put;
        i += length > 0 ? length : 1;
    }
    return n;
}

char *store_text(struct arena *arena, struct str s)
{
    const size_t n = clean(s, NULL);
    char *out = arena_bytes(arena, n + 1);
    clean(s, out);
    out[n] = '\0';
    return out;
}

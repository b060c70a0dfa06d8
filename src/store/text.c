#include "store_private.h"

#include "support/utf8.h"

hid_t store_string_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    bool ok = type >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0 && H5Tset_cset(type, H5T_CSET_UTF8) >= 0;
    ASSERT(ok);
    return type;
}

/* Copies s as valid UTF-8 to out, or only measures it if out is NULL. Returns the length. */
static size_t clean(struct str s, char *out)
{
    static const char replacement[3] = {'\xEF', '\xBF', '\xBD'};
    size_t n = 0;
    for (size_t i = 0; i < s.n;) {
        const size_t length = s.p[i] == '\0' ? 0 : utf8_length(s.p + i, s.n - i);
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

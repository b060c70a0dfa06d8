#include "mask.h"

#include "support/sha256.h"

/* A run's placeholder in exact forms, digits of the digest between its ends: never longer than a run. */
#define EXACT_START "<b64\xFF"
enum { EXACT_HEX = 32, EXACT_BYTES = sizeof EXACT_START - 1 + EXACT_HEX + 1 };
enum { BASE64_LEAST = 40, BASE64_SLASHES = 3, BASE64_PER_SLASH = 32, GUID_BYTES = 36 };

/* What a byte is, as bits. */
enum { DIGIT = 1, HEX = 2, ALNUM = 4, BASE64 = 8, ANGLE = 16 };

#define D  (DIGIT | HEX | ALNUM | BASE64)
#define H  (HEX | ALNUM | BASE64)
#define L  (ALNUM | BASE64)
#define B  BASE64
#define UP H, H, H, H, H, H, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L /* A to Z */
static const uint8_t class_of[256] = {
    ['+'] = B, ['/'] = B, ['0'] = D, D, D, D, D, D, D, D, D, D, ['<'] = ANGLE, ['A'] = UP, ['a'] = UP,
};

static inline bool is(char c, uint8_t classes)
{
    return (class_of[(unsigned char)c] & classes) != 0;
}

static size_t put(char *out, struct str text)
{
    memcpy(out, text.p, text.n);
    return text.n;
}

/* Whether a GUID without braces is at p[at]. */
static bool guid_at(const char *p, size_t n, size_t at)
{
    if (n - at < GUID_BYTES || !is(p[at], HEX) || (at > 0 && is(p[at - 1], ALNUM)) ||
        (n - at > GUID_BYTES && is(p[at + GUID_BYTES], ALNUM)))
        return false;
    for (size_t i = 0; i < GUID_BYTES; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? p[at + i] != '-' : !is(p[at + i], HEX))
            return false;
    }
    return true;
}

/* The first GUID's first hyphen at or after `from`; n if there is none. */
static size_t next_guid(const char *p, size_t n, size_t from)
{
    while (from < n) {
        const char *hyphen = memchr(p + from, '-', n - from);
        if (hyphen == NULL)
            return n;
        size_t place = (size_t)(hyphen - p);
        if (place >= 8 && guid_at(p, n, place - 8))
            return place - 8;
        from = place + 1;
    }
    return n;
}

size_t mask_guids(char *p, size_t n)
{
    size_t read = 0, write = 0;
    for (;;) {
        size_t guid = next_guid(p, n, read);
        size_t behind = guid + GUID_BYTES;
        bool braces = guid < n && guid > read && p[guid - 1] == '{' && behind < n && p[behind] == '}';
        size_t keep = guid - read - braces;
        if (write != read)
            memmove(p + write, p + read, keep);
        write += keep;
        if (guid >= n)
            return write;
        write += put(p + write, STR("<guid>"));
        read = behind + braces;
    }
}

/* The first long run of base64 letters at or after `from`, where none begins before it; n if there is none. Looking at
 * the last letter first skips most bytes. */
static size_t next_run(const char *p, size_t n, size_t from)
{
    while (n - from >= BASE64_LEAST) {
        size_t k = BASE64_LEAST;
        while (k > 0 && is(p[from + k - 1], BASE64))
            k--;
        if (k == 0)
            return from;
        from += k;
    }
    return n;
}

/* Whether a run of base64 letters has so many slashes that it is rather a path: of random letters one in 64 is one. */
static bool is_path(const char *p, size_t n)
{
    size_t slashes = 0;
    for (size_t i = 0; i < n; i++)
        slashes += p[i] == '/';
    return slashes > BASE64_SLASHES + (n - BASE64_LEAST) / BASE64_PER_SLASH;
}

static size_t put_digest(char *out, struct str run)
{
    char hex[SHA256_HEX];
    sha256_hex(sha256_short(run), hex);
    size_t n = put(out, STR(EXACT_START));
    n += put(out + n, (struct str){hex, EXACT_HEX});
    return n + put(out + n, STR(">"));
}

size_t mask_base64(char *p, size_t n, bool exact)
{
    _Static_assert((int)EXACT_BYTES <= (int)BASE64_LEAST, "the text is masked in place");
    size_t read = 0, write = 0;
    for (;;) {
        size_t run = next_run(p, n, read);
        if (write != read)
            memmove(p + write, p + read, run - read);
        write += run - read;
        if (run == n)
            return write;
        read = run;
        while (read < n && is(p[read], BASE64))
            read++;
        if (is_path(p + run, read - run)) {
            memmove(p + write, p + run, read - run);
            write += read - run;
            continue;
        }
        for (int i = 0; i < 2 && read < n && p[read] == '='; i++)
            read++;
        write += exact ? put_digest(p + write, (struct str){p + run, read - run}) : put(p + write, STR("<b64>"));
    }
}

/* Bytes of the number at p[n], n > 0 and p[0] a digit. */
static size_t number_length(const char *p, size_t n)
{
    size_t i = 1;
    while (i < n && is(p[i], DIGIT))
        i++;
    while (i + 1 < n && (p[i] | 0x20) == 'x' && is(p[i + 1], HEX)) {
        i += 2;
        while (i < n && is(p[i], HEX))
            i++;
    }
    return i;
}

/* Bytes of the placeholder of a masked run at the start of p[n]; 0: none. */
static size_t placeholder_length(const char *p, size_t n, bool exact)
{
    struct str here = {p, n};
    if (str_starts(here, STR("<b64>")))
        return 5;
    bool whole = exact && n >= EXACT_BYTES && str_starts(here, STR(EXACT_START)) && p[EXACT_BYTES - 1] == '>';
    return whole ? EXACT_BYTES : 0;
}

/* How many of eight bytes come before the first of 0x30 to 0x3F, which a digit or angle is. */
static inline size_t staying(uint64_t x)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    x = (x & (ones * 0xF0)) ^ (ones * 0x30);
    x = (x - ones) & ~x & (ones * 0x80);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return x != 0 ? (size_t)__builtin_ctzll(x) / 8 : 8;
#else
    return x != 0 ? 0 : 8;
#endif
}

size_t mask_numbers(char *p, size_t n, bool exact)
{
    size_t write = 0;
    for (size_t read = 0; read < n;) {
        uint64_t eight;
        if (n - read >= sizeof eight) {
            memcpy(&eight, p + read, sizeof eight);
            size_t stay = staying(eight);
            /* The bytes behind those that stay may only be written over where they were read. */
            if (stay == sizeof eight || write + sizeof eight <= read) {
                memcpy(p + write, &eight, sizeof eight);
                write += stay;
                read += stay;
                if (stay == sizeof eight)
                    continue;
            } else if (write < read) {
                memmove(p + write, p + read, stay);
                write += stay;
                read += stay;
            } else {
                write = read += stay;
            }
        }
        if (!is(p[read], DIGIT | ANGLE)) {
            p[write++] = p[read++];
        } else if (p[read] != '<') {
            read += number_length(p + read, n - read);
            p[write++] = '0';
        } else {
            size_t keep = placeholder_length(p + read, n - read, exact);
            keep = keep > 0 ? keep : 1;
            memmove(p + write, p + read, keep);
            write += keep;
            read += keep;
        }
    }
    return write;
}

static bool is_slash(char c)
{
    return c == '/' || c == '\\';
}

/* Whether p[n] starts with a slash, `name` in any case, and another slash. */
static bool folder_at(const char *p, size_t n, struct str name)
{
    if (n < name.n + 2 || !is_slash(p[0]) || !is_slash(p[name.n + 1]))
        return false;
    for (size_t i = 0; i < name.n; i++) {
        if ((p[i + 1] | 0x20) != name.p[i])
            return false;
    }
    return true;
}

static size_t user_name(const char *p, size_t n)
{
    size_t i = 0;
    while (i < n && !is_slash(p[i]) && memchr("<>|\"&;:*?", p[i], 9) == NULL)
        i++;
    return i < n && is_slash(p[i]) ? i : 0;
}

/* Bytes of a random file name without its extension; 0 if it is none. */
static size_t random_name(const char *p, size_t n)
{
    size_t end = 0, dot = SIZE_MAX;
    bool digit = false;
    while (end < n && !is_slash(p[end]) && (unsigned char)p[end] > ' ' && memchr("<>|\"&;:*?'", p[end], 10) == NULL) {
        if (p[end] == '.')
            dot = end;
        end++;
    }
    end = dot < end && dot > 0 ? dot : end;
    for (size_t i = 0; i < end; i++)
        digit = digit || is(p[i], DIGIT);
    return digit ? end : 0;
}

size_t mask_paths(const char *p, size_t n, char *out)
{
    size_t write = 0;
    for (size_t read = 0; read < n;) {
        const char *here = p + read;
        size_t left = n - read, folder = 0, name = 0;
        struct str mask = STR("<user>");
        if (is_slash(*here)) {
            folder = folder_at(here, left, STR("users")) ? 7 : folder_at(here, left, STR("home")) ? 6 : 0;
            if (folder > 0) {
                name = user_name(here + folder, left - folder);
            } else {
                folder = folder_at(here, left, STR("temp")) ? 6 : folder_at(here, left, STR("tmp")) ? 5 : 0;
                name = folder > 0 ? random_name(here + folder, left - folder) : 0;
                mask = STR("<tmp>");
            }
        }
        if (name == 0) {
            out[write++] = *here;
            read++;
            continue;
        }
        write += put(out + write, (struct str){here, folder});
        write += put(out + write, mask);
        read += folder + name;
    }
    return write;
}

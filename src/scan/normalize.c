#include "scan/normalize.h"

#include "mask.h"

const struct param_spec normalize_params[] = {
    PARAM_BOOL(struct normalize, lower_case, true, "ASCII letters to lower case"),
    PARAM_BOOL(struct normalize, squeeze, true, "runs of blanks and control characters to one space"),
    PARAM_BOOL(struct normalize, drop_quotes, true, "double and single quotes removed"),
    PARAM_BOOL(struct normalize, mask_guid, true, "GUIDs to <guid>"),
    PARAM_BOOL(struct normalize, mask_base64, true, "runs of 40 and more base64 letters to <b64>"),
    PARAM_BOOL(struct normalize, mask_number, true, "numbers to 0"),
    PARAM_BOOL(struct normalize, mask_path, false, "user and temporary names in paths to <user> and <tmp>"),
    PARAM_END,
};

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

static const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);

/* The top bits of the bytes of x that are below k, 0 < k <= 0x80. */
static inline uint64_t below(uint64_t x, unsigned k)
{
    return ~(((x & ~tops) + ones * (0x80 - k)) | x) & tops;
}

static inline uint64_t equal(uint64_t x, unsigned c)
{
    return below(x ^ (ones * c), 1);
}

/* Eight bytes at once if none of them is dropped or changes but to lower case: nearly all. */
static inline bool clean_eight(const char *p, bool squeeze, bool drop_quotes, unsigned fold, bool *gap, char *out)
{
    uint64_t x, spaces = 0, trouble = 0;
    memcpy(&x, p, sizeof x);
    if (squeeze) {
        spaces = equal(x, ' ');
        trouble = below(x, ' ') | equal(x, 0x7F) | (spaces & (spaces << 8 | (*gap ? 0x80 : 0)));
    }
    if (drop_quotes)
        trouble |= equal(x, '"') | equal(x, '\'');
    if (trouble != 0)
        return false;
    if (fold != 0)
        x |= (below(x, 'Z' + 1) & ~below(x, 'A')) >> 2;
    memcpy(out, &x, sizeof x);
    *gap = spaces >> 63 != 0;
    return true;
}

#else

static inline bool clean_eight(const char *p, bool squeeze, bool drop_quotes, unsigned fold, bool *gap, char *out)
{
    (void)p, (void)squeeze, (void)drop_quotes, (void)fold, (void)gap, (void)out;
    return false;
}

#endif

/* The rewrites of single characters. Single bytes go without branches: where a blank or quote comes cannot be foreseen.
 */
static size_t clean(const struct normalize *rules, bool lower_case, struct str line, char *out)
{
    const bool squeeze = rules->squeeze, drop_quotes = rules->drop_quotes;
    const unsigned fold = lower_case ? 0x20 : 0;
    size_t n = 0;
    bool gap = true; /* what was written ends in a space, or there is nothing */
    for (size_t i = 0; i < line.n;) {
        if (line.n - i >= 8 && clean_eight(line.p + i, squeeze, drop_quotes, fold, &gap, out + n)) {
            i += 8;
            n += 8;
            continue;
        }
        for (size_t end = min_size(i + 8, line.n); i < end; i++) {
            unsigned c = (unsigned char)line.p[i];
            bool blank = squeeze & ((c <= ' ') | (c == 0x7F));
            bool drop = (drop_quotes & ((c == '"') | (c == '\''))) | (blank & gap);
            c |= (c - 'A' < 26) ? fold : 0;
            out[n] = (char)(blank ? ' ' : c);
            n += !drop;
            gap = drop ? gap : blank;
        }
    }
    return n - (gap & (n > 0));
}

static void lower(char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned c = (unsigned char)p[i];
        p[i] = (char)(c | (c - 'A' < 26 ? 0x20 : 0));
    }
}

/* Exact forms are lower-cased only when the digests are taken: what comes before matches letters in any case. */
static inline size_t normalize(const struct normalize *rules, struct str line, bool exact, char *out)
{
    const bool early = rules->lower_case && !exact;
    size_t n;
    if (rules->mask_path) {
        /* Placeholders may be longer than names: the cleaned line waits far enough behind what is written. */
        char *waiting = out + 3 * line.n + 16;
        n = mask_paths(waiting, clean(rules, early, line, waiting), out);
    } else {
        n = clean(rules, early, line, out);
    }
    /* The order matters for idempotence: a GUID may end a run of base64 letters, and numbers may shrink to a GUID's
     * shape. */
    if (rules->mask_guid)
        n = mask_guids(out, n);
    if (rules->mask_base64)
        n = mask_base64(out, n, exact);
    if (rules->lower_case && exact)
        lower(out, n);
    if (rules->mask_number) {
        size_t before = n;
        n = mask_numbers(out, n, exact);
        if (rules->mask_guid && n < before)
            n = mask_guids(out, n);
    }
    return n;
}

size_t normalize_line(const struct normalize *rules, struct str line, char *out)
{
    return normalize(rules, line, false, out);
}

size_t normalize_exact(const struct normalize *rules, struct str line, char *out)
{
    return normalize(rules, line, true, out);
}

bool normalize_masked_run(struct str masked)
{
    return str_find(masked, STR("<b64>"), 0) != SIZE_MAX;
}

/* Expert features of a command line (Gelman and Bergeron, Black Hat USA 2025).
 *
 * Shape: length in bytes; share of operators % * ^ ` / + - = >; share of upper-case and lower-case ASCII letters;
 * Shannon entropy of the bytes, in bits; then one count for each printable ASCII character (32 to 126). Markers: one
 * count for each literal of expert_markers.c, any case, overlapping. Behaviour checks, 0 or 1, on the words defined in
 * expert_checks.h:
 * - deliberate_encoding: an encoding switch (-ec, -enc, -encodedcommand between blanks), frombase64string(, one of the
 * words about encoding or encryption in expert_markers.c, or a run of at least 40 base64 letters that mixes upper case,
 * lower case and digits. (" -e " alone is no proof: many harmless programs have that switch.)
 * - several_paths: at least two valid file paths (drive, UNC or absolute Unix).
 * - remote_executable: a URL or UNC path that ends in the extension of an executable or script.
 * - host_and_path: exactly one distinct host name, and at least one local path (drive or absolute Unix).
 * Shares and entropy of an empty line are 0. */
#include "expert_checks.h"
#include "expert_markers.h"
#include "features/extractor.h"

#include <math.h>
#include <stdio.h>

enum {
    FIRST_CHAR = 32,
    CHARS = 95,
    CHECKS = 4,
    COLUMN_CHARS = 5,
    COLUMN_MARKERS = COLUMN_CHARS + CHARS,
    COLUMN_CHECKS = COLUMN_MARKERS + MARKERS,
    COLUMNS = COLUMN_CHECKS + CHECKS,
    LANES = 4,
    PIECE = 255 * LANES, /* a byte counter holds 255 */
    ENTROPY_TABLE = 1024,
};

static const double ENTROPY_UNIT = 1.0 / (1 << 24);

static size_t width(const void *params)
{
    (void)params;
    return COLUMNS;
}

static void column(const void *params, size_t i, char out[64])
{
    static const char *const shape[] = {"length", "operator_share", "upper_share", "lower_share", "entropy"};
    static const char *const check[] = {"deliberate_encoding", "several_paths", "remote_executable", "host_and_path"};
    (void)params;
    ASSERT(i < COLUMNS);
    if (i < COLUMN_CHARS)
        snprintf(out, 64, "%s", shape[i]);
    else if (i < COLUMN_MARKERS)
        snprintf(out, 64, "char[%c]", (char)(FIRST_CHAR + i - COLUMN_CHARS));
    else if (i < COLUMN_CHECKS)
        snprintf(out, 64, "marker[%s]", marker_text(i - COLUMN_MARKERS));
    else
        snprintf(out, 64, "%s", check[i - COLUMN_CHECKS]);
}

/* Byte counts in interleaved tables, so that equal neighbours do not wait for each other. */
static void count_bytes(struct str line, uint32_t count[256])
{
    uint8_t lane[LANES][256];
    for (size_t first = 0; first < line.n || first == 0; first += PIECE) {
        size_t n = min_size(line.n - first, PIECE), i = 0;
        memset(lane, 0, sizeof lane);
        for (; i + LANES <= n; i += LANES)
            for (size_t j = 0; j < LANES; j++)
                lane[j][(unsigned char)line.p[first + i + j]]++;
        for (; i < n; i++)
            lane[i % LANES][(unsigned char)line.p[first + i]]++;
        for (size_t c = 0; c < 256; c++)
            count[c] = (first == 0 ? 0 : count[c]) + lane[0][c] + lane[1][c] + lane[2][c] + lane[3][c];
    }
}

static uint64_t c_log2_c(uint32_t c)
{
    return c == 0 ? 0 : (uint64_t)llround(c * log2(c) / ENTROPY_UNIT);
}

/* c log2 c of small counts in fixed point, made once. */
static const uint64_t *entropy_table(void)
{
    static uint64_t table[ENTROPY_TABLE];
    if (table[2] == 0)
        for (uint32_t c = 0; c < ENTROPY_TABLE; c++)
            table[c] = c_log2_c(c);
    return table;
}

/* log2 n - (sum of c log2 c) / n, the sum in integers: the same bits whatever the order. */
static float entropy(const uint32_t count[256], size_t n)
{
    const uint64_t *table = entropy_table();
    uint64_t sum = 0;
    if (n < ENTROPY_TABLE) {
        for (size_t c = 0; c < 256; c++)
            sum += table[count[c]];
    } else {
        for (size_t c = 0; c < 256; c++)
            sum += c_log2_c(count[c]);
    }
    double bits = log2((double)n) - (double)sum * ENTROPY_UNIT / (double)n;
    return bits > 0 ? (float)bits : 0;
}

static uint32_t sum_range(const uint32_t count[256], int first, int last)
{
    uint32_t sum = 0;
    for (int c = first; c <= last; c++)
        sum += count[c];
    return sum;
}

static void shape(const uint32_t count[256], size_t n, float *out)
{
    uint32_t operators = count['%'] + count['*'] + count['^'] + count['`'] + count['/'] + count['+'] + count['-'] +
                         count['='] + count['>'];
    double per_byte = n > 0 ? 1.0 / (double)n : 0;
    out[0] = (float)n;
    out[1] = (float)(operators * per_byte);
    out[2] = (float)(sum_range(count, 'A', 'Z') * per_byte);
    out[3] = (float)(sum_range(count, 'a', 'z') * per_byte);
    out[4] = n > 0 ? entropy(count, n) : 0;
}

static bool deliberate_encoding(struct str line, const uint32_t marker[MARKERS_ALL])
{
    for (size_t m = MARKER_ENC_FIRST; m <= MARKER_ENC_LAST; m++)
        if (marker[m] > 0)
            return true;
    for (size_t m = MARKERS; m < MARKERS_ALL; m++)
        if (marker[m] > 0)
            return true;
    return has_base64_run(line);
}

static void row(const void *params, const void *state, struct str line, float *out)
{
    (void)state;
    (void)params;
    uint32_t count[256], marker[MARKERS_ALL];
    count_bytes(line, count);
    shape(count, line.n, out);
    for (size_t c = 0; c < CHARS; c++)
        out[COLUMN_CHARS + c] = (float)count[FIRST_CHAR + c];
    markers_count(line, marker);
    for (size_t m = 0; m < MARKERS; m++)
        out[COLUMN_MARKERS + m] = (float)marker[m];
    struct line_words words = line_words(line);
    out[COLUMN_CHECKS] = deliberate_encoding(line, marker);
    out[COLUMN_CHECKS + 1] = words.paths + words.unc_paths >= 2;
    out[COLUMN_CHECKS + 2] = words.remote_executable;
    out[COLUMN_CHECKS + 3] = words.hosts == 1 && words.paths > 0;
}

const struct extractor extractor_expert = {
    .plugin = {.name = "expert", .summary = "shape, character counts, markers and behaviour checks (134 columns)"},
    .width = width,
    .column = column,
    .row = row,
};

/* A day whose answer is known: record i belongs to a class, spelled one of several ways that are one canonical line. */
#ifndef KNOWN_DAY_H
#define KNOWN_DAY_H

#include "day_test.h"

enum { N_RECORDS = 60000, N_CLASSES = 4000 };

struct known {
    int64_t count[N_CLASSES], row[N_CLASSES];
    uint8_t truth[N_CLASSES], platform[N_CLASSES];
    int64_t records, bad, filtered, blank, synthetic, n_unique;
};

static inline void class_word(uint64_t class, char out[8])
{
    for (int i = 0; i < 5; i++) {
        out[i] = (char)('a' + class % 26);
        class /= 26;
    }
    out[5] = '\0';
}

static inline int64_t word_class(struct str text)
{
    size_t at = str_find(text, STR("id:"), 0);
    int64_t class = 0;
    if (at == SIZE_MAX || text.n < at + 8)
        return -1;
    for (int i = 4; i >= 0; i--)
        class = class * 26 + (text.p[at + 3 + (size_t)i] - 'a');
    return class;
}

static inline void add_good(uint64_t i, struct known *known, struct buf *out)
{
    static const char *const label[] = {"benign", "malicious", "?"};
    uint64_t r = rng_u64(7, 1, i);
    uint64_t class = (r >> 8) % N_CLASSES;
    class = class * class / N_CLASSES;
    size_t truth = (r >> 40) % 29 == 0 ? 1 : (r >> 40) % 3 == 0 ? 0 : 2;
    bool linux = (r >> 50) % 2, synthetic = (r >> 51) % 10 == 0;
    char word[8];
    class_word(class, word);
    buf_add_str(out, STR("{\"ts\":\"2026\",\"command_line\":\""));
    switch (r % 4) {
    case 0:
        buf_printf(out, "tool.exe /x \\\"id:%s\\\" %d", word, (int)(i % 100));
        break;
    case 1:
        buf_printf(out, "TOOL.EXE   /x id:%s %d", word, 7);
        break;
    case 2:
        buf_printf(out, "\\u0074ool.exe\\t/x id:%s  0x%x", word, (unsigned)(i % 50));
        break;
    default:
        buf_printf(out, " tool.exe /x 'id:%s' %d ", word, 3);
    }
    buf_printf(out, "\",\"platform\":\"%s\",\"label\":\"%s\"%s}\n", linux ? "linux" : "windows", label[truth],
               synthetic ? ",\"source\":\"synthetic\"" : "");
    uint8_t code = truth == 0 ? TRUTH_BENIGN : truth == 1 ? TRUTH_MALICIOUS : TRUTH_UNKNOWN;
    if (known->count[class]++ == 0) {
        known->row[class] = known->records;
        known->platform[class] = linux ? PLATFORM_LINUX : PLATFORM_WINDOWS;
        known->n_unique++;
    }
    known->truth[class] = code > known->truth[class] ? code : known->truth[class];
    known->synthetic += synthetic;
    known->records++;
}

static inline void add_record(uint64_t i, struct known *known, struct buf *out)
{
    uint64_t r = rng_u64(7, 2, i) % 1000;
    if (r < 10) {
        buf_add_str(out, r < 5 ? STR("\n") : STR(" \r\n"));
        known->blank++;
    } else if (r < 30) {
        buf_add_str(out, r < 20 ? STR("{\"command_line\":\n") : STR("{\"command_line\":\"\"}\n"));
        known->bad++;
    } else if (r < 50) {
        buf_add_str(out, STR("{\"command_line\":\"x\",\"ambiguous\":true}\n"));
        known->filtered++;
    } else {
        add_good(i, known, out);
    }
    if (i == N_RECORDS / 3) { /* longer than a segment, and than a record may be */
        char *filler = malloc(9 << 20);
        if (filler == NULL)
            abort();
        memset(filler, 'z', 9 << 20);
        buf_add(out, filler, 9 << 20);
        buf_add(out, "\n", 1);
        free(filler);
        known->bad++;
    }
}

static inline struct buf known_text(struct known *known, uint64_t from, uint64_t to)
{
    struct buf text = {.limit = SIZE_MAX};
    for (uint64_t i = from; i < to; i++)
        add_record(i, known, &text);
    return text;
}

#define WHERE "\"where\":{\"ambiguous\":false}"

static inline bool lines_are(const struct lines *lines, const struct known *known)
{
    for (size_t k = 0; k < lines->n; k++) {
        int64_t c = word_class(lines->text[k]);
        if (c < 0 || c >= N_CLASSES || lines->count[k] != known->count[c] || lines->row[k] != known->row[c] ||
            lines->truth[k] != known->truth[c] || lines->platform[k] != known->platform[c] ||
            (k > 0 && lines->row[k] <= lines->row[k - 1]))
            return false;
    }
    return true;
}

#endif

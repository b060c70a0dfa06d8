#include "csv_survey.h"

#include "csv_walk.h"

static struct str without_break(struct str row)
{
    if (row.n > 0 && row.p[row.n - 1] == '\n')
        row.n--;
    if (row.n > 0 && row.p[row.n - 1] == '\r')
        row.n--;
    return row;
}

static bool rule(struct str head, int64_t max_record, struct survey_rule *out)
{
    const struct csv_shape unknown = {'\0', 0, NULL};
    if (str_starts(head, STR("\xEF\xBB\xBF")))
        head = (struct str){head.p + 3, head.n - 3};
    while (head.n > 0) {
        struct csv_row row;
        if (!csv_walk(&unknown, head.p, head.n, false, &row, NULL) || row.reason != NULL ||
            (int64_t)row.length > max_record)
            return false;
        struct str names = without_break((struct str){head.p, row.length}), cell;
        head = (struct str){head.p + row.length, head.n - row.length};
        if (names.n == 0 || csv_is_preface(names))
            continue;
        bool last = false, right = true;
        *out = (struct survey_rule){0, max_record, csv_delimiter(names)};
        for (; !last && right; out->columns++)
            right = csv_next_cell(out->delimiter, &names, &cell, &last);
        return right;
    }
    return false;
}

static void add_part(struct survey_part *sum, const struct survey_part *more)
{
    sum->bytes += more->bytes;
    sum->delimiters += more->delimiters;
    sum->lines |= more->lines;
}

/* Whether a row is one that csv_walk would end with its first line, or nobody reads as a whole. */
static bool breaks_off(const struct survey_rule *rule, const struct survey_part *row)
{
    return row->lines && (row->delimiters + 1 != rule->columns || row->bytes > rule->max_record);
}

static void end_row(const struct survey_rule *rule, struct survey_side *side)
{
    if (side->ends)
        side->wrong |= breaks_off(rule, &side->last);
    else
        side->first = side->last;
    side->ends = 1;
    side->last = (struct survey_part){0, 0, 0};
}

/* A quote that opens follows a delimiter, a line break or the first of two quotes; one that closes comes before one of
 * those. */
static bool opens(char delimiter, char before)
{
    return before == delimiter || before == '\n' || before == '"';
}

static bool closes(char delimiter, const char *p, size_t behind, size_t n)
{
    if (behind == n || p[behind] == delimiter || p[behind] == '\n' || p[behind] == '"')
        return true;
    return p[behind] == '\r' && (behind + 1 == n || p[behind + 1] == '\n');
}

struct sides {
    const struct survey_rule *rule;
    const char *p;
    size_t n, from;
    struct survey *survey;
    size_t counted[2]; /* bytes before it are in the sides' last parts */
};

static inline void take(struct sides *s, size_t k, size_t i)
{
    struct survey_side *side = &s->survey->side[k];
    char byte = s->p[i];
    if (byte == '"') {
        bool right = side->quoted ? closes(s->rule->delimiter, s->p, i + 1, s->n)
                                  : opens(s->rule->delimiter, i > 0 ? s->p[i - 1] : '\n');
        side->wrong |= !right;
        side->quoted = !side->quoted;
    } else if (byte != '\n') {
        side->last.delimiters += !side->quoted;
    } else if (side->quoted) {
        side->last.lines = 1;
    } else {
        side->last.bytes += (int64_t)(i + 1 - s->counted[k]);
        s->counted[k] = i + 1;
        end_row(s->rule, side);
    }
}

static void add(const struct survey_rule *rule, const char *p, size_t from, size_t to, size_t n, struct survey *survey)
{
    struct sides s = {rule, p, n, from, survey, {from, from}};
    for (size_t k = 0; k < 2; k++) { /* the piece's start */
        struct survey_side *side = &survey->side[k];
        if (side->ends == 0 && side->last.bytes == 0)
            side->quoted = (int64_t)k;
    }
    for (size_t base = from; base < to; base += CSV_BLOCK) {
        size_t length = min_size(to - base, CSV_BLOCK);
        struct csv_masks m = csv_masks(rule->delimiter, p + base, length);
        for (uint64_t bits = m.quote | m.stop; bits != 0; bits &= bits - 1) {
            size_t i = base + (size_t)__builtin_ctzll(bits);
            for (size_t k = 0; k < 2; k++) {
                if (!survey->side[k].wrong)
                    take(&s, k, i);
            }
        }
        if (survey->side[0].wrong && survey->side[1].wrong)
            break;
    }
    for (size_t k = 0; k < 2; k++)
        survey->side[k].last.bytes += (int64_t)(to - s.counted[k]);
    if (to > from)
        survey->breaks = p[to - 1] == '\n';
}

static bool join(const struct survey_rule *rule, const struct survey *pieces, size_t n, enum survey_start *out)
{
    struct survey_part row = {0, 0, 0};
    bool quoted = false;
    for (size_t k = 0; k < n; k++) {
        const struct survey_side *side = &pieces[k].side[quoted];
        bool starts = k == 0 || (!quoted && pieces[k - 1].breaks);
        out[k] = starts ? SURVEY_RECORD : quoted ? SURVEY_INSIDE : SURVEY_OUTSIDE;
        if (side->wrong)
            return false;
        if (side->ends) {
            add_part(&row, &side->first);
            if (breaks_off(rule, &row))
                return false;
            row = (struct survey_part){0, 0, 0};
        }
        add_part(&row, &side->last);
        quoted = side->quoted != 0;
    }
    return !quoted && !breaks_off(rule, &row);
}

static size_t resync(enum survey_start *at, const char *p, size_t n)
{
    bool quoted = *at == SURVEY_INSIDE;
    if (*at == SURVEY_RECORD)
        return 0;
    for (size_t i = 0; i < n; i++) {
        quoted = quoted != (p[i] == '"');
        if (p[i] == '\n' && !quoted)
            return i + 1;
    }
    *at = quoted ? SURVEY_INSIDE : SURVEY_OUTSIDE;
    return SIZE_MAX;
}

const struct form_survey csv_survey = {
    .rule = rule,
    .add = add,
    .join = join,
    .resync = resync,
    .head = csv_head,
};

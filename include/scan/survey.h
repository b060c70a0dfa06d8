/* Splitting files of a form where a record's start is known only to who has read all that lies before (CSV: a line
 * break between quotes ends no row). The file is looked through in pieces, by several at once, for both things that may
 * be true at a piece's start; then it is known which of them is. Files in which pieces could not be read by themselves
 * are not cut. */
#ifndef SCAN_SURVEY_H
#define SCAN_SURVEY_H

#include "support/str.h"

/* Of a row, as much as lies in a piece. */
struct survey_part {
    int64_t bytes, delimiters, lines; /* lines: it goes on behind a line break */
};

/* What a piece is, begun outside of quotes (0) or inside (1). Numbers only: ranks exchange them. */
struct survey {
    struct survey_side {
        int64_t wrong;                  /* it cannot be right */
        int64_t quoted;                 /* at its end */
        int64_t ends;                   /* a row ends in it */
        struct survey_part first, last; /* up to the first row's end, and behind the last one's */
    } side[2];
    int64_t breaks; /* its last byte is a line break */
};

/* What rows of a file look like. */
struct survey_rule {
    int64_t columns, max_record;
    char delimiter;
};

/* What is true at a piece's start. */
enum survey_start { SURVEY_RECORD, /* a record starts */ SURVEY_OUTSIDE, SURVEY_INSIDE };

enum { SURVEY_HEAD = 64 * 1024, SURVEY_BEHIND = 2 };

struct form_survey {
    /* head: the file's first bytes, at most SURVEY_HEAD of them. False if the file must not be cut. */
    bool (*rule)(struct str head, int64_t max_record, struct survey_rule *out);
    /* Adds p[from .. to) to the survey, zeroed at a piece's start. p[from - 1] is there, unless from is 0 at the file's
     * start, and so are SURVEY_BEHIND bytes behind, up to p[n] at the file's end. */
    void (*add)(const struct survey_rule *rule, const char *p, size_t from, size_t to, size_t n, struct survey *survey);
    /* pieces[n] of a file in order -> what is true at each one's start; false if the file must not be cut. */
    bool (*join)(const struct survey_rule *rule, const struct survey *pieces, size_t n, enum survey_start *out);
    /* Bytes of p[n] to the first place where a record starts; SIZE_MAX: none, and *at is what is true at their end. */
    size_t (*resync)(enum survey_start *at, const char *p, size_t n);
    /* Before a piece that is not the file's first: its first bytes. */
    void (*head)(void *state, struct str head);
};

#endif

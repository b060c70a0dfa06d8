/* The append-only file of paid answers: JSON lines {"key","verdict","confidence","model","time"}. It holds no command
 * text and no secret. One process at a time holds it; the others wait. Once an answer is written it survives the
 * process; once synced, the machine. */
#ifndef LABEL_JOURNAL_H
#define LABEL_JOURNAL_H

#include "label/label.h"

struct journal;

struct journal_answer {
    enum verdict verdict;
    double confidence; /* CONFIDENCE_UNSTATED if none */
    const char *model; /* who answered; in the journal's memory when it comes from journal_get */
};

/* Opens or makes the file and its folder, waits until no other process holds it, then loads it: what the others were
 * told is in it. A torn last line is cut off; the first of several answers to one key counts; any other bad line is an
 * error. */
MUST_CHECK bool journal_open(const char *path, struct journal **out, struct error *err);
/* Whether journal_open would fail; does not wait, and changes nothing in a file that is there. */
MUST_CHECK bool journal_check(const char *path, struct error *err);
void journal_close(struct journal *journal); /* NULL-safe */

/* The key of a line's answer. identity: what else the answer depends on. */
struct hash128 journal_key(struct str text, const char *identity);
bool journal_get(const struct journal *journal, struct hash128 key, struct journal_answer *out);
/* Appends with one write. */
MUST_CHECK bool journal_add(struct journal *journal, struct hash128 key, const struct journal_answer *answer,
                            struct error *err);
/* Returns when everything added is on the disk; nothing to do if nothing was added since the last call. */
MUST_CHECK bool journal_sync(struct journal *journal, struct error *err);
size_t journal_count(const struct journal *journal);

#endif

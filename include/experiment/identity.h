/* What is made is known by what went in: canonical text of the configuration's sections, the content of every file that
 * they name, identities of plug-ins. */
#ifndef EXPERIMENT_IDENTITY_H
#define EXPERIMENT_IDENTITY_H

#include "experiment/config.h"

/* Content digests (SHA-256) of files, looked up by device, inode, size, mtime and ctime in ns: a file that has not
 * changed is not read again, neither by this process nor by the next. */
struct identity; /* heap-owned */

/* cache: path of the file that remembers digests, or NULL. hash false: no file is read; what is not remembered counts
 * as unknown (plan). Local. */
struct identity *identity_new(const char *cache, bool hash);
void identity_free(struct identity *identity); /* NULL-safe; local */

enum { IDENTITY_HEX = 65 };

/* 64 hex digits: of everything in the sections up to `stage`, with the first n_days days (stages before STAGE_TRAIN;
 * later ones take all, as does every stage but STAGE_READ if pool.deal mixes the days). A file that was asked for
 * before is not looked at again. Not in it: what picks leave out because other sections (baseline, tests, validation)
 * name it. Each rank hashes a share of the files' chunks. *known false, and out is "": a file's digest is not
 * remembered and `hash` is false. Collective. Fails if a file cannot be read. */
MUST_CHECK bool identity_key(const struct comm *comm, struct identity *identity, const struct experiment *experiment,
                             enum stage stage, size_t n_days, char out[IDENTITY_HEX], bool *known, struct error *err);
/* SHA-256 of the running program, 16 hex digits; commit and dirty flag of its sources. Local. */
const char *program_digest(void);
const char *program_commit(void);
bool program_dirty(void);

#endif

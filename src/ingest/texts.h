/* Texts that come again and again, kept once each: users, hosts, parents and named fields. */
#ifndef INGEST_TEXTS_H
#define INGEST_TEXTS_H

#include "chunks.h"
#include "support/index.h"
#include "support/str.h"

struct texts {
    struct key_index index;
    struct chunks list;  /* of struct str */
    struct arena *bytes; /* for their bytes */
};

struct texts texts_new(struct arena *own, struct arena *bytes);
/* The text's number, from 0 in order of appearance. key: of the text as it is spelled; texts of several spellings have
 * several numbers. */
uint32_t texts_number(struct texts *texts, struct hash128 key, struct str text);
/* Nothing will be added any more. */
void texts_seal(struct texts *texts);

static inline struct str texts_text(const struct texts *texts, uint32_t number)
{
    return *(const struct str *)chunks_at(&texts->list, number);
}

#endif

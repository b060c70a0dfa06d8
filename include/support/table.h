/* Open-addressing map from 128-bit hashes to uint64. Keys are trusted to be well mixed; the hash is the identity. */
#ifndef SUPPORT_TABLE_H
#define SUPPORT_TABLE_H

#include "support/hash.h"

struct table; /* heap-owned; grows by doubling, never shrinks */

struct table *table_new(size_t expected);
void table_free(struct table *table); /* NULL-safe */
void table_clear(struct table *table);
size_t table_count(const struct table *table);
/* The value slot of the key, made with value 0 if absent (*is_new says so). Valid until the next table_put. */
uint64_t *table_put(struct table *table, struct hash128 key, bool *is_new);
/* NULL if absent. */
const uint64_t *table_get(const struct table *table, struct hash128 key);
/* Walks all keys in no order: *at starts as 0; false at the end. Nothing may be put meanwhile. */
bool table_next(const struct table *table, size_t *at, struct hash128 *key);

#endif

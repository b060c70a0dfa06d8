/* SHA-256 (FIPS 180-4): what files and results are known by, where a hash that nobody can aim at is wanted. */
#ifndef SUPPORT_SHA256_H
#define SUPPORT_SHA256_H

#include "support/str.h"

enum { SHA256_BYTES = 32, SHA256_HEX = 65 };

struct sha256 {
    uint8_t byte[SHA256_BYTES];
};

struct sha256 sha256_of(struct str bytes);
/* The same, for many short texts: 70 ns and more instead of 800 (50 bytes, SHA extensions). */
struct sha256 sha256_short(struct str bytes);

/* Of what is added piece by piece. sha256_end frees it. */
struct sha256_stream;
struct sha256_stream *sha256_begin(void);
void sha256_add(struct sha256_stream *stream, struct str bytes);
struct sha256 sha256_end(struct sha256_stream *stream);

/* 64 lower-case hex digits, zero-terminated. */
void sha256_hex(struct sha256 digest, char out[SHA256_HEX]);
bool sha256_from_hex(struct str hex, struct sha256 *out);

#endif

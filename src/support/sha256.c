/* For sha256_short: the interface that replaced the plain functions costs more than the digest of a short text. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "support/sha256.h"

#include "support/ascii.h"
#include "support/error.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

struct sha256 sha256_of(struct str bytes)
{
    struct sha256_stream *stream = sha256_begin();
    sha256_add(stream, bytes);
    return sha256_end(stream);
}

struct sha256 sha256_short(struct str bytes)
{
#ifdef OPENSSL_NO_DEPRECATED_3_0
    return sha256_of(bytes);
#else
    struct sha256 digest;
    SHA256_CTX context;
    int ok = SHA256_Init(&context) && SHA256_Update(&context, bytes.p, bytes.n) && SHA256_Final(digest.byte, &context);
    ASSERT(ok);
    return digest;
#endif
}

/* A struct sha256_stream is OpenSSL's context under another name. Its calls fail only without memory. */
struct sha256_stream *sha256_begin(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int ok = context ? EVP_DigestInit_ex(context, EVP_sha256(), NULL) : 0;
    ASSERT(ok == 1);
    return (struct sha256_stream *)context;
}

void sha256_add(struct sha256_stream *stream, struct str bytes)
{
    int ok = EVP_DigestUpdate((EVP_MD_CTX *)stream, bytes.p, bytes.n);
    ASSERT(ok == 1);
}

struct sha256 sha256_end(struct sha256_stream *stream)
{
    struct sha256 digest;
    unsigned n = 0;
    int ok = EVP_DigestFinal_ex((EVP_MD_CTX *)stream, digest.byte, &n);
    ASSERT(ok == 1 && n == SHA256_BYTES);
    EVP_MD_CTX_free((EVP_MD_CTX *)stream);
    return digest;
}

void sha256_hex(struct sha256 digest, char out[SHA256_HEX])
{
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        out[2 * i] = ascii_hex_digit(digest.byte[i] >> 4);
        out[2 * i + 1] = ascii_hex_digit(digest.byte[i]);
    }
    out[2 * SHA256_BYTES] = '\0';
}

/* Value of a digit in lower case, or -1. */
static int digit_of(char c)
{
    return ascii_upper(c) ? -1 : ascii_hex(c);
}

bool sha256_from_hex(struct str hex, struct sha256 *out)
{
    if (hex.n != 2 * SHA256_BYTES)
        return false;
    for (size_t i = 0; i < SHA256_BYTES; i++) {
        int high = digit_of(hex.p[2 * i]), low = digit_of(hex.p[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out->byte[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Which program this is. */
#include "experiment/identity.h"
#include "support/sha256.h"

#include <stdio.h>

#include "commit.h" /* generated: BENOMALY_COMMIT, BENOMALY_DIRTY */

enum { PROGRAM_HEX = 16 };

static void hash_program(char out[PROGRAM_HEX + 1])
{
    static char bytes[1 << 16];
    char hex[SHA256_HEX];
    FILE *file = fopen("/proc/self/exe", "rb");
    ASSERT(file != NULL); /* Linux shows every program its own file */
    struct sha256_stream *stream = sha256_begin();
    for (size_t n = fread(bytes, 1, sizeof bytes, file); n > 0; n = fread(bytes, 1, sizeof bytes, file))
        sha256_add(stream, (struct str){bytes, n});
    ASSERT(!ferror(file));
    fclose(file);
    sha256_hex(sha256_end(stream), hex);
    memcpy(out, hex, PROGRAM_HEX);
    out[PROGRAM_HEX] = '\0';
}

const char *program_digest(void)
{
    static char digest[PROGRAM_HEX + 1];
    if (!digest[0])
        hash_program(digest);
    return digest;
}

const char *program_commit(void)
{
    return BENOMALY_COMMIT;
}

bool program_dirty(void)
{
    return BENOMALY_DIRTY != 0;
}

/* What every file of the project may assume. */
#ifndef SUPPORT_BASE_H
#define SUPPORT_BASE_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENOMALY_VERSION "0.1.0"

#define MUST_CHECK              __attribute__((warn_unused_result))
#define NO_RETURN               __attribute__((noreturn))
#define PRINTF_LIKE(text, args) __attribute__((format(printf, text, args)))
#define ARRAY_LEN(a)            (sizeof(a) / sizeof((a)[0]))

/* A broken assertion is our own bug: it prints place and condition to stderr and aborts, in every build type. */
#define ASSERT(condition) ((condition) ? (void)0 : assert_failed(#condition, __FILE__, __LINE__))
NO_RETURN void assert_failed(const char *condition, const char *file, int line);

/* Before a function: gcc compiles it for newer processors too and picks at start. Results must not depend on the
 * choice: integers, comparisons, or sums in a fixed order. Off where sanitizers or other compilers would stumble. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&                       \
    !defined(__SANITIZE_ADDRESS__)
#define VECTOR_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define VECTOR_CLONES
#endif

static inline size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline int64_t min_i64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static inline int64_t max_i64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

#endif

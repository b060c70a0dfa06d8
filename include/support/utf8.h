/* UTF-8 sequences, and text made safe to print. */
#ifndef SUPPORT_UTF8_H
#define SUPPORT_UTF8_H

#include "support/base.h"

/* Length of the well-formed UTF-8 sequence (RFC 3629) that starts p[0..n), n >= 1, or 0 if the first byte starts none.
 */
size_t utf8_length(const char *p, size_t n);
/* Whether all of p[0..n) is such sequences; n may be 0. Made for text that is mostly ASCII. */
bool utf8_valid(const char *p, size_t n);
/* The length, and 0 also for a control character (U+0000-1F, U+007F-9F). */
size_t utf8_printable(const char *p, size_t n);
/* Copies text[0..n) to out[size], size >= 1, zero-terminated: control characters and invalid bytes become \xNN.
 * What does not fit is cut at a character. Returns the length written. */
size_t utf8_escape(char *out, size_t size, const char *text, size_t n);

#endif

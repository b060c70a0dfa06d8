/* What the behaviour checks see in a line. The definitions are ours (the paper names the checks, not the tests behind
 * them).
 *
 * Words. A line is read from left to right for these, each ending at a blank, a control byte or one of
 * "'`<>|;,()[]{}^&*.
 * - URL: http://, https:// or ftp:// and a host of letters, digits, dots and hyphens.
 * - UNC path: \\HOST\... not preceded by a letter, digit, colon or backslash. \\?\ and \\.\ prefixes are no hosts.
 * - Drive path: a single letter, then :\ or :/, then at least one character valid in a Windows file name.
 * - Absolute Unix path: a slash at the start of the line or after a blank, quote, = or opening bracket, and at least
 * two names (/usr/bin, but not the switch /c).
 * - Host name: the host of a URL or UNC path; or a bare name of letters, digits, dots and hyphens that is an IPv4
 * address or whose last label is one of a short list of top-level domains, and that is no part of a path. */
#ifndef FEATURES_EXPERT_CHECKS_H
#define FEATURES_EXPERT_CHECKS_H

#include "support/str.h"

struct line_words {
    uint32_t paths; /* drive and Unix paths */
    uint32_t unc_paths;
    uint32_t hosts;         /* distinct host names, caseless; counting stops at 2 */
    bool remote_executable; /* a URL's path or a UNC path ends (before ? or #) in an executable's or script's extension
                             */
};

/* Local, pure. */
struct line_words line_words(struct str line);
/* Whether a run of at least 40 base64 letters [A-Za-z0-9+/] holds an upper-case letter, a lower-case letter and a
 * digit. (So neither hexadecimal hashes nor long words count.) Local, pure. */
bool has_base64_run(struct str line);

#endif

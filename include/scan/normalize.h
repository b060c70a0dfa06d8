/* The canonical form of a command line, in two degrees. The masked form decides what belongs together: which part of
 * the data a line falls into, what is kept out, what may not leak. The exact form decides what is the same line: it is
 * collapsed, counted and judged as one. They differ only in base64, where a payload hides: see below. Each rewrite can
 * be switched off, so that it can be ablated; the README lists them with examples. In this order:
 *
 *   rule         line                                          canonical form
 *   drop_quotes  "C:\a b.exe" 'x'                              C:\a b.exe x
 *   lower_case   CMD.EXE /C DIR                                cmd.exe /c dir
 *   squeeze      (tab)a (blank)(blank) b(newline)              a b
 *   mask_path    c:\users\jane doe\x, /home/jane/x             c:\users\<user>\x, /home/<user>/x
 *                c:\temp\a1b2.tmp, /tmp/x81/a                  c:\temp\<tmp>.tmp, /tmp/<tmp>/a
 *   mask_guid    {6F9619FF-8B86-D011-B42D-00C04FC964FF}        <guid>
 *   mask_base64  -enc SQBFAFgAIAAo... (40 and more)            -enc <b64>
 *   mask_number  pid 4711, 0x7ffe, 1024x768, a12b3             pid 0, 0, 0, a0b0
 *
 * Details. Blank is every byte up to 0x20 and 0x7F. Base64 letters are A-Z a-z 0-9 + /, and up to two = at the end; a
 * run with more than 3 slashes, and one more for every 32 letters beyond 40, is a path and stays. A GUID has no letter
 * or digit right before or behind it; one that only appears by masking numbers is masked too. A number is a digit run
 * and every x + hex digits right behind it. In mask_path, names and slashes (both kinds) match in any case; a user's
 * name goes up to the next slash and holds none of <>|"&;:*?; below a folder temp or tmp the next name, up to its last
 * dot behind which no slash or blank comes, is masked if it holds a digit. The placeholders themselves stay as they
 * are, so normalising a canonical line changes nothing.
 *
 * The exact form has, for each masked run of base64, <b64?DIGEST> instead of <b64>: the first 32 hex digits of the
 * SHA-256 of the run as logged, before lower-casing (without the quotes that drop_quotes removes). ? is the byte 0xFF,
 * which no text holds: no logged line can look like the placeholder. So for valid UTF-8
 *   normalize_line(normalize_line(x)) = normalize_line(x), normalize_exact(normalize_exact(x)) = normalize_exact(x);
 *   lines of equal exact forms have equal masked forms; without a masked run the two forms are the same. */
#ifndef SCAN_NORMALIZE_H
#define SCAN_NORMALIZE_H

#include "support/hash.h"
#include "support/param.h"

struct normalize {
    bool lower_case;  /* ASCII letters to lower case */
    bool squeeze;     /* blanks and control characters: runs to one space, none at the ends */
    bool drop_quotes; /* double and single quotes removed */
    bool mask_guid;   /* 8-4-4-4-12 hex, braces included -> <guid> */
    bool mask_base64; /* runs of 40 and more base64 letters -> <b64> */
    bool mask_number; /* digit runs (decimal, or hex after 0x) -> 0 */
    bool mask_path;   /* user folders: \users\NAME\, /home/NAME/, temp folders' random names -> <user>, <tmp> */
};

extern const struct param_spec normalize_params[]; /* rows of struct normalize; defaults: all on but mask_path */

/* Canonical text of `line` into out[capacity >= 4 * line.n + 16]; returns its length. Local, pure, never longer than
 * that. */
size_t normalize_line(const struct normalize *rules, struct str line, char *out);
/* The exact form, likewise. */
size_t normalize_exact(const struct normalize *rules, struct str line, char *out);
/* Whether the exact form of a line may be another than its masked form, which is given. */
bool normalize_masked_run(struct str masked);

#endif

/* A command line cut into tokens: an iterator over views, no memory taken. Any bytes are allowed.
 *
 * wordpunct: the longest runs of word bytes (ASCII letters, digits, `_`, and every byte from 0x80 on, so that words in
 * other alphabets stay whole) or of other bytes that are no blanks: \w+|[^\w\s]+. Blanks (space and \t \n \v \f \r)
 * only separate. NUL and other control bytes are no blanks.
 *
 *     C:\tmp7\a.exe --n=12     C  :\  tmp*  \  a  .  exe  --  n  =  **
 *
 * shell: words as shells see them, for cmd, PowerShell and Unix shells at once, since a line does not say who reads it.
 * - Blanks separate words, except in double or single quotes. Quotes are dropped: they group ("a b"c is one token). A
 *   single quote opens only at the start of a token (it's is a word); a quote never closed reaches to the end.
 * - ^ (outside double quotes) and ` are dropped, and the byte after them is taken as it is. In single quotes nothing is
 *   special. A backslash is a byte like any other, so paths stay whole.
 * - Operators outside quotes are tokens: | & > < and the doubled || && >> <<, and ; ( ) one by one.
 * - A word that starts with - or / and goes on in letters, digits, `-`, `_` or `?` until a = or : is an option: that
 *   byte ends the token and is dropped, the value is the next token.
 * - A token left without bytes ("" or ^) is passed over.
 *
 *     p^ower^shell -w`i h "C:\a b\c.ps1">x     powershell  -wi  h  c:\a b\c.ps*  >  x
 *     tar --file=/a/b.tgz && echo ok;ls        tar  --file  /a/b.tgz  &&  echo  ok  ;  ls
 *
 * In both, each ASCII digit becomes one `*`, and ASCII upper case becomes lower case on demand (as in the second pair
 * of examples). */
#ifndef FEATURES_TOKENIZE_H
#define FEATURES_TOKENIZE_H

#include "support/hash.h"

enum tokenizer_kind { TOKENIZER_WORDPUNCT, TOKENIZER_SHELL };

extern const char *const tokenizer_names[]; /* for PARAM_CHOICE, in the order of tokenizer_kind */

struct tokenizer {
    enum tokenizer_kind kind;
    bool lower;
};

/* name: one of tokenizer_names. */
struct tokenizer tokenizer_named(const char *name, bool lower);

struct token_scan {
    struct tokenizer tokenizer;
    struct str line;
    size_t at;
};

static inline struct token_scan token_start(struct tokenizer tokenizer, struct str line)
{
    return (struct token_scan){tokenizer, line, 0};
}

/* The next token as it stands in the line, quotes and escapes included; false at the end. */
bool token_next(struct token_scan *scan, struct str *raw);
/* The bytes of a token: without quotes and escapes, digits as `*`, case folded. The first `room` of them to out;
 * returns how many were written. */
size_t token_text(struct tokenizer tokenizer, struct str raw, char *out, size_t room);
/* Hash of all bytes that token_text gives with enough room. */
struct hash128 token_hash(struct tokenizer tokenizer, struct str raw, uint64_t seed);

#endif

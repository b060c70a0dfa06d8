#include "features/tokenize.h"

#include "support/ascii.h"

const char *const tokenizer_names[] = {"wordpunct", "shell", NULL};

enum { PIECE = 256 }; /* bytes folded at once; the hash of a longer token depends on it */

struct tokenizer tokenizer_named(const char *name, bool lower)
{
    enum tokenizer_kind kind = TOKENIZER_WORDPUNCT;
    if (strcmp(name, tokenizer_names[TOKENIZER_SHELL]) == 0)
        kind = TOKENIZER_SHELL;
    return (struct tokenizer){kind, lower};
}

static bool is_word(unsigned char c)
{
    return ascii_alnum(c) || c == '_' || c >= 0x80;
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || (unsigned char)(c - '\t') < 5;
}

static bool next_wordpunct(struct token_scan *scan, struct str *raw)
{
    const unsigned char *p = (const unsigned char *)scan->line.p;
    size_t n = scan->line.n, at = scan->at;
    while (at < n && is_blank(p[at]))
        at++;
    size_t start = at;
    bool word = at < n && is_word(p[at]);
    while (at < n && is_word(p[at]) == word && (word || !is_blank(p[at])))
        at++;
    scan->at = at;
    *raw = (struct str){scan->line.p + start, at - start};
    return at > start;
}

/* Where in a shell word a byte stands. */
struct shell_state {
    char quote; /* the open quote, or 0 */
    bool escaped;
    bool inside; /* some byte of the token has passed */
};

/* Whether the byte belongs to the token's text. */
static bool shell_step(struct shell_state *state, char c)
{
    bool first = !state->inside;
    state->inside = true;
    if (state->escaped) {
        state->escaped = false;
        return true;
    }
    if (state->quote != 0 && c == state->quote) {
        state->quote = 0;
        return false;
    }
    if (state->quote == '\'')
        return true;
    if (c == '`' || (c == '^' && state->quote == 0)) {
        state->escaped = true;
        return false;
    }
    if (state->quote == 0 && (c == '"' || (c == '\'' && first))) {
        state->quote = c;
        return false;
    }
    return true;
}

static bool is_operator(char c)
{
    return c == '|' || c == '&' || c == '>' || c == '<' || c == ';' || c == '(' || c == ')';
}

static bool doubles(char c)
{
    return c == '|' || c == '&' || c == '>' || c == '<';
}

/* One token that is no operator, from a byte that is no blank. Returns the number of its text's bytes. */
static size_t shell_word(struct token_scan *scan, struct str *raw)
{
    const char *p = scan->line.p;
    size_t n = scan->line.n, start = scan->at, at = start, kept = 0;
    struct shell_state state = {0};
    bool option = p[start] == '-' || p[start] == '/', cut = false;
    for (; at < n && !cut; at++) {
        char c = p[at];
        if (state.quote == 0 && !state.escaped) {
            if (is_blank((unsigned char)c) || is_operator(c))
                break;
            cut = option && at > start + 1 && (c == '=' || c == ':');
            option =
                option && (at == start || ascii_alnum(c) || c == '-' || c == '_' || c == '?' || c == '^' || c == '`');
        }
        if (!cut)
            kept += shell_step(&state, c);
    }
    *raw = (struct str){p + start, at - start - cut};
    scan->at = at;
    return kept;
}

static bool next_shell(struct token_scan *scan, struct str *raw)
{
    const char *p = scan->line.p;
    size_t n = scan->line.n;
    while (scan->at < n) {
        char c = p[scan->at];
        if (is_blank((unsigned char)c)) {
            scan->at++;
        } else if (is_operator(c)) {
            size_t length = doubles(c) && scan->at + 1 < n && p[scan->at + 1] == c ? 2 : 1;
            *raw = (struct str){p + scan->at, length};
            scan->at += length;
            return true;
        } else if (shell_word(scan, raw) > 0) {
            return true;
        }
    }
    return false;
}

bool token_next(struct token_scan *scan, struct str *raw)
{
    return scan->tokenizer.kind == TOKENIZER_SHELL ? next_shell(scan, raw) : next_wordpunct(scan, raw);
}

/* A token's text handed out piece by piece. */
struct fold {
    struct tokenizer tokenizer;
    struct str raw;
    size_t at;
    struct shell_state state;
};

static char fold_byte(struct tokenizer tokenizer, char c)
{
    if (ascii_digit(c))
        return '*';
    return tokenizer.lower ? ascii_fold(c) : c;
}

static size_t fold_piece(struct fold *fold, char *out, size_t room)
{
    size_t n = 0;
    bool shell = fold->tokenizer.kind == TOKENIZER_SHELL;
    for (; n < room && fold->at < fold->raw.n; fold->at++) {
        char c = fold->raw.p[fold->at];
        if (!shell || shell_step(&fold->state, c))
            out[n++] = fold_byte(fold->tokenizer, c);
    }
    return n;
}

size_t token_text(struct tokenizer tokenizer, struct str raw, char *out, size_t room)
{
    struct fold fold = {.tokenizer = tokenizer, .raw = raw};
    return fold_piece(&fold, out, room);
}

struct hash128 token_hash(struct tokenizer tokenizer, struct str raw, uint64_t seed)
{
    struct fold fold = {.tokenizer = tokenizer, .raw = raw};
    char piece[PIECE];
    size_t n = fold_piece(&fold, piece, PIECE);
    struct hash128 hash = hash128((struct str){piece, n}, seed);
    while (n == PIECE && (n = fold_piece(&fold, piece, PIECE)) > 0)
        hash = hash128((struct str){piece, n}, hash.hi ^ hash_mix(hash.lo));
    return hash;
}

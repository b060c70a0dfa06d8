/* What the language model is asked, and the one form in which its answer is taken.
 * The line travels as a JSON string between delimiters that carry a nonce; the verdict must carry the same nonce, so
 * text in the line cannot stand for a verdict. */
#ifndef LABEL_PROMPT_H
#define LABEL_PROMPT_H

#include "label/label.h"

struct prompt {
    struct str text;  /* the system message */
    char version[33]; /* hash of text and of the fixed frame of the user message */
};

struct prompt_options {
    const char *model, *tokens_field;
    int64_t max_tokens;
    double temperature; /* below 0: not sent */
};

struct nonce {
    char hex[17];
};

/* path "" takes the built-in text. */
MUST_CHECK bool prompt_load(const char *path, struct arena *arena, struct prompt *out, struct error *err);
struct nonce prompt_nonce(const struct prompt *prompt, uint64_t seed, struct str line);
/* Appends the body of a chat completions request. A line of more than 4,000 bytes is shown without its middle. */
void prompt_body(const struct prompt *prompt, const struct prompt_options *options, struct nonce nonce, struct str line,
                 struct buf *out);

struct prompt_reply {
    enum verdict verdict;
    double confidence; /* CONFIDENCE_UNSTATED if it states none */
    char model[128];   /* as the reply names itself; "" if it does not */
};

/* body: a whole chat completions reply. False if it is not exactly one verdict in the stated form: *reason says why
 * (static). */
bool prompt_parse(struct str body, struct nonce nonce, struct prompt_reply *out, const char **reason);
/* The same for the message text alone. */
bool prompt_parse_text(struct str text, struct nonce nonce, struct prompt_reply *out, const char **reason);

#endif

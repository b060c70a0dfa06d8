#include "prompt.h"

#include "prompt_text.h"
#include "support/ascii.h"
#include "support/file.h"
#include "verdict.h"

#include <stdio.h>

enum { TEMPLATE_LIMIT = 256 * 1024, SHOWN_BYTES = 4000 };

static const char frame[] =
    "nonce %s\nBEGIN COMMAND LINE %s\n%s\nEND COMMAND LINE %s\n%sWeigh it as you were told. The last "
    "line of your answer is the verdict followed by %s.";

bool prompt_load(const char *path, struct arena *arena, struct prompt *out, struct error *err)
{
    out->text = STR(PROMPT_TEXT);
    if (path[0])
        TRY(file_read(path, TEMPLATE_LIMIT, arena, &out->text, err));
    if (out->text.n == 0)
        return fail(err, ERROR_CONFIG, "%s: the prompt is empty", path);
    hash128_hex(hash128(out->text, hash64(STR(frame), 0)), out->version);
    return true;
}

struct nonce prompt_nonce(const struct prompt *prompt, uint64_t seed, struct str line)
{
    struct nonce nonce;
    uint64_t value = hash64(line, hash64(str_of(prompt->version), seed));
    (void)snprintf(nonce.hex, sizeof nonce.hex, "%016" PRIx64, value);
    return nonce;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* The line without its middle; cuts fall between characters. Returns the bytes left out. */
static size_t shorten(struct str line, struct buf *out)
{
    if (line.n <= SHOWN_BYTES) {
        buf_add_str(out, line);
        return 0;
    }
    size_t head = SHOWN_BYTES / 2, tail = line.n - SHOWN_BYTES / 2;
    while (head > 0 && is_continuation(line.p[head]))
        head--;
    while (tail < line.n && is_continuation(line.p[tail]))
        tail++;
    buf_add(out, line.p, head);
    buf_add_str(out, STR("[...]"));
    buf_add(out, line.p + tail, line.n - tail);
    return tail - head;
}

static void add_user_message(struct nonce nonce, struct str line, struct buf *out)
{
    struct buf shown = {.limit = SHOWN_BYTES + 16}, quoted = {.limit = 8 * SHOWN_BYTES},
               message = {.limit = 9 * SHOWN_BYTES};
    char note[160] = "";
    size_t cut = shorten(line, &shown);
    if (cut > 0)
        (void)snprintf(
            note, sizeof note,
            "The command line has %zu bytes; %zu bytes of its middle are left out where [...] stands at the cut.\n",
            line.n, cut);
    buf_add_json_string(&quoted, buf_str(&shown));
    buf_printf(&message, frame, nonce.hex, nonce.hex, quoted.p, nonce.hex, note, nonce.hex);
    ASSERT(!shown.full && !quoted.full && !message.full);
    buf_add_json_string(out, buf_str(&message));
    buf_free(&shown);
    buf_free(&quoted);
    buf_free(&message);
}

void prompt_body(const struct prompt *prompt, const struct prompt_options *options, struct nonce nonce, struct str line,
                 struct buf *out)
{
    buf_add_str(out, STR("{\"model\":"));
    buf_add_json_string(out, str_of(options->model));
    buf_printf(out, ",\"%s\":%" PRId64, options->tokens_field, options->max_tokens);
    if (options->temperature >= 0)
        buf_printf(out, ",\"temperature\":%.6g", options->temperature);
    buf_add_str(out, STR(",\"messages\":[{\"role\":\"system\",\"content\":"));
    buf_add_json_string(out, prompt->text);
    buf_add_str(out, STR("},{\"role\":\"user\",\"content\":"));
    add_user_message(nonce, line, out);
    buf_add_str(out, STR("}]}"));
}

static struct str trim_end(struct str text)
{
    while (text.n > 0 && ascii_blank(text.p[text.n - 1]))
        text.n--;
    return text;
}

/* Takes the last non-empty line off the text. */
static struct str take_last_line(struct str *text)
{
    *text = trim_end(*text);
    size_t start = text->n;
    while (start > 0 && text->p[start - 1] != '\n')
        start--;
    struct str line = {text->p + start, text->n - start};
    text->n = start;
    return line;
}

/* Places where VERDICT_LETTERS is followed by a blank and the nonce. */
static size_t count_verdicts(struct str text, struct nonce nonce)
{
    size_t count = 0;
    struct str mark = STR("VERDICT_"), tail = str_of(nonce.hex);
    for (size_t at = str_find(text, mark, 0); at != SIZE_MAX; at = str_find(text, mark, at + mark.n)) {
        size_t i = at + mark.n;
        while (i < text.n && ascii_upper(text.p[i]))
            i++;
        while (i < text.n && ascii_blank(text.p[i]))
            i++;
        count += str_starts((struct str){text.p + i, text.n - i}, tail);
    }
    return count;
}

static bool match_verdict(struct str line, struct nonce nonce, enum verdict *out)
{
    static const struct {
        const char *token;
        enum verdict verdict;
    } table[] = {{"VERDICT_BENIGN ", VERDICT_BENIGN},
                 {"VERDICT_MALICIOUS ", VERDICT_MALICIOUS},
                 {"VERDICT_ABSTAIN ", VERDICT_ABSTAIN}};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct str token = str_of(table[i].token);
        if (str_starts(line, token) && str_equal((struct str){line.p + token.n, line.n - token.n}, str_of(nonce.hex))) {
            *out = table[i].verdict;
            return true;
        }
    }
    return false;
}

bool prompt_parse_text(struct str text, struct nonce nonce, struct prompt_reply *out, const char **reason)
{
    struct str rest = text, mark = STR("CONFIDENCE ");
    *reason = "the reply has not exactly one verdict with the nonce";
    if (count_verdicts(text, nonce) != 1)
        return false;
    *reason = "the last line of the reply is not a verdict with the nonce";
    TRY(match_verdict(take_last_line(&rest), nonce, &out->verdict));
    out->confidence = CONFIDENCE_UNSTATED;
    struct str before = take_last_line(&rest);
    if (!str_starts(before, mark))
        return true;
    *reason = "the confidence in the reply is not a number from 0 to 1";
    return str_to_f64((struct str){before.p + mark.n, before.n - mark.n}, &out->confidence) && out->confidence >= 0 &&
           out->confidence <= 1;
}

static bool parse_tree(const struct json *root, struct nonce nonce, struct prompt_reply *out, const char **reason)
{
    const struct json *choices = json_get(root, "choices");
    *reason = "the reply has no choices[0].message.content";
    if (!choices || json_type(choices) != JSON_ARRAY || json_count(choices) == 0)
        return false;
    const struct json *choice = json_at(choices, 0), *message = json_get(choice, "message");
    struct str finish, refusal, content, model;
    if (json_as_str(json_get(message, "refusal"), &refusal) && refusal.n > 0) {
        *reason = "the model refused to answer";
        return false;
    }
    if (json_as_str(json_get(choice, "finish_reason"), &finish) && str_equal(finish, STR("length"))) {
        *reason = "the reply was cut at the token limit; raise max_tokens";
        return false;
    }
    if (json_as_str(json_get(choice, "finish_reason"), &finish) && str_equal(finish, STR("content_filter"))) {
        *reason = "the server's content filter stopped the reply";
        return false;
    }
    TRY(json_as_str(json_get(message, "content"), &content));
    *reason = "the reply did not end with finish_reason \"stop\"";
    if (!json_as_str(json_get(choice, "finish_reason"), &finish) || !str_equal(finish, STR("stop")))
        return false;
    out->model[0] = '\0';
    if (json_as_str(json_get(root, "model"), &model))
        (void)snprintf(out->model, sizeof out->model, "%.*s", STR_ARG(model));
    return prompt_parse_text(content, nonce, out, reason);
}

bool prompt_parse(struct str body, struct nonce nonce, struct prompt_reply *out, const char **reason)
{
    struct json_doc *doc = NULL;
    struct error ignored = {0};
    *reason = "the reply is not valid JSON";
    TRY(json_parse(body, "reply", false, &doc, &ignored));
    bool ok = parse_tree(json_root(doc), nonce, out, reason);
    json_free(doc);
    return ok;
}

/* A language model behind a chat completions server (OpenAI's, or any with the same form: vLLM, llama.cpp, Ollama). */
#include "http/server.h"
#include "label/backend.h"
#include "prompt.h"
#include "support/clock.h"
#include "support/log.h"
#include "verdict.h"

#include <stdio.h>

struct chat {
    struct http_server server;
    const char *model, *prompt, *tokens_field;
    int64_t max_tokens;
    double temperature;
};

static const char *const token_fields[] = {"max_completion_tokens", "max_tokens", NULL};

static const struct param_spec params[] = {
    HTTP_SERVER_PARAMS("https://api.openai.com/v1", "base address; /chat/completions is added", 16, 60),
    PARAM_STRING(struct chat, model, "o3-mini",
                 "the model's name as the server knows it; a verdict is known by it, not by the address"),
    PARAM_FILE(struct chat, prompt,
               "file with the system message; empty: the built-in one (configs/prompts/verdict.txt)"),
    PARAM_CHOICE(struct chat, tokens_field, "max_completion_tokens", token_fields,
                 "how the server names the token limit"),
    PARAM_INT(struct chat, max_tokens, 4096, 16, 1000000,
              "limit of a reply's tokens, a reasoning model's hidden ones included"),
    PARAM_REAL(struct chat, temperature, -1, -1, 2, "sampling temperature; below 0: not sent, as o3-mini demands"),
    PARAM_END};

enum { REPLY_LIMIT = 4 << 20, SAY_EVERY_S = 10 };

static const char completions[] = "/chat/completions";

struct session {
    const struct label_item *item;
    size_t n, n_done;
    struct label_sink *sink;
    struct prompt prompt;
    struct prompt_options options;
    uint64_t seed;
    bool *repeated; /* [n] a malformed reply was had already */
    int64_t failed;
    double said;
    char problem[512], model[128]; /* the latest */
};

static bool identity(const struct labeler *labeler, const void *untyped, struct arena *arena, const char **out,
                     struct error *err)
{
    const struct chat *chat = untyped;
    struct prompt prompt;
    TRY(prompt_load(chat->prompt[0] ? label_path(labeler, chat->prompt, arena) : "", arena, &prompt, err));
    *out = arena_printf(arena, "chat\n%s\n%s\n%" PRId64 "\n%.17g", chat->model, prompt.version, chat->max_tokens,
                        chat->temperature < 0 ? -1 : chat->temperature);
    return true;
}

static struct nonce nonce_of(const struct session *session, size_t i)
{
    return prompt_nonce(&session->prompt, session->seed, session->item[i].text);
}

static void body(void *context, size_t i, struct buf *out)
{
    const struct session *session = context;
    prompt_body(&session->prompt, &session->options, nonce_of(session, i), session->item[i].text, out);
}

static enum http_next give_up(struct session *session, const char *problem)
{
    (void)snprintf(session->problem, sizeof session->problem, "%s", problem);
    session->failed++;
    session->n_done++;
    return HTTP_DONE;
}

static enum http_next reply(void *context, size_t i, const struct http_reply *http, struct error *err)
{
    struct session *session = context;
    if (!http->ok)
        return give_up(session, http->problem);
    struct prompt_reply answer;
    const char *reason;
    if (!prompt_parse(http->body, nonce_of(session, i), &answer, &reason)) {
        if (session->repeated[i])
            return give_up(session, reason);
        session->repeated[i] = true;
        return HTTP_AGAIN;
    }
    (void)snprintf(session->model, sizeof session->model, "%s",
                   answer.model[0] ? answer.model : session->options.model);
    session->sink->model = session->model;
    session->n_done++;
    return session->sink->put(session->sink->context, i, answer.verdict, answer.confidence, err) ? HTTP_DONE
                                                                                                 : HTTP_STOP;
}

static bool round_done(void *context, struct error *err)
{
    struct session *session = context;
    double now = clock_seconds();
    if (now - session->said >= SAY_EVERY_S) {
        session->said = now;
        log_job(LOG_INFO, "label: %zu of %zu lines answered or given up (%" PRId64 " given up)", session->n_done,
                session->n, session->failed);
    }
    return session->sink->sync(session->sink->context, err);
}

static bool prepare(const struct labeler *labeler, const struct chat *chat, struct arena *arena,
                    struct http_options *http, struct prompt *prompt, struct error *err)
{
    TRY(http_options_of(&chat->server, completions, arena, http, err));
    return prompt_load(chat->prompt[0] ? label_path(labeler, chat->prompt, arena) : "", arena, prompt, err);
}

static bool check(const struct labeler *labeler, const void *untyped, struct error *err)
{
    struct arena *arena = arena_new();
    struct http_options http;
    struct prompt prompt;
    bool ok = prepare(labeler, untyped, arena, &http, &prompt, err);
    arena_free(arena);
    return ok || error_context(err, "label backend chat");
}

static bool run(const struct labeler *labeler, const struct chat *chat, struct session *session, struct arena *arena,
                struct error *err)
{
    struct http_options http;
    TRY(prepare(labeler, chat, arena, &http, &session->prompt, err));
    session->repeated = ARENA_ZARRAY(arena, bool, session->n);
    http.reply_limit_bytes = REPLY_LIMIT;
    http.seed = labeler->seed;
    struct http_job job = {session->n, session, body, reply, round_done};
    return http_run(&http, &job, &session->sink->asked, err);
}

static bool answer(const struct labeler *labeler, const void *untyped, const struct label_item *item, size_t n,
                   struct label_sink *sink, struct error *err)
{
    const struct chat *chat = untyped;
    struct session session = {
        .item = item,
        .n = n,
        .sink = sink,
        .options = {chat->model, chat->tokens_field, chat->max_tokens, chat->temperature},
        .seed = labeler->seed,
        .said = clock_seconds(),
    };
    struct arena *arena = arena_new();
    bool ok = run(labeler, chat, &session, arena, err);
    arena_free(arena);
    sink->failed += session.failed;
    sink->model = NULL;
    if (ok && session.failed > 0)
        log_job(LOG_WARN, "label: %" PRId64 " of %zu lines got no answer; the last reason: %s", session.failed, n,
                session.problem);
    return ok || error_context(err, "label backend chat");
}

const struct backend backend_chat = {
    .plugin = {"chat", "a language model behind a chat completions server", params, sizeof(struct chat)},
    .paid = true,
    .identity = identity,
    .check = check,
    .answer = answer,
};

/* A stand-in for a language model server on 127.0.0.1: answers chat completions in the prompt's protocol from known
 * truth, with seeded mistakes, and embeddings from the text alone; misbehaves on request. For tests and the quick
 * start; its replies name the model "standin-truth" or "standin-vectors". */
#include "standin_embeddings.h"
#include "standin_options.h"
#include "standin_question.h"

#include "bytes/textfile.h"
#include "support/clock.h"
#include "support/index.h"
#include "support/json.h"
#include "support/rng.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { TRUTH_LIMIT = 1 << 30 };
enum { SAID_NOTHING, SAID_BENIGN, SAID_MALICIOUS };

struct server {
    struct settings settings;
    struct key_index truth; /* hash of a line -> SAID_* */
    FILE *log;
    pthread_mutex_t lock; /* of what follows and of the log */
    uint64_t n_requests;
    double tokens, filled; /* of the rate limit's bucket */
};

static void learn_line(struct server *server, struct str line)
{
    struct json_doc *doc = NULL;
    struct error ignored = {0};
    struct str command, label;
    if (!json_parse(line, "line", false, &doc, &ignored))
        return;
    const struct json *root = json_root(doc);
    bool told = json_as_str(json_get(root, "command_line"), &command) && json_as_str(json_get(root, "label"), &label);
    bool benign = told && str_equal(label, STR("benign"));
    if (benign || (told && str_equal(label, STR("malicious")))) {
        key_index_reserve(&server->truth, 1);
        struct hash128 key = line_key(command);
        struct key_slot *slot = key_index_find(&server->truth, key);
        if (slot->value == SAID_NOTHING)
            key_index_set(&server->truth, slot, key, benign ? SAID_BENIGN : SAID_MALICIOUS);
    }
    json_free(doc);
}

static bool learn_file(struct server *server, const char *path, struct error *err)
{
    struct arena *arena = arena_new();
    struct str text;
    bool ok = textfile_read(path, TRUTH_LIMIT, arena, &text, err);
    for (size_t at = 0; ok && at < text.n;) {
        const char *end = memchr(text.p + at, '\n', text.n - at);
        size_t n = end ? (size_t)(end - text.p) - at : text.n - at;
        learn_line(server, (struct str){text.p + at, n});
        at += n + 1;
    }
    arena_free(arena);
    return ok;
}

static void write_answer(const struct server *server, const struct question *question, bool cut, struct buf *out)
{
    const struct settings *settings = &server->settings;
    const uint32_t truth = key_index_find(&server->truth, question->key)->value;
    const char *word = "ABSTAIN";
    if (truth != SAID_NOTHING) {
        bool benign = truth == SAID_BENIGN;
        double draw = rng_unit((uint64_t)settings->seed, rng_stream("standin", 0, question->key.hi), question->key.lo);
        bool right = draw < (benign ? settings->benign_recall : settings->malicious_recall);
        word = benign == right ? "BENIGN" : "MALICIOUS";
    }
    struct buf text = {.limit = BODY_LIMIT};
    static const char dots[] = "................................................................";
    for (int64_t left = settings->pad_bytes; left > 0; left -= (int64_t)sizeof dots - 1)
        buf_add(&text, dots, (size_t)min_i64(left, (int64_t)sizeof dots - 1));
    buf_printf(&text, "This answer comes from known truth, with seeded mistakes. It was not VERDICT_%s by a model.\n",
               word);
    if (!cut)
        buf_printf(&text, "CONFIDENCE %s\nVERDICT_%s %s\n", truth != SAID_NOTHING ? "0.90" : "0.50", word,
                   question->nonce);
    buf_add_str(
        out,
        STR("{\"id\":\"chatcmpl-standin\",\"object\":\"chat.completion\",\"created\":0,\"model\":\"standin-truth\","
            "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"refusal\":null,\"content\":"));
    buf_add_json_string(out, buf_str(&text));
    buf_printf(out, "},\"finish_reason\":\"%s\"}],", cut ? "length" : "stop");
    buf_add_str(out, STR("\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}"));
    buf_free(&text);
}

struct decision {
    unsigned status;
    bool cut, garbage;
    uint64_t number;
};

/* The bucket holds one second's worth. */
static bool over_rate(struct server *server)
{
    double rate = (double)server->settings.rate_limit, now = clock_seconds();
    if (rate <= 0)
        return false;
    server->tokens += (now - server->filled) * rate;
    server->filled = now;
    if (server->tokens > rate)
        server->tokens = rate;
    if (server->tokens < 1)
        return true;
    server->tokens -= 1;
    return false;
}

static struct decision decide(struct server *server, bool authorized, bool understood)
{
    const struct settings *settings = &server->settings;
    pthread_mutex_lock(&server->lock);
    uint64_t number = server->n_requests++;
    struct decision decision = {.status = 200, .number = number};
    double draw = rng_unit((uint64_t)settings->seed, rng_stream("standin trouble", 0, 0), number);
    if (!authorized)
        decision.status = 401;
    else if (!understood)
        decision.status = 400;
    else if (over_rate(server))
        decision.status = 429;
    else if (draw < settings->fail_rate)
        decision.status = (unsigned)settings->fail_status;
    else if (draw < settings->fail_rate + settings->garbage_rate)
        decision.garbage = true;
    else if (draw < settings->fail_rate + settings->garbage_rate + settings->cut_rate)
        decision.cut = true;
    pthread_mutex_unlock(&server->lock);
    return decision;
}

static void log_request(struct server *server, struct hash128 key, unsigned status)
{
    if (!server->log)
        return;
    char hex[33], now[32];
    hash128_hex(key, hex);
    clock_utc(now);
    pthread_mutex_lock(&server->lock);
    (void)fprintf(server->log, "{\"line\":\"%s\",\"time\":\"%s\",\"status\":%u}\n", hex, now, status);
    (void)fflush(server->log);
    pthread_mutex_unlock(&server->lock);
}

static void pause_ms(int64_t ms)
{
    struct timespec pause = {ms / 1000, (ms % 1000) * 1000000};
    while (ms > 0 && nanosleep(&pause, &pause) != 0)
        continue;
}

/* As careless as a real server may be: the refused key is echoed. */
static bool is_authorized(const struct server *server, struct MHD_Connection *connection, const char **given)
{
    *given = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
    if (!server->settings.key_env)
        return true;
    const char *key = getenv(server->settings.key_env);
    return key && *given && strncmp(*given, "Bearer ", 7) == 0 && strcmp(*given + 7, key) == 0;
}

static void write_reply(const struct server *server, struct decision decision, const struct question *question,
                        const struct embeddings *embeddings, const char *given, struct buf *out)
{
    static const char *const rubbish[] = {"<html>502 Bad Gateway</html>",
                                          "{\"choices\":[{\"message\":{\"content\":\"VERDICT", "{\"choices\":[]}", "",
                                          "{\"choices\":[{\"finish_reason\":\"stop\",\"message\":"
                                          "{\"content\":\"VERDICT_BENIGN 0000000000000000\"}}]}"};
    if (decision.garbage && embeddings->asked)
        embeddings_rubbish(decision.number, out);
    else if (decision.garbage)
        buf_add_str(out, str_of(rubbish[decision.number % ARRAY_LEN(rubbish)]));
    else if (decision.status == 200 && embeddings->asked)
        embeddings_write(embeddings, (size_t)server->settings.dimensions, out);
    else if (decision.status == 200)
        write_answer(server, question, decision.cut, out);
    else if (decision.status == 401) {
        buf_add_str(out, STR("{\"error\":{\"type\":\"invalid_request_error\",\"message\":"));
        struct buf text = {.limit = 8192};
        buf_printf(&text, "Incorrect API key provided: %s", given ? given : "none");
        buf_add_json_string(out, buf_str(&text));
        buf_add_str(out, STR("}}"));
        buf_free(&text);
    } else
        buf_printf(out, "{\"error\":{\"message\":\"stand-in trouble %u\\u001b[31m\",\"type\":\"standin\"}}",
                   decision.status);
}

static void add_retry_after(const struct server *server, struct MHD_Response *response)
{
    char text[64] = "1";
    if (server->settings.retry_date) {
        time_t then = time(NULL) + 2;
        struct tm parts;
        gmtime_r(&then, &parts);
        (void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    }
    MHD_add_response_header(response, "Retry-After", text);
}

static enum MHD_Result respond(struct server *server, struct MHD_Connection *connection, const char *url,
                               struct str body)
{
    struct question question = {0};
    struct embeddings embeddings = {.asked = strcmp(url, embeddings_url) == 0};
    const char *given;
    bool authorized = is_authorized(server, connection, &given);
    bool understood =
        embeddings.asked ? embeddings_read(body, server->settings.refuse, &embeddings) : read_question(body, &question);
    struct decision decision = decide(server, authorized, understood);
    const unsigned status = decision.garbage || decision.cut ? 299 : decision.status;
    for (size_t i = 0; i < embeddings.n; i++)
        log_request(server, hash128(embeddings.text[i], 0), status);
    if (!embeddings.asked)
        log_request(server, question.key, status);
    if (server->settings.hang_after > 0 && decision.number >= (uint64_t)server->settings.hang_after)
        pause_ms(server->settings.max_seconds * 1000);
    pause_ms(server->settings.latency_ms);
    struct buf text = {.limit = BODY_LIMIT};
    write_reply(server, decision, &question, &embeddings, given, &text);
    embeddings_free(&embeddings);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(text.n, text.p ? text.p : (void *)"", MHD_RESPMEM_MUST_COPY);
    buf_free(&text);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "application/json");
    if (decision.status == 429)
        add_retry_after(server, response);
    enum MHD_Result result = MHD_queue_response(connection, decision.status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **state)
{
    struct server *server = context;
    (void)version;
    if (strcmp(method, "POST") != 0 || (strcmp(url, "/v1/chat/completions") != 0 && strcmp(url, embeddings_url) != 0)) {
        static char text[] = "{\"error\":{\"message\":\"no such path\"}}";
        struct MHD_Response *response = MHD_create_response_from_buffer(sizeof text - 1, text, MHD_RESPMEM_PERSISTENT);
        enum MHD_Result result = MHD_queue_response(connection, 404, response);
        MHD_destroy_response(response);
        return result;
    }
    struct buf *body = *state;
    if (!body) {
        body = calloc(1, sizeof *body);
        if (!body)
            return MHD_NO;
        body->limit = BODY_LIMIT;
        *state = body;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        buf_add(body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    return body->full ? MHD_NO : respond(server, connection, url, buf_str(body));
}

static void completed(void *context, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode why)
{
    (void)context;
    (void)connection;
    (void)why;
    struct buf *body = *state;
    if (body)
        buf_free(body);
    free(body);
    *state = NULL;
}

/* Under a temporary name first, so that a reader never sees half a number. */
static bool tell_port(const char *path, unsigned port)
{
    char temp[4096];
    if (!path) {
        (void)printf("%u\n", port);
        return fflush(stdout) == 0;
    }
    (void)snprintf(temp, sizeof temp, "%s.tmp", path);
    FILE *file = fopen(temp, "w");
    if (!file)
        return false;
    bool ok = fprintf(file, "%u\n", port) > 0;
    ok = fclose(file) == 0 && ok;
    return ok && rename(temp, path) == 0;
}

static int serve(struct server *server, const sigset_t *stop)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)server->settings.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL, 0, NULL, NULL,
                         handle, server, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
                         MHD_OPTION_CONNECTION_TIMEOUT, 120u, MHD_OPTION_END);
    if (!daemon) {
        (void)fprintf(stderr, "chat_standin: cannot listen on 127.0.0.1:%d\n", (int)server->settings.port);
        return 1;
    }
    if (!tell_port(server->settings.port_file, MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port)) {
        (void)fprintf(stderr, "chat_standin: cannot write %s\n", server->settings.port_file);
        return 1;
    }
    struct timespec limit = {server->settings.max_seconds, 0};
    (void)sigtimedwait(stop, NULL, &limit);
    /* Connections may still sleep: the process ends without waiting for them. */
    (void)fflush(NULL);
    _exit(0);
}

int main(int argc, char **argv)
{
    struct server server = {.lock = PTHREAD_MUTEX_INITIALIZER, .truth = key_index_new(1 << 16)};
    server.settings = (struct settings){.fail_status = 500,
                                        .dimensions = 768,
                                        .max_seconds = 600,
                                        .seed = 1,
                                        .benign_recall = 0.95,
                                        .malicious_recall = 0.99};
    pid_t parent = getppid();
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        return 0;
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    if (!take_options(argc, argv, &server.settings))
        return 2;
    for (size_t f = 0; f < server.settings.n_truth; f++) {
        struct error err = {0};
        if (!learn_file(&server, server.settings.truth[f], &err)) {
            (void)fprintf(stderr, "chat_standin: %s\n", err.message);
            return 2;
        }
    }
    if (server.settings.log && !(server.log = fopen(server.settings.log, "a"))) {
        (void)fprintf(stderr, "chat_standin: cannot write %s\n", server.settings.log);
        return 2;
    }
    server.filled = clock_seconds();
    server.tokens = (double)server.settings.rate_limit;
    return serve(&server, &stop);
}

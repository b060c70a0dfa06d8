#include "http/http.h"

#include "http_outcome.h"
#include "support/arena.h"
#include "support/clock.h"

enum { USELESS_LIMIT = 20, BODY_LIMIT = 4 << 20 };

struct slot {
    CURL *easy;
    struct buf body, reply;
    size_t i;
    int64_t attempt; /* attempts made at request i */
    double due;      /* when the next attempt may start */
    bool busy, flying;
};

struct run {
    const struct http_options *options;
    const struct http_job *job;
    CURLM *multi;
    struct curl_slist *headers;
    struct slot *slot;
    size_t n_slots, n_taken, n_busy;
    double not_before; /* a Retry-After holds for all */
    int64_t sent;
    int64_t useless, given_up; /* in a row: attempts without contact (while there was none ever), requests given up */
    bool contact;
    size_t n_finished, n_handed; /* attempts that ended; replies handed over */
    char problem[PROBLEM_BYTES]; /* the latest */
};

static size_t take_bytes(char *p, size_t size, size_t n, void *context)
{
    struct slot *slot = context;
    buf_add(&slot->reply, p, size * n);
    return slot->reply.full ? 0 : size * n;
}

static void set_up_slot(struct run *run, struct slot *slot)
{
    const struct http_options *options = run->options;
    CURL *easy = slot->easy = curl_easy_init();
    ASSERT(easy);
    slot->body.limit = BODY_LIMIT;
    slot->reply.limit = options->reply_limit_bytes;
    curl_easy_setopt(easy, CURLOPT_URL, options->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, options->user_agent);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, run->headers);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(options->timeout_s * 1000));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(min_i64(options->timeout_s, 10) * 1000));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, slot);
    if (options->loopback)
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

static void set_up(struct run *run, struct arena *arena)
{
    const struct http_options *options = run->options;
    run->multi = curl_multi_init();
    ASSERT(run->multi);
    run->headers = curl_slist_append(NULL, "Content-Type: application/json");
    run->headers = curl_slist_append(run->headers, "Accept: application/json");
    run->headers = curl_slist_append(run->headers, "Expect:");
    if (options->key) {
        struct buf header = {.limit = 8192};
        buf_printf(&header, "Authorization: Bearer %s", options->key);
        run->headers = curl_slist_append(run->headers, header.p);
        memset(header.p, 0, header.n);
        buf_free(&header);
    }
    ASSERT(run->headers);
    run->n_slots = min_size((size_t)options->in_flight, run->job->n);
    run->slot = ARENA_ZARRAY(arena, struct slot, run->n_slots);
    for (size_t s = 0; s < run->n_slots; s++)
        set_up_slot(run, &run->slot[s]);
}

static void tear_down(struct run *run)
{
    for (size_t s = 0; s < run->n_slots; s++) {
        struct slot *slot = &run->slot[s];
        if (slot->flying)
            curl_multi_remove_handle(run->multi, slot->easy);
        curl_easy_cleanup(slot->easy);
        buf_free(&slot->body);
        buf_free(&slot->reply);
    }
    curl_multi_cleanup(run->multi);
    curl_slist_free_all(run->headers);
}

static void start_attempt(struct run *run, struct slot *slot)
{
    slot->body.n = slot->reply.n = 0;
    slot->reply.full = false;
    run->job->body(run->job->context, slot->i, &slot->body);
    ASSERT(!slot->body.full);
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)slot->body.n);
    curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, slot->body.p);
    ASSERT(curl_multi_add_handle(run->multi, slot->easy) == CURLM_OK);
    slot->flying = true;
    slot->attempt++;
    run->sent++;
}

/* Starts what may start; returns the seconds until the next thing could. */
static double start_due(struct run *run)
{
    double now = clock_seconds(), wait = 1;
    for (size_t s = 0; s < run->n_slots; s++) {
        struct slot *slot = &run->slot[s];
        if (!slot->busy && run->n_taken < run->job->n) {
            slot->i = run->n_taken++;
            slot->attempt = 0;
            slot->due = now;
            slot->busy = true;
            run->n_busy++;
        }
        if (!slot->busy || slot->flying)
            continue;
        double due = slot->due > run->not_before ? slot->due : run->not_before;
        if (due <= now)
            start_attempt(run, slot);
        else if (due - now < wait)
            wait = due - now;
    }
    return wait;
}

/* Hands the reply over; the slot is free again unless the request is to be sent once more. */
static bool hand_over(struct run *run, struct slot *slot, bool ok, struct error *err)
{
    struct http_reply reply = {.ok = ok, .problem = run->problem};
    if (ok)
        reply.body = buf_str(&slot->reply);
    run->n_handed++;
    enum http_next next = run->job->reply(run->job->context, slot->i, &reply, err);
    if (next == HTTP_AGAIN) {
        ASSERT(ok);
        slot->due = clock_seconds();
        return true;
    }
    slot->busy = false;
    run->n_busy--;
    return next == HTTP_DONE;
}

static bool no_use(const struct run *run, int64_t tries, const char *what, struct error *err)
{
    return fail(err, ERROR_NETWORK,
                "%s: %s; this was the end of %" PRId64
                " %s in a row. Check the url, the key's environment variable, the model's "
                "name and the network",
                run->options->url, run->problem, tries, what);
}

/* Whether going on makes sense after a failed attempt. */
static bool still_useful(struct run *run, enum http_outcome outcome, bool gave_up, struct error *err)
{
    if (outcome == OUTCOME_BUSY)
        run->contact = true;
    if (!run->contact && outcome != OUTCOME_REFUSED && ++run->useless >= USELESS_LIMIT)
        return no_use(run, run->useless, "failed attempts", err);
    if (gave_up && ++run->given_up >= USELESS_LIMIT)
        return no_use(run, run->given_up, "failed requests", err);
    return true;
}

static bool finish_attempt(struct run *run, struct slot *slot, CURLcode code, struct error *err)
{
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(slot->easy, CURLINFO_RETRY_AFTER, &retry_after);
    curl_multi_remove_handle(run->multi, slot->easy);
    slot->flying = false;
    run->n_finished++;
    enum http_outcome outcome = http_classify(code, status);
    if (outcome == OUTCOME_OK) {
        run->contact = true;
        run->given_up = 0;
        return hand_over(run, slot, true, err);
    }
    http_problem(code, status, buf_str(&slot->reply), run->options, run->problem);
    bool again =
        (outcome == OUTCOME_BUSY || outcome == OUTCOME_UNREACHABLE) && slot->attempt <= run->options->max_retries;
    TRY(still_useful(run, outcome, !again, err));
    if (!again)
        return hand_over(run, slot, false, err);
    double pause = http_pause(run->options, slot->i, slot->attempt, (int64_t)retry_after);
    slot->due = clock_seconds() + pause;
    if (retry_after > 0 && slot->due > run->not_before)
        run->not_before = slot->due;
    return true;
}

static bool finish_attempts(struct run *run, struct error *err)
{
    CURLMsg *message;
    int left;
    size_t handed = run->n_handed;
    bool ok = true;
    while (ok && (message = curl_multi_info_read(run->multi, &left))) {
        struct slot *slot = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&slot);
        ok = finish_attempt(run, slot, code, err);
    }
    struct error round_err = {0};
    if (run->n_handed > handed && !run->job->round(run->job->context, ok ? err : &round_err))
        return false;
    return ok;
}

static bool work(struct run *run, struct error *err)
{
    while (run->n_busy > 0 || run->n_taken < run->job->n) {
        double wait = start_due(run);
        int flying, events;
        CURLMcode code = curl_multi_perform(run->multi, &flying);
        if (code != CURLM_OK)
            return fail(err, ERROR_NETWORK, "%s: %s", run->options->url, curl_multi_strerror(code));
        size_t finished = run->n_finished;
        TRY(finish_attempts(run, err));
        if (run->n_finished == finished)
            (void)curl_multi_poll(run->multi, NULL, 0, (int)(wait * 1000) + 1, &events);
    }
    if (!run->contact && run->useless == run->sent)
        return no_use(run, run->useless, "failed attempts", err);
    return true;
}

bool http_run(const struct http_options *options, const struct http_job *job, int64_t *sent, struct error *err)
{
    if (job->n == 0)
        return true;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return fail(err, ERROR_NETWORK, "libcurl could not be started");
    struct arena *arena = arena_new();
    struct run run = {.options = options, .job = job};
    set_up(&run, arena);
    bool ok = work(&run, err);
    *sent += run.sent;
    tear_down(&run);
    arena_free(arena);
    curl_global_cleanup();
    return ok;
}

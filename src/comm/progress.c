#include "comm/progress.h"

#include "support/clock.h"
#include "support/log.h"

#include <stdio.h>
#include <unistd.h>

#define QUIET_SECONDS 2.0  /* work shorter than this is not worth a word */
#define BAR_SECONDS   0.2  /* between two drawings on a terminal */
#define LINE_SECONDS  10.0 /* between two lines in a batch log */
#define BAR_WIDTH     24

/* 1234567 -> "1.23 M" */
static void write_scaled(double value, char out[32])
{
    static const char *const suffix[] = {"", " k", " M", " G", " T"};
    size_t i = 0;

    while (value >= 999.5 && i + 1 < ARRAY_LEN(suffix)) {
        value /= 1000;
        i++;
    }
    snprintf(out, 32, "%.3g%s", value, suffix[i]);
}

/* 3725 -> "1:02:05" */
static void write_duration(double seconds, char out[32])
{
    uint64_t s = (uint64_t)(seconds < 1e9 ? seconds : 1e9);

    if (s >= 3600)
        snprintf(out, 32, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(out, 32, "%" PRIu64 ":%02" PRIu64, s / 60, s % 60);
}

/* "43 % | 1.2 M rows/s a rank | 0:35 left", or the amount done where the total is unknown */
static void write_state(const struct progress *progress, double now, char out[160])
{
    double elapsed = now - progress->started, rate = (double)progress->done / elapsed, share;
    char speed[32], time[32], amount[32];

    write_scaled(rate, speed);
    if (progress->total == 0) {
        write_scaled((double)progress->done, amount);
        write_duration(elapsed, time);
        snprintf(out, 160, "%s %s | %s %s/s a rank | %s so far", amount, progress->unit, speed, progress->unit, time);
        return;
    }
    share = (double)progress->done / (double)progress->total;
    if (progress->done > 0)
        write_duration((double)(progress->total - progress->done) / rate, time);
    else
        snprintf(time, sizeof(time), "unknown time");
    snprintf(out, 160, "%3.0f %% | %s %s/s a rank | %s left", 100 * share, speed, progress->unit, time);
}

static void draw_bar(const struct progress *progress, const char *state)
{
    char bar[BAR_WIDTH + 1] = "";

    for (uint64_t i = 0; progress->total > 0 && i < BAR_WIDTH; i++)
        bar[i] = (double)i * (double)progress->total < (double)progress->done * BAR_WIDTH ? '#' : '.';
    fprintf(stderr, "\r%s %s %s\033[K", progress->what, bar, state);
    fflush(stderr);
}

struct progress progress_start(const struct comm *comm, const char *what, const char *unit, uint64_t total)
{
    double now = clock_seconds();

    return (struct progress){
        .what = what,
        .unit = unit,
        .started = now,
        .last = now,
        .total = total,
        .prints = comm_rank(comm) == 0 && log_get_level() >= LOG_INFO,
        .terminal = isatty(STDERR_FILENO) != 0,
    };
}

void progress_tick(struct progress *progress, uint64_t done)
{
    char state[160];
    double now;

    progress->done = progress->total > 0 && done > progress->total ? progress->total : done;
    if (!progress->prints)
        return;
    now = clock_seconds();
    if (now - progress->started < QUIET_SECONDS ||
        now - progress->last < (progress->terminal ? BAR_SECONDS : LINE_SECONDS))
        return;
    progress->last = now;
    progress->shown = true;
    write_state(progress, now, state);
    if (progress->terminal)
        draw_bar(progress, state);
    else
        log_job(LOG_INFO, "%s: %s", progress->what, state);
}

void progress_end(struct progress *progress)
{
    double elapsed = clock_seconds() - progress->started;
    char amount[32], time[32], speed[32];

    if (!progress->prints || elapsed < QUIET_SECONDS)
        return;
    if (progress->shown && progress->terminal)
        fprintf(stderr, "\r\033[K");
    write_scaled((double)progress->done, amount);
    write_duration(elapsed, time);
    write_scaled((double)progress->done / elapsed, speed);
    log_job(LOG_INFO, "%s: %s %s a rank in %s, %s %s/s", progress->what, amount, progress->unit, time, speed,
            progress->unit);
}

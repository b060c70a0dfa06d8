#include "support/log.h"

#include "support/utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_SIZE 4096

static struct {
    enum log_level level;
    int rank, n_ranks;
} state = {LOG_INFO, 0, 1};

void log_setup(enum log_level level, int rank, int n_ranks)
{
    state.level = level;
    state.rank = rank;
    state.n_ranks = n_ranks;
}

enum log_level log_get_level(void)
{
    return state.level;
}

static bool is_wanted(enum log_level level)
{
    return level != LOG_QUIET && level <= state.level;
}

static const char *level_label(enum log_level level)
{
    switch (level) {
    case LOG_ERROR:
        return "error: ";
    case LOG_WARN:
        return "warning: ";
    case LOG_DEBUG:
        return "debug: ";
    case LOG_QUIET:
    case LOG_INFO:
        break;
    }
    return "";
}

/* One write a line, so lines of several ranks do not mix. */
static void write_line(const char *prefix, enum log_level level, const char *format, va_list args)
{
    char raw[LINE_SIZE], line[LINE_SIZE + 64];
    int start = snprintf(line, 64, "%s%s", prefix, level_label(level));
    int n = vsnprintf(raw, sizeof(raw), format, args);
    ASSERT(start >= 0 && start < 64 && n >= 0);
    size_t used = (size_t)start;
    used += utf8_escape(line + used, LINE_SIZE - 1, raw, min_size((size_t)n, sizeof(raw) - 1));
    line[used++] = '\n';
    for (size_t done = 0; done < used;) {
        ssize_t written = write(STDERR_FILENO, line + done, used - done);
        if (written < 0 && errno != EINTR)
            return;
        if (written > 0)
            done += (size_t)written;
    }
}

void log_job(enum log_level level, const char *format, ...)
{
    if (state.rank != 0 || !is_wanted(level))
        return;
    va_list args;
    va_start(args, format);
    write_line("", level, format, args);
    va_end(args);
}

void log_rank(enum log_level level, const char *format, ...)
{
    if (!is_wanted(level))
        return;
    char prefix[48];
    snprintf(prefix, sizeof(prefix), "[rank %d/%d] ", state.rank, state.n_ranks);
    va_list args;
    va_start(args, format);
    write_line(prefix, level, format, args);
    va_end(args);
}

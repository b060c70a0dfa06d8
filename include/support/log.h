/* Messages for people on stderr. One process-wide level; a rank other than 0 stays silent in log_job. */
#ifndef SUPPORT_LOG_H
#define SUPPORT_LOG_H

#include "support/base.h"

enum log_level { LOG_QUIET, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* rank and n_ranks label log_rank's lines. Call once at start. */
void log_setup(enum log_level level, int rank, int n_ranks);
enum log_level log_get_level(void);

/* Said once for the whole job: only rank 0 prints. Each call is one line; control characters are shown as \xNN. */
void log_job(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);
/* Said by the calling rank, with "[rank r/n]" before it. */
void log_rank(enum log_level level, const char *format, ...) PRINTF_LIKE(2, 3);

#endif

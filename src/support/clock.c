#include "support/clock.h"

#include <time.h>

double clock_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void clock_utc(char out[32])
{
    time_t now = time(NULL);
    struct tm parts;
    ASSERT(gmtime_r(&now, &parts));
    ASSERT(strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0);
}

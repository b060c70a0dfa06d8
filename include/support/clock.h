/* Monotonic seconds. Time never decides a result; it is only reported. */
#ifndef SUPPORT_CLOCK_H
#define SUPPORT_CLOCK_H

#include "support/base.h"

double clock_seconds(void);
/* UTC now as "2026-01-31T12:00:00Z". */
void clock_utc(char out[32]);

#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail /* error.h has a function of this name */

#include "support/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void seconds_rise_as_time_passes(void **state)
{
    (void)state;
    double before = clock_seconds();
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    double passed = clock_seconds() - before;
    assert_true(passed >= 0.019 && passed < 10);
}

static void utc_is_now_in_the_promised_form(void **state)
{
    (void)state;
    char text[32];
    memset(text, 'x', sizeof(text));
    clock_utc(text);
    assert_int_equal(strlen(text), 20);
    int year, month, day, hour, minute, second, end = 0;
    assert_int_equal(sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2dZ%n", &year, &month, &day, &hour, &minute, &second, &end), 6);
    assert_int_equal(end, 20);
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    int seconds_of_day = utc.tm_hour * 3600 + utc.tm_min * 60 + utc.tm_sec;
    int difference = (seconds_of_day - (hour * 3600 + minute * 60 + second) + 86400) % 86400;
    assert_in_range(difference, 0, 10);
    assert_in_range(year, utc.tm_year + 1899, utc.tm_year + 1900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_rise_as_time_passes),
        cmocka_unit_test(utc_is_now_in_the_promised_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "mpi_test.h"

#include "comm/progress.h"

#include <string.h>
#include <unistd.h>

/* What the calls of run wrote to stderr, zero-terminated. */
static void capture(const struct comm *world, void (*run)(const struct comm *), char *out, size_t room)
{
    FILE *file = tmpfile();
    int kept = dup(STDERR_FILENO);
    size_t n;

    ASSERT(file != NULL && kept >= 0);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    run(world);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    rewind(file);
    n = fread(out, 1, room - 1, file);
    out[n] = '\0';
    fclose(file);
}

static size_t count_of(const char *text, char c)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == c;
    return n;
}

static void later(struct progress *progress, double seconds)
{
    progress->started -= seconds;
    progress->last -= seconds;
}

static void run_short(const struct comm *world)
{
    struct progress progress = progress_start(world, "sorting", "rows", 100);

    for (uint64_t i = 0; i <= 100; i++)
        progress_tick(&progress, i);
    progress_end(&progress);
}

static void run_short_on_terminal(const struct comm *world)
{
    struct progress progress = progress_start(world, "sorting", "rows", 100);

    progress.terminal = true;
    later(&progress, 1);
    progress_tick(&progress, 50);
    progress_end(&progress);
}

static void run_batch(const struct comm *world)
{
    struct progress progress = progress_start(world, "sorting", "rows", 4000);

    later(&progress, 5);
    progress_tick(&progress, 500); /* too soon for a line */
    later(&progress, 15);
    for (uint64_t i = 0; i < 100; i++)
        progress_tick(&progress, 1000); /* one line */
    later(&progress, 20);
    progress_tick(&progress, 5000); /* beyond the total: 100 % */
    progress_end(&progress);
}

static void run_unknown(const struct comm *world)
{
    struct progress progress = progress_start(world, "reading", "lines", 0);

    later(&progress, 4000);
    progress_tick(&progress, 0);
    later(&progress, 4000);
    progress_tick(&progress, 1234567);
    progress_end(&progress);
}

static void run_terminal(const struct comm *world)
{
    struct progress progress = progress_start(world, "sorting", "rows", 100);

    progress.terminal = true;
    later(&progress, 3);
    progress_tick(&progress, 0);
    progress_tick(&progress, 10); /* too soon to draw again */
    later(&progress, 3);
    progress_tick(&progress, 50);
    progress_end(&progress);
}

static void test_short_work_is_silent(void **state)
{
    const struct comm *world = *state;
    char text[4096];

    log_setup(LOG_INFO, comm_rank(world), comm_size(world));
    capture(world, run_short, text, sizeof(text));
    assert_all(world, text[0] == '\0');
    capture(world, run_short_on_terminal, text, sizeof(text));
    assert_all(world, text[0] == '\0');
}

static void test_batch(void **state)
{
    const struct comm *world = *state;
    bool speaks = comm_rank(world) == 0;
    char text[4096];

    log_setup(LOG_INFO, comm_rank(world), comm_size(world));
    capture(world, run_batch, text, sizeof(text));
    assert_all(world, count_of(text, '\n') == (speaks ? 3 : 0) && count_of(text, '\r') == 0);
    assert_all(world, !speaks || (strstr(text, "sorting") && strstr(text, " 25 %") && strstr(text, "1:00 left")));
    assert_all(world, !speaks || (strstr(text, "100 %") && strstr(text, "0:00 left") && strstr(text, "0:40")));

    capture(world, run_unknown, text, sizeof(text));
    assert_all(world, count_of(text, '\n') == (speaks ? 3 : 0) && strchr(text, '%') == NULL);
    assert_all(world, !speaks || (strstr(text, "1.23 M lines") && strstr(text, "2:13:20")));
}

static void test_terminal(void **state)
{
    const struct comm *world = *state;
    bool speaks = comm_rank(world) == 0;
    char text[4096];

    log_setup(LOG_INFO, comm_rank(world), comm_size(world));
    capture(world, run_terminal, text, sizeof(text));
    assert_all(world, count_of(text, '\r') == (speaks ? 3 : 0)); /* two drawings, then wiped */
    assert_all(world, !speaks || (strstr(text, "############............") && strstr(text, " 50 %")));
    assert_all(world, count_of(text, '\n') == (speaks ? 1 : 0));
}

static void test_quiet_level(void **state)
{
    const struct comm *world = *state;
    char text[4096];

    log_setup(LOG_WARN, comm_rank(world), comm_size(world));
    capture(world, run_batch, text, sizeof(text));
    assert_all(world, text[0] == '\0');
    capture(world, run_terminal, text, sizeof(text));
    assert_all(world, text[0] == '\0');
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_work_is_silent),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_quiet_level),
    };
    return mpi_test_main(argc, argv, tests, ARRAY_LEN(tests));
}

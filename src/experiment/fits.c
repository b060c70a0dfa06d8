/* Trains and tests what the runs need. Groups of ranks take the fits; those that several runs share come first, and all
 * groups learn their numbers; then each run is written as soon as its own fits are done. */
#include "fits.h"

#include "judging.h"

#include "comm/agree.h"
#include "comm/reduce.h"
#include "support/clock.h"
#include "support/file.h"

#include <stdlib.h>
#include <time.h>

struct work {
    struct engine *e;
    struct group group;
    struct fit_list fits;
    struct training *training; /* the one in use */
    struct arena *numbers;     /* of shared fits */
    struct arena *run_numbers; /* of one run's own fits */
    size_t n_mine, n_done;     /* runs of this group */
    double started;
};

static struct verdict_numbers *numbers_new(const struct engine *e, size_t ground, struct arena *arena)
{
    struct verdict_numbers *out = ARENA_ARRAY(arena, struct verdict_numbers, 1);
    *out = judging_numbers(e, ground, arena_zalloc(arena, judging_bytes(e, ground), 1));
    return out;
}

/* Collective over the group: the same answer on all its ranks. */
static bool do_fit(struct work *work, struct fit *fit, struct arena *arena, struct error *err)
{
    if (!training_is(work->training, fit->ground, fit->baseline, fit->e)) {
        training_close(work->training);
        work->training = NULL;
        TRY(training_open(&work->group, fit->ground, fit->baseline, fit->e, &work->training, err));
    }
    TRY(training_load(work->training, fit->asking, err));
    fit->numbers = numbers_new(work->e, fit->ground, arena);
    return training_fit(work->training, fit->e, fit->added, fit->numbers, err);
}

/* Fits that several runs need. */
static void do_shared(const struct comm *workers, struct work *work)
{
    struct engine *e = work->e;
    for (size_t f = 0; f < work->fits.n; f++) {
        struct fit *fit = &work->fits.fit[f];
        if (fit->n_runs > 1 && fit->group == work->group.number && !do_fit(work, fit, work->numbers, &fit->failed))
            fit->numbers = NULL;
    }
    for (size_t f = 0; f < work->fits.n; f++) {
        struct fit *fit = &work->fits.fit[f];
        const int root = (int)(fit->group * (size_t)comm_size(workers) / work->group.n_groups);
        if (fit->n_runs < 2)
            continue;
        comm_bcast(workers, &fit->failed, sizeof fit->failed, root);
        if (fit->failed.code != ERROR_NONE)
            continue;
        if (!fit->numbers)
            fit->numbers = numbers_new(e, fit->ground, work->numbers);
        comm_bcast(workers, fit->numbers->threshold, judging_bytes(e, fit->ground), root);
    }
}

/* A run's own fits; its numbers by size. */
static bool do_run_fits(struct work *work, size_t run, const struct verdict_numbers **numbers, struct error *err)
{
    struct engine *e = work->e;
    for (size_t s = 0; s < e->e->n_sizes; s++) {
        size_t f = work->fits.of_run[run * e->e->n_sizes + s];
        numbers[s] = NULL;
        if (f == SIZE_MAX)
            continue;
        struct fit *fit = &work->fits.fit[f];
        if (fit->failed.code != ERROR_NONE) {
            *err = fit->failed;
            return error_context(err, "size %" PRId64, e->e->size[s]);
        }
        if (fit->n_runs < 2)
            TRY(do_fit(work, fit, work->run_numbers, err) || error_context(err, "size %" PRId64, e->e->size[s]));
        numbers[s] = fit->numbers;
    }
    return true;
}

static void say_progress(struct work *work)
{
    work->n_done++;
    double passed = clock_seconds() - work->started;
    if (work->n_done < work->n_mine)
        log_job(LOG_INFO, "%zu of %zu runs%s, %.0f%%, about %.0f s left", work->n_done, work->n_mine,
                work->group.n_groups > 1 ? " of this group of ranks" : "",
                100.0 * (double)work->n_done / (double)work->n_mine,
                passed / (double)work->n_done * (double)(work->n_mine - work->n_done));
}

/* The run's lock, or who has it; a run that another process finished is not done again. Collective over the group. */
static bool claim_run(struct work *work, struct engine_run *run, struct run_lock *lock, struct error *err)
{
    const struct engine *e = work->e;
    int32_t taken = 1;
    bool ok = true;
    if (comm_rank(work->group.comm) == 0 && e->options.out_dir) {
        enum lock_state state = LOCK_TAKEN;
        const char *name = arena_printf(work->run_numbers, "runs/%s.lock", run->run->id);
        const char *file = arena_printf(work->run_numbers, "runs/%s.h5", run->run->id);
        ok = run_lock_take(engine_path(e, name, work->run_numbers), lock, &state, err);
        taken = ok && state == LOCK_TAKEN;
        if (taken && !e->options.redo && file_exists(engine_path(e, file, work->run_numbers))) {
            run_lock_free(lock);
            taken = 2;
        }
    }
    TRY(agree(work->group.comm, ok, err));
    comm_bcast(work->group.comm, &taken, sizeof taken, 0);
    run->elsewhere = taken != 1;
    run->written = taken == 2;
    return true;
}

static void do_run(struct work *work, size_t i)
{
    struct engine *e = work->e;
    struct engine_run *run = &e->run[i];
    struct run_lock lock = {.fd = -1};
    struct arena_mark mark = arena_mark(work->run_numbers);
    const struct verdict_numbers **numbers =
        ARENA_ARRAY(work->run_numbers, const struct verdict_numbers *, e->e->n_sizes);
    struct error *err = &run->failed;
    bool ok = claim_run(work, run, &lock, err);
    if (ok && !run->elsewhere) {
        ok = do_run_fits(work, i, numbers, err);
        if (comm_rank(work->group.comm) == 0) {
            if (ok)
                ok = run_write(e, run, work->group.picks[run->asking].all, numbers, work->group.comm, err);
            if (!ok)
                run_write_failed(e, run);
            run_lock_free(&lock);
        }
        ok = agree(work->group.comm, ok, err);
        run->written = ok;
        if (!ok && comm_rank(work->group.comm) == 0)
            log_rank(LOG_WARN, "run %s fails: %s", run->run->id, run->failed.message);
        say_progress(work);
    }
    arena_release(work->run_numbers, mark);
}

/* Runs whose arm or labels failed have nothing to be trained on. */
static bool run_dead(const struct engine *e, const struct engine_run *run, struct error *why)
{
    const struct asking *asking = &e->asking[run->asking];
    if (!arm_alive(e, asking->arm))
        *why = e->arm[asking->arm].failed;
    else if (asking->failed.code != ERROR_NONE)
        *why = asking->failed;
    else
        return false;
    return true;
}

static void bury_dead(const struct comm *workers, struct engine *e)
{
    for (size_t i = 0; i < e->n_runs; i++)
        if (run_dead(e, &e->run[i], &e->run[i].failed) && comm_rank(workers) == 0)
            run_write_failed(e, &e->run[i]);
}

static bool run_settled(const struct engine_run *run)
{
    return run->written || run->failed.code != ERROR_NONE;
}

/* All learn what became of each run: 0 not done, 1 written, 2 failed. */
static void share_states(const struct comm *workers, struct work *work)
{
    struct engine *e = work->e;
    int64_t *state = ARENA_ZARRAY(work->run_numbers, int64_t, e->n_runs);
    for (size_t i = 0; i < e->n_runs; i++)
        state[i] = e->run[i].written ? 1 : e->run[i].failed.code != ERROR_NONE ? 2 : 0;
    reduce_max_i64(workers, state, e->n_runs);
    for (size_t i = 0; i < e->n_runs; i++) {
        const int root =
            (int)(work->fits.group_of_asking[e->run[i].asking] * (size_t)comm_size(workers) / work->group.n_groups);
        if (state[i] == 2)
            comm_bcast(workers, &e->run[i].failed, sizeof e->run[i].failed, root);
        e->run[i].written = state[i] == 1;
    }
}

/* Waits until another process has finished one of its runs, or has left one. Collective. */
static void wait_for_others(const struct comm *workers, struct work *work)
{
    struct engine *e = work->e;
    int32_t go = 0;
    while (!go) {
        for (size_t i = 0; comm_rank(workers) == 0 && !go && i < e->n_runs; i++) {
            struct run_lock lock = {.fd = -1};
            struct error ignored = {0};
            enum lock_state state;
            if (run_settled(&e->run[i]))
                continue;
            struct arena_mark mark = arena_mark(work->run_numbers);
            const char *name = arena_printf(work->run_numbers, "runs/%s.lock", e->run[i].run->id);
            go =
                !run_lock_take(engine_path(e, name, work->run_numbers), &lock, &state, &ignored) || state == LOCK_TAKEN;
            run_lock_free(&lock);
            arena_release(work->run_numbers, mark);
        }
        if (comm_rank(workers) == 0 && !go)
            nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        comm_bcast(workers, &go, sizeof go, 0);
    }
}

static void do_own_runs(const struct comm *workers, struct work *work)
{
    struct engine *e = work->e;
    for (bool waits = false;; waits = true) {
        size_t left = 0;
        for (size_t i = 0; i < e->n_runs; i++)
            if (work->fits.group_of_asking[e->run[i].asking] == work->group.number && !run_settled(&e->run[i]))
                do_run(work, i);
        share_states(workers, work);
        for (size_t i = 0; i < e->n_runs; i++)
            left += !run_settled(&e->run[i]);
        if (left == 0)
            return;
        if (!waits)
            log_job(LOG_INFO, "%zu runs are being made by another process; waiting for them", left);
        wait_for_others(workers, work);
    }
}

bool fits_run(const struct comm *workers, struct engine *e, struct error *err)
{
    struct work work = {.e = e, .numbers = arena_new(), .run_numbers = arena_new(), .started = clock_seconds()};
    size_t memory, n_groups = fits_groups(workers, e, &memory);
    (void)err;
    bury_dead(workers, e);
    fits_list(e, n_groups, e->arena, &work.fits);
    group_make(workers, e, n_groups, memory, &work.fits, &work.group);
    judging_draw(work.group.comm, e);
    for (size_t i = 0; i < e->n_runs; i++)
        work.n_mine += work.fits.group_of_asking[e->run[i].asking] == work.group.number && !run_settled(&e->run[i]);
    log_job(LOG_INFO, "%zu classifiers to train for %zu runs, in %zu group%s of ranks", work.fits.n, e->n_runs,
            n_groups, n_groups == 1 ? "" : "s");
    do_shared(workers, &work);
    do_own_runs(workers, &work);
    training_close(work.training);
    group_free(&work.group);
    arena_free(work.numbers);
    arena_free(work.run_numbers);
    return true;
}

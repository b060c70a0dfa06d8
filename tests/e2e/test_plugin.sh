# A detector dropped in as one new file appears in `benomaly list` and passes the contract tests, with no other edit.
source "$(dirname "$0")/common.sh"
mkdir "$scratch/tree"
tar -C "$SOURCE_DIR" --exclude=./build --exclude=./results --exclude=./.git -cf - . | tar -C "$scratch/tree" -xf -
cat >"$scratch/tree/src/detect/methods/longest.c" <<'C'
#include "detect/detector.h"

static bool fit(const struct comm *comm, const struct rows *rows, const void *params, uint64_t seed, struct arena *arena,
                void **model, struct error *err)
{
    (void)comm, (void)rows, (void)params, (void)seed, (void)err;
    *model = arena_zalloc(arena, 1, 1);
    return true;
}

static void score(const void *model, const struct rows *rows, size_t first, size_t n, const float *x, double *score)
{
    (void)model, (void)first;
    for (size_t i = 0; i < n; i++)
        score[i] = x[i * rows->d];
}

const struct detector detector_longest = {.plugin = {.name = "longest", .summary = "the first feature itself"}, .fit = fit, .score = score};
C
cmake -S "$scratch/tree" -B "$scratch/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug >/dev/null
cmake --build "$scratch/build" --target benomaly contract_detect_test_detectors >/dev/null
"$scratch/build/benomaly" list detector | grep 'longest' || fail "not listed"
"$MPIEXEC" -n 5 "$scratch/build/tests/contract_detect_test_detectors" 2>&1 | tee "$scratch/contract"
grep -q 'FAILED' "$scratch/contract" && fail "contract broken"
ranks 2 generate "${small[@]}" --quiet
"$MPIEXEC" -n 2 "$scratch/build/benomaly" check "${small[@]}" --set detector=longest --quiet | grep -q '^picks' || fail "does not run"

#!/bin/bash
# Detectors beside scikit-learn's, on one core each: same matrices, same malloc settings, rounds interleaved.
#   bash experiments/bench/detect/run.sh [ROUNDS]
# Seconds are CPU seconds of one process on one core; a line `RATIO what median min max` is scikit-learn's time over
# ours in the same round. Lines `MISS` name the figures that missed their target, and their number is the exit code.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"

install_build_packages
install_packages python3-numpy python3-scipy python3-sklearn
tool=${BENCH_DETECT:-}
if [ -z "$tool" ]; then
    (cd "$root" && cmake --preset release >/dev/null && cmake --build --preset release --target bench_detect >/dev/null)
    tool=$root/build/release/tests/bench_detect
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/bench_detect.XXXXXX")
trap 'rm -rf "$work"' EXIT

# Both sides: one thread, big blocks kept by malloc, BLAS kernels chosen for this processor.
export GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296:glibc.malloc.top_pad=67108864
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
unset OPENBLAS_CORETYPE
taskset -c 0 /usr/bin/python3 "$root/experiments/bench/detect/compare.py" "$tool" "$work" "${1:-5}"

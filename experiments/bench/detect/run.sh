#!/bin/bash
# Detection: beside scikit-learn, on a whole day, and what it sends. See README.md.
# usage: bash experiments/bench/detect/run.sh [PART ...]     parts: scikit-learn day messages; all unless given
#   ROUNDS=5              rounds beside scikit-learn
#   LINES="2000000"       days read to their strangest lines; 20000000 and 50000000 need 6 and 15 GB in WORK and memory
#   REPEAT=5              timed runs of a day; the median is told
#   WORK=build/bench      made telemetry (283 bytes a line, plain) is kept there
# Lines `MISS` name what missed its target; the exit code is 1 if there are any.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
source "$(dirname "${BASH_SOURCE[0]}")/../day.sh"
cd "$root"
install_build_packages
build release benomaly bench_detect bench_day
work=${WORK:-build/bench} tools=build/release/tests here=experiments/bench/detect
export PYTHONDONTWRITEBYTECODE=1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Both sides: one thread, big blocks kept by malloc, BLAS kernels chosen for this processor.
part_scikit-learn() (
    install_packages python3-numpy python3-scipy python3-sklearn
    export GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296:glibc.malloc.top_pad=67108864
    export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
    unset OPENBLAS_CORETYPE
    taskset -c 0 /usr/bin/python3 $here/compare.py $tools/bench_detect "$scratch" "${ROUNDS:-5}"
)

part_day() {
    local lines file
    for lines in ${LINES:-2000000}; do
        file=$(plain_day "$lines")
        /usr/bin/python3 $here/day.py $tools/bench_day "$file" "${REPEAT:-5}" || return 1
    done
}

# The first lines of one day, so that lengths and words are drawn alike.
part_messages() {
    local file lines files=()
    file=$(plain_day 2000000)
    for lines in 50000 100000 200000 400000; do
        head -n "$lines" "$file" > "$scratch/$lines.jsonl"
        files+=("$scratch/$lines.jsonl")
    done
    /usr/bin/python3 $here/messages.py $tools/bench_day "${files[@]}"
}

failed=0
for part in "${@:-scikit-learn day messages}"; do
    for name in $part; do
        echo "== $name"
        "part_$name" || failed=1
    done
done
exit $failed

#!/usr/bin/env bash
# The fuzzers, SECONDS of processor time each: bash tests/fuzz/run.sh [SECONDS]   (an hour: 3600)
# fuzz_reader chooses one of a dozen formats by its input's first byte, so it gets six times as long.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../experiments/setup.sh"
cd "$root"
seconds=${1:-30}
install_build_packages
install_packages clang libclang-rt-14-dev
build fuzz
found=build/fuzz/found
mkdir -p "$found"
fuzz() { # TARGET SECONDS SEED
    build/fuzz/$1 -max_total_time="$2" -seed="$3" -max_len=4096 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="$found/$1-" >"$found/$1.$3.log" 2>&1 || { tail -40 "$found/$1.$3.log"; echo "FINDING: $1, see $found"; return 1; }
    echo "$1: $2 s, $(grep -o 'number_of_executed_units: *[0-9]*' "$found/$1.$3.log" | grep -o '[0-9]*') runs, no finding"
}
(fuzz fuzz_scan "$seconds" 1 && fuzz fuzz_sniff "$seconds" 1 && fuzz fuzz_reader $((seconds * 2)) 1) &
first=$!
fuzz fuzz_reader $((seconds * 4)) 2
wait $first

#!/usr/bin/env bash
# The fuzzers, SECONDS for the scanner, the sniffer and each reader, two at a time:
#   bash tests/fuzz/run.sh [SECONDS] [TARGET...]      targets: scan sniff and the readers' names; all unless given
# Findings, and what the fuzzers learned for the next time, are kept in build/fuzz/found and build/fuzz/corpus.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../experiments/setup.sh"
cd "$root"
seconds=${1:-30}
install_build_packages
install_packages clang libclang-rt-14-dev
build fuzz
found=build/fuzz/found
mkdir -p "$found"
targets=("${@:2}")
[ ${#targets[@]} -gt 0 ] || targets=(scan sniff $(cd src/scan/readers && basename -s .c -- *.c))

fuzz() { # scan, sniff or a reader
    local program=$1 seeds=build/fuzz/corpus/$1 log=$found/$1.log
    [ -e "build/fuzz/fuzz_$1" ] || program=reader
    mkdir -p "$seeds"
    READER=$1 "build/fuzz/fuzz_$program" "$seeds" $([ ! -d "tests/data/$1" ] || echo "tests/data/$1") \
        -dict=tests/fuzz/words.dict -max_total_time="$seconds" -seed=1 -max_len=4096 -timeout=20 -rss_limit_mb=4096 \
        -print_final_stats=1 -artifact_prefix="$found/$1-" >"$log" 2>&1 ||
        { tail -40 "$log"; echo "FINDING: $1, see $found"; return 1; }
    echo "$1: $seconds s, $(sed -n 's/.*number_of_executed_units: *//p' "$log") runs, no finding"
}
export -f fuzz
export found seconds
printf '%s\n' "${targets[@]}" | xargs -P 2 -I TARGET bash -euo pipefail -c 'fuzz TARGET'

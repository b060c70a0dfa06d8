#!/usr/bin/env bash
# The fuzzers, SECONDS for the scanner, the sniffer, each form through all its layouts, and event logs, two at a time:
#   bash tests/fuzz/run.sh [SECONDS] [TARGET...]   targets: scan sniff json json_lines csv xml audit auoms evtx; all unless given
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
[ ${#targets[@]} -gt 0 ] || targets=(scan sniff json json_lines csv xml audit auoms evtx)

fuzz() { # one of the targets; its seeds are the samples of the form's layouts
    local program=layout form="" seeds=build/fuzz/corpus/$1 log=$found/$1.log samples=(tests/data/*/) length=4096
    case $1 in
    scan | sniff) program=$1 samples=(tests/data/jsonl/ tests/data/csv/) ;;
    evtx) program=evtx samples=() length=200000 ;;
    json) form="JSON" samples=(tests/data/{json,ecs*,evtx_json,osquery*,wazuh,splunk,laurel,chainsaw,fluentbit,defender}/) ;;
    json_lines) form="JSON lines" samples=(tests/data/jsonl/) ;;
    csv) form="CSV" samples=(tests/data/csv*/) ;;
    xml) form="event XML" samples=(tests/data/windows_xml/) ;;
    audit) form="audit log" samples=(tests/data/auditd*/) ;;
    auoms) form="auoms" samples=(tests/data/auoms/) ;;
    *) program=layout form="" ;;
    esac
    mkdir -p "$seeds"
    if [ "$1" = evtx ] && [ -d "${BENOMALY_DATA:-../shared/data}/raw/evtx" ]; then
        samples=("${BENOMALY_DATA:-../shared/data}/raw/evtx")
    fi
    FORM=$form "build/fuzz/fuzz_$program" "$seeds" "${samples[@]}" \
        -dict=tests/fuzz/words.dict -max_total_time="$seconds" -seed=1 -max_len=$length -timeout=60 -rss_limit_mb=4096 \
        -print_final_stats=1 -artifact_prefix="$found/$1-" >"$log" 2>&1 ||
        { tail -40 "$log"; echo "FINDING: $1, see $found"; return 1; }
    echo "$1: $seconds s, $(sed -n 's/.*number_of_executed_units: *//p' "$log") runs, no finding"
}
export -f fuzz
export found seconds
printf '%s\n' "${targets[@]}" | xargs -P 2 -I TARGET bash -euo pipefail -c 'fuzz TARGET'

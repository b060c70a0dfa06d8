#!/bin/bash
# Reading and collapsing a day, ours and DuckDB's, in turn on the same file: JSON lines, CSV, zstd of JSON lines.
# usage: bash experiments/bench/telemetry/run.sh [LINES ...]     lines a day: 2000000 unless given
#   WORK=build/bench              made telemetry (283 bytes a line of JSON) and DuckDB's module are kept there
#   REPEAT=5                      timed runs of each; the median is told
#   LAYOUTS="plain csv zstd"      which layouts; zstd has a frame for every 64 MB
# Ours is what day_read does: read, scan, count, normalise, collapse over ranks. DuckDB groups the raw command lines.
# Both get two processor cores, the same environment, and a file that was read once right before. The last lines are
# RATIO what median min max: DuckDB's seconds over ours, run by run.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../../setup.sh"
source "$(dirname "${BASH_SOURCE[0]}")/../day.sh"
cd "$root"
install_build_packages
command -v npm >/dev/null || install_packages nodejs npm
build release benomaly bench_ingest
build=build/release work=${WORK:-build/bench} repeat=${REPEAT:-5}
export OMPI_MCA_hwloc_base_binding_policy=none
here=experiments/bench/telemetry
mkdir -p "$work/duckdb"
if [ ! -d "$work/duckdb/node_modules/@duckdb/node-api" ]; then
    echo '{"private": true}' > "$work/duckdb/package.json"
    (cd "$work/duckdb" && npm install --silent --no-audit --no-fund @duckdb/node-api >&2)
fi

# laid_out LAYOUT LINES: the day in this layout, made once; prints its path
laid_out() {
    local plain file
    plain=$(plain_day "$2")
    case $1 in
    plain) file=$plain ;;
    csv) file=${plain%.jsonl}.csv ;;
    zstd) file=$plain.zst ;;
    *) echo "unknown layout: $1" >&2; return 1 ;;
    esac
    if [ ! -e "$file" ]; then
        if [ "$1" = csv ]; then
            node $here/duckdb.mjs "$work/duckdb" to-csv "$plain" "$file.part"
        else
            split -C 64M --filter='zstd -q -c' "$plain" > "$file.part"
        fi
        mv "$file.part" "$file"
    fi
    echo "$file"
}

results=$work/results.jsonl
: > "$results"
for lines in "${@:-2000000}"; do
    for layout in ${LAYOUTS:-plain csv zstd}; do
        file=$(laid_out "$layout" "$lines")
        format=jsonl reader=json
        [ "$layout" != csv ] || format=csv reader=csv
        about="\"layout\":\"$layout\",\"lines\":$lines"
        for ((i = 0; i < repeat; i++)); do
            for ranks in 2 1 4; do
                cat "$file" > /dev/null
                out=$(mpiexec -n "$ranks" "$build/tests/bench_ingest" --format "$format" "$file")
                echo "{\"who\":\"ours\",$about,\"run\":$i,${out#\{}" >> "$results"
                if [ "$ranks" = 2 ]; then
                    cat "$file" > /dev/null
                    out=$(node $here/duckdb.mjs "$work/duckdb" $reader "$file")
                    echo "{\"who\":\"DuckDB\",$about,\"run\":$i,${out#\{}" >> "$results"
                fi
            done
        done
    done
done
/usr/bin/env python3 $here/summary.py "$results"

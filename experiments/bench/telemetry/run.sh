#!/bin/bash
# Reading and collapsing a day of JSON lines, ours and DuckDB's, in turn on the same file.
# usage: bash experiments/bench/telemetry/run.sh [LINES ...]     lines a day: 2000000 unless given
#   WORK=build/bench     made telemetry (283 bytes a line, plain) and DuckDB's module are kept there
#   REPEAT=5             timed runs of each; the median is told
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

results=$work/results.jsonl
: > "$results"
for lines in "${@:-2000000}"; do
    file=$(plain_day "$lines")
    for ((i = 0; i < repeat; i++)); do
        for ranks in 2 1 4; do
            cat "$file" > /dev/null
            out=$(mpiexec -n "$ranks" "$build/tests/bench_ingest" "$file")
            echo "{\"who\":\"ours\",\"lines\":$lines,\"run\":$i,${out#\{}" >> "$results"
            if [ "$ranks" = 2 ]; then
                cat "$file" > /dev/null
                out=$(node $here/duckdb.mjs "$work/duckdb" "$file")
                echo "{\"who\":\"DuckDB\",\"lines\":$lines,\"run\":$i,${out#\{}" >> "$results"
            fi
        done
    done
done
/usr/bin/env python3 $here/summary.py "$results"

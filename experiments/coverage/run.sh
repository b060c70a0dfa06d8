#!/usr/bin/env bash
# How often 95 % intervals hold the truth, for each cell of a made-up two-way design: bash experiments/coverage/run.sh
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
cd "$root"
install_build_packages
build release coverage
out=results/reference/coverage.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# block TITLE SHIFT CLUSTERS...: equal sizes on one core, skewed ones on the other
block() {
    local shift=$2
    echo "# $1"
    for clusters in "${@:3}"; do
        nice build/release/tests/coverage "${SIMULATIONS:-2000}" "${RESAMPLES:-64}" "$shift" "$clusters" 1 2 >"$work/skewed" &
        nice build/release/tests/coverage "${SIMULATIONS:-2000}" "${RESAMPLES:-64}" "$shift" "$clusters" 0 2 | { [ "$clusters" = "$3" ] && cat || tail -n +2; }
        wait $!
        cat "$work/skewed"
    done
}

{
    echo "# 95 % intervals of the mean over seeds, and of paired differences, whose target is new seeds and new test lines."
    echo "# ${SIMULATIONS:-2000} simulations a cell, ${RESAMPLES:-64} resamples; cover, excess (above 95): percent; first number of a metric: its true mean"
    block "errors are common" 2.5 10 20 50 200 1000
    block "errors are rare" 3.6 10 20 50 200
} | tee "$work/table"
cp "$work/table" "$out"

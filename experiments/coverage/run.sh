#!/usr/bin/env bash
# Do the intervals hold what they promise? bash experiments/coverage/run.sh [SIMULATIONS] [RESAMPLES]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
cd "$root"
install_build_packages
build release coverage
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
parts=$(nproc)
for part in $(seq 0 $((parts - 1))); do
    build/release/tests/coverage "${1:-2000}" "${2:-100}" "$part" "$parts" >"$scratch/$part" &
done
wait
{
    echo "Coverage of 95 % intervals, in percent, ${1:-2000} simulations a cell, ${2:-100} resamples (bash experiments/coverage/run.sh ${1:-2000} ${2:-100})"
    echo "clusters: effective, of each class; by seeds: deviation by seeds over that by lines; then for each metric: of the mean, of the paired"
    echo "difference, mean width. A cell of 2,000 is good to about 1 point (two standard errors)."
    echo "clusters  sizes  by seeds seeds   AUC                  FPR (validation)     TPR (validation)     FPR at TPR 0.9 (own)"
    sort -s -n -k1,1 -k3,3 -k4,4 "$scratch"/*
    awk '{for (i = 5; i <= NF; i++) if ((i - 5) % 3 < 2) {n++; if (least == "" || $i < least) least = $i; if ($i > most) most = $i; sum += $i; low += $i < 93}}
         END {printf "%d cells: lowest %.1f, highest %.1f, mean %.1f (excess %.1f); below 93: %d\n", n, least, most, sum / n, sum / n - 95, low}' "$scratch"/*
} | tee results/reference/coverage.txt

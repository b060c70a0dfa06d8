#!/usr/bin/env bash
# The sweep on real command lines: bash experiments/real/run.sh [DATA_DIR] [OPTIONS of `benomaly sweep`]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
data=$root/../shared/data
if [ $# -gt 0 ] && [ "${1#-}" = "$1" ]; then
    data=$1
    shift
fi
data=$(realpath -m -- "$data")
cd "$root"

if [ ! -e "$data/benchmark/expert.jsonl.zst" ]; then
    echo "no corpora in $data: give their folder as the first argument (experiments/real/README.md says what it must hold)" >&2
    exit 1
fi
install_build_packages
install_plot_packages
build release benomaly

mpiexec -n "${RANKS:-2}" build/release/benomaly sweep configs/real.json --set data="$data" "$@"
/usr/bin/python3 experiments/plot_saturation.py results/real/sweep.h5 results/real/saturation.png
echo "real: results/real/sweep.h5, results/real/saturation.png"

#!/usr/bin/env bash
# What each detector picks from real telemetry: bash experiments/detectors/run.sh [DATA_DIR]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
data=$(realpath -m -- "${1:-$root/../shared/data}")
cd "$root"
[ -e "$data/benchmark/expert.jsonl.zst" ] || { echo "no corpora in $data: give their folder as the first argument" >&2; exit 1; }
install_build_packages
install_plot_packages
build release benomaly

# The 500 strangest a day, nothing removed as a near-duplicate; each pick stores its highest cosine to a better one, so the table can
# say how many would survive any threshold. No classifier is compared: one size, few resamples, simulated labels that are not used.
common=(configs/real.json --set data="$data" --set select.near_threshold=1 --set label=oracle --set "sizes=[0]" --set evaluate.bootstrap=10
        --set classifier_features.dims=64 --set ingest.groups=true --set pool.deal=false --set pool.keep=1 --quiet)
mpiexec -n "${RANKS:-2}" build/release/benomaly sweep "${common[@]}" --out results/detectors/features \
    --set 'sweep={"features":["expert","tokens","embedding",{"name":"svd"}],"detector":["iforest","kmeans","pca","union","rankmean"]}' >/dev/null
mpiexec -n "${RANKS:-2}" build/release/benomaly sweep "${common[@]}" --out results/detectors/text \
    --set 'sweep={"detector":["random","frequency","bm25","logentropy","scade"]}' >/dev/null
/usr/bin/python3 experiments/detectors/table.py results/detectors/features/runs results/detectors/text/runs | tee results/detectors/table.txt

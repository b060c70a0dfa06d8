# The promise on real lines, where the corpora are.
source "$(dirname "$0")/common.sh"
data=${BENOMALY_DATA:-$SOURCE_DIR/../shared/data}
[ -e "$data/benchmark/expert.jsonl.zst" ] || { echo "SKIPPED: no corpora in $data (set BENOMALY_DATA)"; exit 77; }
for n in 1 2 3 5; do ranks $n check configs/real.json --set data="$data" --set "sizes=[0,500]" --quiet >"$scratch/digests.$n"; done
[ "$(wc -l <"$scratch/digests.1")" -ge 10 ] || fail "only $(wc -l <"$scratch/digests.1") digests"
for n in 2 3 5; do diff "$scratch/digests.1" "$scratch/digests.$n" || fail "$n ranks differ from one"; done
cat "$scratch/digests.1"

# The promise: identical stage digests on 1, 2, 3, 5 and 8 ranks, for the quickstart's own configuration.
source "$(dirname "$0")/common.sh"
same_answer() {
    for n in 1 2 3 5 8; do ranks $n check "$@" --quiet >"$scratch/digests.$n"; done
    [ "$(wc -l <"$scratch/digests.1")" -ge 10 ] || fail "only $(wc -l <"$scratch/digests.1") digests"
    for n in 2 3 5 8; do diff "$scratch/digests.1" "$scratch/digests.$n" || fail "$n ranks differ from one"; done
    cat "$scratch/digests.1"
}
same_answer configs/quickstart.json --set data="$scratch/telemetry"
# and a digest that cannot change would be worthless: another seed must show
ranks 2 check configs/quickstart.json --set data="$scratch/telemetry" --set seed=2 --quiet >"$scratch/digests.seed"
diff -q "$scratch/digests.1" "$scratch/digests.seed" >/dev/null && fail "another seed, the same digests"
# the other classifier, the other detector
same_answer "${small[@]}" --set data="$scratch/small" --set classifier=gbdt --set detector=random

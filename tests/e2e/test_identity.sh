# A run is known by what went in: other content is another run, whatever the names and sizes; results of another program or another
# sweep are neither mixed nor overwritten without a word.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 -c 'import h5py' || { echo "SKIPPED: python3-h5py is missing"; exit 77; }
ranks 2 generate "${small[@]}" --quiet
base=("${small[@]}" --set label=oracle --set "sizes=[0,20]" --quiet)
n_runs() { ls "$1/runs"/*.h5 | wc -l; }
zstd -q -d "$scratch/telemetry/synthetic-test.jsonl.zst" -o "$scratch/test.jsonl"
edit=(--set "tests=[{\"name\":\"hard\",\"inputs\":{\"files\":\"$scratch/test.jsonl\",\"part\":{\"of\":3,\"from\":1,\"to\":3}}}]")
ranks 2 run "${base[@]}" "${edit[@]}" --out "$scratch/out" >/dev/null
ranks 2 run "${base[@]}" "${edit[@]}" --out "$scratch/out" >/dev/null
[ "$(n_runs "$scratch/out")" -eq 1 ] || fail "an equal run was made again"
# one letter of the test file, at equal size and with the old time
touch -r "$scratch/test.jsonl" "$scratch/time"
sed -i '0,/benign/s//malici/; 0,/"command_line":"\(.\)/s//"command_line":"x/' "$scratch/test.jsonl"
touch -r "$scratch/time" "$scratch/test.jsonl"
ranks 2 run "${base[@]}" "${edit[@]}" --out "$scratch/out" >/dev/null 2>"$scratch/error" || true
[ "$(n_runs "$scratch/out")" -eq 2 ] || fail "an edited test file gave the old numbers"

# another build of the program
ranks 2 run "${base[@]}" --out "$scratch/other" >/dev/null
/usr/bin/python3 - "$scratch/other/runs" <<'P'
import glob, sys, h5py
for path in glob.glob(sys.argv[1] + "/*.h5"):
    with h5py.File(path, "r+") as file:
        file.attrs["commit"], file.attrs["program"] = "0000000", "0000000000000000"
P
ranks 2 run "${base[@]}" --out "$scratch/other" >/dev/null 2>"$scratch/error" && fail "runs of another build were taken without a word"
grep -q -- '--accept' "$scratch/error" && grep -q -- '--redo' "$scratch/error" && grep -q 0000000 "$scratch/error" || fail "no advice: $(cat "$scratch/error")"
ranks 2 run "${base[@]}" --accept --out "$scratch/other" >/dev/null || fail "--accept"
ranks 2 run "${base[@]}" --redo --out "$scratch/other" >/dev/null || fail "--redo"
ranks 2 run "${base[@]}" --out "$scratch/other" >/dev/null || fail "after --redo all is well"

# a folder of another sweep
ranks 2 sweep "${base[@]}" --set 'sweep={"seed":[1,2]}' --out "$scratch/sweep" >/dev/null
cp "$scratch/sweep/sweep.h5" "$scratch/before.h5"
ranks 2 sweep "${base[@]}" --set 'sweep={"detector":["random","iforest"]}' --out "$scratch/sweep" >/dev/null 2>"$scratch/error" && fail "a sweep file was overwritten"
grep -q 'another sweep' "$scratch/error" || fail "no word of the other sweep: $(cat "$scratch/error")"
cmp "$scratch/before.h5" "$scratch/sweep/sweep.h5" || fail "the other sweep's file has changed"

# the subsample belongs to days: baseline and tests do not move
ranks 2 check "${base[@]}" >"$scratch/all"
ranks 2 check "${base[@]}" --set pool.subsample=500 >"$scratch/some"
grep -E '^(baseline|test|validation)' "$scratch/all" | diff - <(grep -E '^(baseline|test|validation)' "$scratch/some") || fail "a subsample cut the baseline or a test"
grep '^lines' "$scratch/all" | diff -q - <(grep '^lines' "$scratch/some") >/dev/null && fail "a subsample did not cut the days"
# a seed deals and picks anew, and leaves baseline, validation and tests alone
ranks 2 check "${base[@]}" --set seed=2 >"$scratch/other.seed"
grep -E '^(baseline|test|validation)' "$scratch/all" | diff - <(grep -E '^(baseline|test|validation)' "$scratch/other.seed") || fail "a seed moved the baseline or a test"
grep '^lines' "$scratch/all" | diff -q - <(grep '^lines' "$scratch/other.seed") >/dev/null && fail "a seed does not draw the days' lines anew"

# the configuration in a result file is one that the program reads back, as the same run
/usr/bin/python3 - "$scratch/sweep/runs" "$scratch/back.json" <<'P'
import glob, sys, h5py
with h5py.File(sorted(glob.glob(sys.argv[1] + "/*.h5"))[0]) as file:
    config = file.attrs["config"]
open(sys.argv[2], "w").write(config if isinstance(config, str) else config.decode())
P
ranks 2 run "$scratch/back.json" --set data="$scratch/telemetry" --out "$scratch/back" --quiet >/dev/null || fail "the stored configuration is not read back"
[ -e "$scratch/sweep/runs/$(ls "$scratch/back/runs" | grep h5)" ] || fail "the stored configuration is another run"
ranks 2 picks "$(ls "$scratch"/back/runs/*.h5)" --set data="$scratch/telemetry" --quiet >"$scratch/picks"
[ "$(grep -c '"command_line":"' "$scratch/picks")" -eq "$(wc -l <"$scratch/picks")" ] && [ -s "$scratch/picks" ] || fail "picks without texts"

# A run that fails is recorded with its reason and the others go on; two sweeps share a folder and lose nothing, also where the file
# system has no flock; records that cannot be read are named with their input.
source "$(dirname "$0")/common.sh"
touch "$scratch/empty.h5"
ranks 2 generate "${small[@]}" --quiet
sleep 2.1 # a file that has just changed is hashed each time, so a plan would not know it
base=("${small[@]}" --set label=oracle --set "sizes=[0,20]" --quiet)
status=0
ranks 3 sweep "${base[@]}" --set "sweep={\"features\":[\"expert\",{\"name\":\"embedding_file\",\"file\":\"$scratch/empty.h5\",\"dimensions\":8}],\"seed\":[1,2]}" \
    --out "$scratch/out" >"$scratch/table" 2>"$scratch/error" || status=$?
[ $status -eq 1 ] || fail "exit $status after a failed run: $(cat "$scratch/error")"
grep -q '2 of 4 runs failed' "$scratch/error" || fail "no count of failed runs: $(cat "$scratch/error")"
[ "$(ls "$scratch"/out/runs/*.h5 | wc -l)" -eq 2 ] && [ "$(ls "$scratch"/out/runs/*.failed | wc -l)" -eq 2 ] || fail "the other runs did not go on"
grep -q 'empty.h5' "$scratch"/out/runs/*.failed || fail "no reason in the record"
grep -q 'expert' "$scratch/table" || fail "no table"
"$BENOMALY" plan "${base[@]}" --set "sweep={\"features\":[\"expert\",{\"name\":\"embedding_file\",\"file\":\"$scratch/empty.h5\",\"dimensions\":8}],\"seed\":[1,2]}" \
    --out "$scratch/out" >"$scratch/plan"
grep -q '4 in all: 2 to be made (2 of them failed before), 2 kept' "$scratch/plan" || fail "plan: $(cat "$scratch/plan")"

# two at once
two=("${base[@]}" --set 'sweep={"detector":["random","iforest"],"seed":[1,2,3,4]}')
ranks 2 sweep "${two[@]}" --out "$scratch/alone" >"$scratch/table.alone"
both() { # DIR ENVIRONMENT...
    local out=$1
    shift
    env "$@" "$BENOMALY" sweep "${two[@]}" --out "$out" >"$out.one" 2>"$out.log1" & local first=$!
    env "$@" "$BENOMALY" sweep "${two[@]}" --out "$out" >"$out.two" 2>"$out.log2" & local second=$!
    wait $first || fail "the first of two: $(cat "$out.log1")"
    wait $second || fail "the second of two: $(cat "$out.log2")"
    for file in "$scratch"/alone/runs/*.h5; do cmp "$file" "$out/runs/$(basename "$file")" || fail "$(basename "$file") differs"; done
    diff "$scratch/table.alone" "$out.one" && diff "$scratch/table.alone" "$out.two" || fail "tables of two at once"
    [ "$(wc -l <"$out/runs.jsonl")" -eq 8 ] || fail "$(wc -l <"$out/runs.jsonl") runs made for 8"
    ! ls "$out"/runs/*.lock* 2>/dev/null || fail "locks are left"
}
both "$scratch/both"
cat >"$scratch/noflock.c" <<'C'
#include <errno.h>
int flock(int fd, int operation) { (void)fd, (void)operation; errno = ENOLCK; return -1; }
C
gcc -shared -fPIC -o "$scratch/noflock.so" "$scratch/noflock.c"
if ! grep -q 'libasan' <(ldd "$BENOMALY"); then
    both "$scratch/noflock" LD_PRELOAD="$scratch/noflock.so"
    env LD_PRELOAD="$scratch/noflock.so" "$BENOMALY" sweep "${two[@]/--quiet/--verbose}" --redo --out "$scratch/noflock" 2>&1 >/dev/null | grep -q 'no locks on this file system' || fail "no word of the missing locks"
fi

# bad records of a test and of the baseline
zstd -q -d "$scratch/telemetry/synthetic-test.jsonl.zst" -o "$scratch/test.jsonl"
printf '{"command_line": "cut\n' >>"$scratch/test.jsonl"
cp "$scratch/telemetry/synthetic-malicious.jsonl.zst" "$scratch/mal.jsonl.zst"
printf 'not json\n' | zstd -q >>"$scratch/mal.jsonl.zst"
ranks 2 run "${base[@]/--quiet/--verbose}" --set "tests=[{\"name\":\"hard\",\"inputs\":{\"files\":\"$scratch/test.jsonl\",\"part\":{\"of\":3,\"from\":1,\"to\":3}}}]" --set "baseline.malicious.inputs=$scratch/mal.jsonl.zst" \
    --out "$scratch/bad" >/dev/null 2>"$scratch/error"
grep -q '"what":"test hard".*test.jsonl' "$scratch/bad/quarantine.jsonl" || fail "the test's bad record is not kept: $(cat "$scratch/bad/quarantine.jsonl")"
grep -q '"what":"baseline.malicious".*mal.jsonl' "$scratch/bad/quarantine.jsonl" || fail "the baseline's bad record is not kept"
grep -q 'test hard: 1 bad record' "$scratch/error" || fail "no warning that names the test: $(cat "$scratch/error")"
# what holds command lines is for the owner alone
open_files=$(find "$scratch/bad/cache" "$scratch/bad/quarantine.jsonl" -type f -perm /077)
[ -z "$open_files" ] && [ -n "$(ls "$scratch/bad/cache")" ] || fail "others may read $open_files"

# 10,000 runs are planned in about a second
started=$(date +%s%N)
"$BENOMALY" plan "${base[@]}" --set "sweep={\"select.near_threshold\":[$(seq -s, 0.01 0.01 1)],\"seed\":[$(seq -s, 100)]}" --out "$scratch/large" >"$scratch/plan"
took_ms=$((($(date +%s%N) - started) / 1000000))
grep -q '10000 in all' "$scratch/plan" || fail "plan of 10,000 runs: $(cat "$scratch/plan")"
echo "10,000 runs planned in $took_ms ms"
[ $took_ms -lt 4000 ] || fail "planning 10,000 runs took $took_ms ms"

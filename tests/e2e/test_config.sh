# A configuration based on another means what the two say together; results name only what counts.
source "$(dirname "$0")/common.sh"
cp configs/quickstart.json "$scratch/base.json"
echo '{"base": "base.json", "seed": 3, "detector": "random"}' >"$scratch/middle.json"
echo '{"base": "middle.json", "detector": "iforest"}' >"$scratch/top.json"
ranks 2 check "$scratch/top.json" "${small[@]:1}" --quiet >"$scratch/derived"
ranks 2 check "${small[@]}" --set seed=3 --set detector=iforest --quiet >"$scratch/plain"
diff "$scratch/plain" "$scratch/derived" || fail "a derived configuration gives something else"
echo '{"base": "loop.json"}' >"$scratch/loop.json"
"$BENOMALY" check "$scratch/loop.json" 2>"$scratch/error" && fail "a loop of configurations was accepted"
grep -q 'based on each other' "$scratch/error" || fail "no word of the loop: $(cat "$scratch/error")"
printf '{\n"base": "base.json",\n"select": {"bugdet": 3}}' >"$scratch/wrong.json"
"$BENOMALY" check "$scratch/wrong.json" "${small[@]:1}" 2>"$scratch/error" && fail "a wrong key was accepted"
grep -q 'wrong.json:3:' "$scratch/error" || fail "not the file and line: $(cat "$scratch/error")"

# the address of a server and the data folder do not make another run
ranks 1 run "${small[@]}" --set label=oracle --out "$scratch/out" --quiet >/dev/null
mv "$scratch/telemetry" "$scratch/moved"
ranks 1 run "${small[@]}" --set label=oracle --set data="$scratch/moved" --out "$scratch/out" --quiet >/dev/null
[ "$(ls "$scratch/out/runs" | wc -l)" -eq 1 ] || fail "a moved data folder made another run"
ranks 1 run "${small[@]}" --set label=oracle --set data="$scratch/moved" --set select.budget=29 --out "$scratch/budget" --quiet >/dev/null
[ ! -e "$scratch/budget/runs/$(ls "$scratch/out/runs")" ] || fail "another budget made no other run"

# kill -9 at ten random moments, then the same command again: the same results, no answered label asked for twice, no broken file.
source "$(dirname "$0")/common.sh"
ranks 2 generate "${small[@]}" --quiet
start_standin --latency-ms 20 --log "$scratch/requests"
sweep=("${small[@]}" --set 'sweep={"detector":["random","iforest"],"seed":[1,2]}' --set label.url="http://127.0.0.1:$standin_port/v1" --quiet)

ranks 2 sweep "${sweep[@]}" --out "$scratch/whole" >"$scratch/table.whole"
RANDOM=${SEED:-7}
mv "$scratch/requests" "$scratch/requests.whole" 2>/dev/null || true
kill %1; wait || true
start_standin --latency-ms 20 --log "$scratch/requests"
sweep[${#sweep[@]}-2]="label.url=http://127.0.0.1:$standin_port/v1"

kills=0
while [ $kills -lt 10 ]; do
    setsid "$MPIEXEC" -n 2 "$BENOMALY" sweep "${sweep[@]}" --out "$scratch/killed" >/dev/null 2>&1 &
    job=$!
    sleep "$(printf '%d.%03d' $((RANDOM % 2)) $((RANDOM % 1000)))"
    # what is journaled before the kill must not be asked for after it
    kill -9 -- -$job 2>/dev/null || true
    pkill -9 -f "$scratch/killed" 2>/dev/null || true
    wait $job 2>/dev/null || true
    kills=$((kills + 1))
    cp "$scratch/killed/labels.jsonl" "$scratch/journal.$kills" 2>/dev/null || : >"$scratch/journal.$kills"
    wc -l <"$scratch/requests" >"$scratch/asked.$kills" 2>/dev/null || echo 0 >"$scratch/asked.$kills"
done
ranks 2 sweep "${sweep[@]}" --out "$scratch/killed" >"$scratch/table.killed"
diff "$scratch/table.whole" "$scratch/table.killed" || fail "tables differ"
/usr/bin/python3 "$SOURCE_DIR/tests/e2e/resume_check.py" "$scratch"

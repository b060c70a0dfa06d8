# kill -9 at ten random moments, then the same command again: the same results, no answered label asked for twice, no broken file.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 -c 'import h5py' || { echo "SKIPPED: python3-h5py is missing"; exit 77; }
in_flight=4 kills=10
RANDOM=${SEED:-7}
ranks 2 generate "${small[@]}" --quiet
sweep=("${small[@]}" --set 'sweep={"detector":["random","iforest"],"seed":[1,2]}' --set label.in_flight=$in_flight --quiet)

start_standin --latency-ms 40 --log "$scratch/requests.whole"
started=$(date +%s%N)
ranks 2 sweep "${sweep[@]}" --set label.url="http://127.0.0.1:$standin_port/v1" --out "$scratch/whole" >"$scratch/table.whole"
took_ms=$((($(date +%s%N) - started) / 1000000))
stop_standin

start_standin --latency-ms 40 --log "$scratch/requests"
sweep+=(--set label.url="http://127.0.0.1:$standin_port/v1" --out "$scratch/killed")
for _ in $(seq $kills); do
    # the ranks get sessions of their own from setsid, so that all of them die with mpiexec
    setsid "$MPIEXEC" -n 2 "$BENOMALY" sweep "${sweep[@]}" >/dev/null 2>&1 &
    job=$!
    ms=$((RANDOM * took_ms / 32768))
    sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
    pkill -9 -f "$scratch/killed" || true # mpiexec and its ranks carry the folder's name
    wait $job 2>/dev/null || true
    while pgrep -f "$scratch/killed" >/dev/null; do sleep 0.05; done
done
ranks 2 sweep "${sweep[@]}" >"$scratch/table.killed"
stop_standin
diff "$scratch/table.whole" "$scratch/table.killed" || fail "tables differ"
/usr/bin/python3 tests/e2e/resume_check.py "$scratch" $in_flight $kills

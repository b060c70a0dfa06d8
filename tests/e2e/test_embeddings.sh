# Vectors of a server as features of every stage: the same digests on any number of ranks, nothing asked twice, also after
# kill -9; the same from a file that Python wrote.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 -c 'import h5py' || { echo "SKIPPED: python3-h5py is missing"; exit 77; }
ranks 2 generate "${small[@]}" --quiet
# sets $config: embedding PARAMETERS everywhere, beside another extractor for the detector
use() {
    config=("${small[@]}" --set label=oracle --set features="[\"expert\",$1]" --set select.embedding="$1" --set select.near_threshold=0.95
            --set classifier_features="$1" --quiet)
}
lines_asked() { grep -c '"status":200' "$1"; }

start_standin --dimensions 32 --log "$scratch/requests"
use "{\"name\":\"embedding_http\",\"url\":\"http://127.0.0.1:$standin_port/v1\",\"cache\":\"$scratch/cache\",\"dimensions\":32}"
ranks 3 check "${config[@]}" >"$scratch/digests.http"
asked=$(lines_asked "$scratch/requests")
unique=$(cut -d'"' -f4 "$scratch/requests" | sort -u | wc -l)
[ "$asked" -eq "$unique" ] || fail "$asked lines asked for, $unique different"
[ "$asked" -ge 1000 ] || fail "only $asked lines asked for"
stop_standin
# everything is in the cache now: no server is needed
for n in 1 2 5; do
    ranks $n check "${config[@]}" >"$scratch/digests.$n"
    diff "$scratch/digests.http" "$scratch/digests.$n" || fail "$n ranks differ from three"
done

# killed while it asks, then once more
start_standin --dimensions 32 --latency-ms 20 --log "$scratch/requests.killed"
use "{\"name\":\"embedding_http\",\"url\":\"http://127.0.0.1:$standin_port/v1\",\"cache\":\"$scratch/cache.killed\",\"dimensions\":32,\"batch\":16,\"in_flight\":2}"
for lines in 200 700; do
    "$BENOMALY" check "${config[@]}" >/dev/null 2>&1 &
    job=$!
    while [ "$(lines_asked "$scratch/requests.killed")" -lt $lines ]; do sleep 0.05; done
    kill -9 $job
    wait $job 2>/dev/null || true
done
ranks 2 check "${config[@]}" >"$scratch/digests.killed"
stop_standin
diff "$scratch/digests.http" "$scratch/digests.killed" || fail "digests differ after kills"
again=$(($(lines_asked "$scratch/requests.killed") - $(cut -d'"' -f4 "$scratch/requests.killed" | sort -u | wc -l)))
[ $again -le $((2 * 2 * 16)) ] || fail "$again lines asked for twice; only those under way at a kill may be"

# the same vectors from a file of somebody else's making, and a line that is not in it
"$BENOMALY" events "$scratch"/telemetry/*.zst >"$scratch/events" 2>/dev/null
/usr/bin/python3 tests/e2e/vectors_write.py "$scratch/events" "$scratch/cache" "$scratch/vectors.h5"
use "{\"name\":\"embedding_file\",\"file\":\"$scratch/vectors.h5\",\"dimensions\":32,\"model\":\"jina-embeddings-v2-base-code\"}"
for n in 1 3; do
    ranks $n check "${config[@]}" >"$scratch/digests.file"
    diff "$scratch/digests.http" "$scratch/digests.file" || fail "the file gives other digests"
done
head -1000 "$scratch/events" >"$scratch/some"
/usr/bin/python3 tests/e2e/vectors_write.py "$scratch/some" "$scratch/cache" "$scratch/vectors.h5"
ranks 2 check "${config[@]}" >/dev/null 2>"$scratch/error" && fail "missing lines pass"
grep -q 'no vector for [0-9]* of [0-9]* lines; the first is row' "$scratch/error" || fail "missing lines: $(cat "$scratch/error")"

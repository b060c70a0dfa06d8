# Sourced by the end-to-end tests: a scratch folder, a small synthetic configuration, helpers.
set -euo pipefail
: "${BENOMALY:?}" "${SOURCE_DIR:?}" "${BINARY_DIR:?}" "${MPIEXEC:?}"
scratch=$(mktemp -d)
trap 'status=$?; kill $(jobs -p) 2>/dev/null || true; rm -rf "$scratch"; exit $status' EXIT
cd "$SOURCE_DIR"

# The quickstart's configuration at a size for tests.
small=(configs/quickstart.json --set data="$scratch/telemetry" --set generate.lines_per_day=8000 --set generate.test_benign=300
       --set generate.test_malicious=150 --set generate.malicious_lines=400 --set baseline.benign.count=200 --set select.budget=30
       --set "sizes=[0,20,60]" --set evaluate.bootstrap=100 --set classifier_features.dims=256)

fail() { echo "FAILED: $*" >&2; exit 1; }
ranks() { local n=$1; shift; "$MPIEXEC" -n "$n" "$BENOMALY" "$@"; }

# start_standin ARGUMENT...: sets $standin_port
start_standin() {
    rm -f "$scratch/port"
    "$BINARY_DIR/tests/chat_standin" --port 0 --port-file "$scratch/port" --truth "$scratch"/telemetry/synthetic-*.jsonl.zst \
        --max-seconds 600 "$@" &
    standin=$!
    for _ in $(seq 100); do [ -s "$scratch/port" ] && break; sleep 0.1; done
    standin_port=$(cat "$scratch/port")
}
stop_standin() { kill "$standin"; wait "$standin" || true; }

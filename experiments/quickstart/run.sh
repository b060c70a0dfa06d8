#!/usr/bin/env bash
# Quickstart on a fresh Debian 12: set-up, build, five synthetic days, the sweep on 4 ranks with labels over real HTTP from a
# stand-in on this machine, the saturation table and figure.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../setup.sh"
cd "$root"

install_build_packages
install_plot_packages
build release benomaly chat_standin

started=$(date +%s.%N)
out=results/quickstart
mkdir -p "$out"
benomaly=build/release/benomaly

mpiexec -n 4 "$benomaly" generate configs/quickstart.json

# The stand-in knows the generated lines' truth and answers with seeded errors: no language model takes part.
build/release/tests/chat_standin --port 0 --port-file "$out/standin.port" --truth "$out"/telemetry/synthetic-*.jsonl.zst \
    --max-seconds 600 >"$out/standin.log" 2>&1 &
standin=$!
trap 'kill $standin 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    [ -s "$out/standin.port" ] && break
    kill -0 $standin 2>/dev/null || { cat "$out/standin.log" >&2; exit 1; }
    sleep 0.1
done

mpiexec -n 4 "$benomaly" sweep configs/quickstart.json --set label.url="http://127.0.0.1:$(cat "$out/standin.port")/v1" "$@"
/usr/bin/python3 experiments/plot_saturation.py "$out/sweep.h5" "$out/saturation.png"
printf 'quickstart: %.1f s after the build; %s/sweep.h5, %s/saturation.png\n' \
    "$(echo "$(date +%s.%N) - $started" | bc -l 2>/dev/null || /usr/bin/python3 -c "import time; print(time.time() - $started)")" "$out" "$out"

#!/bin/bash
# System calls that reading many small files costs, and how ranks share them.
# usage: files.sh BUILD_DIR [FILES] [RANKS]   (100000 files, 8 ranks)
set -euo pipefail
build=$1 files=${2:-100000} ranks=${3:-8}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
/usr/bin/python3 - "$scratch/day" "$files" <<'P'
import os, sys
for i in range(int(sys.argv[2])):
    folder = f"{sys.argv[1]}/{i % 100:02d}"
    if i < 100:
        os.makedirs(folder)
    with open(f"{folder}/{i:07d}.jsonl", "w") as out:
        out.write('{"command_line":"run %d","host":"h%d"}\n' % (i % 5000, i % 100))
P
started=$(date +%s%N)
mpiexec -n "$ranks" env LD_PRELOAD="$build/tests/libfaults.so" FAULTS_FOLDER="$scratch/day" FAULTS_COUNT="$scratch/counts" \
    "$build/tests/bench_ingest" "$scratch/day"
echo "$((($(date +%s%N) - started) / 1000000)) ms"
/usr/bin/python3 - "$scratch/counts" "$files" <<'P'
import sys
ranks = [dict(zip(w[::2], map(int, w[1::2]))) for w in (line.split() for line in open(sys.argv[1]))]
files, calls = int(sys.argv[2]), list(ranks[0])
each = [sum(r.values()) - r["readdir"] for r in ranks]  # readdir is no call: one getdents brings hundreds of names
for call in calls:
    print(f"{call:8} {sum(r[call] for r in ranks) / files:7.3f} a file, {max(r[call] for r in ranks) * len(ranks) / max(1, sum(r[call] for r in ranks)):5.2f} times the share on the busiest of {len(ranks)} ranks")
print(f"{'all':8} {sum(each) / files:7.3f} a file, {max(each) * len(each) / sum(each):5.2f} times the share on the busiest rank")
P

#!/usr/bin/env bash
# Everything that must hold, on a fresh Debian 12: set-up, release build, all tests; the unit, rank (1 and 3) and contract tests again
# under AddressSanitizer and UndefinedBehaviorSanitizer; the fuzzers for half a minute each.  bash tests/run.sh [CTEST OPTIONS]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../experiments/setup.sh"
cd "$root"

install_build_packages
install_plot_packages
install_packages clang-format
CMAKE_OPTIONS=-DWERROR=ON build release
ctest --preset release "$@"
build sanitize
ctest --preset sanitize -E '^(e2e|lint)\.|^mpi\..*\.n[25]$' "$@"
bash tests/fuzz/run.sh 30

#!/usr/bin/env bash
# Everything that must hold, on a fresh Debian 12: set-up, release build, CTest; then the unit, hostile-input and contract tests
# under AddressSanitizer and UndefinedBehaviorSanitizer.  bash tests/run.sh [CTEST OPTIONS]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../experiments/setup.sh"
cd "$root"

install_build_packages
install_plot_packages
CMAKE_OPTIONS=-DWERROR=ON build release
ctest --preset release "$@"
build sanitize
ctest --preset sanitize -E '^e2e\.' "$@"

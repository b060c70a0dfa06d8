# A second implementation reads the files: HDF5 compiled to WebAssembly (npm h5wasm), compared value by value with h5py.
source "$(dirname "$0")/common.sh"
skip() { echo "SKIPPED: $*"; exit 77; }
/usr/bin/python3 -c 'import h5py' 2>/dev/null || skip "python3-h5py is missing"
command -v npm >/dev/null && command -v node >/dev/null || skip "npm or node is missing"
mkdir "$scratch/reader"
(cd "$scratch/reader" && timeout 120 npm install --ignore-scripts --no-audit --no-fund --prefix . h5wasm@0.10.3) >"$scratch/npm.log" 2>&1 ||
    skip "npm cannot install h5wasm: $(tail -1 "$scratch/npm.log")"
cp tests/e2e/h5wasm_read.mjs "$scratch/reader/"
ranks 2 sweep "${small[@]}" --set label=oracle --set 'sweep={"detector":["random","iforest"],"seed":[1,2]}' --out "$scratch/out" --quiet >"$scratch/table"
for file in "$scratch/out/sweep.h5" "$(ls "$scratch"/out/runs/*.h5 | head -1)"; do
    node "$scratch/reader/h5wasm_read.mjs" "$file" >"$scratch/read.json" || fail "h5wasm cannot read $file"
    /usr/bin/python3 tests/e2e/h5wasm_check.py "$file" "$scratch/read.json" || fail "h5wasm and h5py read $file differently"
done

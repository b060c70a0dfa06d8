# Errors a stranger can act on: each names the place and what to do, on one line, with a non-zero exit and no hang on 3 ranks.
source "$(dirname "$0")/common.sh"
expect() { # STATUS PATTERN ARGUMENT...
    local status=$1 pattern=$2 got=0
    shift 2
    timeout 60 "$MPIEXEC" -n 3 "$BENOMALY" "$@" >"$scratch/out" 2>&1 || got=$?
    [ "$got" -eq "$status" ] || { cat "$scratch/out"; fail "exit $got, wanted $status: $*"; }
    grep -qE -- "$pattern" "$scratch/out" || { cat "$scratch/out"; fail "no \"$pattern\" from: $*"; }
}
expect 2 'unknown command "swep" \(did you mean "sweep"\?\)' swep
expect 2 'usage: benomaly run CONFIG' run
expect 2 'unknown option.*--frob' run --frob
expect 2 'KEY=VALUE' run configs/quickstart.json --set nonsense
expect 1 'nowhere.json' run nowhere.json
printf '{\n  "name": "x",\n  "detectr": "iforest"\n}\n' >"$scratch/a.json"
expect 2 'a.json:3:[0-9]+: .*detectr.*did you mean detector' run "$scratch/a.json"
printf '{\n  "name": "x",,\n}\n' >"$scratch/b.json"
expect 2 'b.json:2:' run "$scratch/b.json"
expect 2 'unknown detector "ifrest" \(did you mean "iforest"\?\)' run "${small[@]}" --set detector=ifrest
expect 2 'budget must be' run "${small[@]}" --set select.budget=0
expect 2 'missing-day.jsonl.* matches no file' run "${small[@]}" --set days='["missing-day.jsonl"]'
expect 1 'LICENSE: cannot make the folder: File exists' run "${small[@]}" --out "$SOURCE_DIR/LICENSE"
expect 1 'could not|connect|refused' run "${small[@]}" --out "$scratch/out1" --set label.url=http://127.0.0.1:9/v1 --set label.max_retries=0
expect 2 'DAY must be 1..5' explain "${small[@]:0:1}" 6 ls
expect 2 'kinds are' list nonsense
expect 0 'jsonl' list reader
expect 0 'jsonl' list format
expect 0 'subsample' list section
for slice in 0/2 3/2 x/2 1 1/ /2 -1/2; do expect 2 '--slice wants I/N' run configs/quickstart.json --slice "$slice"; done
expect 2 'exclude each other' sweep configs/quickstart.json --redo --accept
for name in .. . -x a/b; do expect 2 '"name" must be a word' run "${small[@]}" --set name="$name"; done
expect 2 'ingest.subsample is now pool.subsample' run "${small[@]}" --set ingest.subsample=5
expect 2 'makes the same run' sweep "${small[@]}" --set 'sweep.seed=[1,1]'
expect 2 'tests cannot be an axis' sweep "${small[@]}" --set 'sweep.tests=[[],[]]'
expect 2 'the sweep gives detector to every run' sweep "${small[@]}" --set detector=pca
expect 2 '--set sweep.detectr: detectr is not known here' sweep "${small[@]}" --set 'sweep.detectr=["pca"]'
grep -q '"generate"' configs/real.json && fail "configs/real.json generates"
expect 2 'there is no "generate" section' generate configs/real.json --out "$scratch/none"
[ ! -e "$scratch/none" ] || fail "synthetic telemetry of a configuration that does not generate"
expect 1 'other parameters|differ' generate "${small[@]}" --set generate.seed=99
"$BENOMALY" --help | grep -q 'usage:' || fail "no help"
"$BENOMALY" run --help | grep -q 'quarantine' || fail "no help of run"

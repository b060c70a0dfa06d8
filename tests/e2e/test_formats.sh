# Native telemetry formats: the samples, and, where the folder of native files is there, all their events against an independent
# reading. BENOMALY_DATA names the folder that holds raw/.
source "$(dirname "$0")/common.sh"
for folder in tests/data/*/; do
    case $(basename "$folder") in
    csv_*) format=csv ;;
    auditd_ausearch) format=auditd ;;
    osquery_batch) format=osquery ;;
    ecs_export) format=ecs ;;
    *) format=$(basename "$folder") ;;
    esac
    ranks 2 events "$folder"sample.* --set format="$format" --quiet >"$scratch/out"
    cmp "$scratch/out" "$folder"expected.jsonl || fail "events of $folder"
done
"$BENOMALY" events --explain tests/data/ecs_export/sample.jsonl 2>/dev/null >"$scratch/out"
grep -q "inside hits.hits._source" "$scratch/out" && grep -q "user  *from user.name: ann" "$scratch/out" || fail "explain"
"$BENOMALY" events tests/data/csv/sample.csv --set limit=1 --quiet | wc -l | grep -qx 1 || fail "limit"
"$BENOMALY" events tests/data/ecs/sample.jsonl --quiet >"$scratch/again.jsonl"
"$BENOMALY" events "$scratch/again.jsonl" --quiet | cmp - "$scratch/again.jsonl" || fail "what events prints is read again"
gzip -c tests/data/csv/sample.csv >"$scratch/sample.gz"
"$BENOMALY" events "$scratch/sample.gz" --quiet | cmp - tests/data/csv/expected.jsonl || fail "compressed"
"$BENOMALY" events tests/data/nxlog/sample.jsonl --set format=jsonl 2>&1 | grep -q 'looks like nxlog' || fail "no hint"
printf 'who;what\n1;2\n' >"$scratch/odd.csv"
"$BENOMALY" events "$scratch/odd.csv" >"$scratch/out" 2>&1 && fail "an unknown layout is read"
grep -q 'who;what.* csv does not fit' "$scratch/out" || fail "no advice"
"$BENOMALY" events "$scratch/odd.csv" --set fields.command=what 2>&1 | grep -q '"command_line":"2"' || fail "named column"

raw=${BENOMALY_DATA:-$SOURCE_DIR/../shared/data}/raw
if [ ! -d "$raw" ]; then
    echo "SKIPPED: no folder $raw; set BENOMALY_DATA to compare native files too"
    exit 77
fi
/usr/bin/python3 tests/e2e/formats_check.py "$BENOMALY" "$raw"

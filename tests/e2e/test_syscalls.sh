# Every system call of reading fails once, in each way: a day is read as without the failure, or fails and names the file or folder,
# or counts the file as unreadable and names it. Never a smaller day without a word.
source "$(dirname "$0")/common.sh"
shim=$BINARY_DIR/tests/libfaults.so reader=$BINARY_DIR/tests/read_faults
if grep -qE 'libasan|libubsan' <(ldd "$BENOMALY"); then
    echo "SKIPPED: nothing can be preloaded before the sanitizer"
    exit 77
fi
full=() few=()
for folder in tests/data/*/; do
    format=$(basename "$folder") to=$scratch/data/$(basename "$folder")
    sample=$(ls "$folder"sample.* 2>/dev/null | head -n 1)
    [ -n "$sample" ] || continue
    mkdir -p "$to/sub/deep"
    cp "$sample" "$to/plain"
    gzip -c "$sample" >"$to/sub/packed.gz"
    zstd -qc "$sample" >"$to/sub/deep/packed.zst"
    case $format in
    jsonl | csv | auditd | json | windows_xml) full+=("$format=$to") ;;
    *) few+=("$format=$to") ;;
    esac
done
: >"$scratch/data/jsonl/empty"
ln -s plain "$scratch/data/jsonl/link"
mkdir "$scratch/data/glob"
for part in one two; do
    cp -r "$scratch/data/jsonl" "$scratch/data/glob/day-$part"
done
# a file that is cut, frames that are found
/usr/bin/python3 - "$scratch/data/big" <<'P'
import os, random, subprocess, sys
os.makedirs(sys.argv[1])
random.seed(1)
text = b"".join(b'{"command_line":"%s"}\n' % random.randbytes(1500).hex().encode() for _ in range(1600))
with open(sys.argv[1] + "/frames.zst", "wb") as out:  # most records lie in two frames
    for i in range(0, len(text), 333333):
        out.write(subprocess.run(["zstd", "-q"], input=text[i:i + 333333], capture_output=True, check=True).stdout)
with open(sys.argv[1] + "/plain", "wb") as out:
    out.write(text)
P
export FAULTS_FOLDER=$scratch/data
preload() { LD_PRELOAD=$shim "$@"; }
took() { echo "$1: $(($(date +%s) - started)) s"; }
started=$(date +%s)
preload "$reader" "$scratch/bad" "${full[@]}" auto="$scratch/data/glob/day-*/*" jsonl="$scratch/data/glob/*/sub*/" some "${few[@]}" || fail "one rank"
FAULTS_TYPES=none preload "$reader" "$scratch/bad" jsonl="$scratch/data/jsonl" jsonl="$scratch/data/glob/*/*" || fail "names without types"
took "one rank, small files"
preload "$reader" "$scratch/bad" some jsonl="$scratch/data/big" || fail "big files"
took "and big ones"
"$MPIEXEC" -n 3 env LD_PRELOAD="$shim" "$reader" "$scratch/bad" some jsonl="$scratch/data/jsonl" auto="$scratch/data/glob/day-*/*" || fail "three ranks"
took "and three ranks"

# the program itself: what comes out is whole, or a message names the place
"$BENOMALY" events "$FAULTS_FOLDER/jsonl" >"$scratch/clean" 2>/dev/null
for call in open read pread fstat stat lstat opendir readdir; do
    for at in 1 4; do
        for how in EIO EINTR; do
            [ $at.$how != 4.EINTR ] || continue
            status=0
            FAULTS_CALL=$call FAULTS_AT=$at FAULTS_HOW=$how preload "$BENOMALY" events "$FAULTS_FOLDER/jsonl" >"$scratch/out" 2>"$scratch/error" || status=$?
            if [ $status -eq 0 ] && cmp -s "$scratch/out" "$scratch/clean"; then continue; fi
            [ $how = EIO ] && grep -q "$FAULTS_FOLDER.*Input/output error" "$scratch/error" || fail "$call $at $how: exit $status, $(wc -l <"$scratch/out") events: $(cat "$scratch/error")"
        done
    done
done
took "and the program"

# A sweep computes shared steps once, and every number is what a run on its own gives: the same files, byte for byte, for all runs
# together and one by one, on 1, 2, 3 and 5 ranks, with a labeling rank of its own, and after a day was appended.
source "$(dirname "$0")/common.sh"
ranks 2 generate "${small[@]}" --quiet
sweep=("${small[@]}" --set 'sweep={"detector":["random","iforest"],"select.near_threshold":[1,0.8],"seed":[1,2,3]}' --set label=oracle --quiet)
same_files() { # DIR DIR
    [ "$(ls "$1/runs" | wc -l)" -eq "$(ls "$2/runs" | wc -l)" ] || fail "$1 and $2 have different runs"
    for file in "$1"/runs/*.h5; do cmp "$file" "$2/runs/$(basename "$file")" || fail "$(basename "$file") differs in $2"; done
}
for n in 1 2 3 5; do ranks $n sweep "${sweep[@]}" --out "$scratch/ranks$n" >"$scratch/table$n"; done
for n in 2 3 5; do
    same_files "$scratch/ranks1" "$scratch/ranks$n"
    cmp "$scratch/ranks1/sweep.h5" "$scratch/ranks$n/sweep.h5" || fail "sweep.h5 on $n ranks"
    diff "$scratch/table1" "$scratch/table$n" || fail "table on $n ranks"
done
# one by one, as slices of one run
for i in $(seq 12); do ranks 2 sweep "${sweep[@]}" --slice "$i/12" --out "$scratch/single" >/dev/null 2>&1; done
same_files "$scratch/ranks1" "$scratch/single"
# the pool dealt anew for each seed: also on any number of ranks
for n in 1 3; do ranks $n sweep "${sweep[@]}" --set pool.deal=true --out "$scratch/dealt$n" >/dev/null; done
same_files "$scratch/dealt1" "$scratch/dealt3"

# a paid backend: three ranks have a labeling rank of their own, two have not
start_standin
paid=("${sweep[@]}" --set "label={\"name\":\"chat\",\"url\":\"http://127.0.0.1:$standin_port/v1\",\"model\":\"standin-truth\"}")
for n in 2 3 4; do ranks $n sweep "${paid[@]}" --out "$scratch/paid$n" >/dev/null; done
stop_standin
same_files "$scratch/paid2" "$scratch/paid3"
same_files "$scratch/paid2" "$scratch/paid4"

# a day appended costs that day alone, and gives what a fresh sweep gives
four='days=["synthetic-day-01.jsonl.zst","synthetic-day-02.jsonl.zst","synthetic-day-03.jsonl.zst","synthetic-day-04.jsonl.zst"]'
ranks 2 sweep "${sweep[@]}" --set "$four" --out "$scratch/grown" >/dev/null
ranks 2 sweep "${sweep[@]}" --verbose --out "$scratch/grown" 2>"$scratch/log" >/dev/null
grep -q 'day 4 of 5: 0 of 12 arms' "$scratch/log" || fail "day 4 was scored again: $(grep 'day 4' "$scratch/log")"
grep -q 'day 5 of 5: 12 of 12 arms' "$scratch/log" || fail "day 5 was not scored: $(grep 'day 5' "$scratch/log")"
for file in "$scratch"/ranks1/runs/*.h5; do cmp "$file" "$scratch/grown/runs/$(basename "$file")" || fail "an appended day gives another result"; done

# a curve takes the best of each day in turn; or day after day; or by score
/usr/bin/python3 -c 'import h5py' || { echo "SKIPPED: python3-h5py is missing"; exit 77; }
one=("${small[@]}" --set label=oracle --set detector=iforest --quiet)
for order in turn day score; do ranks 2 run "${one[@]}" --set curve.order=$order --out "$scratch/$order" >/dev/null; done
ranks 3 run "${one[@]}" --set curve.count=asked --out "$scratch/asked" >/dev/null
/usr/bin/python3 - "$scratch" <<'P'
import glob, sys
import h5py, numpy
run = {name: h5py.File(glob.glob(f"{sys.argv[1]}/{name}/runs/*.h5")[0]) for name in ("turn", "day", "score", "asked")}
day = {name: file["pick_day"][()] for name, file in run.items()}
days = int(day["day"].max()) + 1  # places on the axis
assert days >= 4 and list(day["turn"][:days]) == list(range(days)), day["turn"][:10]
assert all(numpy.diff(day["day"]) >= 0), "day after day"
assert all(numpy.diff(run["score"]["pick_score"][()]) <= 0), "by score"
for name in ("day", "score"):
    assert sorted(map(tuple, run[name]["pick_hash"][()].tolist())) == sorted(map(tuple, run["turn"]["pick_hash"][()].tolist()))
for name, file in run.items():
    added, asked, verdict = file["lines_added"][()], file["labels_asked"][()], file["pick_verdict"][()]
    size = file["size"][()]
    assert list(asked if name == "asked" else added) == list(size), (name, added, asked)
    for n, k in zip(added, asked):
        assert (verdict[:k] == 1).sum() == n, f"{name}: {n} of {k} picks"
P

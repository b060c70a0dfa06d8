# Result files open in xarray with named dimensions, coordinates, units and meanings; the figure is drawn.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 -c 'import xarray, h5netcdf, matplotlib' || { echo "SKIPPED: python3-xarray, python3-h5netcdf or python3-matplotlib is missing"; exit 77; }
ranks 2 sweep "${small[@]}" --set label=oracle --set 'sweep={"select.near_threshold":[1,0.8],"detector":["random","iforest"],"seed":[1,2]}' \
    --out "$scratch/out" --quiet >"$scratch/table"
grep -q 'SYNTHETIC' "$scratch/table" || fail "the table does not say that the telemetry is synthetic"
grep -q 'SIMULATED' "$scratch/table" || fail "the table does not say that labels are simulated"
grep -q 'no interval: fewer than 3 seeds' "$scratch/table" || fail "the table does not say why two seeds have no interval"
/usr/bin/python3 - "$scratch/out" <<'P'
import glob, sys
import numpy, xarray
sweep = xarray.open_dataset(sys.argv[1] + "/sweep.h5", engine="h5netcdf")
print(sweep)
assert sweep["auc"].dims == ("near_threshold", "detector", "seed", "test", "size"), sweep["auc"].dims
assert sweep["auc_mean"].dims == ("near_threshold", "detector", "test", "size"), sweep["auc_mean"].dims
assert list(sweep["detector"].values) == ["random", "iforest"]
assert list(sweep["near_threshold"].values) == [1, 0.8] and list(sweep["seed"].values) == [1, 2]
results = [str(t) for t, role in zip(sweep["test"].values, sweep["test_role"].values) if role == "test"]
assert list(sweep["size"].values) == [0, 20, 60] and results == ["hard"], (sweep["size"].values, results)
mean = sweep["fpr_at_tpr"].mean("seed", skipna=False)
assert numpy.allclose(mean.values, sweep["fpr_at_tpr_mean"].values, equal_nan=True)
assert sweep["auc_low"].isnull().all() and (sweep["seeds_reached"].sel(size=0) == 2).all()
assert (sweep["run_state"] == 1).all() and len(set(sweep["run_id"].values.ravel())) == 8
assert sweep.attrs["synthetic"] == 1 and sweep.attrs["labels_simulated"] == 1 and (sweep["arm_synthetic"] == 1).all()
control = sweep["fpr_at_tpr_minus_control"]
assert control.sel(detector="random").isnull().all() and control.sel(detector="iforest", size=20).notnull().any()
assert sweep["alarms"].attrs["units"] == "lines/day" and sweep["labels_asked"].attrs["units"] == "lines"
assert all(v.attrs["long_name"] for v in sweep.variables.values())
runs = glob.glob(sys.argv[1] + "/runs/*.h5")
assert len(runs) == 8
run = xarray.open_dataset(runs[0], engine="h5netcdf")
assert run["auc_resample"].dims == ("test", "size", "resample"), run["auc_resample"].dims
assert run["line_score"].dims == ("size", "line") and run.sizes["line"] == int((run["test_benign"] + run["test_malicious"]).sum())
assert run["pick_verdict"].attrs["flag_meanings"].split()[1] == "benign" and len(run["pick_verdict"].attrs["flag_values"]) == 4
assert all(v.attrs["long_name"] for v in run.variables.values())
P
[ "$(wc -l <"$scratch/out/runs.jsonl")" -eq 8 ] || fail "the log has not a line for each run"
/usr/bin/python3 experiments/plot_saturation.py "$scratch/out/sweep.h5" "$scratch/figure.png"
[ "$(stat -c %s "$scratch/figure.png")" -gt 10000 ] || fail "no figure"

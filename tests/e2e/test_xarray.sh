# Result files open in xarray with named dimensions and coordinates; the figure is drawn.
source "$(dirname "$0")/common.sh"
/usr/bin/python3 -c 'import xarray, h5netcdf, matplotlib' || { echo "SKIPPED: python3-xarray, python3-h5netcdf or python3-matplotlib is missing"; exit 77; }
ranks 2 sweep "${small[@]}" --set label=oracle --set 'sweep={"select.near_threshold":[1,0.8],"detector":["random","iforest"],"seed":[1,2,3]}' \
    --out "$scratch/out" --quiet >"$scratch/table"
grep -q 'SYNTHETIC' "$scratch/table" || fail "the table does not say that the telemetry is synthetic"
grep -q 'SIMULATED' "$scratch/table" || fail "the table does not say that labels are simulated"
/usr/bin/python3 - "$scratch/out" <<'P'
import glob, sys
import numpy, xarray
sweep = xarray.open_dataset(sys.argv[1] + "/sweep.h5", engine="h5netcdf")
print(sweep)
assert sweep["auc"].dims == ("near_threshold", "detector", "seed", "test", "size"), sweep["auc"].dims
assert list(sweep["detector"].values) == ["random", "iforest"]
assert list(sweep["near_threshold"].values) == [1, 0.8] and list(sweep["seed"].values) == [1, 2, 3]
assert list(sweep["size"].values) == [0, 20, 60] and list(sweep["test"].values) == ["hard", "validation, tune half"]
mean = sweep["fpr_at_tpr"].mean("seed")
assert numpy.allclose(mean.values, sweep["fpr_at_tpr_mean"].values, equal_nan=True)
assert (sweep["auc_low"] <= sweep["auc_mean"]).all() and (sweep["auc_mean"] <= sweep["auc_high"]).all()
assert all(sweep[name].attrs["long_name"] and sweep[name].attrs["units"] for name in ("auc", "fpr", "tpr", "alarms"))
assert sweep.attrs["synthetic"] == 1
runs = glob.glob(sys.argv[1] + "/runs/*.h5")
assert len(runs) == 12
run = xarray.open_dataset(runs[0], engine="h5netcdf")
assert all(v.attrs["long_name"] for v in run.data_vars.values()), [n for n, v in run.data_vars.items() if "long_name" not in v.attrs]
assert run["auc_resample"].dims == ("test", "size", "resample"), run["auc_resample"].dims
P
/usr/bin/python3 experiments/plot_saturation.py "$scratch/out/sweep.h5" "$scratch/figure.png"
[ "$(stat -c %s "$scratch/figure.png")" -gt 10000 ] || fail "no figure"

"""Saturation figure of a sweep file: FPR at the validation threshold (if there is one), FPR at the fixed TPR read off the test's own
curve, and AUC against the number of benign anomalies added, one line an arm.

usage: plot_saturation.py SWEEP.h5 FIGURE.png
"""
import itertools
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import xarray as xr


def arms(values):
    """Selections of one arm each, with a label; every dimension but test and size makes arms."""
    axes = [d for d in values.dims if d not in ("test", "size")]
    for index in itertools.product(*(range(values.sizes[a]) for a in axes)):
        at = dict(zip(axes, index))
        label = ", ".join(
            str(values[a].values[i]) + (" (control)" if str(values[a].values[i]) == "random" else "")
            if a == "detector" else f"{a} {values[a].values[i]}" for a, i in at.items())
        yield at, label or "anomalies"


def main(sweep_path, figure_path):
    sweep = xr.open_dataset(sweep_path, engine="h5netcdf")
    tests = [str(t) for t in sweep["test"].values if t != "validation, tune half"]  # for choosing, never a result
    panels = [("fpr_at_tpr", f"FPR at TPR {sweep.attrs['tpr']:g}, own curve"), ("auc", "AUC")]
    if sweep["fpr_mean"].notnull().any():
        panels.insert(0, ("fpr", "FPR at the validation threshold"))
    figure, grid = plt.subplots(len(tests), len(panels), figsize=(5.5 * len(panels), 4.2 * len(tests)), squeeze=False,
                                constrained_layout=True)
    for row, test in enumerate(tests):
        for column, (metric, title) in enumerate(panels):
            axis = grid[row][column]
            mean = sweep[f"{metric}_mean"].sel(test=test)
            for at, label in arms(sweep[f"{metric}_mean"]):
                line = mean.isel(at)
                axis.plot(sweep["size"], line, marker="o", label=label)
                axis.fill_between(sweep["size"], sweep[f"{metric}_low"].sel(test=test).isel(at),
                                  sweep[f"{metric}_high"].sel(test=test).isel(at), alpha=0.15)
            axis.set(xlabel="benign anomalies added to training", ylabel=title, title=f"test set: {test}")
            axis.grid(alpha=0.3)
    grid[0][0].legend(fontsize="small")
    notes = [text for flag, text in (("synthetic", "SYNTHETIC telemetry"), ("labels_simulated", "some labels simulated"))
             if sweep.attrs[flag]]
    figure.suptitle(sweep.attrs["name"] + (": " + ", ".join(notes) if notes else "") + "; bands: 95 % intervals, new seeds and new test lines")
    figure.savefig(figure_path, dpi=110)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

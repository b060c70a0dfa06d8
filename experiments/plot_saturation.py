"""Saturation figure of a sweep file: FPR and AUC against the number of benign anomalies added, one line an arm. FPR stands at the
validation threshold where there is one, else it is read off the test's own curve. Bands are 95 % intervals, where they are given.

usage: plot_saturation.py SWEEP.h5 FIGURE.png
"""
import itertools
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import xarray as xr


def arms(values):
    """Selections of one arm each, with a label; every dimension but test and size makes arms. Axes of one value need no name."""
    axes = [d for d in values.dims if d not in ("test", "size")]
    for index in itertools.product(*(range(values.sizes[a]) for a in axes)):
        at = dict(zip(axes, index))
        label = ", ".join(
            str(values[a].values[i]) + (" (control)" if str(values[a].values[i]) == "random" else "")
            if a == "detector" else f"{a} {values[a].values[i]}" for a, i in at.items() if values.sizes[a] > 1)
        yield at, label or "anomalies"


def fpr_of(sweep, test):
    """Name of the FPR to show for a test, and its title."""
    if sweep["fpr_mean"].sel(test=test).notnull().any():
        return "fpr", f"FPR at the validation threshold (TPR {sweep.attrs['tpr']:g} there)"
    return "fpr_at_tpr", f"FPR at TPR {sweep.attrs['tpr']:g}, own curve"


def notes(sweep):
    """What a reader must know of the data, of all arms or of some."""
    for flag, attribute, text in (("arm_synthetic", "synthetic", "SYNTHETIC telemetry"),
                                  ("arm_simulated", "labels_simulated", "SIMULATED labels")):
        if sweep.attrs[attribute]:
            yield text if bool((sweep[flag] == 1).all()) else text + " in some arms"


def main(sweep_path, figure_path):
    sweep = xr.open_dataset(sweep_path, engine="h5netcdf")
    tests = [str(t) for t, role in zip(sweep["test"].values, sweep["test_role"].values) if role == "test"]
    figure, grid = plt.subplots(len(tests), 2, figsize=(11, 4.2 * len(tests)), squeeze=False, constrained_layout=True)
    for row, test in enumerate(tests):
        for column, (metric, title) in enumerate([fpr_of(sweep, test), ("auc", "AUC")]):
            axis = grid[row][column]
            mean, low, high = (sweep[f"{metric}_{part}"].sel(test=test) for part in ("mean", "low", "high"))
            for at, label in arms(sweep[f"{metric}_mean"]):
                axis.plot(sweep["size"], mean.isel(at), marker="o", label=label)
                axis.fill_between(sweep["size"], low.isel(at), high.isel(at), alpha=0.15)
            axis.set(xlabel="benign anomalies added to training", ylabel=title, title=f"test set: {test}")
            axis.grid(alpha=0.3)
    grid[0][0].legend(fontsize="small")
    title = ": ".join([sweep.attrs["name"], *([", ".join(notes(sweep))] if any(notes(sweep)) else [])])
    seeds = f"{sweep.sizes['seed']} seeds" if "seed" in sweep.sizes else "one seed"
    figure.suptitle(f"{title}; means of {seeds}, bands: 95 % over new seeds and new lines")
    figure.savefig(figure_path, dpi=110)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])

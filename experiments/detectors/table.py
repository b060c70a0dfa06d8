"""What the picks of each run are: known benign, known malicious, unknown; how many near-duplicate removal would leave; overlaps.

usage: table.py RUNS_FOLDER...
"""
import glob
import itertools
import sys

import h5py

THRESHOLD = 0.8


def name(run):
    axes = dict(run["axes"].attrs)
    features = axes.get("features", "")
    if features.startswith("{"):
        features = features.split('"name":"')[1].split('"')[0]
    return axes["detector"] + (f" / {features}" if features else "")


def main(folders):
    picks = {}
    for path in sorted(p for folder in folders for p in glob.glob(folder + "/*.h5")):
        with h5py.File(path, "r") as run:
            days = len(run["day"])
            known, nearest = run["pick_known"][()], run["pick_nearest"][()]
            picks[name(run)] = (set(map(tuple, run["pick_hash"][()].tolist())), days, known, nearest)
    print(f"picks a day; survivors: no better pick within cosine {THRESHOLD}")
    print(f"{'detector / features':28} {'benign':>8} {'malicious':>10} {'unknown':>8} {'survivors':>10}")
    for label, (_, days, known, nearest) in sorted(picks.items()):
        counts = [float((known == kind).sum()) / days for kind in (1, 2, 0)]
        print(f"{label:28} {counts[0]:8.1f} {counts[1]:10.1f} {counts[2]:8.1f} {(nearest <= THRESHOLD).sum() / days:10.1f}")
    print("\noverlap: shared picks / all picks of the two (Jaccard), pairs over 0.05, most alike first")
    pairs = sorted(((len(picks[a][0] & picks[b][0]) / len(picks[a][0] | picks[b][0]), a, b)
                    for a, b in itertools.combinations(sorted(picks), 2)), reverse=True)
    for share, a, b in pairs:
        if share > 0.05:
            print(f"{share:6.3f}  {a} ~ {b}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])

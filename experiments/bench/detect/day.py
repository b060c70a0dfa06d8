"""From a day of JSON lines to its strangest lines: day.py TOOL FILE REPEAT (see README.md)."""
import statistics
import sys

from bench import bench_day, missed, require, warm

TOOL, FILE, REPEAT = sys.argv[1], sys.argv[2], int(sys.argv[3])
STAGES = {"ingest": "read, scan, normalise, collapse over ranks", "fit": "sample of 25,600 rows, 100 trees of 256",
          "features": "expert, block by block", "score": "isolation forest", "select": "500 picks, near-duplicates removed"}


def run(ranks):
    warm(FILE)
    return bench_day(TOOL, ranks, FILE, ["iforest"])[0]


def median(runs, value):
    return statistics.median(map(value, runs))


def report(ranks, runs):
    lines, size, unique = (runs[0][name] for name in ("records", "bytes", "unique"))
    seconds = median(runs, lambda r: r["seconds"])
    each = sorted(lines / r["seconds"] / 1e6 for r in runs)
    peak, peak_rank = (max(r[name] for r in runs) for name in ("peak_bytes", "peak_rank_bytes"))
    print(f"{lines} lines of {size / lines:.0f} bytes, {unique} unique ({unique / lines:.1%}), expert features, iforest, {ranks} rank{'s' if ranks > 1 else ''}, "
          f"median of {len(runs)} runs; stages as the slowest rank had them")
    for stage, what in STAGES.items():
        took = median(runs, lambda r: r[stage]["seconds"])
        print(f"  {stage:9} {took:9.4f} s {took / seconds:6.1%}  {lines / took / 1e6:9.2f} M lines/s  "
              f"sent by a rank {runs[0][stage]['sent_most'] / 1e6:8.3f} MB   {what}")
    rest = median(runs, lambda r: r["seconds"] - sum(r[stage]["seconds"] for stage in STAGES))
    print(f"  {'waiting':9} {rest:9.4f} s   for the slower rank (negative: no rank was the slowest in every stage)")
    print(f"  {'all':9} {seconds:9.4f} s, peak memory {peak / 1e6:.0f} MB, a rank {peak_rank / 1e6:.0f} MB")
    print(f"END-TO-END lines/s {lines}-lines-{ranks}-ranks {lines / seconds / 1e6:.2f} M {each[0]:.2f} M {each[-1]:.2f} M   (median min max)", flush=True)
    return lines, seconds, peak


def main():
    two, one = [], []
    for _ in range(REPEAT):
        two.append(run(2))
        one.append(run(1))
    digests = {r["digest"] for r in two + one}
    digests |= {run(ranks)["digest"] for ranks in (3, 5, 8)}
    report(1, one)
    lines, seconds, peak = report(2, two)
    require(len(digests) == 1, "lines, scores and picks have the same digest on 1, 2, 3, 5 and 8 ranks")
    require(lines / seconds >= 2e6, f"{lines} lines: 2 million lines/s on two cores")
    require(peak < 4e9, f"{lines} lines: under 4 GB of memory in all")
    if lines >= 50_000_000:
        require(seconds < 30, f"{lines} lines: under 30 s")
    return len(missed) > 0


sys.exit(main())

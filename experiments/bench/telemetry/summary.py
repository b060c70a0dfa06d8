"""Medians of the runs that run.sh recorded, and how they compare."""
import json
import statistics
import sys

runs = [json.loads(line) for line in open(sys.argv[1])]
median = statistics.median
ratios = []
for lines in sorted({run["lines"] for run in runs}):
    of_day = [run for run in runs if run["lines"] == lines]
    digests = {run["digest"] for run in of_day if run["who"] == "ours"}
    if len(digests) != 1 or any(run["records"] != lines for run in of_day):
        sys.exit(f"{lines} lines: the answers differ")  # between runs, ranks or layouts
    for layout in dict.fromkeys(run["layout"] for run in of_day):
        here = [run for run in of_day if run["layout"] == layout]
        size = next(run["bytes"] for run in here if run["who"] == "ours")
        for who, ranks in [("ours", 1), ("ours", 2), ("ours", 4), ("DuckDB", None)]:
            group = [run for run in here if run["who"] == who and run.get("ranks") == ranks]
            seconds = median(run["seconds"] for run in group)
            name = f"{ranks} rank{'s' if ranks > 1 else ''}" if ranks else f"{group[0]['version']}, 2 threads"
            text = f"{lines:>9} lines, {layout}, {who} {name}: {seconds:.3f} s, {lines / seconds / 1e6:.2f} M lines/s, " \
                   f"{size / seconds / 1e6:.0f} MB/s, peak {median(run['peak_bytes'] for run in group) / 1e6:.0f} MB"
            if ranks:
                text += f", a rank {median(run['peak_rank_bytes'] for run in group) / 1e6:.0f} MB," \
                        f" sent {median(run['sent_rank_bytes'] for run in group) / 1e6:.2f} MB a rank"
            print(text)
        ours = {run["run"]: run["seconds"] for run in here if run.get("ranks") == 2}
        pairs = [run["seconds"] / ours[run["run"]] for run in here if run["who"] == "DuckDB"]
        ratios.append((f"{'ingest' if layout == 'plain' else layout}-{lines}", pairs))
for name, pairs in ratios:
    print(f"RATIO {name} {median(pairs):.2f} {min(pairs):.2f} {max(pairs):.2f}")

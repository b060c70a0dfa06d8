"""Bytes that ranks send, stage by stage, against rows and ranks: messages.py TOOL FILE ... (see README.md)."""
import math
import sys

from bench import bench_day, missed, require, warm

TOOL, FILES = sys.argv[1], sys.argv[2:]
RANKS = (1, 2, 4, 8)
SAMPLE, BUDGET, OVERFETCH, STEP, EMBEDDING = 1024, 250, 3, 2048, 512
CLUSTERS, ITERATIONS = 64, 5
DETECTORS = {
    "iforest": {"name": "iforest", "trees": SAMPLE // 16, "sample": 16},
    "iforest, default sample": {"name": "iforest"},
    "kmeans": {"name": "kmeans", "sample": SAMPLE, "iterations": ITERATIONS, "tolerance": 0},
    "pca": {"name": "pca", "sample": SAMPLE},
    "bm25": {"name": "bm25"},
    "logentropy": {"name": "logentropy"},
    "frequency": {"name": "frequency"},
    "random": {"name": "random"},
}
GROUPED = {"scade": {"name": "scade", "min_lines": 1}}  # from 1 line on every user and host has a layer: the most there can be
FORESTS = {"iforest": (SAMPLE // 16, 16), "iforest, default sample": (100, 256)}  # trees, rows a tree
SAMPLED = {"iforest": SAMPLE, "iforest, default sample": 25_600, "kmeans": SAMPLE, "pca": SAMPLE}
TEXTS = ("bm25", "logentropy", "scade")


class Formulas:
    """Bytes of all ranks together that a run should have sent: what README.md's table says."""

    def __init__(self, run):
        self.run, self.p, self.n, self.d = run, run["ranks"], run["unique"], run["columns"]
        self.away = 1 - 1 / self.p  # share of records whose owner is another rank
        self.mean_text = run["text"] / run["unique"]

    def merged(self, k):
        """The k best rows: a tree of merges up to rank 0, then the list to all."""
        rows, k = self.run["rows"], min(k, self.n)
        up = sum(min(k, sum(rows[r:r + (r & -r)])) for r in range(1, self.p))
        return 8 * self.p + 8 * (self.p - 1) + 24 * up + 24 * k

    def sample(self, k):
        k = min(k, self.n)
        return self.merged(k) + 8 * self.p + k * (8 + self.mean_text)

    def exact(self, sums):
        return 8 * self.p * (3 * sums + math.ceil(sums / 4096))

    def scale(self):
        return 8 * self.p * self.d + 2 * self.exact(self.d)

    def owned(self, records):
        """Records of 32 bytes to their owners, answers of 24 bytes back."""
        return 56 * records * self.away + 8 * self.p**2

    def terms(self):
        return 16 * self.p + self.owned(self.run["terms"])

    def fit(self, name):
        if name in ("frequency", "random"):
            return 0
        if name in ("bm25", "logentropy"):
            return self.terms()
        if name == "scade":
            medians = 3 * (8 + 2 * (8 * 256 * 8 + 8)) * self.p
            spreads = (24 * self.run["group_lines"] + 32 * self.run["groups"]) * self.away + 4 * 8 * self.p**2
            lengths = self.owned(self.run["group_lengths"]) + 8 * self.p**2
            return self.terms() + medians + 16 * self.p + lengths + self.owned(self.run["group_terms"]) + 8 * self.p**2 + spreads
        sample = self.sample(SAMPLED[name])
        if name == "pca":
            return sample + self.scale() + self.exact(self.d * (self.d + 1) // 2) + 4 * self.p + 8 * self.d * (self.d + 1)
        if name == "kmeans":
            blocks = math.ceil(min(SAMPLE, self.n) / 4096)
            start = (CLUSTERS - 1) * 8 * self.p * (blocks + 1) + 8 * self.p
            passes = ITERATIONS * (8 * self.p * (CLUSTERS + 1) + self.exact(CLUSTERS * self.d))
            return sample + self.scale() + start + passes + 8 * self.p + 8 * min(SAMPLE, self.n)
        trees, rows = FORESTS[name]
        return sample + 8 * self.p + 12 * trees * 2 ** max(4, math.ceil(math.log2(rows)))

    def fetched(self):
        """Sizes of the lists and steps in which candidates were fetched until the picks were full."""
        lists, steps, k = [], [], BUDGET * OVERFETCH
        while sum(steps) < self.run["candidates"]:
            lists.append(min(k, self.n))
            while sum(steps) < min(lists[-1], self.run["candidates"]):
                steps.append(min(STEP, lists[-1] - sum(steps)))
            k *= 2
        return lists, steps

    def candidate_text(self):
        return sum(self.fetched()[1]) * self.run["candidate_text"] / min(BUDGET * OVERFETCH, self.n)

    def select(self):
        lists, steps = self.fetched()
        listed = sum(4 * self.p + self.merged(k) for k in lists)
        taken = sum(n * (16 + 8 + 5) + 8 * self.p + 4 * EMBEDDING * (n - n // self.p) for n in steps)
        return listed + taken + self.candidate_text() + 10 * self.run["kept"]


def measure():
    """runs[name][ranks]: one run a file."""
    runs = {name: {ranks: [] for ranks in RANKS} for name in DETECTORS | GROUPED}
    for path in FILES:
        warm(path)
        for ranks in RANKS:
            common = ("--census", "--budget", str(BUDGET))
            out = dict(zip(DETECTORS, bench_day(TOOL, ranks, path, DETECTORS.values(), *common)))
            out |= dict(zip(GROUPED, bench_day(TOOL, ranks, path, GROUPED.values(), *common, "--groups")))
            for name, run in out.items():
                runs[name][ranks].append(run)
    return runs


def exponent(runs, value):
    """Of value against unique lines, from the first point to the last."""
    first, last = value(runs[0]), value(runs[-1])
    if first <= 0 or last <= 0 or len(runs) < 2:
        return float("nan")
    return math.log(last / first) / math.log(runs[-1]["unique"] / runs[0]["unique"])


def row(stage, name, ranks, runs):
    """A line of the table: the most that any rank sent."""
    most = "".join(f"{run[stage]['sent_most']:>12}" for run in runs)
    print(f"{stage:7} {name:24} {ranks:>5}{most}   {exponent(runs, lambda run: run[stage]['sent']):6.2f}", end="")


def compare(runs, stage, formula):
    """Measured over formula, all ranks together; the worst of the points."""
    ratios = [run[stage]["sent"] / formula(run) if formula(run) else 1 + run[stage]["sent"] for run in runs]
    print("   " + " ".join(f"{ratio:.3f}" for ratio in ratios))
    return max(abs(ratio - 1) for ratio in ratios)


def growth(runs, value):
    values = [value(run) for run in runs]
    return max(values) / min(values) - 1


def check_ingest(runs, name, what):
    for ranks in RANKS[1:]:
        row("ingest", what, ranks, runs[name][ranks])
        fixed = [ranks * alone["ingest"]["sent"] for alone in runs[name][1]]
        copies = [(run["ingest"]["sent"] - f) / (64 * (1 - 1 / ranks)) / run["unique"] for run, f in zip(runs[name][ranks], fixed)]
        print("   " + " ".join(f"{copy:.3f}" for copy in copies), "(unique lines of ranks / unique lines)" if name == "iforest" else "(64-byte records / unique lines)")
        if name == "iforest":
            require(all(1 <= copy <= ranks for copy in copies), f"ingest, {ranks} ranks: 64 bytes a unique line of a rank whose owner is another one, and nothing else that grows")
            slope = exponent(runs[name][ranks], lambda run: run["ingest"]["sent"])
            require(slope <= 1.05, f"ingest, {ranks} ranks: grows no faster than unique lines")


def check_fit(runs, name):
    off = 0
    for ranks in RANKS:
        row("fit", name, ranks, runs[name][ranks])
        off = max(off, compare(runs[name][ranks], "fit", lambda run: Formulas(run).fit(name)))
    require(off <= 0.05, f"fit, {name}: within 5 % of the formula ({off:.1%})")
    for ranks in RANKS[1:]:
        here = runs[name][ranks]
        if name in SAMPLED:
            full = [run for run in here if min(run["rows"]) >= SAMPLED[name]]
            if len(full) > 1 or SAMPLED[name] == SAMPLE:
                grown = growth(full, lambda run: run["fit"]["sent"]) if len(full) > 1 else math.inf
                require(grown <= 0.05, f"fit, {name}, {ranks} ranks: constant where every rank has {SAMPLED[name]} rows ({len(full)} points, {grown:.1%})")
        elif name in TEXTS:
            slope = exponent(here, lambda run: run["fit"]["sent"])
            require(slope <= 1.05, f"fit, {name}, {ranks} ranks: grows no faster than unique lines (exponent {slope:.2f})")


def check_select(runs, name):
    off, grown = 0, 0
    for ranks in RANKS:
        here = runs[name][ranks]
        row("select", name, ranks, here)
        off = max(off, compare(here, "select", lambda run: Formulas(run).select()))
        if ranks > 1:
            full = [run for run in here if min(run["rows"]) >= BUDGET * OVERFETCH]
            each = lambda run: (run["select"]["sent"] - Formulas(run).candidate_text()) / sum(Formulas(run).fetched()[1])
            grown = max(grown, growth(full, each) if len(full) > 1 else 0)
    require(off <= 0.05, f"select, {name}: within 5 % of the formula ({off:.1%})")
    require(grown <= 0.05, f"select, {name}: constant a candidate fetched, beside its text ({grown:.1%})")


def main():
    runs = measure()
    some = runs["iforest"][1]
    print("Bytes handed to MPI by the rank that sent most. Last columns: growth of the sum over ranks as a power of unique lines; sum / formula at each size.")
    print(f"{'lines':38}" + "".join(f"{run['records']:>12}" for run in some))
    print(f"{'unique lines':38}" + "".join(f"{run['unique']:>12}" for run in some))
    print(f"{'distinct (term, times) of a rank, mean':38}" + "".join(f"{run['terms'] // 8:>12}" for run in runs["bm25"][8]) + "   on 8 ranks")
    print("stage   detector                 ranks")
    check_ingest(runs, "iforest", "")
    check_ingest(runs, "scade", "with users and hosts")
    for name in runs:
        check_fit(runs, name)
    sent = sum(run["score"]["sent"] for by_ranks in runs.values() for here in by_ranks.values() for run in here)
    require(sent == 0, "score: no detector sends anything")
    for name in runs:
        check_select(runs, name)
    same = all(len({by_ranks[ranks][i]["digest"] for ranks in RANKS}) == 1 for by_ranks in runs.values() for i in range(len(by_ranks[1])))
    require(same, "lines, scores and picks have the same digest on 1, 2, 4 and 8 ranks, for every detector and size")
    return len(missed) > 0


sys.exit(main())

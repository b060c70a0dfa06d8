"""Times and compares: compare.py TOOL FOLDER ROUNDS (see run.sh)."""
import itertools
import json
import pathlib
import subprocess
import sys
import time

import numpy as np
from scipy.stats import spearmanr
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score
from sklearn.preprocessing import StandardScaler

import data

TOOL, FOLDER, ROUNDS = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
ROWS, CHECK_ROWS, K = 200_000, 50_000, 64
MATRIX, SCORES, START, END = (FOLDER / name for name in ("matrix.f32", "scores.f64", "start.f64", "end.f64"))
missed = []


def require(holds, what):
    print("ok  " if holds else "MISS", what, flush=True)
    if not holds:
        missed.append(what)


def tool(*arguments):
    """The tool's figures by name."""
    words = subprocess.run([TOOL, MATRIX, str(data.COLUMNS), *map(str, arguments)], check=True, capture_output=True, text=True).stdout.split()
    return {name: float(value) for name, value in zip(words[::2], words[1::2])}


def detect(seed=1, **detector):
    figures = tool(json.dumps(detector), SCORES, seed)
    return np.fromfile(SCORES), figures


def timed(call):
    start = time.process_time()
    result = call()
    return result, time.process_time() - start


def forest(x, trees, seed):
    return IsolationForest(n_estimators=trees, max_samples=256, random_state=seed).fit(x)


def residual(model, z):
    rest = z - model.inverse_transform(model.transform(z))
    return np.sqrt((rest * rest).sum(1))


def ratio(what, pairs):
    """Median and report line of pairs (scikit-learn's seconds, ours), one a round."""
    each = [theirs / ours for theirs, ours in pairs]
    theirs, ours = (np.median([pair[i] for pair in pairs]) for i in (0, 1))
    line = (f"RATIO {what} {np.median(each):.2f} {min(each):.2f} {max(each):.2f}   (medians: scikit-learn {theirs:.4f} s, ours {ours:.4f} s)")
    return np.median(each), line


def check_forest(shape, x, planted):
    for trees in (100, 400):
        theirs = [-forest(x, trees, seed).score_samples(x) for seed in (1, 2, 3)]
        ours = [detect(seed, name="iforest", trees=trees)[0] for seed in (1, 2, 3)]
        among = min(spearmanr(a, b)[0] for a, b in itertools.combinations(theirs, 2))
        between = min(spearmanr(a, b)[0] for a in ours for b in theirs)
        precision = [np.mean([average_precision_score(planted, score) for score in scores]) for scores in (ours, theirs)]
        print(f"{shape}: {trees} trees, 3 seeds: lowest rank correlation {between:.4f} between ours and scikit-learn's, "
              f"{among:.4f} among scikit-learn's; average precision {precision[0]:.4f}, scikit-learn {precision[1]:.4f}")
        require(between >= min(0.98, among - 0.01), f"{shape}: {trees} trees agree as scikit-learn's do among themselves")
        if trees == 400:
            require(between >= 0.98, f"{shape}: rank correlation with {trees} trees at least .98")
            require(abs(precision[0] - precision[1]) <= 0.02, f"{shape}: isolation forest's average precision within .02")


def check_pca(shape, x, z, planted):
    model = PCA(0.95).fit(z)
    theirs = residual(model, z)
    ours, _ = detect(name="pca", sample=ROWS)
    off = np.abs(ours - theirs).max() / theirs.max()
    precision = [average_precision_score(planted, score) for score in (ours, theirs)]
    print(f"{shape}: pca, {model.n_components_} components: largest difference {off:.1e} of the largest score; average precision {precision[0]:.4f}, {precision[1]:.4f}")
    require(off <= 1e-4, f"{shape}: pca within 1e-4")
    require(abs(precision[0] - precision[1]) <= 0.02, f"{shape}: pca's average precision within .02")


def check_kmeans(shape, z, planted):
    tool("lloyd", K, START, END)
    start, end = (np.fromfile(path).reshape(-1, data.COLUMNS) for path in (START, END))
    model = KMeans(len(start), init=start.astype(np.float32), n_init=1, max_iter=50, tol=1e-4, algorithm="lloyd").fit(z)
    nearest = lambda centre: KMeans(len(centre), init=centre.astype(np.float32), n_init=1, max_iter=1).fit(centre.astype(np.float32)).transform(z).min(1)
    inertia = (nearest(end).astype(float) ** 2).sum()
    print(f"{shape}: k-means, {len(start)} clusters, same start: inertia {inertia:.6g}, scikit-learn {model.inertia_:.6g}")
    require(abs(inertia / model.inertia_ - 1) <= 0.01, f"{shape}: inertia within 1 %")
    for ranking in ("global", "cluster"):
        ours, _ = detect(name="kmeans", sample=ROWS, k=K, ranking=ranking)
        print(f"{shape}: k-means, ranking {ranking}: average precision {average_precision_score(planted, ours):.4f}, "
              f"scikit-learn's distance {average_precision_score(planted, model.transform(z).min(1)):.4f}")


def main():
    for shape in data.SHAPES:
        x, planted = data.make(shape, CHECK_ROWS)
        x.tofile(MATRIX)
        z = StandardScaler().fit_transform(x)
        check_forest(shape, x, planted)
        check_pca(shape, x, z, planted)
        check_kmeans(shape, z, planted)

    x, _ = data.make("clusters", ROWS)
    x.tofile(MATRIX)
    z = StandardScaler().fit_transform(x)
    tool("lloyd", K, START, END)
    start = np.fromfile(START).reshape(-1, data.COLUMNS).astype(np.float32)
    model = forest(x, 100, 1)
    pairs = {what: [] for what in ("iforest_score", "pca_fit_score", "pca_default_fit_score", "kmeans_lloyd", "kmeans_score")}
    for _ in range(ROUNDS):
        ours = detect(name="iforest")[1]
        theirs = timed(lambda: model.score_samples(x))[1]
        pairs["iforest_score"].append((theirs, ours["score"]))
        ours = detect(name="pca", sample=ROWS)[1]
        few = detect(name="pca")[1]
        theirs = timed(lambda: (lambda scaled: residual(PCA(0.95).fit(scaled), scaled))(StandardScaler().fit_transform(x)))[1]
        pairs["pca_fit_score"].append((theirs, ours["fit"] + ours["score"]))
        pairs["pca_default_fit_score"].append((theirs, few["fit"] + few["score"]))
        ours = tool("lloyd", K, START, END)
        fitted, theirs = timed(lambda: KMeans(K, init=start, n_init=1, max_iter=50, tol=1e-4, algorithm="lloyd").fit(z))
        pairs["kmeans_lloyd"].append((theirs / fitted.n_iter_, ours["lloyd"] / ours["iterations"]))
        ours = detect(name="kmeans", ranking="global", iterations=1)[1]
        pairs["kmeans_score"].append((timed(lambda: fitted.transform(z).min(1))[1], ours["score"]))
    print(f"{ROWS} x {data.COLUMNS} float32, one core, {ROUNDS} rounds; iforest: 100 trees of 256; pca: all rows in the fit, and ours by default on a sample; "
          f"k-means: {K} clusters, seconds a pass")
    ratios = {what: ratio(what, pair) for what, pair in pairs.items()}
    require(ratios["iforest_score"][0] >= 40, "isolation forest scores 40 times scikit-learn's rows a second")
    for what in ("pca_fit_score", "kmeans_lloyd"):
        require(ratios[what][0] >= 1, f"{what} as fast as scikit-learn")
    print(*(line for _, line in ratios.values()), sep="\n")
    return len(missed)


sys.exit(main())

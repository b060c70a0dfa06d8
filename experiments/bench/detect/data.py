"""Made-up matrices of three shapes with planted outliers: rows x 96 float32, and which rows were planted."""
import numpy as np

COLUMNS = 96
SHARE = 0.005  # of the rows, planted


def clusters(rng, rows):
    """Eight groups of different share and spread with correlated columns; outliers are far out in all columns."""
    k, rank = 8, 6
    centre = rng.normal(size=(k, COLUMNS))
    spread = rng.lognormal(0, 0.5, size=k)
    mixing = rng.normal(size=(k, rank, COLUMNS)) * spread[:, None, None] * 0.4
    group = rng.choice(k, size=rows, p=rng.dirichlet(np.ones(k) * 3))
    size = rng.lognormal(0, 0.5, size=rows)
    x = np.empty((rows, COLUMNS))
    for g in range(k):
        own = np.flatnonzero(group == g)
        within = rng.normal(size=(len(own), rank)) @ mixing[g] + 0.3 * spread[g] * rng.normal(size=(len(own), COLUMNS))
        x[own] = centre[g] + size[own, None] * within
    planted = rng.random(rows) < SHARE
    n = planted.sum()
    x[planted] += rng.normal(size=(n, COLUMNS)) * 6
    return x, planted


def factors(rng, rows):
    """Ten common factors behind all columns, rows of heavy-tailed size; outliers leave the common subspace."""
    loading = rng.normal(size=(10, COLUMNS)) * rng.lognormal(0, 0.7, size=(10, 1))
    size = rng.lognormal(0, 0.6, size=(rows, 1))
    x = size * (rng.normal(size=(rows, 10)) @ loading + 0.2 * rng.normal(size=(rows, COLUMNS)))
    planted = rng.random(rows) < SHARE
    x[planted] += rng.standard_t(3, size=(planted.sum(), COLUMNS)) * np.sqrt((loading**2).sum(0)) * 6
    return x, planted


def counts(rng, rows):
    """Lines as an analyst counts them, by kind of program: length, shares, and markers whose number grows with the length;
    outliers are long lines full of markers that are rare in their kind."""
    kinds, shares = 5, 8
    kind = rng.choice(kinds, size=rows, p=rng.dirichlet(np.ones(kinds) * 3))
    planted = rng.random(rows) < SHARE
    length = np.exp(rng.normal(np.linspace(3.5, 5, kinds)[kind], 0.6)) * np.where(planted, 2, 1)
    rate = rng.gamma(0.5, 1.0, size=(kinds, COLUMNS - 1 - shares)) * 0.05
    marker = rng.poisson(rate[kind] * length[:, None] + 6.0 * planted[:, None])
    share = np.clip(rng.normal(rng.random((kinds, shares))[kind], 0.05), 0, 1)
    return np.hstack([length[:, None], share, marker]), planted


SHAPES = {"clusters": clusters, "factors": factors, "counts": counts}


def make(shape, rows):
    x, planted = SHAPES[shape](np.random.default_rng(7), rows)
    return np.ascontiguousarray(x, dtype=np.float32), planted

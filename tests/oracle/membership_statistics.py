"""Writes tests/golden/membership_statistics.json: mixtures of normals, ROC curves, DeLong's variance and
Hartigan's dip, each computed by somebody else's code or by its definition.

    python tests/oracle/membership_statistics.py

Versions are noted in the file itself.
"""

import json
import pathlib

import numpy
import scipy
import sklearn
from scipy.optimize import linprog
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.mixture import GaussianMixture

GOLDEN = pathlib.Path(__file__).parents[1] / "golden" / "membership_statistics.json"


def mixture_case(name, values, tolerance):
    """What scikit-learn finds without its regularisation, from its best of 20 starts."""
    model = GaussianMixture(
        2, reg_covar=0.0, tol=1e-14, max_iter=200_000, n_init=20, random_state=1
    ).fit(values[:, None])
    assert model.converged_
    order = numpy.argsort(model.means_[:, 0])
    return {
        "name": name,
        "values": values.tolist(),
        "tolerance": tolerance,
        "weights": model.weights_[order].tolist(),
        "means": model.means_[order, 0].tolist(),
        "variances": model.covariances_[order, 0, 0].tolist(),
        "log_likelihood": float(model.score(values[:, None]) * len(values)),
        "bic": float(model.bic(values[:, None])),
        "bic_of_one": float(GaussianMixture(1, reg_covar=0.0).fit(values[:, None]).bic(values[:, None])),
    }


def mixtures(random):
    draw = lambda mean, deviation, count: random.normal(mean, deviation, count)
    return [
        mixture_case("separated", numpy.round(numpy.concatenate([draw(-3, 1, 60), draw(4, 0.5, 40)]), 6), 1e-6),
        mixture_case("unequal", numpy.round(numpy.concatenate([draw(0, 0.2, 20), draw(3, 1, 100)]), 6), 1e-6),
        mixture_case("touching", numpy.round(numpy.concatenate([draw(0, 1, 80), draw(3, 1, 80)]), 6), 1e-4),
    ]


def placements(members, nonmembers):
    """DeLong's structural components by their definition: one comparison per pair."""
    wins = (members[:, None] > nonmembers[None, :]) + 0.5 * (members[:, None] == nonmembers[None, :])
    return wins.mean(1), wins.mean(0)


def delong_covariance(first, second):
    """The covariance of two AUROCs on the same documents (DeLong, DeLong & Clarke-Pearson 1988)."""
    (v10, v01), (w10, w01) = placements(*first), placements(*second)
    return float(numpy.cov(v10, w10)[0, 1] / len(v10) + numpy.cov(v01, w01)[0, 1] / len(v01))


def roc_case(name, members, nonmembers):
    labels = numpy.concatenate([numpy.ones(len(members)), numpy.zeros(len(nonmembers))])
    scores = numpy.concatenate([members, nonmembers])
    fpr, tpr, _ = roc_curve(labels, scores, drop_intermediate=False)
    at = lambda limit: float(tpr[numpy.where(fpr <= limit)[0][-1]])
    return {
        "name": name,
        "members": members.tolist(),
        "nonmembers": nonmembers.tolist(),
        "auroc": float(roc_auc_score(labels, scores)),
        "variance": delong_covariance((members, nonmembers), (members, nonmembers)),
        "fpr": fpr.tolist(),
        "tpr": tpr.tolist(),
        "tpr_at": [[limit, at(limit)] for limit in (0.001, 0.01, 0.05, 0.5)],
    }


def paired_case(members, nonmembers, other_members, other_nonmembers):
    first, second = (members, nonmembers), (other_members, other_nonmembers)
    return {
        "first": [members.tolist(), nonmembers.tolist()],
        "second": [other_members.tolist(), other_nonmembers.tolist()],
        "covariance": delong_covariance(first, second),
    }


def rocs(random):
    members, nonmembers = numpy.round(random.normal(1, 1, 40), 3), numpy.round(random.normal(0, 1, 60), 3)
    cases = [
        roc_case("smooth", members, nonmembers),
        roc_case("ties", random.integers(2, 7, 30).astype(float), random.integers(0, 6, 25).astype(float)),
    ]
    noise = lambda count: numpy.round(random.normal(0, 0.7, count), 3)
    return cases, paired_case(members, nonmembers, members + noise(40), nonmembers + noise(60))


def dip(values):
    """Hartigan's dip by its definition: the least distance of the empirical distribution from a
    continuous one that is convex before a mode and concave after it, as a linear program per mode.

    Unknowns: the distribution at each distinct value, and the distance.
    """
    points, counts = numpy.unique(values, return_counts=True)
    above = numpy.cumsum(counts) / len(values)
    below = above - counts / len(values)
    size = len(points)
    best = numpy.inf
    for mode in range(size):
        rows, limits = [], []

        def add(terms, limit):
            row = numpy.zeros(size + 1)
            for place, factor in terms:
                row[place] += factor
            rows.append(row)
            limits.append(limit)

        for place in range(size):
            add([(place, 1), (size, -1)], below[place])
            add([(place, -1), (size, -1)], -above[place])
        for place in range(size - 1):
            add([(place, 1), (place + 1, -1)], 0)
        for place in range(1, size - 1):
            if place == mode:
                continue
            before, after = points[place] - points[place - 1], points[place + 1] - points[place]
            sign = 1 if place < mode else -1
            bend = [(place - 1, -1 / before), (place, 1 / before + 1 / after), (place + 1, -1 / after)]
            add([(at, sign * factor) for at, factor in bend], 0)
        cost = numpy.zeros(size + 1)
        cost[size] = 1
        found = linprog(cost, A_ub=numpy.array(rows), b_ub=numpy.array(limits), bounds=[(0, 1)] * (size + 1), method="highs")
        assert found.status == 0
        best = min(best, found.fun)
    return float(best)


def dips(random):
    samples = [
        [1.0, 2.0],
        [0.0, 0.1, 0.9, 1.0],
        numpy.round(random.normal(0, 1, 40), 3).tolist(),
        numpy.round(random.uniform(0, 1, 25), 3).tolist(),
        numpy.round(numpy.concatenate([random.normal(-3, 1, 20), random.normal(3, 1, 15)]), 3).tolist(),
        random.integers(0, 8, 30).astype(float).tolist(),
        numpy.round(random.standard_t(2, 35), 3).tolist(),
        numpy.round(numpy.concatenate([random.normal(0, 0.1, 10), random.normal(1, 0.1, 12), random.normal(2, 0.1, 9)]), 3).tolist(),
    ]
    return [{"values": values, "dip": dip(numpy.array(values))} for values in samples]


def main():
    random = numpy.random.default_rng(20251)
    curves, paired = rocs(random)
    golden = {
        "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "mixtures": mixtures(random),
        "rocs": curves,
        "paired": paired,
        "dips": dips(random),
    }
    GOLDEN.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()

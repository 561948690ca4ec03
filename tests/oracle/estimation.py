"""Reference numbers for calibration, confusion matrices, estimators and intervals.

Run by hand: `python3 tests/oracle/estimation.py > tests/golden/estimation.json`.
Made with Python 3.11+, numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1, quapy 0.2.3; the versions
used are written into the file. Nothing here shares code with the program: calibration is fitted by
scipy.optimize.minimize, the simplex problems by SLSQP on the plain objectives, EM by a hundred
thousand plain iterations, profiles by SLSQP at fixed shares.
"""

import json
import sys

import numpy as np
import quapy
import scipy
import sklearn
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score

PENALTY = 1e-3
N_CLASSES, N_VALIDATION, N_TEXTS = 4, 120, 80


def draw(seed):
    """Over-confident, biased log-probabilities of Gaussian documents, rounded so JSON is short."""
    rng = np.random.default_rng(seed)
    means = 1.6 * rng.normal(size=(N_CLASSES, 3))
    classes = np.repeat(np.arange(N_CLASSES), N_VALIDATION // N_CLASSES)
    drawn = rng.choice(N_CLASSES, size=N_TEXTS, p=[0.7, 0.2, 0.1, 0.0])

    def scores(labels):
        points = means[labels] + rng.normal(size=(len(labels), 3))
        logits = (points @ means.T - 0.5 * (means**2).sum(1)) / 0.5 + np.array([0.5, 0, -0.4, 0.2])
        probabilities = np.round(softmax(logits, axis=1), 9)
        probabilities = np.maximum(probabilities, 1e-9)
        return probabilities / probabilities.sum(1, keepdims=True)

    return scores(classes), classes, scores(drawn)


def fit(probabilities, classes, with_biases):
    z = np.log(probabilities)
    n_biases = N_CLASSES if with_biases else 0

    def objective(x):
        logits = x[0] * z + (x[1:] if with_biases else 0)
        log_p = logits - logsumexp(logits, axis=1, keepdims=True)
        p = np.exp(log_p)
        loss = -log_p[np.arange(len(classes)), classes].sum()
        residual = p.copy()
        residual[np.arange(len(classes)), classes] -= 1
        gradient = np.concatenate([[(residual * z).sum()], residual.sum(0)[:n_biases]])
        shift = x - np.eye(1, 1 + n_biases)[0]
        return loss + 0.5 * PENALTY * shift @ shift, gradient + PENALTY * shift

    start = np.eye(1, 1 + n_biases)[0]
    found = minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-11, "maxiter": 10000})
    return found.x, objective(found.x)[0]


def calibrated(probabilities, x):
    logits = x[0] * np.log(probabilities) + (x[1:] if len(x) > 1 else 0)
    return softmax(logits, axis=1)


def nll(probabilities, classes):
    return -np.log(probabilities[np.arange(len(classes)), classes]).mean()


def ece(probabilities, classes, n_bins=15):
    confidence, correct = probabilities.max(1), probabilities.argmax(1) == classes
    edges, total = np.linspace(0, 1, n_bins + 1), 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            total += inside.mean() * abs(correct[inside].mean() - confidence[inside].mean())
    return total


def plain_em(posteriors, prior, n_iterations=100_000):
    shares, ratios = prior.copy(), posteriors / prior
    for _ in range(n_iterations):
        shares = shares * (ratios / (ratios @ shares)[:, None]).mean(0)
    return shares


def on_simplex(objective, size, starts):
    constraint = {"type": "eq", "fun": lambda x: x.sum() - 1}
    best = None
    for start in starts:
        found = minimize(objective, start, bounds=[(0, 1)] * size, constraints=constraint,
                         method="SLSQP", options={"ftol": 1e-16, "maxiter": 2000})
        if best is None or found.fun < best.fun:
            best = found
    return best.x


def inverted(confusion, means):
    starts = [np.full(N_CLASSES, 1 / N_CLASSES)] + list(0.9 * np.eye(N_CLASSES) + 0.1 / N_CLASSES)
    scale = 1e4  # SLSQP stops on the objective's absolute change
    return on_simplex(lambda x: scale * ((confusion.T @ x - means) ** 2).sum(), N_CLASSES, starts)


def profile(ratios, k, theta):
    """The largest log-likelihood with the share of class k fixed at theta."""
    others = [j for j in range(N_CLASSES) if j != k]

    def objective(y):
        return -np.log(theta * ratios[:, k] + (1 - theta) * ratios[:, others] @ y).sum()

    y = on_simplex(objective, N_CLASSES - 1, [np.full(N_CLASSES - 1, 1 / (N_CLASSES - 1))])
    return -objective(y)


def highest_density(log_density, low, high, level=0.95, n=200_001):
    grid = np.linspace(low, high, n)
    density = np.exp(log_density(grid))
    order = np.argsort(-density)
    inside = np.cumsum(density[order]) <= level * density.sum()
    region = grid[order[: inside.sum() + 1]]
    return region.min(), region.max()


def region(ratios, k):
    """Flat-prior highest-density region of the exponentiated profile, by brute force."""
    top = max(profile(ratios, k, t) for t in np.linspace(0.0005, 0.9995, 200))
    nodes = np.linspace(0, 1, 401)[:-1]
    values = np.array([profile(ratios, k, t) - top for t in nodes])
    keep = values > -14
    spline = scipy.interpolate.CubicSpline(nodes[keep], values[keep])
    return highest_density(spline, nodes[keep][0], nodes[keep][-1])


def case(seed):
    validation, classes, texts = draw(seed)
    folds = np.arange(len(classes)) % 3
    prior = np.bincount(classes) / len(classes)
    temperature, temperature_loss = fit(validation, classes, False)
    biased, biased_loss = fit(validation, classes, True)
    crossed = np.empty_like(validation)
    for fold in range(3):
        x, _ = fit(validation[folds != fold], classes[folds != fold], True)
        crossed[folds == fold] = calibrated(validation[folds == fold], x)
    posteriors = calibrated(texts, biased)
    predicted = crossed.argmax(1)
    hard = confusion_matrix(classes, predicted, normalize="true")
    soft = np.array([crossed[classes == k].mean(0) for k in range(N_CLASSES)])
    soft_means = posteriors.mean(0)
    hard_shares = np.bincount(posteriors.argmax(1), minlength=N_CLASSES) / N_TEXTS
    ratios = posteriors / prior
    quapy_em, _ = quapy.method.aggregative.EMQ.EM(prior, posteriors, epsilon=1e-12)
    return {
        "validation": validation.tolist(), "classes": classes.tolist(), "folds": folds.tolist(),
        "texts": texts.tolist(),
        "temperature": {"slope": temperature[0], "loss": temperature_loss},
        "bcts": {"slope": biased[0], "biases": biased[1:].tolist(), "loss": biased_loss},
        "nll_before": nll(validation, classes), "nll_after": nll(crossed, classes),
        "ece_before": ece(validation, classes), "ece_after": ece(crossed, classes),
        "accuracy": accuracy_score(classes, predicted),
        "macro_f1": f1_score(classes, predicted, average="macro"),
        "hard_rows_by_true": hard.tolist(), "soft_rows_by_true": soft.tolist(),
        "soft_means": soft_means.tolist(), "hard_shares": hard_shares.tolist(),
        "em": plain_em(posteriors, prior).tolist(), "em_quapy": quapy_em.tolist(),
        "pacc": inverted(soft, soft_means).tolist(), "acc": inverted(hard, hard_shares).tolist(),
        "profile_class": 1, "profile_shares": [0.05, 0.2, 0.4],
        "profile": [profile(ratios, 1, t) - profile(ratios, 1, 0.3) for t in (0.05, 0.2, 0.4)],
        "regions": [region(ratios, k) for k in range(N_CLASSES)],
    }


if __name__ == "__main__":
    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__,
                "scikit-learn": sklearn.__version__, "quapy": quapy.__version__}
    json.dump({"versions": versions, "cases": [case(seed) for seed in (1, 2)]}, sys.stdout)

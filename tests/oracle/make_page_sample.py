"""Makes the sample that the page carries: a planted mixture, and two estimates of it.

Simulated, and said to be so in the files: 1,500 documents are drawn from the planted mixture and
labelled by a classifier with a known confusion matrix (accuracy about .80), measured on 1,200 held-out
documents. `counted` is the share of labels; `corrected` solves C^T p = counted on the simplex.
Intervals and replicates come from 200 bootstrap samples of both. numpy 2, scipy 1 (seeded: the same files every time).

    python3 tests/oracle/make_page_sample.py web/sample
"""
import json
import pathlib
import sys

import numpy
from scipy.optimize import nnls

CATEGORIES = ["Web", "GitHub", "Wikipedia", "Books", "Arxiv", "StackExchange"]
PLANTED = numpy.array([0.56, 0.14, 0.06, 0.09, 0.10, 0.05])
N_GENERATIONS, N_HELD_OUT, N_REPLICATES, LEVEL = 1500, 1200, 200, 0.95


def simplex_fit(matrix, shares):
    """The point of the simplex nearest to solving matrix^T p = shares (weighted non-negative least squares)."""
    weight = 1e4
    system = numpy.vstack([matrix.T, weight * numpy.ones(len(shares))])
    solution, _ = nnls(system, numpy.append(shares, weight))
    return solution / solution.sum()


def row_shares(true, predicted):
    counts = numpy.zeros((len(CATEGORIES),) * 2)
    numpy.add.at(counts, (true, predicted), 1)
    return counts / counts.sum(axis=1, keepdims=True)


def draw(generator):
    """Labels given to generations, and true and given labels of held-out documents."""
    confusion = numpy.full((6, 6), 0.035) + numpy.eye(6) * 0.79
    confusion[1, 5], confusion[5, 1], confusion[2, 0], confusion[3, 0] = 0.12, 0.14, 0.17, 0.13
    confusion /= confusion.sum(axis=1, keepdims=True)
    label = lambda classes: numpy.array([generator.choice(6, p=confusion[k]) for k in classes])
    held_out = numpy.repeat(numpy.arange(6), N_HELD_OUT // 6)
    return label(generator.choice(6, size=N_GENERATIONS, p=PLANTED)), held_out, label(held_out)


def estimates(labels, true, predicted):
    counted = numpy.bincount(labels, minlength=6) / len(labels)
    return counted, simplex_fit(row_shares(true, predicted), counted)


def summary(name, point, replicates, confusion, counted):
    tail = (1 - LEVEL) / 2
    low, high = numpy.quantile(replicates, [tail, 1 - tail], axis=0)
    rounded = lambda values: numpy.round(values, 6).tolist()
    point = numpy.round(point, 6)
    point[0] += 1 - point.sum()
    return {
        "schema_version": 1,
        "method": "labelshift",
        "tool": {"name": "make_page_sample.py", "version": "1"},
        "config": {"simulated": True, "estimator": name, "n_generations": N_GENERATIONS, "n_held_out": N_HELD_OUT},
        "categories": CATEGORIES,
        "priors": {"point": [round(float(v), 6) for v in point], "mean": rounded(replicates.mean(axis=0)),
                   "ci_lo": rounded(low), "ci_hi": rounded(high), "level": LEVEL, "replicates": rounded(replicates)},
        "confusion_matrix": rounded(confusion),
        "pbar": rounded(counted),
        "diagnostics": [{"code": "simulated", "severity": "note", "message": "made for show: labels were drawn by a simulation, not from a language model"}],
    }


def main(folder):
    generator = numpy.random.Generator(numpy.random.PCG64(11))
    labels, true, predicted = draw(generator)
    counted, corrected = estimates(labels, true, predicted)
    replicates = []
    for _ in range(N_REPLICATES):
        rows, docs = generator.integers(len(labels), size=len(labels)), generator.integers(len(true), size=len(true))
        replicates.append(estimates(labels[rows], true[docs], predicted[docs]))
    confusion = row_shares(true, predicted)
    for name, point, column in [("counted", counted, 0), ("corrected", corrected, 1)]:
        path = pathlib.Path(folder) / name / "summary.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        runs = numpy.array([pair[column] for pair in replicates])
        path.write_text(json.dumps(summary(name, point, runs, confusion, counted)) + "\n")
    spec = ["schema: category-mixture-v1", "name: Planted sample", "family: Simulation", "unit: documents",
            "notes: A mixture made up for the sample of the page; no model was trained on it.", "categories:",
            *[f"  - {name}" for name in CATEGORIES], "category_weights:",
            *[f"  {name}: {share:g}" for name, share in zip(CATEGORIES, PLANTED * 100)]]
    (pathlib.Path(folder) / "planted-sample.yaml").write_text("\n".join(spec) + "\n")


main(sys.argv[1])

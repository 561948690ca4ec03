#!/usr/bin/env python3
"""QuaPy's estimators on the problems of the study of estimators, beside ours.

    cargo run --release -p data-anatomy-bench --example estimators -- write FOLDER
    pip install quapy==0.2.3
    python bench/peers/quapy_estimators.py FOLDER

Each folder of FOLDER holds `predictions.jsonl` and `truth.json`. QuaPy sees the same probabilities: EMQ with its
bias-corrected temperature scaling (and without), PACC, and the two density methods KDEyML and KDEyCS as they are
(bandwidth .1), on raw probabilities and on those that EMQ's scaling makes of them. Prints mean Acc by kind: the half
that chose / the half that is reported, problems dealt to the halves in turn, as the study does.
"""
import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import quapy
from quapy.method.aggregative import EMQ, PACC, KDEyCS, KDEyML
from sklearn.base import BaseEstimator

warnings.filterwarnings("ignore")


class Known(BaseEstimator):
    """A classifier that is fitted already; QuaPy asks it for its classes alone."""

    def __init__(self, classes):
        self.classes_ = classes

    def fit(self, X, y):
        return self

    def predict_proba(self, X):
        return X


def read(folder):
    documents, texts, classes = [], [], []
    for line in (folder / "predictions.jsonl").read_text().splitlines():
        one = json.loads(line)
        if "categories" in one:
            names = one["categories"]
        probabilities = np.array(one["probabilities"])
        row = probabilities / probabilities.sum()
        if one["kind"] == "validation":
            documents.append(row)
            classes.append(names.index(one["true_class"]))
        else:
            texts.append(row)
    truth = json.loads((folder / "truth.json").read_text())
    return np.array(documents), np.array(classes), np.array(texts), truth


def fitted(method, documents, classes):
    method.classifier.fit(documents, classes)
    # EMQ takes the shares of the documents on the way past its classifier.
    method.train_prevalence = np.bincount(classes) / len(classes)
    method.aggregation_fit(documents, classes)
    return method


def estimates(documents, classes, texts):
    """The shares that each estimator gives, by name."""
    known = Known(np.unique(classes))
    methods = {
        "EMQ": EMQ(known, fit_classifier=False, calib=None),
        "EMQ, bcts": EMQ(known, fit_classifier=False, calib="bcts"),
        "PACC": PACC(known, fit_classifier=False),
        "KDEyML": KDEyML(known, fit_classifier=False),
        "KDEyCS": KDEyCS(known, fit_classifier=False),
    }
    found, seconds = {}, {}
    for name, method in methods.items():
        start = time.perf_counter()
        found[name] = fitted(method, documents, classes).aggregate(texts)
        seconds[name] = time.perf_counter() - start
    scaling = methods["EMQ, bcts"].calibration_function
    scaled = [np.clip(scaling(rows), 1e-12, 1.0) for rows in (documents, texts)]
    scaled = [rows / rows.sum(axis=1, keepdims=True) for rows in scaled]
    for name, method in {"PACC": PACC, "KDEyML": KDEyML, "KDEyCS": KDEyCS}.items():
        start = time.perf_counter()
        fit = fitted(method(known, fit_classifier=False), scaled[0], classes)
        found[f"{name}, bcts"] = fit.aggregate(scaled[1])
        seconds[f"{name}, bcts"] = time.perf_counter() - start
    return found, seconds


def main():
    folders = sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir())
    rows, times = {}, {}
    for number, folder in enumerate(folders):
        documents, classes, texts, truth = read(folder)
        found, seconds = estimates(documents, classes, texts)
        errors = {name: 0.5 * np.abs(shares - truth["shares"]).sum() for name, shares in found.items()}
        rows.setdefault(truth["kind"], []).append({name: 1 - error for name, error in errors.items()})
        for name, value in seconds.items():
            times.setdefault(name, []).append(value)
        print(f"\r{number + 1} of {len(folders)} problems ", end="", file=sys.stderr)
    print(file=sys.stderr)
    names = list(times)
    print(f"QuaPy {quapy.__version__}\n\n| problems | {' | '.join(names)} |\n|---{'|---' * len(names)}|")
    for kind, accuracies in rows.items():
        halves = [
            " / ".join(f"{np.mean([one[name] for one in accuracies[half::2]]):.3f}" for half in (0, 1))
            for name in names
        ]
        print(f"| {kind} ({len(accuracies)}) | {' | '.join(halves)} |")
    print(f"| seconds | {' | '.join(f'{np.mean(times[name]):.3f}' for name in names)} |")


if __name__ == "__main__":
    main()

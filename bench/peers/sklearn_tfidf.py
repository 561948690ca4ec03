"""scikit-learn's pipeline for the classifier `tfidf`, timed; run by hand, prints one line of JSON.

    python bench/peers/sklearn_tfidf.py FOLDER [--per-class 210] [--C 4]

FOLDER holds one `<category>.jsonl` per category, one {"text": ...} per line. Of the first `--per-class` documents of
each category, every fifth is held out (index % 5 == 4). `native/classify/examples/tfidf.rs` takes the same folder, the same
split and prints the same keys. Checked with scikit-learn 1.9.1, NumPy 2.4.6, SciPy 1.17.1.
"""

import argparse
import json
import pathlib
import resource
import time

import numpy
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion


def read(folder, per_class):
    """The training and the held-out documents as two lists of (text, category)."""
    train, held_out = [], []
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for index, line in zip(range(per_class), lines):
                part = held_out if index % 5 == 4 else train
                part.append((json.loads(line)["text"], path.stem))
    return train, held_out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--per-class", type=int, default=210)
    parser.add_argument("--C", type=float, default=4.0)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--max-iterations", type=int, default=1000)
    parser.add_argument("--probabilities", help="write the held-out log-probabilities here (.npy)")
    arguments = parser.parse_args()
    train, held_out = read(arguments.folder, arguments.per_class)
    features = FeatureUnion([
        ("word", TfidfVectorizer(analyzer="word", ngram_range=(1, 2), max_features=200_000, lowercase=True)),
        ("char", TfidfVectorizer(analyzer="char", ngram_range=(3, 5), max_features=200_000, lowercase=True)),
    ])
    model = LogisticRegression(C=arguments.C, tol=arguments.tolerance, max_iter=arguments.max_iterations)

    times = [time.perf_counter()]
    matrix = features.fit_transform([text for text, _ in train])
    times.append(time.perf_counter())
    model.fit(matrix, [category for _, category in train])
    times.append(time.perf_counter())
    log_probabilities = model.predict_log_proba(features.transform([text for text, _ in held_out]))
    times.append(time.perf_counter())

    truth = numpy.array([category for _, category in held_out])
    predicted = model.classes_[log_probabilities.argmax(axis=1)]
    column = {category: index for index, category in enumerate(model.classes_)}
    picked = log_probabilities[numpy.arange(len(truth)), [column[category] for category in truth]]
    if arguments.probabilities:
        numpy.save(arguments.probabilities, log_probabilities)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    seconds = numpy.diff(times)
    print(json.dumps({
        "program": f"scikit-learn {sklearn.__version__}",
        "n_train": len(train), "n_held_out": len(held_out), "n_features": matrix.shape[1],
        "vectorise_s": round(seconds[0], 3), "fit_s": round(seconds[1], 3), "predict_s": round(seconds[2], 3),
        "total_s": round(seconds.sum(), 3), "user_cpu_s": round(usage.ru_utime, 2),
        "peak_rss_mib": usage.ru_maxrss // 1024, "iterations": int(model.n_iter_[0]),
        "accuracy": float((predicted == truth).mean()), "log_loss": float(-picked.mean()),
    }))


if __name__ == "__main__":
    main()

"""How well a good linear classifier tells the demo's categories apart, and what it takes for what.

Run by hand on a folder of <category>.jsonl files, one {"text": ...} a line:
    python3 tests/oracle/demo_confusability.py FOLDER [TRAINED PER CATEGORY, 150]
The documents after the trained ones are held out. Wanted: an accuracy of .85 to .93, with
commoncrawl and c4 the main confusion. Written with scikit-learn 1.9.1.
"""

import json
import pathlib
import sys

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.pipeline import make_union


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    n_trained = int(sys.argv[2]) if len(sys.argv) > 2 else 150
    names, train, test = [], ([], []), ([], [])
    for index, path in enumerate(sorted(folder.glob("*.jsonl"))):
        texts = [json.loads(line)["text"] for line in path.read_text().splitlines()]
        names.append(path.stem)
        for (kept_texts, labels), part in [(train, texts[:n_trained]), (test, texts[n_trained:])]:
            kept_texts.extend(part)
            labels.extend([index] * len(part))
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), max_features=20_000),
        TfidfVectorizer(analyzer="char", ngram_range=(3, 5), max_features=20_000),
    )
    model = LogisticRegression(C=4, max_iter=300).fit(features.fit_transform(train[0]), train[1])
    predicted = model.predict(features.transform(test[0]))
    print(f"accuracy {numpy.mean(predicted == numpy.array(test[1])):.4f}, {len(predicted)} held out")
    print("rows are true:", ", ".join(names))
    print(confusion_matrix(test[1], predicted))


if __name__ == "__main__":
    main()

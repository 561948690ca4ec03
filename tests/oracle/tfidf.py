"""Writes tests/golden/tfidf.json: scikit-learn's features, optimum and probabilities for a small set of texts.

    python tests/oracle/tfidf.py        (from the project's root; made with scikit-learn 1.9.1, NumPy 2.4.6, SciPy 1.17.1)

The optimum is that of C * sum of log losses + 0.5 * ||W||^2 for C = 4, found by Newton's method to a mean gradient
below 1e-12. All terms are kept (there are fewer than 200,000), so that no tie decides.
"""

import json
import pathlib
import re

import numpy
import scipy
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

C = 4.0

TRAIN = {
    "code": [
        "def area(radius):\n    return 3.14159 * radius ** 2\n",
        "for (let i = 0; i < items.length; i++) {\n\tconsole.log(items[i]);\n}",
        "fn main() {\n    println!(\"{}\", (1..=10).sum::<u32>());\n}",
        "SELECT name, COUNT(*) FROM orders WHERE price > 10 GROUP BY name;",
        "if __name__ == \"__main__\":\n    main(sys.argv[1:])",
        "#include <stdio.h>\nint main(void) { return 0; }\r\n",
        "x = [n_rows for n_rows in range(100) if n_rows % 7 == 0]",
        "<div class=\"box\"><a href='#'>home</a></div>",
        "git commit -m \"fix: off-by-one in parser\" && git push",
        "const \u03c0 = Math.PI; // \u00fcber-precise  \u2014 see note\u00b9",
    ],
    "story": [
        "The old lighthouse keeper climbed the stairs one last time, his lantern swinging in the dark.",
        "\"Where have you been?\" she asked. He did not answer; the rain answered for him.",
        "It was the kind of morning when even the gulls were silent, and Anna knew the boat would not come.",
        "Once, long ago, a fox and a heron shared a meal neither of them could eat.",
        "He laughed.   Then he wept.\n\nThen he laughed again, and nobody in the tavern looked up.",
        "My grandmother kept seven clocks, and no two of them agreed about anything at all.",
        "They buried the letter under the pear tree, where the soil was soft and nobody ever dug.",
        "Night fell. The city, which had been shouting all day, began at last to whisper.",
        "A B C D, sang the child, and skipped over every crack in the pavement.",
        "The captain's voice was hoarse: \"Hold the line, hold the line!\"",
    ],
    "science": [
        "The enzyme was incubated at 37 \u00b0C for 20 min, after which activity fell by 12.5 % (p < 0.01).",
        "We show that the spectral gap is bounded below by 1/n\u00b2 for every connected graph on n vertices.",
        "Photosynthesis converts carbon dioxide and water into glucose: 6CO\u2082 + 6H\u2082O \u2192 C\u2086H\u2081\u2082O\u2086 + 6O\u2082.",
        "Let $f\\colon X \\to Y$ be continuous; then $f^{-1}(U)$ is open whenever $U$ is.",
        "Samples (n = 48) were drawn from three lakes, and the nitrogen content was measured twice.",
        "The half-life of carbon-14 is 5,730 years, so older samples need other isotopes.",
        "A stellar parallax of 0.1\u2033 corresponds to a distance of ten parsecs.",
        "Figure 3 shows the mean \u00b1 standard deviation of the three measurements; see Table\u00a02.",
        "Neurons in layer V project to the spinal cord, while those in layer VI project to the thalamus.",
        "The estimator is consistent, but its variance grows as the classes become hard to tell apart.",
    ],
    "languages": [
        "\u0393\u03bd\u1ff6\u03b8\u03b9 \u03c3\u03b5\u03b1\u03c5\u03c4\u03cc\u03bd, \u03ad\u03bb\u03b5\u03b3\u03b1\u03bd \u03bf\u03b9 \u03b1\u03c1\u03c7\u03b1\u03af\u03bf\u03b9 \u2014 \u039f \u039b\u039f\u0393\u039f\u03a3 \u03a4\u039f\u03a5\u03a3.",
        "\u0423\u0442\u0440\u043e\u043c \u0432\u044b\u043f\u0430\u043b \u0441\u043d\u0435\u0433, \u0438 \u0433\u043e\u0440\u043e\u0434 \u0441\u0442\u0430\u043b \u0442\u0438\u0445\u0438\u043c.",
        "\u6628\u65e5\u306f\u96e8\u304c\u964d\u308a\u307e\u3057\u305f\u3002\u4eca\u65e5\u306f\u6674\u308c\u3067\u3059\u3002",
        "\u5b66\u800c\u65f6\u4e60\u4e4b\uff0c\u4e0d\u4ea6\u8bf4\u4e4e\uff1f \u7b2c\u2460\u7ae0\u3001\u7b2c\u4e8c\u7ae0",
        "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e, \u0906\u092a \u0915\u0948\u0938\u0947 \u0939\u0948\u0902?",
        "\u0627\u0644\u0643\u062a\u0627\u0628\u064f \u0639\u0644\u0649 \u0627\u0644\u0637\u0627\u0648\u0644\u0629\u060c \u0648\u0627\u0644\u0642\u0644\u0645\u064f \u0628\u062c\u0627\u0646\u0628\u0647 \u0661\u0662\u0663.",
        "Die Stra\u00dfe war na\u00df; \u00c4pfel und \u00d6l lagen \u00fcberall. GRO\u1e9eE STRASSE!",
        "\u0130stanbul'da ya\u011fmur ya\u011f\u0131yor, \u0131\u015f\u0131klar s\u00f6n\u00fck. I\u015eIK",
        "L'\u00e9t\u00e9 dernier, nous avons mang\u00e9 des cr\u00eapes \u00e0 Qu\u00e9bec\u2026 \u00e7a alors\u202f!",
        "\uc624\ub298\uc740 \ub0a0\uc528\uac00 \uc88b\uc2b5\ub2c8\ub2e4. \U0001f642\U0001f642 \U0001f327",
    ],
}

HELD_OUT = [
    "return items.filter(x => x > 0).map(f);",
    "The fox looked at the lantern and wept.",
    "We measured the mean nitrogen content of the samples at 20 \u00b0C.",
    "\u0421\u043d\u0435\u0433 \u0438 \u0434\u043e\u0436\u0434\u044c; \u4eca\u65e5\u306f\u96e8\u3067\u3059\u3002",
    "A\u001f\u001c b\u0085\u00a0\tc   d\n\ne\u3000f",
    "",
    "   \n\t ",
    "zzz",
    "the the the the the THE The tHe",
]


def row_as_terms(row, names):
    """One sparse row as {term: value}."""
    return {names[index]: float(value) for index, value in zip(row.indices, row.data)}


def block(vectoriser, train, shown):
    """What one vectoriser learnt, and the rows of the documents in `shown`."""
    names = vectoriser.get_feature_names_out()
    idf = {name: float(value) for name, value in zip(names, vectoriser.idf_)}
    rows = vectoriser.transform(shown)
    picked = sorted(names, key=lambda name: (len(name) * 7919 + sum(map(ord, name)) * 104729) % 1000003)[:120]
    return {
        "n_terms": len(names),
        "idf_sum": float(vectoriser.idf_.sum()),
        "idf": {name: idf[name] for name in picked},
        "rows": [row_as_terms(row, names) for row in rows],
        "n_values": int(vectoriser.transform(train).nnz),
    }


def main():
    train = [text for texts in TRAIN.values() for text in texts]
    classes = [index for index, texts in enumerate(TRAIN.values()) for _ in texts]
    features = FeatureUnion([
        ("word", TfidfVectorizer(analyzer="word", ngram_range=(1, 2), max_features=200_000, lowercase=True)),
        ("char", TfidfVectorizer(analyzer="char", ngram_range=(3, 5), max_features=200_000, lowercase=True)),
    ])
    matrix = features.fit_transform(train)
    model = LogisticRegression(C=C, solver="newton-cg", tol=1e-12, max_iter=10_000).fit(matrix, classes)
    log_probabilities = model.predict_log_proba(matrix)
    residuals = model.predict_proba(matrix)
    residuals[numpy.arange(len(classes)), classes] -= 1
    gradient = C * (matrix.T @ residuals).T + model.coef_
    loss = -log_probabilities[numpy.arange(len(classes)), classes].sum()
    vectorisers = dict(features.transformer_list)
    shown = [0, 14, 22, 30, 33, 34, 36, 37, 38]
    golden = {
        "made_by": f"tests/oracle/tfidf.py, scikit-learn {sklearn.__version__}, NumPy {numpy.__version__}, SciPy {scipy.__version__}",
        "inverse_regularization": C,
        "categories": list(TRAIN),
        "train": train,
        "classes": classes,
        "held_out": HELD_OUT,
        "shown": shown,
        "word": block(vectorisers["word"], train, [train[index] for index in shown]),
        "char": block(vectorisers["char"], train, [train[index] for index in shown]),
        "objective": float(C * loss + 0.5 * (model.coef_ ** 2).sum()),
        "gradient_norm": float(numpy.sqrt((gradient ** 2).sum() + ((C * residuals.sum(axis=0)) ** 2).sum())),
        "intercepts": model.intercept_.tolist(),
        "train_probabilities": model.predict_proba(matrix).tolist(),
        "held_out_probabilities": model.predict_proba(features.transform(HELD_OUT)).tolist(),
    }
    text = json.dumps(golden, ensure_ascii=True, indent=None, separators=(",", ":"))
    # One line for each member: differences can be read.
    text = re.sub(r'("(?:made_by|inverse_regularization|categories|train|classes|held_out|shown|word|char|objective|'
                  r'gradient_norm|intercepts|train_probabilities|held_out_probabilities)":)', r"\n\1", text)
    pathlib.Path("tests/golden/tfidf.json").write_text(text + "\n", encoding="utf-8")
    print(golden["objective"], golden["gradient_norm"], matrix.shape)


if __name__ == "__main__":
    main()

//! `minkpp` and `membership`, on a small model and documents of three categories.

// Scores of every kind, and what goes wrong with them.
mod passes;
// Results: files, numbers, the seed study's command.
mod results;

use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_tests::Scratch;

/// Words of each category.
const WORDS: [(&str, &str); 3] = [
    ("law", "Court appeal plaintiff Statute judge motion ruling party claim evidence water warm"),
    ("recipes", "butter Flour oven stir simmer Garlic onion bake spoon sauce water salt warm"),
    ("sport", "match goal Coach league striker season defender score Club fans evidence salt"),
];

/// Documents of each category in a folder, drawn by this seed.
pub(crate) fn write_documents(scratch: &Scratch, folder: &str, n_documents: u64, seed: u64) {
    for (class, (name, vocabulary)) in WORDS.iter().enumerate() {
        let words: Vec<&str> = vocabulary.split(' ').collect();
        let line = |number: u64| {
            let mut stream = RandomStream::new(seed, 1_000 * class as u64 + number);
            let n_words = 12 + stream.index(9);
            let drawn: Vec<&str> = (0..n_words).map(|_| words[stream.index(words.len())]).collect();
            format!("{}\n", serde_json::json!({ "text": drawn.join(" ") }))
        };
        let lines: String = (0..n_documents).map(line).collect();
        scratch.write(&format!("{folder}/{name}.jsonl"), lines);
    }
}

/// A folder with `model`, another `reference`, `samples`, `held_out` and `elsewhere`.
pub(crate) fn with_everything(n_documents: u64) -> Scratch {
    let scratch = Scratch::new();
    scratch.write_model("model", "llama");
    scratch.write_model("reference", "qwen2");
    write_documents(&scratch, "samples", n_documents, 1);
    write_documents(&scratch, "held_out", n_documents, 2);
    write_documents(&scratch, "elsewhere", 20, 3);
    scratch
}

/// Every attack with all that it takes.
pub(crate) const ALL: &str = "membership --attack all --target-model model --device cpu \
     --local-samples-dir samples --nonmembers held_out --reference-model reference \
     --reference-corpus elsewhere --max-tokens 40 --num-shots 3 --n-perturbations 3 --quiet";

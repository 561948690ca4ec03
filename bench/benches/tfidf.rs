//! Documents per second of the classifier `tfidf`: analyse, fit, classify; and of a naive
//! vectoriser, which counts terms as strings in hash maps on one thread.
//!
//! ```text
//! cargo bench -p data-anatomy-bench --bench tfidf
//! ```

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use data_anatomy_classify::Classifier;
use data_anatomy_classify::tfidf::{Corpus, Options, TfidfClassifier, TrainingSet};
use data_anatomy_core::shares::taxonomy::Taxonomy;

const N_CLASSES: usize = 6;
const WORDS_PER_DOCUMENT: usize = 300;

/// Corpus sizes, in documents.
const SIZES: [usize; 3] = [60, 300, 1200];

/// SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % limit as u64).unwrap_or(0)
    }
}

/// A pronounceable word of 2 to 9 letters, the same for the same number.
fn word(number: usize) -> String {
    let mut numbers = Numbers(number as u64);
    let n_letters = 2 + numbers.below(8);
    let letter = |place: usize| {
        let letters: &[u8] = if place.is_multiple_of(2) { b"bcdfghklmnprstvw" } else { b"aeiou" };
        char::from(letters[numbers.below(letters.len())])
    };
    (0..n_letters).map(letter).collect()
}

/// Documents of about 2,000 characters. Frequent words are frequent as in Zipf's law, and each
/// class prefers some.
fn documents(n_docs: usize) -> (Vec<String>, Vec<usize>) {
    let vocabulary: Vec<String> = (0..20_000).map(word).collect();
    let mut numbers = Numbers(1);
    let mut text = |class: usize| {
        let mut text = String::new();
        for _ in 0..WORDS_PER_DOCUMENT {
            // The product of two uniform numbers favours small ones.
            let rank = numbers.below(vocabulary.len()) * numbers.below(1000) / 1000;
            let shift = if numbers.below(4) == 0 { class * 500 } else { 0 };
            text.push_str(&vocabulary[(rank + shift) % vocabulary.len()]);
            text.push_str(if numbers.below(12) == 0 { ".\n" } else { " " });
        }
        text
    };
    let classes: Vec<usize> = (0..n_docs).map(|doc| doc % N_CLASSES).collect();
    (classes.iter().map(|&class| text(class)).collect(), classes)
}

fn silent(_: &str, _: usize, _: usize) {}

/// The baseline: every n-gram a string of its own in one map from string to column, as a first
/// attempt would have it.
fn naive_vectorise(documents: &[&str]) -> (HashMap<String, usize>, Vec<HashMap<usize, u32>>) {
    let mut columns = HashMap::new();
    let mut rows = Vec::new();
    for document in documents {
        let lowercase = document.to_lowercase();
        let chars: Vec<char> = lowercase.chars().collect();
        let words: Vec<&str> = lowercase.split(|c: char| !c.is_alphanumeric()).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| word.len() > 1).collect();
        let grams = (3..=5).flat_map(|length| chars.windows(length).map(String::from_iter));
        let pairs = words.windows(2).map(|pair| pair.join(" "));
        let mut row = HashMap::new();
        for term in grams.chain(pairs).chain(words.iter().map(|word| (*word).to_owned())) {
            let n_columns = columns.len();
            let column = *columns.entry(term).or_insert(n_columns);
            *row.entry(column).or_insert(0) += 1;
        }
        rows.push(row);
    }
    (columns, rows)
}

fn vectorise(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tfidf/vectorise");
    group.sample_size(10);
    for n_docs in SIZES {
        let (documents, _) = documents(n_docs);
        let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        group.throughput(Throughput::Elements(n_docs as u64));
        group.bench_with_input(BenchmarkId::new("analyze", n_docs), &documents, |bencher, docs| {
            bencher.iter(|| Corpus::analyze(black_box(docs), &silent));
        });
        group.bench_with_input(BenchmarkId::new("naive", n_docs), &documents, |bencher, docs| {
            bencher.iter(|| naive_vectorise(black_box(docs)));
        });
    }
    group.finish();
}

fn fit_and_classify(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tfidf");
    group.sample_size(10);
    let categories = Taxonomy::new((0..N_CLASSES).map(|class| format!("class {class}")))
        .expect("distinct names");
    for n_docs in SIZES {
        let (documents, classes) = documents(n_docs);
        let documents: Vec<&str> = documents.iter().map(String::as_str).collect();
        let corpus = Corpus::analyze(&documents, &silent);
        let rows: Vec<usize> = (0..n_docs).collect();
        let training = TrainingSet {
            corpus: &corpus,
            rows: &rows,
            classes: &classes,
            categories: &categories,
        };
        let fit = || {
            TfidfClassifier::fit(training, &Options::default(), &silent).expect("a sound problem")
        };
        group.throughput(Throughput::Elements(n_docs as u64));
        group.bench_function(BenchmarkId::new("fit", n_docs), |bencher| bencher.iter(fit));
        let model = fit();
        group.bench_function(BenchmarkId::new("classify", n_docs), |bencher| {
            bencher.iter(|| model.log_probabilities(black_box(&documents), &silent));
        });
    }
    group.finish();
}

criterion_group!(benches, vectorise, fit_and_classify);
criterion_main!(benches);

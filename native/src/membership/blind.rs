//! The blind baseline: a classifier that never sees the model, candidates against non-members.
//!
//! Where it tells the two apart, their texts differ by more than membership (in time, source or
//! topic), and an attack that does no better may see that difference alone (Das et al. 2024, arXiv
//! 2406.16201).

use std::collections::BTreeMap;

use anyhow::Context as _;
use data_anatomy_classify::tfidf::{Corpus, Options, TfidfClassifier, TrainingSet};
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_corpus::documents::Documents;
use data_anatomy_job::progress::Progress;

use super::evidence::PoolScores;

/// Documents of a category on each side at most: enough to tell texts apart, and a classifier's worth of
/// memory and time.
const MAX_DOCUMENTS: usize = 1000;
/// Parts into which documents are split: each is judged by a classifier trained on the others.
const N_FOLDS: usize = 5;
/// The fewest documents of a category on each side.
const MIN_DOCUMENTS: usize = 2 * N_FOLDS;
/// Numbers of random streams begin here, so that none is drawn twice.
const FIRST_STREAM: u64 = 7_000;

/// Numbers of documents, ascending, each with the log-odds of being a candidate.
pub type BlindDocuments = Vec<(usize, f64)>;

/// What the blind classifier says of a category's documents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BlindCategory {
    /// Of candidates.
    pub candidates: BlindDocuments,
    /// Of non-members.
    pub nonmembers: BlindDocuments,
}

/// Texts with the numbers of their documents.
type Drawn = Vec<(usize, String)>;

/// The texts of both pools, and what was scored of them.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'run> {
    /// The candidates, and their scores.
    pub candidates: (&'run Documents, &'run PoolScores),
    /// The non-members, and their scores.
    pub nonmembers: (&'run Documents, &'run PoolScores),
}

/// What the classifier says, by category; a category with too few documents on a side is left out.
///
/// # Errors
/// If a file cannot be read any more.
pub fn judge(
    texts: Texts<'_>,
    seed: u64,
    progress: &Progress,
) -> anyhow::Result<BTreeMap<String, BlindCategory>> {
    let mut by_category = BTreeMap::new();
    let categories = texts.candidates.0.categories();
    for (index, category) in categories.iter().enumerate() {
        let stream = FIRST_STREAM + 2 * index as u64;
        let candidates = drawn(texts.candidates, category, seed, stream)?;
        let nonmembers = drawn(texts.nonmembers, category, seed, stream + 1)?;
        if candidates.len().min(nonmembers.len()) >= MIN_DOCUMENTS {
            by_category.insert((*category).to_owned(), cross_fitted(&candidates, &nonmembers)?);
        }
        progress.at("blind baseline", index + 1, Some(categories.len()));
    }
    Ok(by_category)
}

/// The scored parts of the category's texts, or of so many of them, drawn at random.
fn drawn(
    (documents, scores): (&Documents, &PoolScores),
    category: &str,
    seed: u64,
    stream: u64,
) -> anyhow::Result<Drawn> {
    let numbers = (0..scores.n_documents()).filter(|&number| scores.categories[number] == category);
    let mut numbers: Vec<usize> = numbers.collect();
    RandomStream::new(seed, stream).shuffle(&mut numbers);
    numbers.truncate(MAX_DOCUMENTS);
    numbers.sort_unstable();
    let mut wanted = numbers.iter().peekable();
    let mut texts = Vec::with_capacity(numbers.len());
    documents.for_each_of(category, |number, document| {
        let number = usize::try_from(number)?;
        if wanted.next_if_eq(&&number).is_some() {
            let n_bytes = scores.text_bytes[number].min(document.text.len());
            let end = document.text.floor_char_boundary(n_bytes);
            texts.push((number, document.text[..end].to_owned()));
        }
        Ok(())
    })?;
    Ok(texts)
}

/// Each document's log-odds of being a candidate, by a classifier trained on other documents.
fn cross_fitted(candidates: &Drawn, nonmembers: &Drawn) -> anyhow::Result<BlindCategory> {
    let both = || candidates.iter().chain(nonmembers);
    let texts: Vec<&str> = both().map(|(_, text)| text.as_str()).collect();
    let class_of = |row: usize| usize::from(row >= candidates.len());
    let fold_of =
        |row: usize| (if row < candidates.len() { row } else { row - candidates.len() }) % N_FOLDS;
    let quiet = |_: &str, _: usize, _: usize| {};
    let corpus = Corpus::analyze(&texts, &quiet);
    let categories = Taxonomy::new(["candidate", "non-member"].map(str::to_owned))
        .context("the two sides of the blind baseline")?;
    let mut log_odds = vec![0.0; texts.len()];
    for fold in 0..N_FOLDS {
        let (judged, trained): (Vec<usize>, Vec<usize>) =
            (0..texts.len()).partition(|&row| fold_of(row) == fold);
        let classes: Vec<usize> = trained.iter().map(|&row| class_of(row)).collect();
        let training = TrainingSet {
            corpus: &corpus,
            rows: &trained,
            classes: &classes,
            categories: &categories,
        };
        let classifier = TfidfClassifier::fit(training, &Options::default(), &quiet)?;
        let found = classifier.log_probabilities_of_rows(&corpus, &judged);
        for (&row, pair) in judged.iter().zip(found.chunks_exact(2)) {
            log_odds[row] = pair[0] - pair[1];
        }
    }
    let mut candidates_and_others = both().map(|(number, _)| *number).zip(log_odds);
    Ok(BlindCategory {
        candidates: candidates_and_others.by_ref().take(candidates.len()).collect(),
        nonmembers: candidates_and_others.collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts of words from a list, so many of them.
    fn texts(words: &[&str], n: usize, seed: u64) -> Drawn {
        (0..n)
            .map(|index| {
                let mut stream = RandomStream::new(seed, index as u64);
                let drawn: Vec<&str> = (0..20).map(|_| words[stream.index(words.len())]).collect();
                (index, drawn.join(" "))
            })
            .collect()
    }

    fn share_above(scores: &BlindCategory) -> f64 {
        let pairs = scores.candidates.iter().flat_map(|one| {
            scores.nonmembers.iter().map(move |other| f64::from(u8::from(one.1 > other.1)))
        });
        let values: Vec<f64> = pairs.collect();
        values.iter().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn texts_of_other_words_are_told_apart_and_equal_ones_are_not() {
        let words = ["court", "appeal", "judge", "motion", "party", "claim", "water", "salt"];
        let same = cross_fitted(&texts(&words, 200, 1), &texts(&words, 200, 2)).unwrap();
        // The AUROC of 200 against 200 has a standard error of .029; four of them.
        assert!((share_above(&same) - 0.5).abs() < 0.12, "{}", share_above(&same));
        let others = ["court", "appeal", "judge", "motion", "party", "claim", "sugar", "oven"];
        let apart = cross_fitted(&texts(&words, 200, 1), &texts(&others, 200, 2)).unwrap();
        assert!(share_above(&apart) > 0.95, "{}", share_above(&apart));
    }
}

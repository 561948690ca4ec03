//! Copies of a text with some words replaced, for the neighbourhood attack.

use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_corpus::documents::Document;
use data_anatomy_corpus::fingerprint::fingerprint;
use serde_json::{Value, json};

use super::row::Row;
use super::variant::{Head, Variant, row_of};
use super::words::{WordTable, places};

/// A drawn word that is the one it replaces is drawn again, so often at most.
const MAX_DRAWS: usize = 8;

/// How copies are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PerturbedOptions {
    /// Copies of each text.
    pub n_copies: usize,
    /// The share of words that are replaced.
    pub share: f64,
    /// So many neighbouring words are replaced together.
    pub span: usize,
    /// Seed of everything that is drawn.
    pub seed: u64,
}

/// Copies of the part of the text that is scored. Spans of words are replaced by words drawn from a table
/// as often as they occur there; all that stands between words stays as it is. What is drawn depends on
/// the seed, the text and the number of the copy alone.
///
/// The published attack (Mattern et al. 2023, arXiv 2305.18462) fills spans by a masked language model,
/// whose copies are more fluent; drawn words take none, and cost no second model.
#[derive(Debug)]
pub struct Perturbed<'model> {
    /// The part that is scored.
    pub head: Head<'model>,
    /// The model's context.
    pub context: usize,
    /// Words to draw.
    pub words: WordTable,
    /// How copies are made.
    pub options: PerturbedOptions,
}

impl Variant for Perturbed<'_> {
    fn description(&self) -> Option<Value> {
        Some(json!({
            "name": "neighbours",
            "rule": "copies of the scored text; spans of words are replaced by words drawn as often as \
                     they occur in the documents",
            "n_perturbations": self.options.n_copies,
            "pct_words_masked": self.options.share,
            "span_length": self.options.span,
            "seed": self.options.seed,
            "words": {"n_words": self.words.n_words(), "sha256": self.words.sha256()},
        }))
    }

    fn rows_per_document(&self) -> u64 {
        self.options.n_copies as u64
    }

    fn max_kept(&self) -> usize {
        self.head.room(self.context)
    }

    fn rows(&self, document: &Document) -> anyhow::Result<Vec<Row>> {
        let (_, text) = self.head.of(&document.text)?;
        let row = |copy: usize| {
            let copy_text = perturbed(text, &self.words, self.options, copy as u64);
            let row = row_of(document, &copy_text, self.head.tokenizer, self.max_kept())?;
            Ok(Row { doc_id: format!("{}#{}", row.doc_id, copy + 1), ..row })
        };
        (0..self.options.n_copies).map(row).collect()
    }
}

/// The copy of this number.
fn perturbed(text: &str, words: &WordTable, options: PerturbedOptions, copy: u64) -> String {
    let places = places(text);
    let mut stream = RandomStream::new(options.seed ^ fingerprint(text), copy);
    let replaced = spans(places.len(), options, &mut stream);
    let mut result = String::with_capacity(text.len());
    let mut end = 0;
    for start in replaced {
        for place in &places[start..start + options.span.min(places.len())] {
            result.push_str(&text[end..place.start]);
            result.push_str(another(&text[place.clone()], words, &mut stream));
            end = place.end;
        }
    }
    result.push_str(&text[end..]);
    result
}

/// A drawn word in the place of this one.
fn another<'word>(
    word: &'word str,
    words: &'word WordTable,
    stream: &mut RandomStream,
) -> &'word str {
    let mut draws = (0..MAX_DRAWS).map_while(|_| words.draw(stream));
    draws.find(|drawn| *drawn != word).unwrap_or(word)
}

/// Where spans begin, ascending: as many as hold the wanted share of words, at least one; every placement
/// without overlap is equally likely.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a count of words"
)]
fn spans(n_words: usize, options: PerturbedOptions, stream: &mut RandomStream) -> Vec<usize> {
    let span = options.span.min(n_words);
    if span == 0 {
        return Vec::new();
    }
    let wanted = (options.share * n_words as f64 / span as f64).round() as usize;
    let n_spans = wanted.clamp(1, n_words / span);
    // Each span shrunk to its first word: any choice of distinct places is a placement.
    let n_places = n_words - n_spans * (span - 1);
    let mut places: Vec<usize> = (0..n_places).collect();
    stream.shuffle(&mut places);
    places.truncate(n_spans);
    places.sort_unstable();
    places.iter().enumerate().map(|(index, place)| place + index * (span - 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::words::WordCounts;
    use super::*;

    const OPTIONS: PerturbedOptions =
        PerturbedOptions { n_copies: 10, share: 0.3, span: 2, seed: 5 };

    fn table(text: &str) -> WordTable {
        let mut counts = WordCounts::default();
        counts.add(text);
        counts.into_table()
    }

    #[test]
    fn a_share_of_words_changes_and_all_between_them_stays() {
        let text: String = (0..100).map(|number| format!("w{number}\n\t(x);  ")).collect();
        let table = table("one two three four five six");
        let between = |text: &str| -> String {
            text.chars().filter(|character| !character.is_alphanumeric()).collect()
        };
        for copy in 0..20 {
            let found = perturbed(&text, &table, OPTIONS, copy);
            assert_eq!(between(&found), between(&text));
            let (old, new) = (places(&text), places(&found));
            assert_eq!(old.len(), new.len());
            let n_changed = old
                .iter()
                .zip(&new)
                .filter(|(a, b)| text[(*a).clone()] != found[(*b).clone()])
                .count();
            assert_eq!(n_changed, 60, "30 % of 200 words");
            assert_eq!(found, perturbed(&text, &table, OPTIONS, copy));
        }
        assert_ne!(perturbed(&text, &table, OPTIONS, 0), perturbed(&text, &table, OPTIONS, 1));
    }

    #[test]
    fn spans_never_overlap_and_begin_anywhere() {
        let mut seen = [false; 11];
        for index in 0..500 {
            let found = spans(
                12,
                PerturbedOptions { share: 0.5, ..OPTIONS },
                &mut RandomStream::new(1, index),
            );
            assert_eq!(found.len(), 3);
            assert!(found.windows(2).all(|pair| pair[1] >= pair[0] + 2), "{found:?}");
            for start in found {
                seen[start] = true;
            }
        }
        assert!(seen.iter().all(|seen| *seen));
    }

    #[test]
    fn texts_of_few_words_and_tables_of_none_do_no_harm() {
        let table = table("one");
        assert_eq!(perturbed("", &table, OPTIONS, 0), "");
        assert_eq!(perturbed("?!", &table, OPTIONS, 0), "?!");
        assert_eq!(perturbed("(two)", &table, OPTIONS, 0), "(one)");
        assert_eq!(perturbed("(one)", &table, OPTIONS, 0), "(one)");
        let none = WordCounts::default().into_table();
        assert_eq!(perturbed("a b c", &none, OPTIONS, 0), "a b c");
    }
}

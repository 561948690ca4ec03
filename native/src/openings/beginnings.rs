//! How reference documents begin, in the model's own tokens.

use std::collections::HashSet;

use data_anatomy_core::openings::evidence::{Nuisances, References as Evidence};
use data_anatomy_lm::engine::TokenId;
use data_anatomy_lm::tokenizer::Tokenizer;
use rayon::prelude::*;

use super::cells::Cells;
use crate::references::References;

/// What is counted of the tokens of reference documents.
#[derive(Debug, Clone, PartialEq)]
pub struct Beginnings {
    /// What is counted of each category, in order.
    categories: Vec<Counted>,
    /// Tokens of each reference document, in order, with those that stand around it.
    pub n_tokens: Vec<u64>,
}

/// What is counted of one category; lists over the vocabulary.
#[derive(Debug, Clone, PartialEq)]
struct Counted {
    /// Documents that begin with each token.
    first: Vec<f64>,
    /// How often each stands anywhere.
    anywhere: Vec<f64>,
    /// How often each stands right after a new line.
    line_starts: Vec<f64>,
}

impl Counted {
    fn nothing(n_vocab: usize) -> Self {
        let nothing = vec![0.0; n_vocab];
        Self { first: nothing.clone(), anywhere: nothing.clone(), line_starts: nothing }
    }

    fn count(&mut self, tokens: &[TokenId], new_lines: &HashSet<TokenId>) {
        let Some(&first) = tokens.first() else { return };
        self.first[first as usize] += 1.0;
        tokens.iter().for_each(|&token| self.anywhere[token as usize] += 1.0);
        for pair in tokens.windows(2).filter(|pair| new_lines.contains(&pair[0])) {
            self.line_starts[pair[1] as usize] += 1.0;
        }
    }
}

/// Documents that are tokenised at a time.
const BATCH: usize = 2048;

impl Beginnings {
    /// The beginnings of the documents, tokenised as they stand: nothing is put before them. `n_vocab` is the number of
    /// the model's tokens.
    ///
    /// # Errors
    /// If the tokenizer has no token for a part of a text.
    pub fn count(
        references: &References,
        tokenizer: &Tokenizer,
        n_vocab: usize,
    ) -> anyhow::Result<Self> {
        let new_lines = new_lines(tokenizer, n_vocab);
        let mut categories = vec![Counted::nothing(n_vocab); references.taxonomy.len()];
        let documents: Vec<(usize, &str)> = references
            .classes
            .iter()
            .zip(&references.documents)
            .map(|(&class, document)| (class, document.text.as_str()))
            .collect();
        let mut n_tokens = Vec::with_capacity(documents.len());
        for batch in documents.chunks(BATCH) {
            let tokenised: Vec<Vec<TokenId>> = batch
                .par_iter()
                .map(|(_, text)| tokenizer.encode_bare(text))
                .collect::<anyhow::Result<_>>()?;
            for ((class, _), tokens) in batch.iter().zip(&tokenised) {
                categories[*class].count(tokens, &new_lines);
                n_tokens.push((tokens.len() + tokenizer.n_around()) as u64);
            }
        }
        Ok(Self { categories, n_tokens })
    }

    /// Documents of all categories that begin with each token, `[n_vocab]`.
    pub fn first(&self) -> Vec<f64> {
        self.total(|category| &category.first)
    }

    /// How often each token stands anywhere, `[n_vocab]`.
    pub fn anywhere(&self) -> Vec<f64> {
        self.total(|category| &category.anywhere)
    }

    /// The distribution of first tokens of each category, over the vocabulary; for measuring surprise.
    pub fn distributions(&self) -> Vec<Vec<f64>> {
        self.categories.iter().map(|category| normalised(&category.first)).collect()
    }

    fn total(&self, of: impl Fn(&Counted) -> &Vec<f64>) -> Vec<f64> {
        let mut total = vec![0.0; self.categories.first().map_or(0, |one| of(one).len())];
        for category in &self.categories {
            total.iter_mut().zip(of(category)).for_each(|(sum, value)| *sum += value);
        }
        total
    }

    /// The reference documents as evidence, by cells.
    pub fn references(&self, cells: &Cells) -> Vec<Evidence> {
        let of_category = |category: &Counted| Evidence {
            counts: cells.sums(&category.first),
            anywhere: cells.sums(&normalised(&category.anywhere)),
            n_tokens: category.anywhere.iter().sum(),
        };
        self.categories.iter().map(of_category).collect()
    }

    /// What begins no document, by cells: categories weigh the same.
    #[expect(clippy::cast_precision_loss, reason = "counts of tokens and categories")]
    pub fn nuisances(&self, cells: &Cells) -> Nuisances {
        let n_vocab = self.categories.first().map_or(0, |one| one.first.len());
        let n = self.categories.len() as f64;
        let (mut anywhere, mut line_starts) = (vec![0.0; n_vocab], vec![0.0; n_vocab]);
        for category in &self.categories {
            let words = normalised(&category.anywhere);
            // Where a category has few lines, its words stand for what begins them.
            let lines: Vec<f64> =
                category.line_starts.iter().zip(&words).map(|(count, word)| count + word).collect();
            let lines = normalised(&lines);
            anywhere.iter_mut().zip(&words).for_each(|(sum, share)| *sum += share / n);
            line_starts.iter_mut().zip(&lines).for_each(|(sum, share)| *sum += share / n);
        }
        Nuisances {
            uniform: cells.sums(&vec![1.0 / n_vocab as f64; n_vocab]),
            anywhere: cells.sums(&anywhere),
            line_starts: cells.sums(&line_starts),
        }
    }
}

/// The tokens that hold a new line.
fn new_lines(tokenizer: &Tokenizer, n_vocab: usize) -> HashSet<TokenId> {
    let n_ids = tokenizer.n_ids().min(n_vocab);
    (0..u32::try_from(n_ids).unwrap_or(u32::MAX))
        .into_par_iter()
        .filter(|&id| tokenizer.shown(id).contains('\n'))
        .collect()
}

fn normalised(values: &[f64]) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    values.iter().map(|value| value / total).collect()
}

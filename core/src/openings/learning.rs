//! How much of what begins documents a model has learned.
//!
//! A token that begins few documents is learned late. On planted models the share of its probability that the model
//! gives it is near `T / (T + τ)`, where `T` is its true share of all beginnings and `τ` falls as training goes on; what
//! is not learned yet goes to tokens that begin nothing. A category whose beginnings are many rare tokens (code, web
//! pages) so loses more than one whose documents all begin alike. Dividing each category's weight by the share of its
//! beginnings that was learned makes up for it, as surveys divide counts by the chance of detection.
//!
//! `τ` is not free: what was lost must be what the nuisances found. With the weights `v` of categories, which sum
//! to less than 1 beside nuisances, it is the `τ` for which `Σ v_c / learned_c(τ) = 1`.

use super::beginnings::Beginnings;
use super::following::{Exactness, Following, following};
use crate::numeric::matrix::Matrix;

/// What a model has learned of beginnings.
#[derive(Debug, Clone, PartialEq)]
pub struct Learning {
    /// `τ`: of a token with this share of all beginnings half is learned.
    pub half_learned: f64,
    /// The share learned of each cell's beginnings, `[n_cells]`.
    pub tokens: Vec<f64>,
}

/// Rounds of fitting what is learned to the mixture, and the mixture to what is learned.
const MAX_ROUNDS: usize = 60;

/// The rounds of an estimate end when no share moves by more; each leaves a sixth of the error of the one before, or
/// less.
const TOLERANCE: f64 = 1e-8;
/// The same where a rough fit is enough, and before exact ones are begun.
const ROUGH_TOLERANCE: f64 = 1e-4;

/// Bounds of `τ`, and halvings between them on a logarithmic scale.
const BOUNDS: (f64, f64) = (1e-12, 1.0);
const N_HALVINGS: usize = 60;

/// A fit that knows what was learned.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Learned {
    /// What the model has learned.
    pub(super) learning: Learning,
    /// The beginnings as it has learned them.
    pub(super) beginnings: Beginnings,
    /// The mixture of them that it expects.
    pub(super) following: Following,
    /// Whether the rounds came to rest.
    pub(super) converged: bool,
}

/// The fit of `expected`, `[n_rows, n_cells]`, on beginnings of which rarer tokens are learned less; `start` is the fit
/// of similar ones, as of those that are learned whole.
pub(super) fn learned(
    expected: &Matrix,
    beginnings: &Beginnings,
    start: &Following,
    exactness: Exactness,
) -> Learned {
    let near = rounds(expected, beginnings, start, Exactness::Rough);
    // Where rough rounds do not come to rest exact ones do not either.
    if exactness == Exactness::Rough || !near.converged {
        return near;
    }
    rounds(expected, beginnings, &near.following, Exactness::Full)
}

fn rounds(
    expected: &Matrix,
    beginnings: &Beginnings,
    start: &Following,
    exactness: Exactness,
) -> Learned {
    let tolerance = match exactness {
        Exactness::Rough => ROUGH_TOLERANCE,
        Exactness::Full => TOLERANCE,
    };
    let mut fitted = start.clone();
    let mut current = beginnings.clone();
    let mut learning = Learning { half_learned: 0.0, tokens: vec![1.0; expected.n_cols()] };
    let (mut shares, mut last_moved) = (start.mixture.shares.clone(), f64::INFINITY);
    for _ in 0..MAX_ROUNDS {
        let all = beginnings.mixed(&shares);
        let half_learned = half_learned(beginnings, &all, &mean_weights(&fitted));
        learning = Learning { half_learned, tokens: learned_tokens(&all, half_learned) };
        current = beginnings.as_learned(&learning.tokens);
        let start = Some(&fitted.weights);
        fitted = following(expected, &current, start, exactness);
        let moves = fitted.mixture.shares.iter().zip(&shares).map(|(new, old)| new - old);
        let moves: Vec<f64> = moves.collect();
        let moved = moves.iter().fold(0.0, |most: f64, step| most.max(step.abs()));
        if moved <= tolerance {
            return Learned { learning, beginnings: current, following: fitted, converged: true };
        }
        // Rounds that swing from one side to the other meet in the middle.
        let part = if moved > 0.5 * last_moved { 0.5 } else { 1.0 };
        shares.iter_mut().zip(moves).for_each(|(share, step)| *share += part * step);
        last_moved = moved;
    }
    Learned { learning, beginnings: current, following: fitted, converged: false }
}

/// The weights of categories among all densities, averaged over the documents before.
fn mean_weights(fitted: &Following) -> Vec<f64> {
    let n_categories = fitted.next_from_last.n_cols();
    let mut weights = fitted.average_weights();
    weights.truncate(n_categories);
    weights
}

fn learned_tokens(all: &[f64], half_learned: f64) -> Vec<f64> {
    all.iter().map(|share| share / (share + half_learned)).collect()
}

/// The `τ` at which what the categories lost is what nuisances have.
fn half_learned(beginnings: &Beginnings, all: &[f64], weights: &[f64]) -> f64 {
    let whole = |half_learned: f64| -> f64 {
        let mut learned = vec![0.0; weights.len()];
        for (row, factor) in beginnings.densities.rows().zip(learned_tokens(all, half_learned)) {
            learned.iter_mut().zip(row).for_each(|(total, density)| *total += density * factor);
        }
        weights.iter().zip(learned).map(|(weight, learned)| weight / learned).sum()
    };
    let (mut low, mut high) = BOUNDS;
    for _ in 0..N_HALVINGS {
        let middle = (low * high).sqrt();
        if whole(middle) < 1.0 { low = middle } else { high = middle }
    }
    (low * high).sqrt()
}

//! Which category a model expects after which.

use super::beginnings::Beginnings;
use super::evidence::Evidence;
use super::stationary::{Stationary, stationary};
use crate::numeric::matrix::Matrix;
use crate::numeric::mixture_likelihood::{LikelihoodFit, LikelihoodRatios, maximize, maximize_to};
use crate::numeric::termination::Termination;

/// What the model expects after documents of each category, as a mixture of beginnings.
#[derive(Debug, Clone, PartialEq)]
pub struct Following {
    /// Weights of all densities, nuisances among them: `[n_rows, n_categories + n_nuisances]`, rows sum to 1.
    pub weights: Matrix,
    /// The same among categories alone: `next_from_last[(before, after)]`, rows sum to 1. One row where no
    /// document was before.
    pub next_from_last: Matrix,
    /// The mixture that this keeps; the row itself where there is one.
    pub mixture: Stationary,
    /// The largest certificate of the rows: their log-likelihood is at most so many nats below its maximum.
    pub certificate: f64,
    /// Iterations of all rows.
    pub iterations: usize,
    /// Why the solver stopped; of several, the worst reason.
    pub termination: Termination,
}

/// How exactly rows are fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exactness {
    /// As an estimate is.
    Full,
    /// As one of a thousand replicates is.
    Rough,
}

/// The certificate of a rough fit, in nats per document: of the hundred documents that a model's own error is worth
/// it is a thousandth of a nat in all, a twentieth of a standard error.
const ROUGH_TOLERANCE: f64 = 1e-5;

/// The projection of each row of `expected`, `[n_rows, n_cells]`, on the beginnings: by maximum likelihood, the exact
/// expectation standing for counts. `start` are the weights of a similar problem.
pub(super) fn following(
    expected: &Matrix,
    beginnings: &Beginnings,
    start: Option<&Matrix>,
    exactness: Exactness,
) -> Following {
    let Beginnings { densities, learned } = beginnings;
    let n_categories = learned.len();
    // What some row expects; others may not expect all of it.
    let total = expected.transposed_times(&vec![1.0; expected.n_rows()]);
    let cells: Vec<usize> = (0..total.len()).filter(|&cell| total[cell] > 0.0).collect();
    let mut ratios = LikelihoodRatios::of_densities(densities, &total);
    let fits: Vec<LikelihoodFit> = (0..expected.n_rows())
        .map(|row| {
            ratios.set_weights(cells.iter().map(|&cell| expected[(row, cell)]).collect());
            let start = start.map(|weights| weights.row(row));
            match exactness {
                Exactness::Full => maximize(&ratios, start),
                Exactness::Rough => maximize_to(ROUGH_TOLERANCE, &ratios, start),
            }
        })
        .collect();
    let mut weights = Matrix::zeros(fits.len(), densities.n_cols());
    let mut next_from_last = Matrix::zeros(fits.len(), n_categories);
    for (row, fit) in fits.iter().enumerate() {
        weights.row_mut(row).copy_from_slice(&fit.shares);
        // As much more than was expected as was not learned.
        let own: Vec<f64> =
            fit.shares.iter().zip(learned).map(|(share, part)| share / part).collect();
        let total: f64 = own.iter().sum();
        for (entry, share) in next_from_last.row_mut(row).iter_mut().zip(own) {
            *entry = among_categories(share, total, n_categories);
        }
    }
    let mixture = match fits.len() {
        1 => Stationary { shares: next_from_last.row(0).to_vec(), n_closed_sets: 1 },
        _ => stationary(&next_from_last),
    };
    Following {
        certificate: fits.iter().map(|fit| fit.certificate).fold(0.0, f64::max),
        iterations: fits.iter().map(|fit| fit.iterations).sum(),
        termination: worst(&fits),
        weights,
        next_from_last,
        mixture,
    }
}

/// A category's share of what categories have together; where they have nothing, all have the same.
#[expect(clippy::cast_precision_loss, reason = "a count of categories")]
fn among_categories(share: f64, total: f64, n_categories: usize) -> f64 {
    if total > 0.0 { share / total } else { 1.0 / n_categories as f64 }
}

fn worst(fits: &[LikelihoodFit]) -> Termination {
    let reasons = || fits.iter().map(|fit| fit.termination);
    reasons().find(|reason| !reason.is_success()).unwrap_or(Termination::Converged)
}

impl Following {
    /// How much of each row's expectation begins no document: the weight of nuisances.
    pub fn nuisance_shares(&self) -> Vec<f64> {
        let n_categories = self.next_from_last.n_cols();
        self.weights.rows().map(|row| row[n_categories..].iter().sum()).collect()
    }

    /// The weights of all densities, averaged over the documents before.
    pub(super) fn average_weights(&self) -> Vec<f64> {
        match self.weights.n_rows() {
            1 => self.weights.row(0).to_vec(),
            _ => self.weights.transposed_times(&self.mixture.shares),
        }
    }

    /// The average over the mixture of a value for each row; the value itself where there is one row.
    pub fn average(&self, of_rows: &[f64]) -> f64 {
        match of_rows {
            [only] => *only,
            all => all.iter().zip(&self.mixture.shares).map(|(value, share)| value * share).sum(),
        }
    }
}

/// The mean expectation of each row, `[n_rows, n_cells]`; lead-ins weigh the same.
pub fn mean_expectations(evidence: &Evidence) -> Matrix {
    let mut mean = Matrix::zeros(evidence.n_rows(), evidence.cells.len());
    for row in 0..mean.n_rows() {
        let n_leads: f64 = evidence.of_row(row).map(|expectation| expectation.n_leads).sum();
        for expectation in evidence.of_row(row) {
            let weight = expectation.n_leads / n_leads;
            let entries = mean.row_mut(row).iter_mut().zip(&expectation.shares);
            entries.for_each(|(entry, share)| *entry += weight * share);
        }
    }
    mean
}

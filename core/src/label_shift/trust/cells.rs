//! Kinds of decisions: what the classifier decides, and how surely.

use crate::label_shift::estimate::problem::Problem;
use crate::label_shift::estimate::surety::Surety;
use crate::numeric::interval::quantile;
use crate::numeric::matrix::Matrix;

/// The kind of decision on each document and text.
#[derive(Debug, Clone)]
pub(super) struct Cells {
    /// Of each validation document.
    pub(super) of_documents: Vec<usize>,
    /// Of each text.
    pub(super) of_texts: Vec<usize>,
    /// How many kinds there are.
    pub(super) n_cells: usize,
    /// Levels of surety that each category is split into.
    n_levels: usize,
}

/// Levels of surety that a decision is split into, where there are documents enough.
const MOST_LEVELS: usize = 3;
/// Validation documents that a kind of decision should have on average: so few are enough, as the
/// p-value is drawn and not read off a chi-square distribution.
const DOCUMENTS_PER_CELL: usize = 8;

impl Cells {
    /// The kinds of decisions in a problem: each category that is decided for, in up to three levels of
    /// surety that hold as many validation documents each.
    pub(super) fn of(problem: &Problem, documents: &Surety, texts: &Surety) -> Self {
        let n_classes = problem.taxonomy().len();
        let n_documents = documents.decided.len();
        let n_levels = (n_documents / (DOCUMENTS_PER_CELL * n_classes)).clamp(1, MOST_LEVELS);
        let mut sureties = vec![Vec::new(); n_classes];
        for (&class, &odds) in documents.decided.iter().zip(&documents.log_odds) {
            sureties[class].push(odds);
        }
        let bars: Vec<Vec<f64>> = sureties
            .into_iter()
            .map(|mut values| {
                values.sort_by(f64::total_cmp);
                (1..n_levels).filter_map(|level| quantile(&values, part(level, n_levels))).collect()
            })
            .collect();
        let cell = |(&class, &odds): (&usize, &f64)| {
            class * n_levels + bars[class].iter().filter(|&&bar| odds >= bar).count()
        };
        let of = |surety: &Surety| surety.decided.iter().zip(&surety.log_odds).map(cell).collect();
        Self {
            of_documents: of(documents),
            of_texts: of(texts),
            n_cells: n_classes * n_levels,
            n_levels,
        }
    }

    /// What a kind is: the category decided for, the level of surety from 0, and of how many.
    pub(super) fn kind(&self, cell: usize) -> (usize, usize, usize) {
        (cell / self.n_levels, cell % self.n_levels, self.n_levels)
    }

    /// The share of each kind (row) among the documents of each class (column) that have these weights,
    /// `[n_cells, n_classes]`. A document in all is spread over the kinds beforehand, so that none is
    /// impossible.
    pub(super) fn shares(&self, classes: &[usize], n_classes: usize, weights: &[f64]) -> Matrix {
        let mut shares = Matrix::zeros(self.n_cells, n_classes);
        let mut totals = vec![1.0; n_classes];
        for ((&cell, &class), &weight) in self.of_documents.iter().zip(classes).zip(weights) {
            shares[(cell, class)] += weight;
            totals[class] += weight;
        }
        let spread = part(1, self.n_cells);
        for cell in 0..self.n_cells {
            for (entry, total) in shares.row_mut(cell).iter_mut().zip(&totals) {
                *entry = (*entry + spread) / total;
            }
        }
        shares
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn part(count: usize, whole: usize) -> f64 {
    count as f64 / whole as f64
}

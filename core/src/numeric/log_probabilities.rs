//! What a classifier says of documents: one checked row of log-probabilities per document.

use crate::numeric::math;
use crate::numeric::matrix::{Matrix, MatrixError};

/// Log-probabilities of classes, `[n_docs, n_classes]`.
///
/// Invariants: at least one class; no NaN; each row's exponentials sum to 1 within
/// [`LogProbabilities::SUM_TOLERANCE`]; nothing is below [`LogProbabilities::FLOOR`].
#[derive(Debug, Clone, PartialEq)]
pub struct LogProbabilities {
    values: Matrix,
    n_floored: usize,
}

/// Why numbers are not log-probabilities.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LogProbabilitiesError {
    /// There is no class.
    #[error("no classes")]
    NoClasses,
    /// A value is NaN, infinite, or a probability below 0.
    #[error("document {document}, class {class} is not a probability: `{value}`")]
    Value {
        /// Which document, from 1.
        document: usize,
        /// Which class, from 1.
        class: usize,
        /// What was found.
        value: f64,
    },
    /// A row does not sum to 1.
    #[error("the probabilities of document {document} sum to `{sum}`, not to 1")]
    Sum {
        /// Which document, from 1.
        document: usize,
        /// What they sum to.
        sum: f64,
    },
    /// The rows are not of one length.
    #[error(transparent)]
    Shape(#[from] MatrixError),
}

impl LogProbabilities {
    /// How far a row's probabilities may be from summing to 1: four decimals of 87 classes pass.
    pub const SUM_TOLERANCE: f64 = 1e-3;

    /// The least log-probability kept, e^-50 = 2e-22: a probability that was rounded to 0 must not
    /// weigh more than all other documents together.
    pub const FLOOR: f64 = -50.0;

    /// The checked form of these natural log-probabilities; minus infinity is allowed, and raised
    /// to [`LogProbabilities::FLOOR`] as all below it are.
    ///
    /// # Errors
    /// If there is no class, a value is NaN or plus infinity, or a row does not sum to 1.
    pub fn new(mut values: Matrix) -> Result<Self, LogProbabilitiesError> {
        if values.n_cols() == 0 {
            return Err(LogProbabilitiesError::NoClasses);
        }
        let mut n_floored = 0;
        for row in 0..values.n_rows() {
            let document = row + 1;
            let entries = values.row_mut(row);
            for (index, &value) in entries.iter().enumerate() {
                if value.is_nan() || value == f64::INFINITY {
                    return Err(LogProbabilitiesError::Value { document, class: index + 1, value });
                }
            }
            let sum = math::exp(math::log_sum_exp(entries));
            if !((sum - 1.0).abs() <= Self::SUM_TOLERANCE) {
                return Err(LogProbabilitiesError::Sum { document, sum });
            }
            for entry in entries.iter_mut().filter(|entry| **entry < Self::FLOOR) {
                *entry = Self::FLOOR;
                n_floored += 1;
            }
        }
        Ok(Self { values, n_floored })
    }

    /// The logarithms of these rows of probabilities, `[n_docs, n_classes]`.
    ///
    /// # Errors
    /// If the rows differ in length, or [`LogProbabilities::new`] refuses them.
    pub fn from_probabilities<R: AsRef<[f64]>>(rows: &[R]) -> Result<Self, LogProbabilitiesError> {
        let mut values = Matrix::from_rows(rows)?;
        for row in 0..values.n_rows() {
            for (index, entry) in values.row_mut(row).iter_mut().enumerate() {
                if !(*entry >= 0.0) {
                    let (document, class) = (row + 1, index + 1);
                    return Err(LogProbabilitiesError::Value { document, class, value: *entry });
                }
                *entry = math::ln(*entry);
            }
        }
        Self::new(values)
    }

    /// How many documents there are.
    pub fn n_docs(&self) -> usize {
        self.values.n_rows()
    }

    /// How many classes there are; never 0.
    pub fn n_classes(&self) -> usize {
        self.values.n_cols()
    }

    /// The log-probabilities of one document.
    pub fn row(&self, document: usize) -> &[f64] {
        self.values.row(document)
    }

    /// How many values were raised to the floor.
    pub fn n_floored(&self) -> usize {
        self.n_floored
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(rows: &[[f64; 2]]) -> String {
        LogProbabilities::from_probabilities(rows).unwrap_err().to_string()
    }

    #[test]
    fn bad_rows_are_refused_with_their_place() {
        assert_eq!(
            message(&[[0.5, 0.5], [0.5, f64::NAN]]),
            "document 2, class 2 is not a probability: `NaN`"
        );
        assert_eq!(message(&[[1.5, -0.5]]), "document 1, class 2 is not a probability: `-0.5`");
        assert_eq!(
            message(&[[0.5, 0.25]]),
            "the probabilities of document 1 sum to `0.75`, not to 1"
        );
        assert_eq!(
            LogProbabilities::from_probabilities(&[vec![1.0], vec![0.5, 0.5]])
                .unwrap_err()
                .to_string(),
            "row 2 has 2 values, not 1"
        );
        let none: [Vec<f64>; 1] = [vec![]];
        let error = LogProbabilities::from_probabilities(&none).unwrap_err();
        assert_eq!(error, LogProbabilitiesError::NoClasses);
    }

    #[test]
    fn a_probability_of_zero_is_kept_finite_and_counted() {
        let scores = LogProbabilities::from_probabilities(&[[1.0, 0.0], [0.5, 0.5]]).unwrap();
        assert_eq!(scores.row(0), [0.0, LogProbabilities::FLOOR]);
        assert_eq!(scores.n_floored(), 1);
    }
}

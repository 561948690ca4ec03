//! The Cholesky factor of a symmetric positive definite matrix.

use super::Matrix;

/// The lower triangular `L` with `L L^T = A`.
#[derive(Debug, Clone, PartialEq)]
pub struct Cholesky {
    lower: Matrix,
}

impl Cholesky {
    /// The factor of `A + ridge I`, of which the lower triangle is read; `None` if a pivot falls
    /// to `1e-14` of its diagonal entry or below, that is, if A is not positive definite in
    /// double precision.
    pub fn of(matrix: &Matrix, ridge: f64) -> Option<Self> {
        let size = matrix.n_rows();
        let mut lower = Matrix::zeros(size, size);
        for row in 0..size {
            for col in 0..=row {
                let above =
                    crate::numeric::math::dot(&lower.row(row)[..col], &lower.row(col)[..col]);
                let entry = matrix[(row, col)] - above;
                if row == col {
                    let pivot = entry + ridge;
                    if !(pivot > 1e-14 * (matrix[(row, row)] + ridge)) {
                        return None;
                    }
                    lower[(row, row)] = pivot.sqrt();
                } else {
                    lower[(row, col)] = entry / lower[(col, col)];
                }
            }
        }
        Some(Self { lower })
    }

    /// The factor of `A + ridge I` for the first ridge of 0, then `1e-12` times the mean diagonal
    /// entry, growing by 100, that makes it positive definite.
    ///
    /// # Panics
    /// If the matrix holds NaN or infinity, which no ridge mends.
    pub fn of_semidefinite(matrix: &Matrix) -> Self {
        let trace: f64 = (0..matrix.n_rows()).map(|row| matrix[(row, row)]).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count of classes is far below 2^52")]
        let scale = (trace / matrix.n_rows().max(1) as f64).max(f64::MIN_POSITIVE);
        let mut ridge = 0.0;
        // A scale that is not finite would never be passed.
        while scale.is_finite() && !(ridge > 1e12 * scale) {
            if let Some(factor) = Self::of(matrix, ridge) {
                return factor;
            }
            ridge = if ridge == 0.0 { 1e-12 * scale } else { 100.0 * ridge };
        }
        panic!("a matrix of numbers that are not finite cannot be factorised");
    }

    /// The `x` with `A x = b`.
    pub fn solve(&self, target: &[f64]) -> Vec<f64> {
        let mut solution = target.to_vec();
        let size = solution.len();
        for row in 0..size {
            let known = crate::numeric::math::dot(&self.lower.row(row)[..row], &solution[..row]);
            solution[row] = (solution[row] - known) / self.lower[(row, row)];
        }
        for row in (0..size).rev() {
            solution[row] /= self.lower[(row, row)];
            let value = solution[row];
            for (entry, factor) in solution.iter_mut().zip(&self.lower.row(row)[..row]) {
                *entry -= factor * value;
            }
        }
        solution
    }
}

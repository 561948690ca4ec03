//! The singular value decomposition by one-sided Jacobi rotations.

use super::Matrix;
use crate::numeric::math::dot;

/// `A = U diag(s) V^T`, found by rotating the columns of A until they are orthogonal (Hestenes;
/// Golub & Van Loan, 4th ed., 8.6.3): small singular values keep their relative accuracy.
#[derive(Debug, Clone)]
pub struct SingularValues {
    /// Columns of `A V` = `U diag(s)`, each stored as a row: `[n_cols, n_rows]`.
    scaled_left: Matrix,
    /// Columns of `V`, each stored as a row: `[n_cols, n_cols]`.
    right: Matrix,
    /// Norms of the rows of `scaled_left`, in the order of the columns (not sorted).
    values: Vec<f64>,
    n_rows: usize,
}

/// Sweeps over all pairs of columns; quadratic convergence needs about 8, and 60 is never reached.
const MAX_SWEEPS: usize = 60;

impl SingularValues {
    /// The decomposition of this matrix.
    pub fn of(matrix: &Matrix) -> Self {
        let mut scaled_left = matrix.transposed();
        let mut right = Matrix::identity(matrix.n_cols());
        for _ in 0..MAX_SWEEPS {
            if !sweep(&mut scaled_left, &mut right) {
                break;
            }
        }
        let values = scaled_left.rows().map(|column| dot(column, column).sqrt()).collect();
        Self { scaled_left, right, values, n_rows: matrix.n_rows() }
    }

    /// The singular values, the largest first.
    pub fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_by(|left, right| right.total_cmp(left));
        sorted.truncate(self.n_rows.min(self.values.len()));
        sorted
    }

    /// The ratio of the largest to the smallest singular value; infinite for a singular matrix.
    pub fn condition_number(&self) -> f64 {
        let sorted = self.sorted();
        match (sorted.first(), sorted.last()) {
            (Some(&largest), Some(&smallest)) if smallest > self.cutoff() => largest / smallest,
            _ => f64::INFINITY,
        }
    }

    /// The least-squares solution of least norm; see [`Matrix::least_squares`].
    pub fn least_squares(&self, target: &[f64]) -> Vec<f64> {
        let cutoff = self.cutoff();
        let mut solution = vec![0.0; self.values.len()];
        for (index, &value) in self.values.iter().enumerate() {
            if value > cutoff {
                let factor = dot(self.scaled_left.row(index), target) / (value * value);
                for (entry, &direction) in solution.iter_mut().zip(self.right.row(index)) {
                    *entry += factor * direction;
                }
            }
        }
        solution
    }

    #[expect(clippy::cast_precision_loss, reason = "matrix sizes are far below 2^52")]
    fn cutoff(&self) -> f64 {
        let largest = self.values.iter().copied().fold(0.0, f64::max);
        self.n_rows.max(self.values.len()) as f64 * f64::EPSILON * largest
    }
}

impl Matrix {
    /// The `x` of least norm among those that minimise `||A x - b||`; singular values at or below
    /// `max(n_rows, n_cols)` times the machine precision times the largest count as 0, as in
    /// LAPACK's `gelsd` under NumPy's `lstsq`.
    ///
    /// Time: O(n_rows n_cols²) per sweep of [`SingularValues`], 6 to 10 sweeps.
    pub fn least_squares(&self, target: &[f64]) -> Vec<f64> {
        SingularValues::of(self).least_squares(target)
    }

    /// The ratio of the largest to the smallest singular value; infinite for a singular matrix.
    pub fn condition_number(&self) -> f64 {
        SingularValues::of(self).condition_number()
    }
}

/// Rotates every pair of columns once; whether any was not yet orthogonal.
fn sweep(columns: &mut Matrix, right: &mut Matrix) -> bool {
    let mut rotated = false;
    for first in 0..columns.n_rows() {
        for second in first + 1..columns.n_rows() {
            let norm1 = dot(columns.row(first), columns.row(first));
            let norm2 = dot(columns.row(second), columns.row(second));
            let product = dot(columns.row(first), columns.row(second));
            if !(product.abs() > f64::EPSILON * (norm1 * norm2).sqrt()) {
                continue;
            }
            rotated = true;
            let zeta = (norm2 - norm1) / (2.0 * product);
            let tangent = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
            let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
            let rotation = Rotation { first, second, cosine, sine: cosine * tangent };
            rotation.apply(columns);
            rotation.apply(right);
        }
    }
    rotated
}

/// A plane rotation of two rows.
struct Rotation {
    first: usize,
    second: usize,
    cosine: f64,
    sine: f64,
}

impl Rotation {
    fn apply(&self, rows: &mut Matrix) {
        for col in 0..rows.n_cols() {
            let (x, y) = (rows[(self.first, col)], rows[(self.second, col)]);
            rows[(self.first, col)] = self.cosine * x - self.sine * y;
            rows[(self.second, col)] = self.sine * x + self.cosine * y;
        }
    }
}

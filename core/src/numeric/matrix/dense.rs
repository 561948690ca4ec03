//! A dense matrix.

use std::ops::{Index, IndexMut};

/// A dense matrix of doubles, row after row.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    n_rows: usize,
    n_cols: usize,
    values: Vec<f64>,
}

/// Why values do not form a matrix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MatrixError {
    /// A row is longer or shorter than the first.
    #[error("row {row} has {found} values, not {expected}")]
    RowLength {
        /// Which row, from 1.
        row: usize,
        /// How many values the first row has.
        expected: usize,
        /// How many this one has.
        found: usize,
    },
    /// The number of values is not rows times columns.
    #[error("{found} values do not fill {n_rows} rows of {n_cols}")]
    Length {
        /// Rows asked for.
        n_rows: usize,
        /// Columns asked for.
        n_cols: usize,
        /// Values given.
        found: usize,
    },
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(n_rows: usize, n_cols: usize) -> Self {
        Self { n_rows, n_cols, values: vec![0.0; n_rows * n_cols] }
    }

    /// The identity matrix.
    pub fn identity(size: usize) -> Self {
        let mut identity = Self::zeros(size, size);
        for position in 0..size {
            identity[(position, position)] = 1.0;
        }
        identity
    }

    /// The matrix of these values, row after row.
    ///
    /// # Errors
    /// If their number is not `n_rows * n_cols`.
    pub fn from_values(
        n_rows: usize,
        n_cols: usize,
        values: Vec<f64>,
    ) -> Result<Self, MatrixError> {
        if values.len() != n_rows * n_cols {
            return Err(MatrixError::Length { n_rows, n_cols, found: values.len() });
        }
        Ok(Self { n_rows, n_cols, values })
    }

    /// The matrix of this one row.
    pub fn from_row(row: &[f64]) -> Self {
        Self { n_rows: 1, n_cols: row.len(), values: row.to_vec() }
    }

    /// The matrix of these rows; no rows make a 0 x 0 matrix.
    ///
    /// # Errors
    /// If the rows differ in length.
    pub fn from_rows<R: AsRef<[f64]>>(rows: &[R]) -> Result<Self, MatrixError> {
        let n_cols = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Vec::with_capacity(rows.len() * n_cols);
        for (index, row) in rows.iter().enumerate() {
            let row = row.as_ref();
            if row.len() != n_cols {
                let found = row.len();
                return Err(MatrixError::RowLength { row: index + 1, expected: n_cols, found });
            }
            values.extend_from_slice(row);
        }
        Ok(Self { n_rows: rows.len(), n_cols, values })
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// How many columns there are.
    pub fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// All values, row after row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.n_cols..(row + 1) * self.n_cols]
    }

    /// One row, to change.
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.values[row * self.n_cols..(row + 1) * self.n_cols]
    }

    /// The rows, in order.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> {
        (0..self.n_rows).map(|row| self.row(row))
    }

    /// One column, copied.
    pub fn column(&self, col: usize) -> Vec<f64> {
        (0..self.n_rows).map(|row| self[(row, col)]).collect()
    }

    /// The matrix with rows and columns exchanged.
    pub fn transposed(&self) -> Self {
        let mut transposed = Self::zeros(self.n_cols, self.n_rows);
        for (row_idx, row) in self.rows().enumerate() {
            for (col_idx, &value) in row.iter().enumerate() {
                transposed[(col_idx, row_idx)] = value;
            }
        }
        transposed
    }

    /// `A x`, of length `n_rows`.
    pub fn times(&self, vector: &[f64]) -> Vec<f64> {
        self.rows().map(|row| crate::numeric::math::dot(row, vector)).collect()
    }

    /// `A^T x`, of length `n_cols`.
    pub fn transposed_times(&self, vector: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; self.n_cols];
        for (row, &factor) in self.rows().zip(vector) {
            for (entry, &value) in product.iter_mut().zip(row) {
                *entry += factor * value;
            }
        }
        product
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (row, col): (usize, usize)) -> &f64 {
        &self.values[row * self.n_cols + col]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, col): (usize, usize)) -> &mut f64 {
        &mut self.values[row * self.n_cols + col]
    }
}

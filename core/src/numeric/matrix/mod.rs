//! The one matrix type: row-major doubles, with the few factorisations that estimation needs.

mod cholesky;
mod dense;
mod singular_values;

#[cfg(test)]
mod tests;

pub use cholesky::Cholesky;
pub use dense::{Matrix, MatrixError};
pub use singular_values::SingularValues;

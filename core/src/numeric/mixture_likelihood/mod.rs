//! The likelihood of a mixture of known densities, its maximum and its profiles.
//!
//! [`LikelihoodRatios`] hold all that texts, or other things seen, say of a mixture; [`maximize`] finds the one of greatest
//! likelihood, with a certificate of how near it is. With one share held fixed the ratios are a problem of the
//! same form, which is what a profile maximises.

mod curvature;
mod maximum;
mod quadratic;
mod ratios;

#[cfg(test)]
mod tests;

pub use maximum::{LikelihoodFit, maximize};
pub(crate) use maximum::{maximize_roughly, maximize_to};
pub use ratios::LikelihoodRatios;

//! Arithmetic that gives the same bits everywhere: what every other room counts with.
//!
//! [`math`] holds the floating-point functions that all else may use (libm's), sums in a fixed order;
//! [`matrix`], [`simplex`] and [`mixture_likelihood`] solve, and say how surely ([`termination`]); [`rng`] draws, one stream per
//! replicate; [`p_value`] counts draws, [`interval`] and [`highest_density`] turn draws and densities into intervals, and
//! [`log_probabilities`] keep a classifier's verdicts where they neither underflow nor sum to nonsense.
//!
//! Imports nothing of this crate.

pub mod highest_density;
pub mod interval;
pub mod log_probabilities;
pub mod math;
pub mod matrix;
pub mod mixture_likelihood;
pub mod p_value;
pub mod rng;
pub mod simplex;
pub mod termination;

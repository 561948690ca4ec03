//! Turning a model's logits into a token, the same one on every machine and in any batch.
//!
//! The distribution is that of `transformers`: logits over the temperature, then the `top_k` largest
//! (with all that equal the smallest of them), then, renormalised, the smallest set of best tokens
//! whose mass reaches `top_p`, with the token that crosses it. Of equal logits the lower index comes
//! first. The token is where the distribution function, in the order of the vocabulary, first exceeds
//! a uniform number.
//!
//! What is cut off is found without sorting the vocabulary; all passes but small ones are over numbers in
//! a row.
//!
//! Every weight is right to 1e-7 relatively, plus 2e-7 for each unit of log-probability below the best
//! token; tokens less probable than the best by a factor of e^87 are never drawn.
//!
//! [`Sampling`] says from which distribution, [`uniform`] is the number that decides, [`draw`] the token.

mod draw;
mod error;
mod exponential;
mod scratch;
mod settings;
mod sums;
mod truncation;
mod uniform;

pub use draw::{TokenId, draw};
pub use error::SamplingError;
pub use scratch::Scratch;
pub use settings::Sampling;
pub use uniform::uniform;

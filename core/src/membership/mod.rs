//! Was this document in the training data, and which share of a category was: scores of documents,
//! how good they are, and shares that are calibrated or refused.
//!
//! 1. [`attack`], [`evidence`], [`scorer`]: one number per document from what a model says of its
//!    tokens. A higher score always means more likely a member. [`token_frequencies`]: what DC-PDD
//!    compares the model's probabilities with.
//! 2. [`auroc`], [`roc`]: how well scores tell members, or candidates, from non-members ([`compared`]).
//! 3. [`share`]: the share of members beside known non-members. [`unaided`], with
//!    [`gaussian_mixture`] and [`dip`]: what can be said without them, which is mostly nothing.
//! 4. [`blind`]: whether texts alone explain what an attack finds.
//! 5. [`analysis`], [`summary`]: a whole run, and its `summary.json`; [`doubts`]: what a reader must know, said once; [`histogram`],
//!    [`figures`]: what is drawn of it.
//!
//! [`planted`] makes problems whose answer is known.
//!
//! Imports [`numeric`](crate::numeric), [`messages`](crate::messages), [`files`](crate::files),
//! [`show`](crate::show).

pub mod analysis;
pub mod attack;
pub mod auroc;
pub mod blind;
pub mod compared;
pub mod dip;
pub mod doubts;
pub mod evidence;
pub mod figures;
pub mod gaussian_mixture;
pub mod histogram;
pub mod planted;
pub mod roc;
pub mod scorer;
pub mod share;
pub mod summary;
pub mod token_frequencies;
pub mod unaided;
mod verdict;

//! The mixture from what a model expects at the beginning of the next document.
//!
//! Models are trained on documents one after another, in random order. A model that is fitted well expects, on
//! average over what it read, what really came: where documents begin, the first tokens of the mixture's
//! documents. No text is drawn for this, and no classifier is trained.
//!
//! In the order of the data's way:
//!
//! 1. [`evidence`] holds how documents of known categories begin, and what the model expects after each;
//!    [`stored`] is its file, `openings.jsonl`.
//! 2. [`beginnings`]: the distributions that the model's expectation is a mixture of, the categories' first
//!    tokens and, beside them, what begins no document.
//! 3. [`following`]: which category the model expects after which; [`stationary`]: the mixture that this
//!    leads to and keeps; [`learning`]: what a model that was trained briefly has not learned of it.
//! 4. [`replicate`]: the same from other documents, other lead-ins, and a model that erred otherwise;
//!    [`trust`]: what it all rests on, and when there is no answer.
//! 5. [`study`] is all of this at once, as [`options`] say, [`reestimate`] a study of a stored run, [`summary`] what is written
//!    of it with a [`verdict`], [`figures`] what is drawn. [`planted`] makes evidence whose answer is known.
//!
//! Imports [`numeric`](crate::numeric), [`shares`](crate::shares), [`messages`](crate::messages),
//! [`files`](crate::files), [`show`](crate::show).

pub mod beginnings;
mod estimate;
pub mod evidence;
pub mod figures;
pub mod following;
pub mod learning;
pub mod options;
pub mod planted;
pub mod prepared;
pub mod reestimate;
pub mod replicate;
mod resampling;
pub mod stationary;
pub mod stored;
pub mod study;
pub mod summary;
pub mod trust;
mod verdict;

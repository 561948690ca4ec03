//! The mixture of a model's texts, from what a classifier says of them.
//!
//! In the order of the data's way:
//!
//! 1. [`verdicts`]: stored predictions become a problem, categories joined if asked.
//! 2. [`calibration`], [`confusion_matrix`]: how sure the classifier may be, and what it takes for what.
//! 3. [`estimate`]: five estimators; [`analysis`] is an estimate with all that supports it.
//! 4. [`bootstrap`]: how sure the estimate is. [`open_set`]: texts of no category. [`trust`]: tests of
//!    what it all rests on.
//! 5. [`study`]: all of this at once; [`reestimate`] is a study of a stored run, [`summary`] what is
//!    written of it with a [`verdict`], [`figures`] what is drawn, [`inspection`] which texts were seen.
//!
//! [`planted`] makes problems whose answer is known.
//!
//! Imports [`numeric`](crate::numeric), [`shares`](crate::shares), [`messages`](crate::messages),
//! [`files`](crate::files), [`show`](crate::show).

pub mod analysis;
pub mod bootstrap;
pub mod calibration;
pub mod confusion_matrix;
pub mod estimate;
pub mod figures;
pub mod inspection;
pub mod open_set;
pub mod planted;
pub mod reestimate;
pub mod study;
pub mod summary;
pub mod trust;
mod verdict;
pub mod verdicts;

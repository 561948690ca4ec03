//! Two kinds of evidence on one model, together: openings and label shift.
//!
//! They err apart. What a model expects at the beginning of the next document puts categories too low that begin in many
//! ways; texts that it writes drift towards what it writes easily. [`agreement`] tests whether both may be estimates of
//! one mixture, [`fused`] weighs them by their own uncertainty and by how far they disagree, [`summary`] is what is
//! written of both.
//!
//! Imports [`numeric`](crate::numeric), [`messages`](crate::messages), [`files`](crate::files), [`show`](crate::show).

pub mod agreement;
pub mod fused;
pub mod summary;

//! Passes of a language model over documents: what `score`, `minkpp` and `membership` have it say.
//!
//! A [`variant`] says what the model is shown of a document: the text itself, the text in lower case, the
//! text after a [`prefix`] of known non-members, or copies with some [`words`] replaced. A [`pass`] has one
//! variant of all documents scored and stored, resumable at any moment; a [`scorer`] holds the model, whose
//! weights are loaded when the first pass needs them. [`frequencies`] counts the tokens of a corpus.

pub mod frequencies;
pub mod pass;
pub mod perturbed;
pub mod prefix;
pub mod row;
pub mod scorer;
pub mod variant;
pub mod words;

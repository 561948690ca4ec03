//! A run of membership attacks, step by step: scores made where they are missing ([`passes`]), read and
//! turned into one number per document ([`evidence`]), analysed in core, written ([`outputs`]).

pub mod analysis;
pub mod attacks;
pub mod blind;
pub mod collected;
pub mod document_scores;
pub mod evidence;
pub mod folders;
pub mod outputs;
pub mod passes;
pub mod sizes;
pub mod truth;

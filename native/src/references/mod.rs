//! Reference documents of known category, as every method that estimates a mixture reads them, and how long whole
//! documents of each category are.

pub mod document_lengths;
pub mod documents;
pub mod settings;

pub use documents::References;
pub use settings::DocumentSettings;

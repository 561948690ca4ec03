//! Which documents qualify, and what is kept of them.

use super::window::Window;

/// Which documents qualify, and what is kept of them.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Seed of the choice.
    pub seed: u64,
    /// Documents with fewer characters do not qualify.
    pub min_chars: u64,
    /// What is kept of longer ones.
    pub window: Window,
    /// Names of the text's field.
    pub text: Vec<String>,
}

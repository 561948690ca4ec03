//! One text.

use serde::{Deserialize, Serialize};

/// A text that a model wrote: one line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Generation {
    /// Its number in the run, from 0.
    pub id: u64,
    /// The prompt it was made from; none where the model began by itself.
    pub prompt_id: Option<String>,
    /// The text, without the prompt unless prompts are kept.
    pub text: String,
    /// How many tokens were made for it, where that is known.
    pub n_tokens: Option<u64>,
    /// Why it ended: `eos`, `length`, or a server's own word.
    pub finish: String,
}

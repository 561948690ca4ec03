//! What can be set about a server.

use std::time::Duration;

use super::backoff::Retry;

/// The variable that holds the key unless the user names another.
pub const DEFAULT_KEY_VARIABLE: &str = "OPENAI_API_KEY";

/// What is asked of a server, and how.
#[derive(Debug, Clone)]
pub struct EndpointOptions {
    /// Where the server is: `http://HOST:PORT`, with or without `/v1`.
    pub url: String,
    /// The model by the server's name for it.
    pub model: String,
    /// The most tokens of a text.
    pub max_tokens: u32,
    /// The temperature; 0 is greedy.
    pub temperature: f64,
    /// The share of probability that is kept; 1 keeps all.
    pub top_p: f64,
    /// Each text's own seed is made from it.
    pub seed: u64,
    /// Whether a text that is kept begins with its prompt.
    pub keep_prompts: bool,
    /// How many requests are under way at once.
    pub concurrency: usize,
    /// How long a request may take.
    pub timeout: Duration,
    /// The environment variable that holds the key, if the user names one. The default one,
    /// [`DEFAULT_KEY_VARIABLE`], need not be set, and is sent only encrypted or to this machine.
    pub key_variable: Option<String>,
    /// How often a request is repeated, and after what time.
    pub retry: Retry,
}

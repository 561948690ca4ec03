//! What comes next after a prompt, asked of a server.

use std::sync::{Mutex, PoisonError};

use data_anatomy_job::progress::Progress;
use serde_json::{Value, json};

use super::dialect::Terms;
use super::failure::Failure;
use super::failures::Failures;
use super::listing::{Answer, Listing};
use super::options::EndpointOptions;
use super::server::Endpoint;
use super::work::{Order, work_off};
use crate::engine::TokenId;

/// An answer without a list is no longer than this.
const ENVELOPE_BYTES: u64 = 1024 * 1024;

/// A listed token takes no more than this.
const BYTES_PER_LISTED: u64 = 1024;

/// No answer is longer, however many tokens it lists.
const MAX_ANSWER_BYTES: u64 = 16 * 1024 * 1024;

/// What a token is wanted after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// A text, which the server splits into tokens; most put a token of their own before it.
    Text(String),
    /// Tokens by the numbers of the server's model.
    Ids(Vec<TokenId>),
}

/// What a server says about the token after a prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct NextToken {
    /// The token that was drawn: by the name under which it is listed, where the server names it,
    /// otherwise its text; empty where the model ended the text at once.
    pub drawn: String,
    /// The most probable tokens by the server's names for them, in its order, each with the natural
    /// logarithm of its probability; empty where the server lists none. Names need not be texts
    /// (`token_id:123`), and those of parts of characters may be equal.
    pub listed: Vec<(String, f64)>,
}

/// Asks the server for one token after each prompt, at temperature 1, and for the `n_listed` most
/// probable ones, hands each answer with its prompt's number to `each` as it comes, from any thread,
/// and returns the prompts that failed.
///
/// A server that does not list so many is asked for 5 (OpenAI's limit) from then on, or for none, which is
/// said. The endpoint's options `max_tokens`, `temperature`, `top_p` and `keep_prompts` have no effect.
///
/// # Errors
/// If the server refuses what all requests have in common (key, model, address), fails too many prompts
/// in a row, or `each` fails.
pub fn next_tokens(
    endpoint: &Endpoint,
    prompts: &[(u64, Prompt)],
    n_listed: u32,
    each: impl Fn(u64, NextToken) -> anyhow::Result<()> + Sync,
    progress: &Progress,
) -> anyhow::Result<Failures> {
    let n_prompts = prompts.len();
    let n_answered = Mutex::new(0);
    let order =
        NextTokens { endpoint, n_listed, each, progress, n_prompts, n_answered: &n_answered };
    work_off(endpoint, &order, prompts, progress).map_err(|error| {
        let n_answered = n_answered.into_inner().unwrap_or_else(PoisonError::into_inner);
        error.context(format!("stopped with {n_answered} of {n_prompts} prompts answered"))
    })
}

/// The tokens after prompts, for `each`.
struct NextTokens<'run, Each> {
    endpoint: &'run Endpoint,
    n_listed: u32,
    each: Each,
    progress: &'run Progress,
    n_prompts: usize,
    n_answered: &'run Mutex<usize>,
}

impl<Each> Order for NextTokens<'_, Each>
where
    Each: Fn(u64, NextToken) -> anyhow::Result<()> + Sync,
{
    type Item = (u64, Prompt);
    type Answer = NextToken;
    const UNITS: &'static str = "prompts";

    fn n_listed(&self) -> u32 {
        self.n_listed
    }

    fn id(&self, (id, _): &Self::Item) -> u64 {
        *id
    }

    fn ask(&self, (id, prompt): &Self::Item, terms: Terms) -> Result<NextToken, Failure> {
        let Endpoint { options, client, .. } = self.endpoint;
        let body = body(options, prompt, self.endpoint.seed_of_text(*id), terms);
        let answer: Answer = client.ask(&body, max_answer_bytes(terms))?;
        let Listing { drawn, listed } =
            answer.listing().map_err(|words| client.malformed(&words))?;
        Ok(NextToken { drawn, listed })
    }

    fn keep(&self, (id, _): &Self::Item, answer: NextToken) -> anyhow::Result<()> {
        (self.each)(*id, answer)?;
        let mut n_answered = self.n_answered.lock().unwrap_or_else(PoisonError::into_inner);
        *n_answered += 1;
        // Shown while the lock is held, so that threads do not show old counts after new ones.
        self.progress.at("next tokens", *n_answered, Some(self.n_prompts));
        Ok(())
    }
}

/// One request: the model itself, untruncated.
fn body(options: &EndpointOptions, prompt: &Prompt, seed: u64, terms: Terms) -> Value {
    let mut body = json!({
        "model": options.model,
        "max_tokens": 1,
        "temperature": 1,
        "top_p": 1,
        "n": 1,
        "prompt": match prompt {
            Prompt::Text(text) => json!(text),
            Prompt::Ids(ids) => json!(ids),
        },
        "seed": seed,
    });
    terms.apply(&mut body);
    body
}

/// The most bytes of an answer: a server must not fill the memory.
fn max_answer_bytes(terms: Terms) -> u64 {
    MAX_ANSWER_BYTES.min(ENVELOPE_BYTES + BYTES_PER_LISTED * u64::from(terms.n_listed))
}

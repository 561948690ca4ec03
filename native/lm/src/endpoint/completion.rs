//! One text from a completion server.

use serde::Deserialize;
use serde_json::{Value, json};

use super::dialect::{Terms, names_an_extension};
use super::failure::Failure;
use super::options::EndpointOptions;
use super::server::Endpoint;

/// An answer is a text and its envelope; this is longer than any.
const MAX_ANSWER_BYTES: u64 = 16 * 1024 * 1024;

/// What is asked for one text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'text> {
    pub(super) prompt: &'text str,
    pub(super) seed: u64,
    pub(super) terms: Terms,
}

/// A text as the server gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Completion {
    pub(super) text: String,
    pub(super) n_tokens: Option<u64>,
    pub(super) finish: String,
}

#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    text: String,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    completion_tokens: Option<u64>,
}

impl Question<'_> {
    /// The server's answer to one request.
    pub(super) fn ask(&self, endpoint: &Endpoint) -> Result<Completion, Failure> {
        let body = self.body(&endpoint.options);
        let answer: Answer = endpoint
            .client
            .ask(&body, MAX_ANSWER_BYTES)
            .map_err(|failure| self.with_remedy(failure))?;
        let Some(choice) = answer.choices.into_iter().next() else {
            return Err(endpoint.client.malformed("the server gave no text"));
        };
        let finish = match choice.finish_reason.as_deref() {
            Some("stop") => "eos",
            Some(other) => other,
            None => "unknown",
        };
        Ok(Completion {
            text: choice.text,
            n_tokens: answer.usage.and_then(|usage| usage.completion_tokens),
            finish: finish.to_owned(),
        })
    }

    fn body(&self, options: &EndpointOptions) -> Value {
        let mut body = json!({
            "model": options.model,
            "max_tokens": options.max_tokens,
            "temperature": options.temperature,
            "top_p": options.top_p,
            "n": 1,
            "prompt": self.prompt,
            "seed": self.seed,
        });
        self.terms.apply(&mut body);
        body
    }

    /// The failure, which concerns all texts where the server wants a prompt and there is none.
    fn with_remedy(&self, failure: Failure) -> Failure {
        let wants_a_prompt = match &failure {
            Failure::Rejected { status: 400 | 422, said, .. } => {
                said.to_lowercase().contains("prompt") && !names_an_extension(said)
            }
            _ => false,
        };
        if !wants_a_prompt || !self.prompt.is_empty() {
            return failure;
        }
        Failure::Refused {
            complaint: format!(
                "{failure}; the server wants a prompt to begin with: give --prompts neutral, or a \
                 file of prompts"
            ),
        }
    }
}

//! Texts and next tokens from an OpenAI-compatible completion server, local or hosted: many requests at once,
//! each repeated after a passing failure, each answer kept as it comes.
//!
//! [`EndpointOptions`] say which server, which model and how it draws; an [`Endpoint`] is that server, to which
//! nothing is sent before [`generate`] asks it for the texts that a [`Journal`](crate::journal::Journal) lacks, or
//! [`next_tokens`] for what comes after prompts. What failed for good is told in [`Failures`].

mod address;
mod backoff;
mod client;
mod completion;
mod dialect;
mod failure;
mod failures;
mod listing;
#[cfg(test)]
mod mock;
mod next_token;
mod options;
mod server;
mod texts;
mod work;

pub use backoff::Retry;
pub use failures::Failures;
pub use next_token::{NextToken, Prompt, next_tokens};
pub use options::{DEFAULT_KEY_VARIABLE, EndpointOptions};
pub use server::Endpoint;
pub use texts::generate;

#[cfg(test)]
mod next_token_tests;
#[cfg(test)]
mod tests;

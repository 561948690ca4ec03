//! Texts from an OpenAI-compatible completion server, local or hosted: many requests at once, each
//! repeated after a passing failure, each text kept as it comes.
//!
//! [`EndpointOptions`] say which server, which model and how it draws; an [`Endpoint`] is that server, to which
//! nothing is sent before [`generate`] asks it for the texts that a [`Journal`](crate::journal::Journal) lacks.
//! What failed for good is told in [`Failures`].

mod address;
mod backoff;
mod client;
mod completion;
mod dialect;
mod failure;
mod failures;
#[cfg(test)]
mod mock;
mod options;
mod server;
mod texts;
mod work;

pub use backoff::Retry;
pub use failures::Failures;
pub use options::{DEFAULT_KEY_VARIABLE, EndpointOptions};
pub use server::Endpoint;
pub use texts::generate;

#[cfg(test)]
mod tests;

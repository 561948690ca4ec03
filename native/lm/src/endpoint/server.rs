//! A server, and what every request to it has in common.

use data_anatomy_core::numeric::rng::RandomStream;
use serde_json::{Value, json};

use super::client::Client;
use super::dialect::Dialect;
use super::options::EndpointOptions;
use crate::sampling::Sampling;

/// Requests at once that no server needs.
const MAX_CONCURRENCY: usize = 1024;

/// Seeds are sent as numbers of 31 bits, which every server can hold.
pub(super) const SEED_MASK: u64 = 0x7fff_ffff;

/// A server that can be asked.
#[derive(Debug)]
pub struct Endpoint {
    pub(super) options: EndpointOptions,
    pub(super) client: Client,
    pub(super) dialect: Dialect,
}

impl Endpoint {
    /// The server that the options name; nothing is sent yet.
    ///
    /// # Errors
    /// If the address is none, a number is out of range, or the named key variable is not set.
    pub fn new(options: EndpointOptions) -> anyhow::Result<Self> {
        Sampling::new(options.temperature, 0, options.top_p)?;
        anyhow::ensure!(
            (1..=MAX_CONCURRENCY).contains(&options.concurrency),
            "--concurrency: expected 1 to {MAX_CONCURRENCY} requests at once, found {}",
            options.concurrency
        );
        let client = Client::new(&options)?;
        Ok(Self { options, client, dialect: Dialect::unknown() })
    }

    /// What tells a run on this server from others, for its description: never the key.
    pub fn description(&self) -> Value {
        json!({
            "endpoint": self.client.address(),
            "model": self.options.model,
            "max_new_tokens": self.options.max_tokens,
            "temperature": self.options.temperature,
            "top_p": self.options.top_p,
            "seed": self.options.seed,
        })
    }

    /// The seed that is sent for a text or a next token: consecutive from a random start, so that no two of
    /// a run share one.
    pub(super) fn seed_of_text(&self, text: u64) -> u64 {
        RandomStream::new(self.options.seed, 0).bits().wrapping_add(text) & SEED_MASK
    }
}

//! One request to a completion server, and what came of it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use data_anatomy_core::messages::printable::shortened;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy, http};

use super::address::Address;
use super::backoff::retry_after;
use super::failure::Failure;
use super::options::{DEFAULT_KEY_VARIABLE, EndpointOptions};

/// So much of a server's complaint is shown.
const MAX_COMPLAINT_CHARS: usize = 300;

/// A connection comes about within this time, or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// A server, and how it is reached.
pub(super) struct Client {
    agent: Agent,
    address: Address,
    key: Option<String>,
}

impl fmt::Debug for Client {
    /// Without the key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Client {
    /// The client that the options describe.
    ///
    /// # Errors
    /// If the address is none, or the named key variable is not set or holds no key.
    pub(super) fn new(options: &EndpointOptions) -> anyhow::Result<Self> {
        let address = Address::parse(&options.url)?;
        let key = key(options, &address)?;
        // A proxy cannot reach this machine by that name.
        let proxy = if address.is_loopback { None } else { Proxy::try_from_env() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(options.timeout))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .max_idle_connections(options.concurrency)
            .max_idle_connections_per_host(options.concurrency)
            .user_agent(concat!("data-anatomy", "/", env!("CARGO_PKG_VERSION")))
            .proxy(proxy)
            .tls_config(tls)
            .build();
        Ok(Self { agent: config.new_agent(), address, key })
    }

    /// Where requests go.
    pub(super) fn address(&self) -> &str {
        &self.address.completions
    }

    /// The server's answer to one request, if it is of no more than `max_bytes`.
    ///
    /// # Errors
    /// If there is no answer, or it is not of the form that is asked for.
    pub(super) fn ask<A: DeserializeOwned>(
        &self,
        body: &Value,
        max_bytes: u64,
    ) -> Result<A, Failure> {
        let mut request =
            self.agent.post(&self.address.completions).header("content-type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let response = request.send(body.to_string()).map_err(|error| self.unanswered(&error))?;
        let status = response.status();
        let wait = response
            .headers()
            .get("retry-after")
            .and_then(|value| retry_after(value.to_str().ok()?, SystemTime::now()));
        let bytes = self.read(response, max_bytes)?;
        if status.is_success() {
            return self.parse(&bytes);
        }
        Err(self.failure(status.as_u16(), &bytes, wait))
    }

    fn read(&self, response: http::Response<Body>, max_bytes: u64) -> Result<Vec<u8>, Failure> {
        let body = response.into_body().into_with_config().limit(max_bytes);
        body.read_to_vec().map_err(|error| self.unanswered(&error))
    }

    fn parse<A: DeserializeOwned>(&self, bytes: &[u8]) -> Result<A, Failure> {
        serde_json::from_slice(bytes).map_err(|error| {
            self.malformed(&format!("expected a completion in JSON, found something else: {error}"))
        })
    }

    /// The failure of a request whose answer makes no sense, in words that may quote the server.
    pub(super) fn malformed(&self, words: &str) -> Failure {
        let words = self.without_key(words);
        let reason = format!("{}: {}", self.address(), shortened(&words, MAX_COMPLAINT_CHARS));
        Failure::Passing { reason, wait: None }
    }

    /// The failure of a request that got no whole answer: connection, time, protocol.
    fn unanswered(&self, error: &ureq::Error) -> Failure {
        let reason = format!("{}: {}", self.address(), self.without_key(&error.to_string()));
        match error {
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::BadUri(_) => {
                Failure::Refused { complaint: reason }
            }
            _ => Failure::Passing { reason, wait: None },
        }
    }

    /// The failure that a status other than success means.
    fn failure(&self, status: u16, bytes: &[u8], wait: Option<Duration>) -> Failure {
        let address = self.address().to_owned();
        let said = self.without_key(&complaint(bytes));
        let complaint = format!("{address}: HTTP {status}: {said}");
        let refused =
            |remedy: &str| Failure::Refused { complaint: format!("{complaint}; {remedy}") };
        match status {
            408 | 409 | 425 | 429 | 500..=599 => Failure::Passing { reason: complaint, wait },
            401 | 403 if self.key.is_none() => refused(
                "put the server's key into the environment variable OPENAI_API_KEY, or name the \
                 variable that holds it",
            ),
            401 | 403 => refused("the key that was sent does not open it"),
            404 | 405 => refused("are --endpoint and --model what the server calls them?"),
            300..=399 => refused("give the address that it redirects to"),
            _ => Failure::Rejected { address, status, said },
        }
    }

    /// The text without the key, should a server repeat it.
    fn without_key(&self, text: &str) -> String {
        match &self.key {
            Some(key) => text.replace(key.as_str(), "[key]"),
            None => text.to_owned(),
        }
    }
}

/// The key to send, from the environment.
fn key(options: &EndpointOptions, address: &Address) -> anyhow::Result<Option<String>> {
    let found = |variable: &str| std::env::var(variable).ok().filter(|key| !key.trim().is_empty());
    let (variable, key) = match &options.key_variable {
        Some(variable) => {
            let key = found(variable);
            let key = key.with_context(|| {
                format!("the environment variable {variable} is to hold the key, and is not set")
            })?;
            (variable.as_str(), Some(key))
        }
        // Not named by the user: it may be meant for another server, so nobody may overhear it.
        None if address.is_encrypted || address.is_loopback => {
            (DEFAULT_KEY_VARIABLE, found(DEFAULT_KEY_VARIABLE))
        }
        None => return Ok(None),
    };
    let key = key.map(|key| key.trim().to_owned());
    anyhow::ensure!(
        key.as_ref().is_none_or(|key| key.bytes().all(|byte| byte.is_ascii_graphic())),
        "the environment variable {variable} is to hold a key, and holds characters that no key has"
    );
    Ok(key)
}

/// The message in a server's answer of any dialect, on one line, shortened.
fn complaint(bytes: &[u8]) -> String {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let known = [&value["error"]["message"], &value["message"], &value["detail"], &value["error"]];
    let text = match known.into_iter().find(|found| !found.is_null()) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::from_utf8_lossy(bytes).into_owned(),
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let line = if line.is_empty() { "(no message)" } else { &line };
    shortened(line, MAX_COMPLAINT_CHARS).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_of_all_dialects_are_found() {
        let openai = br#"{"error": {"message": "Incorrect\n API key", "type": "x"}}"#;
        assert_eq!(complaint(openai), "Incorrect API key");
        assert_eq!(complaint(br#"{"detail": [{"msg": "bad"}]}"#), r#"[{"msg":"bad"}]"#);
        assert_eq!(complaint(br#"{"error": "model not loaded"}"#), "model not loaded");
        assert_eq!(complaint(b"<html>\n502 Bad Gateway"), "<html> 502 Bad Gateway");
        assert_eq!(complaint(b""), "(no message)");
        assert_eq!(complaint(&[b'x'; 500]).chars().count(), MAX_COMPLAINT_CHARS + 1);
    }
}

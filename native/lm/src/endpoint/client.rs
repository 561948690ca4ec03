//! One request to a completion server, and what came of it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use data_anatomy_core::messages::printable::shortened;
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, Proxy, http};

use super::address::Address;
use super::backoff::retry_after;
use super::options::{DEFAULT_KEY_VARIABLE, EndpointOptions};

/// Settings that OpenAI's own servers do not know, but others do: unless told not to, those cut the
/// model's distribution to the 40 best tokens, or as the model's publisher prefers.
pub(super) const EXTENSIONS: [&str; 3] = ["top_k", "min_p", "repetition_penalty"];

/// An answer is a text and its envelope; this is longer than any.
const MAX_ANSWER_BYTES: u64 = 16 * 1024 * 1024;

/// So much of a server's complaint is shown.
const MAX_COMPLAINT_CHARS: usize = 300;

/// A connection comes about within this time, or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// What is asked for one text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question<'text> {
    pub(super) prompt: &'text str,
    pub(super) seed: u64,
    /// Only what OpenAI's own servers know.
    pub(super) is_strict: bool,
}

/// A text as the server gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Completion {
    pub(super) text: String,
    pub(super) n_tokens: Option<u64>,
    pub(super) finish: String,
}

/// Why there is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// What all requests have in common is wrong.
    Refused { complaint: String },
    /// This request is wrong.
    Rejected { complaint: String },
    /// Asked again later, the server may answer; `wait` is the pause that it wants.
    Passing { reason: String, wait: Option<Duration> },
    /// The work has ended.
    Stopped,
}

impl Failure {
    /// Whether the server complains about a setting that only some servers know.
    pub(super) fn names_an_extension(&self) -> bool {
        match self {
            Self::Rejected { complaint } => names_an_extension(complaint),
            _ => false,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { complaint } | Self::Rejected { complaint } => {
                formatter.write_str(complaint)
            }
            Self::Passing { reason, .. } => formatter.write_str(reason),
            Self::Stopped => formatter.write_str("the run was stopped"),
        }
    }
}

/// A server, and what every request to it holds.
pub(super) struct Client {
    agent: Agent,
    address: Address,
    common: Value,
    key: Option<String>,
}

impl fmt::Debug for Client {
    /// Without the key.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("address", &self.address).finish_non_exhaustive()
    }
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
        let common = json!({
            "model": options.model,
            "max_tokens": options.max_tokens,
            "temperature": options.temperature,
            "top_p": options.top_p,
            "n": 1,
        });
        Ok(Self { agent: config.new_agent(), address, common, key })
    }

    /// Where requests go.
    pub(super) fn address(&self) -> &str {
        &self.address.completions
    }

    /// The server's answer to one request.
    pub(super) fn complete(&self, question: &Question<'_>) -> Result<Completion, Failure> {
        let mut request =
            self.agent.post(&self.address.completions).header("content-type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let sent = request.send(self.body(question).to_string());
        let response = sent.map_err(|error| self.unanswered(&error))?;
        let status = response.status();
        let wait = response
            .headers()
            .get("retry-after")
            .and_then(|value| retry_after(value.to_str().ok()?, SystemTime::now()));
        let bytes = self.read(response)?;
        if status.is_success() {
            return self.parse(&bytes);
        }
        Err(self.failure(status.as_u16(), &bytes, wait, question))
    }

    fn body(&self, question: &Question<'_>) -> Value {
        let mut body = self.common.clone();
        body["prompt"] = json!(question.prompt);
        body["seed"] = json!(question.seed);
        if !question.is_strict {
            // The values that change nothing.
            for (name, value) in EXTENSIONS.iter().zip([0, 0, 1]) {
                body[*name] = json!(value);
            }
        }
        body
    }

    fn read(&self, response: http::Response<Body>) -> Result<Vec<u8>, Failure> {
        let body = response.into_body().into_with_config().limit(MAX_ANSWER_BYTES);
        body.read_to_vec().map_err(|error| self.unanswered(&error))
    }

    fn parse(&self, bytes: &[u8]) -> Result<Completion, Failure> {
        let passing = |reason| Failure::Passing { reason, wait: None };
        let answer: Answer = serde_json::from_slice(bytes).map_err(|error| {
            passing(format!(
                "{}: expected a completion in JSON, found something else: {error}",
                self.address()
            ))
        })?;
        let Some(choice) = answer.choices.into_iter().next() else {
            return Err(passing(format!("{}: the server gave no text", self.address())));
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
    fn failure(
        &self,
        status: u16,
        bytes: &[u8],
        wait: Option<Duration>,
        question: &Question<'_>,
    ) -> Failure {
        let said = self.without_key(&complaint(bytes));
        let complaint = format!("{}: HTTP {status}: {said}", self.address());
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
            400 | 422
                if question.prompt.is_empty()
                    && said.to_lowercase().contains("prompt")
                    && !names_an_extension(&said) =>
            {
                refused(
                    "the server wants a prompt to begin with: give --prompts neutral, or a file of \
                     prompts",
                )
            }
            _ => Failure::Rejected { complaint },
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

fn names_an_extension(complaint: &str) -> bool {
    EXTENSIONS.iter().any(|name| complaint.contains(name))
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

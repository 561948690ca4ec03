//! Requests to a hub.

use std::collections::HashSet;
use std::fmt;
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use ureq::config::RedirectAuthHeaders;
use ureq::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, LOCATION, RANGE,
};
use ureq::http::{Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Body, Proxy};

use super::model_id::{ModelId, is_commit, is_plain_name};
use super::settings::Settings;

/// How long a server may be silent.
const SILENCE: Duration = Duration::from_secs(60);

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(30);

/// The largest list of a model's files that is read.
const MAX_LISTING_BYTES: u64 = 64 * 1024 * 1024;

/// How many redirects within a hub are followed: renamed models have one.
const MAX_REDIRECTS: usize = 5;

/// Why a request did not give what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// The hub is not to be had just now; it may be later.
    Unreachable(String),
    /// The hub has answered, and the answer will be the same again.
    Refused(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(reason) | Self::Refused(reason) => formatter.write_str(reason),
        }
    }
}

/// A model's files at one commit.
#[derive(Debug)]
pub(super) struct Listing {
    commit: String,
    files: HashSet<String>,
}

impl Listing {
    /// The commit.
    pub(super) fn commit(&self) -> &str {
        &self.commit
    }

    /// Whether the model has the file.
    pub(super) fn has(&self, file: &str) -> bool {
        self.files.contains(file)
    }
}

#[derive(Deserialize)]
struct RawListing {
    sha: String,
    siblings: Vec<RawFile>,
}

#[derive(Deserialize)]
struct RawFile {
    rfilename: String,
}

/// What a hub says of a file before it is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RemoteFile {
    /// The tag of its content; a plain name.
    pub(super) tag: String,
    /// Its length.
    pub(super) n_bytes: u64,
}

impl RemoteFile {
    /// The SHA-256 of the content, where the tag is one: so it is for files kept apart from git.
    pub(super) fn sha256(&self) -> Option<&str> {
        let is_hex = self.tag.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (self.tag.len() == 64 && is_hex).then_some(self.tag.as_str())
    }
}

/// The rest of a file from some byte on.
pub(super) struct Rest {
    /// Where it starts: where it was asked from, or 0 if the server sends only whole files.
    pub(super) start: u64,
    /// The bytes.
    pub(super) body: Box<dyn Read>,
}

/// Asks one hub.
#[derive(Debug)]
pub(super) struct Client {
    agent: Agent,
    settings: Settings,
}

impl Client {
    /// A client by these settings.
    pub(super) fn new(settings: &Settings) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::PlatformVerifier)
            .unversioned_rustls_crypto_provider(provider)
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            // The token is not for the storage that files are redirected to.
            .redirect_auth_headers(RedirectAuthHeaders::SameHost)
            .proxy(Proxy::try_from_env().filter(|_| !is_on_this_machine(settings.endpoint())))
            // Lengths and ranges are of the files themselves.
            .accept_encoding("identity")
            .user_agent(concat!("data-anatomy/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT))
            .timeout_recv_response(Some(SILENCE))
            .timeout_per_read(Some(SILENCE))
            .build();
        Self { agent: config.new_agent(), settings: settings.clone() }
    }

    /// How often to try.
    pub(super) fn attempts(&self) -> u32 {
        self.settings.attempts()
    }

    /// Where a model's file is at a commit.
    pub(super) fn file_url(&self, model: &ModelId, commit: &str, file: &str) -> String {
        format!("{}/{}/resolve/{commit}/{file}", self.settings.endpoint(), model.id())
    }

    /// The model's files.
    pub(super) fn listing(&self, model: &ModelId) -> Result<Listing, Failure> {
        let (id, revision) = (model.id(), model.revision_in_url());
        let url = format!("{}/api/models/{id}/revision/{revision}", self.settings.endpoint());
        let response = self.call(self.agent.get(&url))?;
        if !response.status().is_success() {
            return Err(self.refusal(&response));
        }
        let no_listing = |what: &str| {
            Failure::Refused(format!("{} sends no list of files: {what}", self.settings.endpoint()))
        };
        let bytes = response
            .into_body()
            .into_with_config()
            .limit(MAX_LISTING_BYTES)
            .read_to_vec()
            .map_err(|error| self.unreachable(&error))?;
        let raw: RawListing =
            serde_json::from_slice(&bytes).map_err(|error| no_listing(&error.to_string()))?;
        if !is_commit(&raw.sha) {
            return Err(no_listing("its commit is none"));
        }
        let files = raw.siblings.into_iter().map(|file| file.rfilename).collect();
        Ok(Listing { commit: raw.sha, files })
    }

    /// What the hub says of the file at `url`.
    pub(super) fn describe(&self, url: &str) -> Result<RemoteFile, Failure> {
        let mut url = url.to_owned();
        for _ in 0..MAX_REDIRECTS {
            let request = self.agent.head(&url).config().max_redirects(0);
            let response = self.call(request.max_redirects_will_error(false).build())?;
            let status = response.status();
            let location = text(response.headers(), LOCATION.as_str());
            match location {
                // Renamed models are elsewhere on the hub; files are elsewhere altogether, and only
                // the hub itself knows their tags.
                Some(path) if status.is_redirection() && is_path(path) => {
                    url = format!("{}{path}", origin(&url));
                }
                _ if status.is_success() || status.is_redirection() => {
                    return self.described(response.headers(), status.is_redirection());
                }
                _ => return Err(self.refusal(&response)),
            }
        }
        Err(self.odd("redirects without end"))
    }

    fn described(&self, headers: &HeaderMap, is_elsewhere: bool) -> Result<RemoteFile, Failure> {
        let tag = text(headers, "x-linked-etag").or_else(|| text(headers, ETAG.as_str()));
        let tag = tag.map(|tag| tag.trim_start_matches("W/").trim_matches('"'));
        // It becomes a file's name.
        let Some(tag) = tag.filter(|tag| is_plain_name(tag)) else {
            return Err(self.odd("gives the file no plain tag"));
        };
        let length = text(headers, "x-linked-size")
            .or_else(|| text(headers, CONTENT_LENGTH.as_str()).filter(|_| !is_elsewhere));
        let Some(n_bytes) = length.and_then(|length| length.parse().ok()) else {
            return Err(self.odd("does not say how long the file is"));
        };
        Ok(RemoteFile { tag: tag.to_owned(), n_bytes })
    }

    /// The file at `url` from byte `start` on.
    pub(super) fn rest(&self, url: &str, start: u64) -> Result<Rest, Failure> {
        let mut request = self.agent.get(url);
        if start > 0 {
            request = request.header(RANGE, format!("bytes={start}-"));
        }
        let response = self.call(request)?;
        let start = match response.status() {
            StatusCode::OK => 0,
            StatusCode::PARTIAL_CONTENT => {
                let range = text(response.headers(), CONTENT_RANGE.as_str());
                if range.is_none_or(|range| !range.starts_with(&format!("bytes {start}-"))) {
                    return Err(self.odd("sends another part of the file than was asked"));
                }
                start
            }
            _ => return Err(self.refusal(&response)),
        };
        Ok(Rest { start, body: Box::new(response.into_body().into_reader()) })
    }

    fn call(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithoutBody>,
    ) -> Result<Response<Body>, Failure> {
        let request = match self.settings.token() {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        request.call().map_err(|error| self.unreachable(&error))
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        Failure::Unreachable(format!("{} cannot be reached: {error}", self.settings.endpoint()))
    }

    fn odd(&self, what: &str) -> Failure {
        Failure::Refused(format!("{} {what}; is it a hub?", self.settings.endpoint()))
    }

    /// What an answer that is no success means, and what to do.
    fn refusal(&self, response: &Response<Body>) -> Failure {
        let endpoint = self.settings.endpoint();
        let status = response.status();
        let code = text(response.headers(), "x-error-code").unwrap_or("");
        let has_token = self.settings.token().is_some();
        Failure::Refused(match (status, code) {
            (_, "GatedRepo") | (StatusCode::FORBIDDEN, _) => format!(
                "its conditions at {endpoint} must be accepted first, and then a token is needed: \
                 set HF_TOKEN"
            ),
            (_, "RevisionNotFound") => {
                format!("no such revision at {endpoint}; give a branch, tag, or commit")
            }
            // A hub does not tell strangers which private models there are.
            (StatusCode::UNAUTHORIZED, _) if !has_token => format!(
                "no such folder here, and no such model at {endpoint}, or it needs a token: set HF_TOKEN"
            ),
            (StatusCode::UNAUTHORIZED, _) => {
                format!("no such model at {endpoint}, or not for the token given; check HF_TOKEN")
            }
            (StatusCode::NOT_FOUND, _) => {
                format!("no such folder here, and no such model or revision at {endpoint}")
            }
            (StatusCode::TOO_MANY_REQUESTS, _) => {
                return Failure::Unreachable(format!("{endpoint} has had too many requests"));
            }
            _ if status.is_server_error() => {
                return Failure::Unreachable(format!("{endpoint} answers {status}"));
            }
            _ => format!("{endpoint} answers {status}"),
        })
    }
}

/// The header's value, if it is there and plain text.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The address without its path.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |scheme| scheme + 3);
    url[host..].find('/').map_or(url, |path| &url[..host + path])
}

/// Whether a redirect stays on the hub: a path, and no address that leaves the scheme out.
fn is_path(location: &str) -> bool {
    location.starts_with('/') && !location.starts_with("//")
}

/// Whether the address is this machine's own, which no proxy can reach.
fn is_on_this_machine(endpoint: &str) -> bool {
    let host = endpoint.split_once("://").map_or(endpoint, |(_, host)| host);
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|own| {
        host.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    })
}

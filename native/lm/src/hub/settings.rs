//! Where the hub and its cache are, and who asks: from the environment, by the names that other
//! tools use.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// How often a request is made that fails for want of a connection.
const ATTEMPTS: u32 = 5;

/// The hub that models come from.
///
/// | variable | is |
/// |---|---|
/// | `HF_ENDPOINT` | the hub's address; `https://huggingface.co` if not set |
/// | `HF_TOKEN`, else the file `HF_TOKEN_PATH`, else `token` in `HF_HOME` | the token that is shown to it |
/// | `HF_HUB_CACHE`, else `hub` in `HF_HOME` | the cache |
/// | `HF_HOME` | `huggingface` in `XDG_CACHE_HOME`, else in `~/.cache`, if not set |
/// | `HF_HUB_OFFLINE` | `1`: nothing but the cache is used |
#[derive(Clone)]
pub struct Settings {
    endpoint: String,
    token: Option<String>,
    cache: PathBuf,
    offline: bool,
    attempts: u32,
}

impl Settings {
    /// What the environment says.
    ///
    /// # Errors
    /// If a value cannot be what it should be, or no place for the cache is known.
    pub fn from_environment() -> anyhow::Result<Self> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    /// What the variables say; an empty one counts as not set.
    pub(super) fn from_variables(
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> anyhow::Result<Self> {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| -> anyhow::Result<Option<String>> {
            let Some(value) = variable(name) else { return Ok(None) };
            Ok(Some(value.to_str().with_context(|| format!("{name}: it is no text"))?.to_owned()))
        };
        let endpoint = text("HF_ENDPOINT")?.unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        ensure!(
            endpoint.starts_with("https://") || endpoint.starts_with("http://"),
            "HF_ENDPOINT: `{endpoint}` is no address; expected one such as {DEFAULT_ENDPOINT}"
        );
        let home = home(&variable);
        let cache = match (variable("HF_HUB_CACHE"), &home) {
            (Some(cache), _) => PathBuf::from(cache),
            (None, Some(home)) => home.join("hub"),
            (None, None) => anyhow::bail!("no place for models is known; set HF_HOME to a folder"),
        };
        let token_file = variable("HF_TOKEN_PATH").map(PathBuf::from);
        let token_file = token_file.or_else(|| Some(home?.join("token")));
        let token = match text("HF_TOKEN")? {
            Some(token) => Some(token),
            None => token_file.and_then(|file| std::fs::read_to_string(file).ok()),
        };
        let token = token.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty());
        ensure!(
            token.as_ref().is_none_or(|token| token.bytes().all(|byte| byte.is_ascii_graphic())),
            "HF_TOKEN: it holds blanks or signs that no token has"
        );
        let offline = ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"]
            .into_iter()
            .filter_map(variable)
            .any(|value| is_true(&value));
        Ok(Self { endpoint, token, cache, offline, attempts: ATTEMPTS })
    }

    /// The hub's address, without a slash at its end.
    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What proves who asks.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Where fetched models are.
    pub(super) fn cache(&self) -> &Path {
        &self.cache
    }

    /// Whether nothing may be fetched.
    pub(super) fn offline(&self) -> bool {
        self.offline
    }

    /// How often a request that failed for want of a connection is made, with nothing gained between.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// These settings with so many attempts.
    #[cfg(test)]
    pub(super) fn with_attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }
}

/// The token is nobody's business.
impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("endpoint", &self.endpoint)
            .field("has_token", &self.token.is_some())
            .field("cache", &self.cache)
            .field("offline", &self.offline)
            .finish_non_exhaustive()
    }
}

fn home(variable: &impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let below = |folder: OsString, names: &[&str]| {
        names.iter().fold(PathBuf::from(folder), |path, name| path.join(name))
    };
    variable("HF_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(below(variable("XDG_CACHE_HOME")?, &["huggingface"])))
        .or_else(|| Some(below(variable("HOME")?, &[".cache", "huggingface"])))
        .or_else(|| Some(below(variable("USERPROFILE")?, &[".cache", "huggingface"])))
}

fn is_true(value: &OsString) -> bool {
    ["1", "on", "yes", "true"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

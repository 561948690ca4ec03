//! Who is to write texts, as it is asked for.

use super::cpu::Precision;
use super::device::DeviceChoice;

/// Requests to a server at a time, unless it is said how many.
pub const CONCURRENCY: usize = 8;

/// Who writes texts, and how models are computed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AuthorChoice {
    /// Who, if somebody is named.
    pub who: Option<Who>,
    /// Branch, tag or commit of a model on the hub.
    pub revision: Option<String>,
    /// What models are computed on.
    pub device: DeviceChoice,
    /// How a model's weights are held.
    pub precision: Precision,
}

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A model, computed here: a folder in Hugging Face layout, or the name of one on the hub.
    Model(String),
    /// A server, in place of a model.
    Server(Server),
}

/// A server of completions, as OpenAI's are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Where it is: `http://HOST:PORT`, with or without `/v1`.
    pub url: String,
    /// The model by the server's name for it.
    pub model: String,
    /// The environment variable that holds the key, if one is named.
    pub key_variable: Option<String>,
    /// Requests at a time, one or more; [`CONCURRENCY`] unless said.
    pub concurrency: usize,
}

impl AuthorChoice {
    /// This model, a folder or a name on the hub, on the best device there is.
    pub fn of_model(model: impl Into<String>) -> Self {
        Self { who: Some(Who::Model(model.into())), ..Self::default() }
    }

    /// This server.
    pub fn of_server(server: Server) -> Self {
        Self { who: Some(Who::Server(server)), ..Self::default() }
    }

    /// The model, if one is named.
    pub fn model(&self) -> Option<&str> {
        match &self.who {
            Some(Who::Model(model)) => Some(model),
            _ => None,
        }
    }

    /// The server, if one is named.
    pub fn server(&self) -> Option<&Server> {
        match &self.who {
            Some(Who::Server(server)) => Some(server),
            _ => None,
        }
    }
}

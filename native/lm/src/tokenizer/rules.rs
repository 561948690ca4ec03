//! The rules of a tokenizer in words.

use std::fmt;

use serde::Serialize;

/// A token by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedToken {
    /// Its id.
    pub id: u32,
    /// How it is written, if the tokenizer knows it.
    pub token: Option<String>,
}

/// What is put around documents, and where generation begins and ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rules {
    /// The tokens before every document.
    pub before_document: Vec<NamedToken>,
    /// The tokens behind every document.
    pub after_document: Vec<NamedToken>,
    /// The token from which a document is generated without a prompt.
    pub generation_begins_with: Option<NamedToken>,
    /// The tokens at which generation ends.
    pub generation_ends_at: Vec<NamedToken>,
}

impl fmt::Display for NamedToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.token {
            Some(token) => write!(formatter, "`{token}` ({})", self.id),
            None => write!(formatter, "token {}", self.id),
        }
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = |tokens: &[NamedToken], joint: &str| match tokens {
            [] => "nothing".to_owned(),
            _ => tokens.iter().map(NamedToken::to_string).collect::<Vec<_>>().join(joint),
        };
        let begin = self.generation_begins_with.as_slice();
        write!(
            formatter,
            "before a document: {}; behind it: {}; generation begins with: {}; it ends at: {}",
            all(&self.before_document, " "),
            all(&self.after_document, " "),
            all(begin, " "),
            all(&self.generation_ends_at, " or ")
        )
    }
}

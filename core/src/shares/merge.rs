//! Categories that are counted together because somebody asks for it.

/// A coarser view that the user asks for: `CommonCrawl+C4=Web`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The categories to join.
    pub parts: Vec<String>,
    /// The name of the whole.
    pub whole: String,
}

impl Merge {
    /// The merge written as `A+B=AB`.
    ///
    /// # Errors
    /// If the text has another form.
    pub fn parse(text: &str) -> Result<Self, MergeError> {
        let refuse = || MergeError { found: text.to_owned() };
        let (parts, whole) = text.split_once('=').ok_or_else(refuse)?;
        let parts: Vec<String> = parts.split('+').map(|part| part.trim().to_owned()).collect();
        let whole = whole.trim().to_owned();
        if parts.len() < 2 || whole.is_empty() || parts.iter().any(String::is_empty) {
            return Err(refuse());
        }
        Ok(Self { parts, whole })
    }
}

/// A text that is no merge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a merge such as CommonCrawl+C4=Web, found `{found}`")]
pub struct MergeError {
    found: String,
}

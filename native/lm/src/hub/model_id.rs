//! A model's name on a hub.

use std::fmt;

use anyhow::ensure;

/// The branch that is meant where none is named.
const DEFAULT_REVISION: &str = "main";

/// The longest id that a hub gives.
const MAX_ID_BYTES: usize = 96;

/// An id such as `EleutherAI/pythia-1b` and a revision. Both are safe in paths and addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ModelId {
    id: String,
    revision: String,
}

impl ModelId {
    /// The model of this id at this revision.
    ///
    /// # Errors
    /// If they cannot be an id and a revision.
    pub(super) fn parse(id: &str, revision: Option<&str>) -> anyhow::Result<Self> {
        ensure!(
            is_id(id),
            "{id}: there is no such folder, and it is no id of a hub; expected a folder or an id \
             such as EleutherAI/pythia-1b"
        );
        let revision = revision.unwrap_or(DEFAULT_REVISION);
        ensure!(is_revision(revision), "--hf-revision: `{revision}` is no branch, tag, or commit");
        Ok(Self { id: id.to_owned(), revision: revision.to_owned() })
    }

    /// The id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The branch, tag, or commit.
    pub(super) fn revision(&self) -> &str {
        &self.revision
    }

    /// The revision as a part of an address.
    pub(super) fn revision_in_url(&self) -> String {
        self.revision.replace('/', "%2F")
    }

    /// Whether the revision is a whole commit, which never changes.
    pub(super) fn is_commit(&self) -> bool {
        is_commit(&self.revision)
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revision.as_str() {
            DEFAULT_REVISION => write!(formatter, "{}", self.id),
            revision => write!(formatter, "{} at {revision}", self.id),
        }
    }
}

/// Whether the text is a commit's whole name.
pub(super) fn is_commit(text: &str) -> bool {
    text.len() == 40 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether the text can be the name of a file that stays where it is put.
pub(super) fn is_plain_name(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    !text.is_empty() && text.len() <= 200 && !text.starts_with('.') && text.bytes().all(allowed)
}

fn is_id(text: &str) -> bool {
    // The cache writes `--` for the slash.
    text.len() <= MAX_ID_BYTES
        && text.split('/').count() <= 2
        && text.split('/').all(is_plain_name)
        && !text.contains("--")
        && !text.contains("..")
}

fn is_revision(text: &str) -> bool {
    text.len() <= 250 && text.split('/').all(is_plain_name) && !text.contains("..")
}

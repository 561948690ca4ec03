//! Which candidates are members, where that is known: for measuring attacks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use data_anatomy_core::shares::well_known;
use data_anatomy_job::files;
use serde::Deserialize;

/// What tells which candidates are members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TruthSource {
    /// Nothing: it is not known.
    Nothing,
    /// That all of them are.
    All,
    /// A file, as [`Truth::read`] reads it.
    File(PathBuf),
}

/// Which candidates are members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// All of them.
    All,
    /// Those that a file names.
    Named {
        /// The file, as the user named it.
        path: String,
        /// Members by the key of their category's file.
        members: BTreeMap<String, Members>,
    },
}

/// The members of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Members {
    /// Its first so many lines.
    First(u64),
    /// The lines with these numbers, from 1.
    Lines(BTreeSet<u64>),
}

#[derive(Deserialize)]
struct File {
    members: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "expected how many of the first lines are members, or a list of their numbers"
)]
enum Entry {
    First(u64),
    Lines(BTreeSet<u64>),
}

impl Truth {
    /// What the source tells; none where it is nothing.
    ///
    /// # Errors
    /// If its file cannot be read, or is not of that form.
    pub fn of(source: &TruthSource) -> anyhow::Result<Option<Self>> {
        match source {
            TruthSource::Nothing => Ok(None),
            TruthSource::All => Ok(Some(Self::All)),
            TruthSource::File(path) => Self::read(path).map(Some),
        }
    }

    /// The truth in a JSON file: `{"members": {"CATEGORY": how many of the first lines of CATEGORY.jsonl,
    /// or a list of line numbers from 1}}`. Other fields are passed over.
    ///
    /// # Errors
    /// If it cannot be read, or is not of that form.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display().to_string();
        let file: File = serde_json::from_slice(&files::read(path)?).with_context(|| {
            format!(
                "{shown}: expected {{\"members\": {{\"CATEGORY\": number of first lines, or list of line \
                 numbers}}}}"
            )
        })?;
        let mut members = BTreeMap::new();
        for (name, entry) in file.members {
            let entry = match entry {
                Entry::First(n) => Members::First(n),
                Entry::Lines(lines) => {
                    ensure!(
                        !lines.contains(&0),
                        "{shown}: members.{name}: line 0 is named; lines are counted from 1"
                    );
                    Members::Lines(lines)
                }
            };
            let key = well_known::key(&name);
            ensure!(
                members.insert(key, entry).is_none(),
                "{shown}: members.{name}: this category is there twice"
            );
        }
        Ok(Self::Named { path: shown, members })
    }

    /// Whether the candidate of this name, `file:line`, is a member.
    ///
    /// # Errors
    /// If the truth says nothing of its file.
    pub fn is_member(&self, doc_id: &str) -> anyhow::Result<bool> {
        let Self::Named { path, members } = self else { return Ok(true) };
        let place = doc_id.rsplit_once(':');
        let place = place.and_then(|(file, line)| Some((file, line.parse::<u64>().ok()?)));
        let (file, line) = place.with_context(|| {
            format!("{path}: the candidate `{doc_id}` is not named by file and line; its scores are not of \
                     this version")
        })?;
        match members.get(&well_known::key(file)) {
            Some(Members::First(n)) => Ok(line <= *n),
            Some(Members::Lines(lines)) => Ok(lines.contains(&line)),
            None => anyhow::bail!(
                "{path}: says nothing of `{file}`, whose documents are candidates; give `members.{file}`, \
                 0 where none is a member"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> anyhow::Result<Truth> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("truth.json");
        std::fs::write(&path, text).unwrap();
        let shown = folder.path().display().to_string();
        Truth::read(&path)
            .map_err(|error| anyhow::anyhow!(format!("{error:#}").replace(&shown, "D")))
    }

    #[test]
    fn members_are_first_lines_or_named_ones_by_any_spelling() {
        let truth =
            read(r#"{"steps": 3, "members": {"web": 2, "Stack Exchange": [1, 3]}}"#).unwrap();
        let found =
            ["web:1", "web:2", "web:3", "stackexchange:1", "stackexchange:2", "stackexchange:3"]
                .map(|id| truth.is_member(id).unwrap());
        assert_eq!(found, [true, true, false, true, false, true]);
        let told = truth.is_member("law:1").unwrap_err().to_string();
        assert!(told.contains("says nothing of `law`"), "{told}");
        assert!(Truth::All.is_member("law:1").unwrap());
    }

    #[test]
    fn what_is_no_truth_is_refused() {
        let told = |text: &str| read(text).unwrap_err().to_string();
        assert!(told("{}").starts_with("D/truth.json: expected {\"members\""), "{}", told("{}"));
        assert!(told(r#"{"members": {"web": -1}}"#).contains("how many of the first lines"));
        assert!(told(r#"{"members": {"web": [0]}}"#).contains("members.web: line 0"));
        assert!(told(r#"{"members": {"web": 1, "Web pages": 2}}"#).contains("there twice"));
    }
}

//! What a summary answers: a mixture, or that its data do not determine one.

use super::member_shares::MemberShare;
use super::provenance::Provenance;
use super::raw_summary::RawSummary;
use super::reader::Reader;
use super::stored_run::{Run, given_name};
use crate::files::digest::sha256_hex;
use crate::files::json::json_error;
use crate::files::text;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::{InputError, Problem};
use crate::messages::verdict::Verdict;

/// What a summary answers.
#[derive(Debug, Clone, PartialEq)]
pub enum StoredAnswer {
    /// A mixture, which can be scored.
    Mixture(Box<Run>),
    /// None, with the reasons.
    Unidentified(Box<UnidentifiedRun>),
}

/// A run that found no mixture, since its data do not determine one: there is nothing to score, and something to read.
#[derive(Debug, Clone, PartialEq)]
pub struct UnidentifiedRun {
    /// Name of the run: the one it was given, else its folder, else the file's stem.
    pub name: String,
    /// The file it was read from, as the user named it.
    pub path: String,
    /// The method.
    pub method: String,
    /// The model that was looked at, where the file says so.
    pub target_model: Option<String>,
    /// Why there is no mixture, as an error would say it to somebody who needs one.
    pub why: InputError,
    /// The reasons alone, as the run gives them.
    pub reasons: Vec<String>,
    /// The share of members in each category, for a membership run: some may be known.
    pub member_shares: Vec<MemberShare>,
    /// How it was made, as far as the file says.
    pub provenance: Provenance,
    /// What the run says of its result; none where the file does not say.
    pub verdict: Option<Verdict>,
    /// The doubts that the run itself recorded.
    pub diagnostics: Vec<Diagnostic>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

impl StoredAnswer {
    /// The answer in the bytes of a summary file, which `path` names.
    ///
    /// # Errors
    /// As [`Run::parse`], but for a run that found no mixture.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, InputError> {
        match Run::parse(path, bytes) {
            Ok(run) => Ok(Self::Mixture(Box::new(run))),
            Err(why) => match why.problem {
                Problem::NotIdentified { .. } => {
                    let run = UnidentifiedRun::parse(path, bytes, why)?;
                    Ok(Self::Unidentified(Box::new(run)))
                }
                _ => Err(why),
            },
        }
    }
}

impl UnidentifiedRun {
    fn parse(path: &str, bytes: &[u8], why: InputError) -> Result<Self, InputError> {
        let text = text::decode(path, bytes)?;
        let raw: RawSummary =
            serde_json::from_str(text).map_err(|error| json_error(path, text, &error))?;
        let provenance = Provenance::of(&raw, Default::default());
        Ok(Self {
            name: given_name(&raw, path),
            path: path.to_owned(),
            method: raw.method.clone().unwrap_or_default(),
            target_model: raw.config.as_ref().and_then(|config| config.target_model.clone()),
            why,
            reasons: raw.reasons(),
            member_shares: Reader { path }.member_shares(&raw)?,
            provenance,
            verdict: raw.verdict,
            diagnostics: raw.diagnostics,
            sha256: sha256_hex(bytes),
        })
    }
}

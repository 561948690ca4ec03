//! The files that somebody has open in the page, and what can be computed from them.

use serde::Serialize;

use crate::files::digest::sha256_hex;
use crate::files::predictions::Prediction;
use crate::files::run::{Run, StoredAnswer, UnidentifiedRun, free_name, run_name};
use crate::files::spec::SpecFile;
use crate::files::text;
use crate::messages::input_error::{InputError, Problem};
use crate::page::file_kind::sniff;
use crate::page::paths::short_path;
use crate::page::places::Place;
use crate::page::report_page::ReportFile;
use crate::page::run_basis::RunBasis;

pub use crate::page::file_kind::FileKind;

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Opened {
    /// What kind of file it is.
    pub kind: FileKind,
    /// Identifies the file as long as it is open.
    pub id: u64,
    /// Name of the run or spec.
    pub name: String,
    /// The file as the user named it.
    pub path: String,
    /// SHA-256 of the file, in hexadecimal; empty for one that is not used.
    pub sha256: String,
    /// What is wrong with it, for a refused file; why it has no shares, for a run that found none; why it is not
    /// needed, for an ignored one.
    pub message: Option<String>,
    /// What the user can do about it.
    pub hint: Option<String>,
}

/// The open files.
#[derive(Debug, Default)]
pub struct Workspace {
    last_id: u64,
    pub(super) runs: Vec<Open<Run>>,
    /// Runs that found no mixture, each with why.
    pub(super) unidentified: Vec<Open<UnidentifiedRun>>,
    pub(super) specs: Vec<Open<SpecFile>>,
    pub(super) bases: Vec<Open<RunBasis>>,
}

#[derive(Debug)]
pub(super) struct Open<Parsed> {
    pub(super) id: u64,
    /// The whole path that the user named.
    pub(super) path: String,
    /// Where the files of its run lie.
    pub(super) place: Place,
    pub(super) sha256: String,
    pub(super) parsed: Parsed,
    pub(super) file: ReportFile,
}

impl<Parsed> Open<Parsed> {
    fn new(id: u64, (path, place): (&str, Place), parsed: Parsed, text: &str) -> Self {
        let file = ReportFile { path: short_path(path), text: text.to_owned() };
        let sha256 = sha256_hex(text.as_bytes());
        Self { id, path: path.to_owned(), place, sha256, parsed, file }
    }
}

/// Outputs that lie beside a summary and that the page has no use for.
const OTHER_OUTPUTS: [&str; 22] = [
    "summary.csv",
    "per_category.csv",
    "global_mixture.csv",
    "confusion_matrix.png",
    "priors.png",
    "pbar_vs_ctpi.png",
    "following.png",
    "tokens.png",
    "member_shares.png",
    "score_densities.png",
    "roc.png",
    "roc_log.png",
    "comparison.png",
    "comparison_errors.png",
    "report.md",
    "report.html",
    "evaluation.json",
    "generations.jsonl",
    "manifest.json",
    "meta.json",
    "expected.json",
    "classifier.bin",
];

impl Workspace {
    /// A workspace without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a file, whatever it turns out to be, beside all that are open, of the same path too. One that is open
    /// already is left alone, and so is everything where a file is refused.
    pub fn add(&mut self, path: &str, bytes: &[u8]) -> Opened {
        self.last_id += 1;
        let id = self.last_id;
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
        let blank = Opened {
            kind: FileKind::Ignored,
            id,
            name: name.clone(),
            path: path.to_owned(),
            sha256: String::new(),
            message: None,
            hint: None,
        };
        if OTHER_OUTPUTS.contains(&name.as_str()) || name.starts_with('.') {
            let message = Some("another output of a run, not needed here".to_owned());
            return Opened { message, ..blank };
        }
        if let Some(name) = self.already_open(path, bytes) {
            return Opened { message: Some("already open".to_owned()), name, ..blank };
        }
        match self.open(path, bytes, id) {
            Ok((kind, name, sha256)) => {
                let why = self.unidentified.iter().find(|open| open.id == id);
                let why = why.map(|open| &open.parsed.why);
                let (message, hint) =
                    (why.map(InputError::message), why.and_then(InputError::hint));
                Opened { kind, name, sha256, message, hint, ..blank }
            }
            Err(error) => {
                let (message, hint) = (Some(error.message()), error.hint());
                Opened { kind: FileKind::Error, message, hint, ..blank }
            }
        }
    }

    /// Kind, name and SHA-256 of what was opened.
    fn open(
        &mut self,
        path: &str,
        bytes: &[u8],
        id: u64,
    ) -> Result<(FileKind, String, String), InputError> {
        let text = text::decode(path, bytes)?;
        match sniff(path, text) {
            Some(kind @ FileKind::Run) => match StoredAnswer::parse(path, bytes)? {
                StoredAnswer::Mixture(mut parsed) => {
                    parsed.name = free_name(&parsed, |name| self.is_run(name));
                    let (name, sha256) = (parsed.name.clone(), parsed.sha256.clone());
                    let place = self.place(path, kind);
                    self.runs.push(Open::new(id, (path, place), *parsed, text));
                    Ok((kind, name, sha256))
                }
                StoredAnswer::Unidentified(parsed) => {
                    let (name, sha256) = (parsed.name.clone(), parsed.sha256.clone());
                    let place = self.place(path, FileKind::Unidentified);
                    self.unidentified.push(Open::new(id, (path, place), *parsed, text));
                    Ok((FileKind::Unidentified, name, sha256))
                }
            },
            Some(kind @ (FileKind::Predictions | FileKind::Openings)) => {
                let parsed = RunBasis::parse(kind, path, text)?;
                let place = self.place(path, kind);
                let name = match place.turn {
                    1 => run_name(path),
                    turn => format!("{} {turn}", run_name(path)),
                };
                self.bases.push(Open::new(id, (path, place), parsed, text));
                Ok((kind, name, sha256_hex(bytes)))
            }
            Some(_) => {
                let mut parsed = SpecFile::parse(path, bytes)?;
                let (name, sha256) = (parsed.main.name.clone(), parsed.main.sha256.clone());
                self.name_apart(&mut parsed);
                let place = self.place(path, FileKind::Spec);
                self.specs.push(Open::new(id, (path, place), parsed, text));
                Ok((FileKind::Spec, name, sha256))
            }
            None => Err(InputError::new(path, "", Problem::NotRecognised)),
        }
    }

    /// The place of a file of this kind from this path.
    fn place(&self, path: &str, kind: FileKind) -> Place {
        let runs = self.runs.iter().map(|open| (&open.place, FileKind::Run));
        let unidentified = self.unidentified.iter();
        let unidentified = unidentified.map(|open| (&open.place, FileKind::Unidentified));
        let specs = self.specs.iter().map(|open| (&open.place, FileKind::Spec));
        let bases = self.bases.iter().map(|open| (&open.place, open.parsed.kind()));
        Place::of(path, kind, runs.chain(unidentified).chain(specs).chain(bases))
    }

    /// The name of the open file that has this path and these bytes, if there is one.
    fn already_open(&self, path: &str, bytes: &[u8]) -> Option<String> {
        let sha256 = sha256_hex(bytes);
        let is_it = |(open, own): (&String, &String)| open == path && *own == sha256;
        let runs = self.runs.iter().find(|open| is_it((&open.path, &open.sha256)));
        let is_open = self.unidentified.iter().any(|open| is_it((&open.path, &open.sha256)))
            || self.specs.iter().any(|open| is_it((&open.path, &open.sha256)))
            || self.bases.iter().any(|open| is_it((&open.path, &open.sha256)));
        runs.map(|open| open.parsed.name.clone()).or_else(|| is_open.then(|| run_name(path)))
    }

    fn is_run(&self, name: &str) -> bool {
        self.runs.iter().any(|open| open.parsed.name == name)
    }

    /// Gives a spec another id where an open one has it already: `truth`, then `truth (2)`.
    fn name_apart(&self, file: &mut SpecFile) {
        let stem = file.main.id.clone();
        let taken = |id: &str| self.specs.iter().any(|open| open.parsed.main.id == id);
        let id = std::iter::once(stem.clone())
            .chain((2..).map(|number| format!("{stem} ({number})")))
            .find(|id| !taken(id))
            .unwrap_or_else(|| stem.clone());
        for variant in &mut file.variants {
            variant.id = variant.id.replacen(&stem, &id, 1);
        }
        file.main.id = id;
    }

    /// Closes the file of this id.
    pub fn remove(&mut self, id: u64) {
        self.runs.retain(|open| open.id != id);
        self.unidentified.retain(|open| open.id != id);
        self.specs.retain(|open| open.id != id);
        self.bases.retain(|open| open.id != id);
    }

    /// Closes every file.
    pub fn clear(&mut self) {
        self.runs.clear();
        self.unidentified.clear();
        self.specs.clear();
        self.bases.clear();
    }

    /// The summary in a place, whatever its run found: its path and its text.
    pub(super) fn summary_in(&self, place: &Place) -> Option<(&str, &str)> {
        let run = self.runs.iter().find(|open| open.place == *place);
        let told = run.map(|open| (open.path.as_str(), open.file.text.as_str()));
        let unidentified = || self.unidentified.iter().find(|open| open.place == *place);
        told.or_else(|| unidentified().map(|open| (open.path.as_str(), open.file.text.as_str())))
    }

    /// The verdicts in a place, with the path of their file.
    pub(super) fn predictions_in(&self, place: &Place) -> Option<(&str, &Vec<Prediction>)> {
        let mut beside = self.bases.iter().filter(|open| open.place == *place);
        beside.find_map(|open| Some((open.path.as_str(), open.parsed.predictions()?)))
    }
}

#[cfg(test)]
#[path = "workspace_tests.rs"]
mod tests;

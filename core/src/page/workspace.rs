//! The files that somebody has open in the page, and what can be computed from them.

use std::borrow::Cow;

use serde::Serialize;

use crate::evaluate::alignment::{AlignOptions, align};
use crate::evaluate::evaluation::{EvaluateOptions, Evaluation, Evaluator};
use crate::files::bundled_specs;
use crate::files::digest::sha256_hex;
use crate::files::predictions::{self, Prediction};
use crate::files::run::{Run, run_name};
use crate::files::spec::{Spec, SpecFile};
use crate::files::text;
use crate::messages::input_error::{InputError, Problem};
use crate::messages::printable::printable;
use crate::page::file_kind::sniff;
use crate::page::paths::{folder_of, short_path};
use crate::page::report_page::{DATA_VERSION, ReportData, ReportFile, ViewOptions};
use crate::page::run_basis::RunBasis;
use crate::shares::merge::Merge;

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

/// A run that could not be scored, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Name of the run.
    pub name: String,
    /// What is wrong.
    pub message: String,
    /// What the user can do about it.
    pub hint: Option<String>,
}

/// A spec that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpecChoice {
    /// Id to choose it by.
    pub id: String,
    /// Name of the model.
    pub name: String,
    /// How many categories it has.
    pub n_categories: usize,
    /// Whether it travels with the program.
    pub bundled: bool,
}

/// The open files.
#[derive(Debug, Default)]
pub struct Workspace {
    last_id: u64,
    pub(super) runs: Vec<Open<Run>>,
    /// Runs that found no mixture, each with why.
    unidentified: Vec<Open<InputError>>,
    specs: Vec<Open<SpecFile>>,
    pub(super) bases: Vec<Open<RunBasis>>,
}

#[derive(Debug)]
pub(super) struct Open<Parsed> {
    pub(super) id: u64,
    /// The whole path that the user named; opening it again replaces the file.
    pub(super) path: String,
    pub(super) parsed: Parsed,
    pub(super) file: ReportFile,
}

impl<Parsed> Open<Parsed> {
    fn new(id: u64, path: &str, parsed: Parsed, text: &str) -> Self {
        let file = ReportFile { path: short_path(path), text: text.to_owned() };
        Self { id, path: path.to_owned(), parsed, file }
    }
}

/// What runs can be estimated again from travels with every report up to this size: verdicts on thousands of texts
/// and documents of a dozen categories.
const MOST_CARRIED_BYTES: usize = 8 << 20;

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

    /// Opens a file, whatever it turns out to be. A run or spec read from the same path before is
    /// replaced. A file that is refused leaves the others as they are.
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
        match self.open(path, bytes, id) {
            Ok((kind, name, sha256)) => Opened { kind, name, sha256, ..blank },
            Err(error) => {
                let (message, hint) = (Some(error.message()), error.hint());
                self.refused(error, bytes, Opened { message, hint, ..blank })
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
            Some(kind @ FileKind::Run) => {
                let parsed = Run::parse(path, bytes)?;
                let (name, sha256) = (parsed.name.clone(), parsed.sha256.clone());
                self.close_other(path, kind);
                self.runs.push(Open::new(id, path, parsed, text));
                Ok((kind, name, sha256))
            }
            Some(kind @ (FileKind::Predictions | FileKind::Openings)) => {
                let parsed = RunBasis::parse(kind, path, text)?;
                self.close_other(path, kind);
                self.bases.push(Open::new(id, path, parsed, text));
                Ok((kind, run_name(path), sha256_hex(bytes)))
            }
            Some(_) => {
                let mut parsed = SpecFile::parse(path, bytes)?;
                let (name, sha256) = (parsed.main.name.clone(), parsed.main.sha256.clone());
                self.close_other(path, FileKind::Spec);
                self.name_apart(&mut parsed);
                self.specs.push(Open::new(id, path, parsed, text));
                Ok((FileKind::Spec, name, sha256))
            }
            None => Err(InputError::new(path, "", Problem::NotRecognised)),
        }
    }

    /// A file that is refused: it is not kept, unless it is a run that found no mixture, from whose summary other
    /// choices may still be tried.
    fn refused(&mut self, error: InputError, bytes: &[u8], told: Opened) -> Opened {
        let (path, id) = (told.path.clone(), told.id);
        match (&error.problem, text::decode(&path, bytes)) {
            (Problem::NotIdentified { .. }, Ok(text)) => {
                let kind = FileKind::Unidentified;
                self.close_other(&path, kind);
                self.unidentified.push(Open::new(id, &path, error, text));
                let name = printable(&run_name(&path)).into_owned();
                Opened { kind, name, sha256: sha256_hex(bytes), ..told }
            }
            _ => Opened { kind: FileKind::Error, ..told },
        }
    }

    /// Closes the files of this path that make way for another of this kind.
    fn close_other(&mut self, path: &str, kind: FileKind) {
        let stays = |own: FileKind, open: &str| open != path || !own.makes_way_for(kind);
        self.runs.retain(|open| stays(FileKind::Run, &open.path));
        self.unidentified.retain(|open| stays(FileKind::Unidentified, &open.path));
        self.specs.retain(|open| stays(FileKind::Spec, &open.path));
        self.bases.retain(|open| stays(open.parsed.kind(), &open.path));
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

    /// The summary in a folder, whatever its run found: its path and its text.
    pub(super) fn summary_in(&self, folder: &str) -> Option<(&str, &str)> {
        let found = self.runs.iter().map(|open| (&open.path, &open.file));
        let all = found.chain(self.unidentified.iter().map(|open| (&open.path, &open.file)));
        let mut texts = all.map(|(path, file)| (path.as_str(), file.text.as_str()));
        texts.find(|(path, _)| folder_of(path) == folder)
    }

    /// The verdicts in a folder, with the path of their file.
    pub(super) fn predictions_in(&self, folder: &str) -> Option<(&str, &Vec<Prediction>)> {
        let mut beside = self.bases.iter().filter(|open| open.parsed.folder == folder);
        beside.find_map(|open| Some((open.path.as_str(), open.parsed.predictions()?)))
    }

    /// Every spec that can be chosen: those opened first, then the bundled ones, with variants.
    pub fn spec_choices(&self) -> Vec<SpecChoice> {
        let opened = self.specs.iter().map(|open| (&open.parsed, false));
        let bundled = bundled_specs::all().iter().map(|file| (file, true));
        opened
            .chain(bundled)
            .flat_map(|(file, bundled)| file.all().map(move |spec| (spec, bundled)))
            .map(|(spec, bundled)| SpecChoice {
                id: spec.id.clone(),
                name: spec.name.clone(),
                n_categories: spec.taxonomy.len(),
                bundled,
            })
            .collect()
    }

    /// The evaluation of every open run that can be scored under `options`, and the others.
    ///
    /// # Errors
    /// If there is no such spec, a merge is malformed, or no spec fits the runs.
    pub fn evaluate(
        &self,
        options: &ViewOptions,
    ) -> Result<(Evaluation, Vec<Refused>), InputError> {
        let (spec, resolved) = self.resolve(options)?;
        let mut evaluator = Evaluator::new(spec, &resolved);
        let mut refused = Vec::new();
        for open in &self.runs {
            let run = self.with_predictions(&open.parsed, options.baseline.is_some());
            if let Err(error) = run.and_then(|run| evaluator.add(&run)) {
                refused.push(Refused {
                    name: open.parsed.name.clone(),
                    message: error.message(),
                    hint: error.hint(),
                });
            }
        }
        Ok((evaluator.finish(), refused))
    }

    /// The run with the verdicts from its folder, where they are wanted and open.
    fn with_predictions<'run>(
        &self,
        run: &'run Run,
        wanted: bool,
    ) -> Result<Cow<'run, Run>, InputError> {
        let found = self.predictions_in(folder_of(&run.path)).filter(|_| wanted);
        let Some((path, found)) = found else { return Ok(Cow::Borrowed(run)) };
        predictions::check_categories(path, found, &run.taxonomy)?;
        Ok(Cow::Owned(Run { predictions: found.clone(), ..run.clone() }))
    }

    fn resolve(&self, options: &ViewOptions) -> Result<(&Spec, EvaluateOptions), InputError> {
        let evaluate_options = evaluate_options(options)?;
        let spec = match &options.spec {
            Some(id) => self.find_spec(id)?,
            None => self.best_spec(&evaluate_options.align)?,
        };
        Ok((spec, evaluate_options))
    }

    fn find_spec(&self, id: &str) -> Result<&Spec, InputError> {
        let mut opened = self.specs.iter().flat_map(|open| open.parsed.all());
        match opened.find(|spec| spec.id == id) {
            Some(spec) => Ok(spec),
            None => bundled_specs::find(id),
        }
    }

    /// The spec that goes with the runs: the one of the model that a run names, else the first of
    /// the opened and then the bundled ones that most runs can be scored against.
    fn best_spec(&self, align_options: &AlignOptions) -> Result<&Spec, InputError> {
        let opened = self.specs.iter().map(|open| &open.parsed.main);
        let candidates: Vec<&Spec> =
            opened.chain(bundled_specs::all().iter().map(|file| &file.main)).collect();
        let target = self.runs.iter().find_map(|open| open.parsed.target_model.as_ref());
        let named = candidates
            .iter()
            .find(|spec| target.is_some_and(|target| spec.tokenizer_name.as_ref() == Some(target)));
        if let Some(spec) = named {
            return Ok(spec);
        }
        let fitting = |spec: &Spec| {
            self.runs.iter().filter(|open| align(&open.parsed, spec, align_options).is_ok()).count()
        };
        let mut best: Option<(&Spec, usize)> = None;
        for spec in candidates {
            let n_fitting = fitting(spec);
            if best.is_none_or(|(_, most)| n_fitting > most) {
                best = Some((spec, n_fitting));
            }
        }
        best.map(|(spec, _)| spec).ok_or_else(|| InputError::new("", "", Problem::NotRecognised))
    }

    /// What a saved report carries: the open files and the choices, with the spec made explicit.
    pub fn report_data(&self, options: &ViewOptions) -> Result<ReportData, InputError> {
        let (spec, _) = self.resolve(options)?;
        let mut options = options.clone();
        options.spec = Some(spec.id.clone());
        let runs = self.runs.iter().map(|open| open.file.clone());
        let specs = self.specs.iter().map(|open| open.file.clone());
        let unidentified = self.unidentified.iter().map(|open| open.file.clone());
        let mut files: Vec<ReportFile> = runs.chain(specs).chain(unidentified).collect();
        // These are the most of a run's bytes. A comparison needs verdicts; without one they are there to
        // estimate again and to look at, and are left out where they would make the report unwieldy.
        let mut n_bytes = 0;
        for kind in [FileKind::Predictions, FileKind::Openings] {
            let bases = self.bases.iter().filter(|open| open.parsed.kind() == kind);
            n_bytes += bases.clone().map(|open| open.file.text.len()).sum::<usize>();
            let is_needed = kind == FileKind::Predictions && options.baseline.is_some();
            if is_needed || n_bytes <= MOST_CARRIED_BYTES {
                files.extend(bases.map(|open| open.file.clone()));
            }
        }
        Ok(ReportData { version: DATA_VERSION, files, options })
    }
}

/// The checked form of the choices.
///
/// # Errors
/// If a merge has another form than `A+B=AB`, or the tolerance is not a share.
pub fn evaluate_options(options: &ViewOptions) -> Result<EvaluateOptions, InputError> {
    if !(0.0..=1.0).contains(&options.tolerance) {
        let detail = format!("expected a tolerance from 0 to 1, found `{}`", options.tolerance);
        return Err(InputError::new("", "", Problem::Syntax { detail }));
    }
    let merges = options.merge.iter().map(|text| Merge::parse(text)).collect::<Result<_, _>>()?;
    let align = AlignOptions { merges, missing_as_zero: options.missing_as_zero };
    let (tolerance, baseline) = (options.tolerance, options.baseline.clone());
    Ok(EvaluateOptions { tolerance, align, baseline, unit: options.unit })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(share: u32) -> Vec<u8> {
        format!(
            "schema: category-mixture-v1\nname: M\ncategories: [a, b]\n\
             category_weights: {{a: {share}, b: 1}}\nvariants:\n  seed:\n    category_weights: {{a: 1, b: 1}}\n"
        )
        .into_bytes()
    }

    fn ids(workspace: &Workspace) -> Vec<String> {
        let opened = workspace.spec_choices().into_iter().filter(|choice| !choice.bundled);
        opened.map(|choice| choice.id).collect()
    }

    #[test]
    fn specs_of_one_name_stand_beside_each_other_and_a_path_replaces_itself() {
        let mut workspace = Workspace::new();
        workspace.add("one/spec.yaml", &spec(1));
        workspace.add("two/spec.yaml", &spec(2));
        let both = ["spec", "spec@seed", "spec (2)", "spec (2)@seed"];
        assert_eq!(ids(&workspace), both);
        workspace.add("two/spec.yaml", &spec(3));
        assert_eq!(ids(&workspace), both);
        assert_eq!(workspace.find_spec("spec (2)").map(|spec| spec.weights[0]), Ok(3.0));
    }
}

//! `reestimate`: a stored run's mixture under other choices, from what lies in its folder alone.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use data_anatomy_core::files::predictions;
use data_anatomy_core::files::text;
use data_anatomy_core::label_shift::reestimate::StoredRun;
use data_anatomy_core::label_shift::summary::Summary;
use data_anatomy_core::openings::evidence::Evidence;
use data_anatomy_core::openings::reestimate::StoredOpenings;
use data_anatomy_core::openings::summary::OpeningsSummary;
use data_anatomy_core::shares::document_lengths::DocumentLengths;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::files;
use data_anatomy_job::progress::Progress;

use super::{labelshift, openings};
use crate::args::ReestimateArgs;
use crate::labelshift::study::carry_out;
use crate::openings::study as openings_study;
use crate::runs::EVIDENCE;

pub(super) fn run(args: &ReestimateArgs) -> anyhow::Result<Outcome> {
    match evidence(&args.run) {
        Some(path) => by_openings(args, &path),
        None => by_verdicts(args),
    }
}

/// The evidence of a run of openings, if it is one.
fn evidence(run: &Path) -> Option<PathBuf> {
    let path = if run.is_dir() { run.join(EVIDENCE) } else { run.to_owned() };
    (path.is_file() && path.file_name().is_some_and(|name| name == EVIDENCE)).then_some(path)
}

fn by_verdicts(args: &ReestimateArgs) -> anyhow::Result<Outcome> {
    if let Some(flag) = args.openings_flag() {
        anyhow::bail!("{flag}: expected a run of openings, found none in {}", args.run.display());
    }
    let mut run = open(&args.run)?;
    if let Some(lengths) = lengths(args, &run.verdicts.taxonomy)? {
        run.lengths = Some(lengths);
    }
    let choices = args.choices(&run.choices());
    let study = run.study(&choices)?;
    let (replicates, intervals) = carry_out(&study, &Progress::new(args.quiet));
    let summary = Summary::of_study(&study, &replicates, &intervals, run.context(&choices));
    put(args, &summary.to_json(), || labelshift::print(&summary))
}

fn by_openings(args: &ReestimateArgs, path: &Path) -> anyhow::Result<Outcome> {
    if let Some(flag) = args.verdicts_flag() {
        anyhow::bail!(
            "{flag}: expected a run of label shift, found one of openings, {}",
            path.display()
        );
    }
    let evidence = Evidence::parse(&path.display().to_string(), &files::read(path)?)?;
    let mut run = match summary_beside(path)? {
        Some((shown, text)) => StoredOpenings::new(evidence, Some((&shown, &text)))?,
        None => StoredOpenings::new(evidence, None)?,
    };
    if let Some(lengths) = lengths(args, &run.evidence.taxonomy)? {
        run.lengths = Some(lengths);
    }
    let choices = args.openings_choices(&run.choices());
    let study = run.study(&choices)?;
    let replicates = openings_study::carry_out(&study, &Progress::new(args.quiet));
    let summary = OpeningsSummary::of_study(&study, &replicates, run.context(&choices));
    put(args, &summary.to_json(), || openings::print(&summary))
}

/// The lengths that are given, if any are.
fn lengths(args: &ReestimateArgs, taxonomy: &Taxonomy) -> anyhow::Result<Option<DocumentLengths>> {
    let Some(path) = &args.document_lengths else { return Ok(None) };
    let (shown, bytes) = (path.display().to_string(), files::read(path)?);
    Ok(Some(DocumentLengths::parse(&shown, &bytes, taxonomy)?))
}

/// Writes the summary where it is wanted, and prints it as JSON or by `print`.
fn put(
    args: &ReestimateArgs,
    json: &str,
    print: impl FnOnce() -> anyhow::Result<()>,
) -> anyhow::Result<Outcome> {
    if let Some(path) = &args.output {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            files::make_folder(folder)?;
        }
        files::write(path, json.as_bytes())?;
    }
    if args.json {
        write!(std::io::stdout().lock(), "{json}")?;
    } else {
        print()?;
    }
    Ok(Outcome::Done)
}

/// The path and text of the summary beside a file of a run, if there is one.
fn summary_beside(path: &Path) -> anyhow::Result<Option<(String, String)>> {
    let summary: PathBuf = path.with_file_name("summary.json");
    if !summary.is_file() {
        return Ok(None);
    }
    let (shown, bytes) = (summary.display().to_string(), files::read(&summary)?);
    let text = text::decode(&shown, &bytes)?.to_owned();
    Ok(Some((shown, text)))
}

/// The run in a folder, or that of a `predictions.jsonl` with the summary beside it if there is one.
fn open(run: &Path) -> anyhow::Result<StoredRun> {
    let predictions = if run.is_dir() { run.join("predictions.jsonl") } else { run.to_owned() };
    let shown = predictions.display().to_string();
    let bytes = files::read(&predictions)?;
    let parsed = predictions::parse(&shown, text::decode(&shown, &bytes)?)?;
    match summary_beside(&predictions)? {
        Some((path, text)) => Ok(StoredRun::new(&shown, parsed, Some((&path, &text)))?),
        None => Ok(StoredRun::new(&shown, parsed, None)?),
    }
}

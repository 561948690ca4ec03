//! `reestimate`: a stored run's mixture under other choices, from its verdicts alone.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use data_anatomy_core::files::predictions;
use data_anatomy_core::files::text;
use data_anatomy_core::label_shift::reestimate::StoredRun;
use data_anatomy_core::label_shift::summary::Summary;
use data_anatomy_core::shares::document_lengths::DocumentLengths;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::files;
use data_anatomy_job::progress::Progress;

use super::labelshift;
use crate::args::ReestimateArgs;
use crate::labelshift::study::carry_out;

pub(super) fn run(args: &ReestimateArgs) -> anyhow::Result<Outcome> {
    let mut run = open(&args.run)?;
    if let Some(path) = &args.document_lengths {
        let (shown, bytes) = (path.display().to_string(), files::read(path)?);
        run.lengths = Some(DocumentLengths::parse(&shown, &bytes, &run.verdicts.taxonomy)?);
    }
    let choices = args.choices(&run.choices());
    let study = run.study(&choices)?;
    let (replicates, intervals) = carry_out(&study, &Progress::new(args.quiet));
    let summary = Summary::of_study(&study, &replicates, &intervals, run.context(&choices));
    if let Some(path) = &args.output {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            files::make_folder(folder)?;
        }
        files::write(path, summary.to_json().as_bytes())?;
    }
    if args.json {
        write!(std::io::stdout().lock(), "{}", summary.to_json())?;
    } else {
        labelshift::print(&summary)?;
    }
    Ok(Outcome::Done)
}

/// The run in a folder, or that of a `predictions.jsonl` with the summary beside it if there is one.
fn open(run: &Path) -> anyhow::Result<StoredRun> {
    let predictions = if run.is_dir() { run.join("predictions.jsonl") } else { run.to_owned() };
    let shown = predictions.display().to_string();
    let bytes = files::read(&predictions)?;
    let parsed = predictions::parse(&shown, text::decode(&shown, &bytes)?)?;
    let summary: PathBuf = predictions.with_file_name("summary.json");
    if !summary.is_file() {
        return Ok(StoredRun::new(&shown, parsed, None)?);
    }
    let (path, bytes) = (summary.display().to_string(), files::read(&summary)?);
    let summary = text::decode(&path, &bytes)?;
    Ok(StoredRun::new(&shown, parsed, Some((&path, summary)))?)
}

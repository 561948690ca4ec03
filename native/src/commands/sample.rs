//! `sample`: reference documents of each category from a corpus.

use std::io::Write as _;

use anyhow::Context as _;
use data_anatomy_core::messages::printable::printable;
use data_anatomy_core::show::table::{Cell, Column, Table};
use data_anatomy_corpus::sample::publish::MANIFEST;
use data_anatomy_corpus::sample::{self, Sampled, Settings};
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::progress::{Progress, print_line};
use serde_json::Value;

use crate::args::SampleArgs;
use crate::tool;

pub(super) fn run(args: &SampleArgs) -> anyhow::Result<Outcome> {
    let settings = Settings { tool: tool::record(), ..args.settings()? };
    let progress = Progress::new(args.quiet);
    let threads = rayon::ThreadPoolBuilder::new().num_threads(args.n_jobs).build();
    let threads = threads.context("--n-jobs: cannot start the threads")?;
    let sampled = threads.install(|| sample::run(&settings, &progress))?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&sampled.manifest)?)?;
    } else {
        write!(out, "{}", table(&sampled.manifest).to_text())?;
    }
    name_losses(&sampled.manifest);
    progress.say(&format!("written to {}", settings.out_dir.display()));
    refuse_empty(&sampled)?;
    let lost = &sampled.manifest["lost"];
    let is_whole = [&lost["files"], &lost["documents"]].iter().all(|n| n.as_u64() == Some(0));
    Ok(if is_whole { Outcome::Done } else { Outcome::PartlyDone })
}

/// The categories of a manifest.
fn table(manifest: &Value) -> Table {
    let columns = vec![
        Column::words("category", ""),
        Column::numbers("documents", ""),
        Column::numbers("qualify", ""),
        Column::numbers("kept", ""),
        Column::numbers("equal", ""),
        Column::numbers("near", ""),
        Column::numbers("excluded", ""),
        Column::numbers("mean chars", ""),
        Column::numbers("median", ""),
    ];
    let mut table = Table::new("Sample", columns);
    for category in manifest["categories"].as_array().into_iter().flatten() {
        let duplicates = &category["duplicates"];
        let lengths = &category["document_chars"]["qualified"];
        let equal = [&duplicates["copies"], &duplicates["equal"]].map(|n| n.as_u64().unwrap_or(0));
        let number = |value: &Value| Cell::text(value.to_string());
        table.rows.push(vec![
            Cell::text(category["name"].as_str().unwrap_or_default()),
            number(&category["n_seen"]),
            number(&category["n_qualified"]),
            number(&category["n_kept"]),
            Cell::text(equal.iter().sum::<u64>().to_string()),
            number(&duplicates["near"]),
            number(&duplicates["excluded"]),
            Cell::text(format!("{:.0}", lengths["mean"].as_f64().unwrap_or(0.0))),
            number(&lengths["percentiles"]["p50"]),
        ]);
    }
    table
}

/// Losses that are named on the terminal; the manifest names all.
const MAX_NAMED: usize = 20;

/// Names what was lost.
fn name_losses(manifest: &Value) {
    let files = manifest["files"].as_array().into_iter().flatten();
    let losses: Vec<String> = files.flat_map(losses).collect();
    for loss in losses.iter().take(MAX_NAMED) {
        warn(loss);
    }
    if losses.len() > MAX_NAMED {
        warn(&format!("{} more losses are named in {MANIFEST}", losses.len() - MAX_NAMED));
    }
}

/// What was lost of a file, in plain words.
fn losses(file: &Value) -> Vec<String> {
    let path = file["path"].as_str().unwrap_or_default();
    let lost = file["lost"].as_str().map(|lost| match file["n_documents"].as_u64() {
        None | Some(0) => format!("{path}: {lost}"),
        Some(n) => format!("{path}: {lost}; the {n} documents before that are used"),
    });
    let n_faults: u64 = file["faults"]
        .as_object()
        .map_or(0, |faults| faults.values().filter_map(Value::as_u64).sum());
    let first = file["first_faults"][0].as_str().unwrap_or_default();
    let faults = (n_faults > 0)
        .then(|| format!("{path}: {n_faults} documents cannot be read, the first: {first}"));
    lost.into_iter().chain(faults).collect()
}

/// Names and faults come from the corpus: whatever is in them, they are one line of text.
fn warn(message: &str) {
    print_line(&format!("warning: {}", printable(message)));
}

fn refuse_empty(sampled: &Sampled) -> anyhow::Result<()> {
    let categories = match sampled.manifest["categories"].as_array() {
        Some(categories) if !categories.is_empty() => sampled.empty.join(", "),
        _ => "any category".to_owned(),
    };
    anyhow::ensure!(
        categories.is_empty(),
        "no document qualifies of: {categories}; are --categories, --category-field, --min-chars, --exclude \
         and the text's field right? (see {MANIFEST})"
    );
    Ok(())
}

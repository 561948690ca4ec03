//! `demo`: the main job on documents and generations that the program carries.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser as _;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::files;

use crate::args::{Arguments, Command, DemoArgs, EvaluateArgs, LabelshiftArgs};
use crate::demo;

/// Reference documents per category: enough for a good classifier, few enough for seconds.
const DOCUMENTS_PER_CATEGORY: usize = 400;

/// Generated texts.
const N_GENERATIONS: usize = 1_500;

pub(super) fn run(args: &DemoArgs) -> anyhow::Result<Outcome> {
    let folder = &args.output_dir;
    write_inputs(folder, args.seed)?;
    let quiet: &[&str] = if args.quiet { &["--quiet"] } else { &[] };
    for (name, estimator) in [("em", "em"), ("seed_study", "seed")] {
        labelshift(folder, name, estimator, quiet)?;
    }
    let report = report(folder)?;
    writeln!(std::io::stdout().lock(), "\nOpen in a browser: {}", report.display())?;
    Ok(Outcome::Done)
}

/// Writes documents, texts and the true mixture, in the forms that a user's own would have.
fn write_inputs(folder: &Path, seed: u64) -> anyhow::Result<()> {
    let samples = folder.join("samples");
    files::make_folder(&samples)?;
    for (category, documents) in demo::reference(DOCUMENTS_PER_CATEGORY, seed) {
        let path = samples.join(format!("{}.jsonl", category.to_lowercase()));
        write_lines(&path, documents.iter().map(|text| serde_json::json!({ "text": text })))?;
    }
    let generations = demo::generations(N_GENERATIONS, &demo::MIXTURE, seed);
    let lines = generations.iter().map(|generation| {
        serde_json::json!({
            "id": generation.id,
            "prompt_id": generation.prompt_id,
            "text": generation.text,
        })
    });
    write_lines(&folder.join("generations.jsonl"), lines)?;
    files::write(&folder.join("truth.yaml"), demo::SPEC.as_bytes())
}

fn write_lines(path: &Path, lines: impl Iterator<Item = serde_json::Value>) -> anyhow::Result<()> {
    files::write_with(path, |file| {
        for line in lines {
            writeln!(file, "{line}")?;
        }
        Ok(())
    })
}

/// Runs `labelshift` as a user would type it, and shows the command.
fn labelshift(folder: &Path, name: &str, estimator: &str, quiet: &[&str]) -> anyhow::Result<()> {
    let path = |part: &str| folder.join(part).display().to_string();
    let mut words = vec![
        "labelshift".to_owned(),
        "--local-samples-dir".to_owned(),
        path("samples"),
        "--use-cached-generations".to_owned(),
        path("generations.jsonl"),
        "--estimator".to_owned(),
        estimator.to_owned(),
        "--output-dir".to_owned(),
        folder.display().to_string(),
        "--run-name".to_owned(),
        name.to_owned(),
    ];
    words.extend(quiet.iter().map(|&flag| flag.to_owned()));
    let args: Box<LabelshiftArgs> = match typed(&words)? {
        Command::Labelshift(args) => args,
        _ => anyhow::bail!("the demo's own command is not understood"),
    };
    super::labelshift::run(&args).map(|_| ())
}

/// The command of these words, which is shown first, so that a reader can repeat it.
fn typed(words: &[String]) -> anyhow::Result<Command> {
    writeln!(std::io::stdout().lock(), "\n$ data-anatomy {}", words.join(" "))?;
    let all = std::iter::once("data-anatomy".to_owned()).chain(words.iter().cloned());
    let arguments = Arguments::try_parse_from(all).context("the demo's own command")?;
    Ok(arguments.command)
}

fn report(folder: &Path) -> anyhow::Result<PathBuf> {
    let path = |part: &str| folder.join(part).display().to_string();
    let mut words: Vec<String> =
        ["evaluate", "--compare"].iter().map(|&word| word.to_owned()).collect();
    words.extend([path("em"), path("seed_study"), "--ground-truth".to_owned(), path("truth.yaml")]);
    words.extend(["--output-dir".to_owned(), path("report")]);
    let args: EvaluateArgs = match typed(&words)? {
        Command::Evaluate(args) => args,
        _ => anyhow::bail!("the demo's own command is not understood"),
    };
    super::evaluate::run(&args)?;
    Ok(folder.join("report").join("report.html"))
}

//! `merge-web`: CommonCrawl and C4 together as Web.

use data_anatomy_corpus::sample::merge_web;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::progress::{Progress, print_line};

use crate::args::MergeWebArgs;

pub(super) fn run(args: &MergeWebArgs) -> anyhow::Result<Outcome> {
    let progress = Progress::new(args.quiet);
    let merged = merge_web::run(&args.settings())?;
    for part in &merged.parts {
        let (path, n_read) = (part.path.display(), part.n_read);
        progress.say(&format!("{path}: {} of {n_read} documents", part.n_kept));
        if part.n_kept < part.n_wanted {
            let n_wanted = part.n_wanted;
            print_line(&format!(
                "warning: {path}: {n_wanted} documents were wanted, it has {} distinct ones",
                part.n_kept
            ));
        }
        if part.n_without_text > 0 {
            print_line(&format!("warning: {path}: {} documents have no text", part.n_without_text));
        }
    }
    progress.say(&format!("written to {}", merged.path.display()));
    let is_whole = merged.parts.iter().all(|part| part.n_without_text == 0);
    Ok(if is_whole { Outcome::Done } else { Outcome::PartlyDone })
}

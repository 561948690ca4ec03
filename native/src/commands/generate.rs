//! `generate`: texts that a model writes, from its weights or from a server.

use anyhow::ensure;
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::author::{Author, Job};
use data_anatomy_lm::prompts::Prompts;

use crate::args::GenerateArgs;

pub(super) fn run(args: &GenerateArgs) -> anyhow::Result<Outcome> {
    ensure!(args.num_prompts > 0, "--num-prompts: expected 1 or more, found 0");
    let drawing = args.drawing.drawing()?;
    let prompts = Prompts::of_choice(args.drawing.prompts())?;
    let progress = Progress::new(args.quiet);
    let job = Job {
        prompts: &prompts,
        n_texts: args.num_prompts,
        drawing,
        seed: args.seed,
        keep_prompts: false,
        output: &args.output,
        force: args.force,
        elsewhere: "another --output",
        stage: "generate",
    };
    let tally = Author::open(&args.author.choice(), &progress)?.write(&job, &progress)?;
    let shown = args.output.display();
    if tally.missing.is_empty() {
        progress.say(&format!("{shown}: {} texts, {} tokens", tally.n_texts, tally.n_tokens));
        return Ok(Outcome::Done);
    }
    progress.say(&format!(
        "{shown}: {} of {} texts; run the same command again for the {} that are missing",
        tally.n_texts,
        tally.n_texts + tally.missing.len() as u64,
        tally.missing.len()
    ));
    Ok(Outcome::PartlyDone)
}

//! `score`: what a model says about every token of documents.

use anyhow::ensure;
use data_anatomy_corpus::documents::{Documents, Selection};
use data_anatomy_job::exit::Outcome;
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::model::Model;

use crate::args::ScoreArgs;
use crate::scoring::pass::{Force, Pass};
use crate::scoring::scorer::Scorer;
use crate::scoring::variant::{Head, Plain};

pub(super) fn run(args: &ScoreArgs) -> anyhow::Result<Outcome> {
    let progress = Progress::new(args.quiet);
    let selection = Selection { merge_web: args.merge_web, ..Selection::default() };
    let documents = Documents::open(&args.local_samples_dir, selection)?;
    ensure!(
        documents.n_documents() > 0,
        "{}: no documents are there; expected CATEGORY.jsonl files",
        args.local_samples_dir.display()
    );
    let model = Model::open(args.model.choice()?, &progress)?;
    let mut scorer = Scorer::new(&model, args.batch_tokens);
    let max_tokens = scorer.max_tokens(args.max_tokens);
    let pass = Pass {
        name: "score",
        documents: &documents,
        variant: &Plain(Head { tokenizer: &model.tokenizer, max_tokens }),
        folder: &args.output_dir,
        elsewhere: "another --output-dir",
        force: if args.force { Force::Always } else { Force::Never },
    };
    let tally = pass.run(&mut scorer, max_tokens, &progress)?;
    Ok(if tally.missing.is_empty() { Outcome::Done } else { Outcome::PartlyDone })
}

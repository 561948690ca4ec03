//! What a run starts from: reference documents by category, and texts that the model wrote.

use anyhow::Context as _;
use data_anatomy_core::diagnostic::Diagnostic;
use data_anatomy_core::taxonomy::Taxonomy;
use serde_json::{Value, json};

use crate::args::LabelshiftArgs;
use crate::corpus::generations::{self, Generations};
use crate::corpus::reference::{self, Document, Reference, ReferenceInput, ReferenceOptions};
use crate::corpus::split::Split;

/// What a run starts from.
#[derive(Debug)]
pub struct Inputs {
    /// The categories.
    pub taxonomy: Taxonomy,
    /// Every reference document, category after category.
    pub documents: Vec<Document>,
    /// The class of each document, as its position in `taxonomy`.
    pub classes: Vec<usize>,
    /// The texts that the model wrote.
    pub generations: Generations,
    reference: Vec<ReferenceInput>,
}

impl Inputs {
    /// The inputs that the arguments name.
    ///
    /// # Errors
    /// If a file is not there or malformed, or there is too little of anything.
    pub fn read(args: &LabelshiftArgs) -> anyhow::Result<Self> {
        let path = args.use_cached_generations.as_ref().context(
            "no texts of the model: give --use-cached-generations FILE with one {\"text\": …} per \
             line (this version does not generate by itself)",
        )?;
        let options = ReferenceOptions {
            merge_web: args.merge_web,
            max_per_class: args.max_per_class,
            seed: args.seed,
        };
        let reference = reference::read(&args.local_samples_dir, options)?;
        Ok(Self::new(reference, generations::read(path, args.num_prompts)?))
    }

    fn new(reference: Reference, generations: Generations) -> Self {
        let Reference { taxonomy, categories, inputs } = reference;
        let (mut documents, mut classes) = (Vec::new(), Vec::new());
        for (class, category) in categories.into_iter().enumerate() {
            classes.extend(std::iter::repeat_n(class, category.documents.len()));
            documents.extend(category.documents);
        }
        Self { taxonomy, documents, classes, reference: inputs, generations }
    }

    /// SHA-256 and counts of every input, for the record.
    pub fn record(&self, split: &Split) -> Value {
        json!({
            "reference": self.reference,
            "generations": self.generations.input,
            "n_train": split.train.len(),
            "n_validation": split.validation.len(),
        })
    }

    /// What a reader must know of the inputs.
    pub fn doubts(&self) -> Vec<Diagnostic> {
        let mut doubts = Vec::new();
        let n_empty = self.generations.input.n_empty;
        if n_empty > 0 {
            let message = format!("{n_empty} empty texts were left out of the estimate");
            doubts.push(Diagnostic::note("empty_generations", message));
        }
        let n_duplicates: usize = self.reference.iter().map(|input| input.n_duplicates).sum();
        if n_duplicates > 0 {
            let message = format!(
                "{n_duplicates} reference documents equal to another were left out, so that none \
                 both trains and measures"
            );
            doubts.push(Diagnostic::note("duplicate_documents", message));
        }
        let texts = &self.generations.input;
        if texts.n_duplicates > 0 {
            let (n_duplicates, n_used) = (texts.n_duplicates, texts.n_used);
            let message = format!(
                "{n_duplicates} of {n_used} texts are copies of others; the intervals take them for \
                 independent draws"
            );
            // One in fifty is what short texts may repeat by chance.
            let doubt =
                if 50 * n_duplicates > n_used { Diagnostic::warning } else { Diagnostic::note };
            doubts.push(doubt("duplicate_generations", message));
        }
        if texts.n_prompts.is_some() && texts.n_without_prompt > 0 {
            let message = format!(
                "{} texts have no prompt_id while others do: each counts as a prompt of its own",
                texts.n_without_prompt
            );
            doubts.push(Diagnostic::warning("prompts_missing", message));
        }
        if texts.n_prompts.is_none() {
            let message = "prompts are not known: the intervals take all texts for independent";
            doubts.push(Diagnostic::note("prompts_unknown", message));
        }
        doubts
    }
}

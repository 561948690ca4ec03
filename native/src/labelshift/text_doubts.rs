//! What a reader must know of the texts whose mixture is asked for.

use data_anatomy_core::messages::diagnostic::Diagnostic;

use super::degenerate;
use super::texts::Texts;

/// One in fifty is what short texts may repeat by chance.
const MANY: usize = 50;

/// What a reader must know of the texts.
pub fn doubts(texts: &Texts) -> Vec<Diagnostic> {
    let mut doubts = Vec::new();
    let input = &texts.generations.input;
    let doubt = |n: usize| {
        if MANY * n > input.n_used { Diagnostic::warning } else { Diagnostic::note }
    };
    if texts.n_missing > 0 {
        let message = format!(
            "{} texts could not be made; run the same command again to have them",
            texts.n_missing
        );
        doubts.push(Diagnostic::warning("missing_generations", message));
    }
    if texts.are_made && texts.are_whole && texts.lead_in == 0 {
        let message = "the texts were written at the very start of the model's context, where small models \
                       write another mixture than after a document";
        doubts.push(Diagnostic::note("no_lead_in", message));
    }
    if input.n_empty > 0 {
        let message = format!("{} empty texts were left out of the estimate", input.n_empty);
        doubts.push(doubt(input.n_empty)("empty_generations", message));
    }
    if input.n_duplicates > 0 {
        let (n_duplicates, n_used) = (input.n_duplicates, input.n_used);
        let message = format!(
            "{n_duplicates} of {n_used} texts are copies of others; the intervals take them for \
             independent draws"
        );
        doubts.push(doubt(n_duplicates)("duplicate_generations", message));
    }
    if input.n_prompts.is_some() && input.n_without_prompt > 0 {
        let message = format!(
            "{} texts have no prompt_id while others do: each counts as a prompt of its own",
            input.n_without_prompt
        );
        doubts.push(Diagnostic::warning("prompts_missing", message));
    }
    // Texts of our own that have no prompt are independent draws.
    if input.n_prompts.is_none() && !texts.are_made {
        let message = "prompts are not known: the intervals take all texts for independent";
        doubts.push(Diagnostic::note("prompts_unknown", message));
    }
    doubts
}

/// Whether each text is one phrase over and over.
pub fn repetitive(texts: &Texts) -> Vec<bool> {
    let texts = texts.generations.texts.iter();
    texts.map(|text| degenerate::is_repetitive(&text.text)).collect()
}

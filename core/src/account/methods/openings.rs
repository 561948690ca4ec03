//! Openings in sentences.

use super::Paragraph;
use crate::account::documents::Documents;
use crate::account::told::{Told, words};

/// How the mixture was estimated from what a model expects where a document begins.
pub(in crate::account) fn paragraph(told: &Told<'_>) -> Paragraph {
    let mut paragraph = Paragraph::default();
    let model = paragraph.model(told);
    paragraph.say(format!(
        "The training mixture of {model} was estimated by openings: from the probabilities that the model gives to the \
         first token of the next document, after the end of a document of known category and the separator"
    ));
    let documents = told.provenance.inputs.get("reference").and_then(Documents::of);
    if let Some(documents) = paragraph.known("the reference documents", documents) {
        paragraph.say(format!(
            "How documents of each category begin was counted on {} reference documents ({})",
            documents.n(),
            documents.counts()
        ));
    }
    let leads = words(told.setting("leads")).zip(words(told.setting("context")));
    if let Some((leads, context)) = paragraph.known("what the model was shown", leads) {
        let separator =
            words(told.setting("separator")).map(|separator| match separator.as_str() {
                "auto" => "the separator that the model is least surprised after".to_owned(),
                "none" => "no separator".to_owned(),
                other => format!("the separator `{other}`"),
            });
        let separator = separator.map(|it| format!(", with {it}")).unwrap_or_default();
        paragraph.say(format!(
            "The model was shown up to {leads} documents of each category, the last {context} tokens of each{separator}"
        ));
    }
    paragraph.say(
        "What it expects after each category was decomposed into the beginnings of all categories by maximum likelihood; \
         the estimate is the mixture that these transitions keep"
            .to_owned(),
    );
    paragraph.intervals(told, "documents, lead-ins and the model's own error");
    paragraph.unit(told);
    paragraph
}

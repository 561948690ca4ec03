//! What was run, as a paragraph for the methods section of a paper.

pub(super) mod label_shift;
pub(super) mod membership;
pub(super) mod openings;
mod paragraph;

pub(super) use paragraph::Paragraph;

use super::references::Reference;
use super::told::{Told, words};

/// How two runs were put together.
pub(super) fn fused(told: &Told<'_>) -> Paragraph {
    let mut paragraph = Paragraph::default();
    let model = paragraph.model(told);
    let runs = words(told.setting("openings")).zip(words(told.setting("labelshift")));
    let runs = runs.map_or(String::new(), |(openings, labelshift)| {
        format!(" (the runs {openings} and {labelshift})")
    });
    paragraph.say(format!(
        "Two estimates of the training mixture of {model}, by openings and by label shift{runs}, were combined, each \
         weighted by the inverse of its variance, to which the disagreement of both beyond their sampling errors was added"
    ));
    paragraph.cite(&[Reference::DerSimonian]);
    paragraph
}

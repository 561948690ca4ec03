//! Membership in sentences.

use super::Paragraph;
use crate::account::documents::Documents;
use crate::account::references::Reference;
use crate::account::told::{Method, Told, words};
use crate::membership::share::WIDEST;

/// How the share of documents that a model was trained on was estimated.
pub(in crate::account) fn paragraph(told: &Told<'_>) -> Paragraph {
    let mut paragraph = Paragraph::default();
    let model = paragraph.model(told);
    say_attack(&mut paragraph, told, &model);
    let pool = |name: &str| told.provenance.inputs.get(name).and_then(Documents::of);
    let candidates = paragraph.known("the candidates", pool("candidates"));
    if let Some(candidates) = candidates {
        let tokens = words(told.setting("max_tokens"));
        let tokens = tokens.map(|n| format!(", the first {n} tokens of each")).unwrap_or_default();
        paragraph.say(format!(
            "Candidates were {} documents ({}){tokens}",
            candidates.n(),
            candidates.counts()
        ));
    }
    match (pool("nonmembers"), told.method) {
        (Some(nonmembers), Method::Membership(_)) => {
            say_beside_nonmembers(&mut paragraph, &nonmembers, pool("members").as_ref());
        }
        (None, Method::Membership(_)) if told.provenance.inputs.is_object() => paragraph.say(
            "No documents were known not to be members, so that a share is given only where the scores form two heaps"
                .to_owned(),
        ),
        _ => {}
    }
    paragraph
}

fn say_attack(paragraph: &mut Paragraph, told: &Told<'_>, model: &str) {
    let attack = match told.method {
        Method::Membership(attack) => attack,
        _ => None,
    };
    let what =
        format!("Which documents {model} was trained on was asked of it by a membership attack");
    match paragraph.known("the attack", attack) {
        Some(attack) => {
            let ratio = words(told.setting("mink_ratio"));
            let ratio = ratio.map(|ratio| format!(", k = {ratio}")).unwrap_or_default();
            paragraph.say(format!("{what}, {}{ratio}", attack.title()));
            paragraph.cite(&[Reference::of_attack(attack)]);
        }
        None => paragraph.say(what),
    }
}

fn say_beside_nonmembers(
    paragraph: &mut Paragraph,
    nonmembers: &Documents,
    members: Option<&Documents>,
) {
    let members =
        members.map(|members| format!(" and {} known to be ({})", members.n(), members.counts()));
    let binormal = paragraph.citing(&[Reference::Dorfman]);
    paragraph.say(format!(
        "The share of members in each category was estimated beside {} documents known not to be members ({}){}, by the \
         likelihood of a mixture in which the scores of non-members have any distribution and those of members are shifted \
         and stretched on the scale where non-members are normal{binormal}",
        nonmembers.n(),
        nonmembers.counts(),
        members.unwrap_or_default()
    ));
    paragraph.cite(&[Reference::Qin]);
    paragraph.say(format!("A share whose interval is wider than {WIDEST} is not given"));
    paragraph.say(
        "A classifier that never sees the model was asked the same where the texts were at hand"
            .to_owned(),
    );
    paragraph.cite(&[Reference::Das]);
}

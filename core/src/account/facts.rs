//! What was run, a fact to a line.

use serde_json::Value;

use super::documents::{Documents, Texts};
use super::fact::Fact;
use super::methods::label_shift::classifier;
use super::told::{Method, Setting, Told, shown, words};
use crate::label_shift::calibration::CalibrationMethod;

/// What stands where a file does not tell.
const NOT_SAID: &str = "the file does not say";

/// What was run, in the order of reading.
pub(super) fn of(told: &Told<'_>) -> Vec<Fact> {
    let mut facts = vec![fact("method", method(told)), fact("model", model(told))];
    match told.method {
        Method::LabelShift | Method::SeedLabelShift => facts.extend(of_label_shift(told)),
        Method::Openings => facts.extend(of_openings(told)),
        Method::Membership(_) | Method::SeedMembership => facts.extend(of_membership(told)),
        Method::Fused => facts.extend(of_fused(told)),
        Method::Unknown => {}
    }
    facts.extend([
        fact("shares of", told.provenance.unit.map(|unit| unit.to_string())),
        fact("seed", words(told.setting("seed"))),
    ]);
    if told.method != Method::Fused {
        facts.push(fact("intervals", intervals(told)));
        facts.push(fact("settings that differ from the default", changed(told)));
    }
    if told.setting("reestimated") == &Value::Bool(true) {
        let how = "estimated again, from what the run stored".to_owned();
        facts.push(fact("estimate", Some(how)));
    }
    facts.extend([fact("program", told.tool()), fact("date", told.date())]);
    facts
}

fn fact(name: &str, value: Option<String>) -> Fact {
    Fact { name: name.to_owned(), value: value.unwrap_or_else(|| NOT_SAID.to_owned()) }
}

fn method(told: &Told<'_>) -> Option<String> {
    Some(match told.method {
        Method::LabelShift => "label shift".to_owned(),
        Method::Openings => "openings".to_owned(),
        Method::Membership(Some(attack)) => format!("membership, by the attack {}", attack.title()),
        Method::Membership(None) => "membership".to_owned(),
        Method::Fused => "openings and label shift together".to_owned(),
        Method::SeedLabelShift => "label shift, by the seed study's script".to_owned(),
        Method::SeedMembership => "membership, by one of the seed study's scripts".to_owned(),
        Method::Unknown => return told.provenance.method.as_deref().map(shown),
    })
}

fn model(told: &Told<'_>) -> Option<String> {
    let revision = told
        .revision()
        .map_or("revision not named".to_owned(), |revision| format!("revision {revision}"));
    told.model().map(|model| format!("{model}, {revision}"))
}

fn of_label_shift(told: &Told<'_>) -> Vec<Fact> {
    let inputs = &told.provenance.inputs;
    let reference = inputs.get("reference").and_then(Documents::of);
    vec![
        fact("reference documents", reference.map(|documents| documents.sentence())),
        fact("texts of the model", Texts::of(told).map(|texts| texts.sentence())),
        fact("classifier", classifier(told)),
        fact("estimator", estimator(told)),
    ]
}

fn estimator(told: &Told<'_>) -> Option<String> {
    let name = told.estimator().map(|estimator| estimator.name())?;
    Some(match told.calibration() {
        Some(CalibrationMethod::BiasCorrected) => format!("{name}, calibrated by bcts"),
        Some(CalibrationMethod::Temperature) => format!("{name}, calibrated by temperature"),
        Some(CalibrationMethod::None) => format!("{name}, not calibrated"),
        None => name.to_owned(),
    })
}

fn of_openings(told: &Told<'_>) -> Vec<Fact> {
    let reference = told.provenance.inputs.get("reference").and_then(Documents::of);
    let leads = words(told.setting("leads")).zip(words(told.setting("context")));
    let leads = leads.map(|(leads, context)| {
        format!("{leads} documents of each category at most, {context} tokens of each")
    });
    vec![
        fact("reference documents", reference.map(|documents| documents.sentence())),
        fact("shown to the model before it is asked", leads),
        fact("separator", words(told.setting("separator"))),
    ]
}

fn of_membership(told: &Told<'_>) -> Vec<Fact> {
    let pool = |name: &str| told.provenance.inputs.get(name).and_then(Documents::of);
    let none = |pool: Option<Documents>| {
        let inputs_are_told = told.provenance.inputs.is_object();
        pool.map(|documents| documents.sentence())
            .or_else(|| inputs_are_told.then(|| "none".to_owned()))
    };
    let mut facts = vec![
        fact("candidates", pool("candidates").map(|documents| documents.sentence())),
        fact("known non-members", none(pool("nonmembers"))),
        fact("known members", none(pool("members"))),
    ];
    let tokens = words(told.setting("max_tokens")).map(|n| format!("the first {n} of a document"));
    facts.push(fact("tokens that are scored", tokens));
    facts
}

fn of_fused(told: &Told<'_>) -> Vec<Fact> {
    vec![
        fact("run of openings", words(told.setting("openings"))),
        fact("run of label shift", words(told.setting("labelshift"))),
    ]
}

fn intervals(told: &Told<'_>) -> Option<String> {
    Some(match told.intervals()? {
        (_, 0) => "none".to_owned(),
        (level, n) => format!("{level}, {n} replicates"),
    })
}

fn changed(told: &Told<'_>) -> Option<String> {
    let settings = told.changed()?;
    Some(if settings.is_empty() { "none".to_owned() } else { Setting::listed(&settings) })
}

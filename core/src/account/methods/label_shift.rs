//! Label shift in sentences.

use serde_json::Value;

use super::Paragraph;
use crate::account::documents::{Documents, Texts};
use crate::account::references::Reference;
use crate::account::told::{Method, Told, words};
use crate::label_shift::calibration::CalibrationMethod;
use crate::label_shift::estimate::Estimator;
use crate::show::table::fixed;

/// How the mixture of a model's texts was estimated.
pub(in crate::account) fn paragraph(told: &Told<'_>) -> Paragraph {
    let mut paragraph = Paragraph::default();
    say_texts(&mut paragraph, told);
    say_classifier(&mut paragraph, told);
    say_estimate(&mut paragraph, told);
    paragraph.intervals(told, "documents of each category and texts");
    paragraph.unit(told);
    paragraph
}

fn say_texts(paragraph: &mut Paragraph, told: &Told<'_>) {
    let model = paragraph.model(told);
    let by = match told.method {
        Method::SeedLabelShift => "label shift with the seed study's script",
        _ => "label shift",
    };
    let texts = paragraph.known("how many texts the model wrote", Texts::of(told));
    let n = texts.as_ref().map_or_else(|| "texts".to_owned(), |texts| format!("{} texts", texts.n));
    let details = texts.as_ref().map(|texts| {
        let parts: Vec<String> =
            texts.length.iter().chain(&texts.how_drawn).map(String::clone).collect();
        if parts.is_empty() { String::new() } else { format!(" ({})", parts.join("; ")) }
    });
    paragraph.say(format!(
        "The training mixture of {model} was estimated by {by}: {n} that the model wrote{} were classified, and the \
         shares of the categories inferred from the classifier's verdicts",
        details.unwrap_or_default()
    ));
}

fn say_classifier(paragraph: &mut Paragraph, told: &Told<'_>) {
    let inputs = &told.provenance.inputs;
    let kind = paragraph.known("the classifier", kind(told));
    let kind = kind.unwrap_or_else(|| "a classifier".to_owned());
    let documents = inputs.get("reference").and_then(Documents::of);
    let documents = paragraph.known("the reference documents", documents);
    let documents = documents.map(|documents| {
        format!(
            ", trained on and measured by {} reference documents ({})",
            documents.n(),
            documents.counts()
        )
    });
    let turns = split(inputs).map(|split| format!("; {split}")).unwrap_or_default();
    paragraph.say(format!("The classifier is {kind}{}{turns}", documents.unwrap_or_default()));
    let sources =
        [("training_source", "trained"), ("calibration_source", "calibrated and measured")];
    for (name, done) in sources {
        let on = match told.setting(name).as_str() {
            Some("echo") => "echoes",
            Some("both") => "documents and echoes",
            _ => continue,
        };
        paragraph.say(format!(
            "It was {done} by {on} (an echo is what the model writes after the first tokens of a reference document)"
        ));
    }
    if let Some(right) = right(&told.provenance.val_metrics) {
        paragraph.say(format!("It took {right}"));
    }
}

/// The kind of classifier, with its article.
fn kind(told: &Told<'_>) -> Option<String> {
    let name = told.setting("classifier");
    let encoder = words(told.setting("hf_model_name"));
    let of = |encoder: Option<String>| encoder.map(|name| format!(" ({name})")).unwrap_or_default();
    Some(match name.as_str()? {
        "tfidf" => "a logistic regression on n-grams of words and characters (TF-IDF)".to_owned(),
        "distilbert" => format!("a fine-tuned encoder{}", of(encoder)),
        "embedding" => {
            format!("a logistic regression on the embeddings of a frozen encoder{}", of(encoder))
        }
        _ => format!("`{}`", words(name)?),
    })
}

/// How documents were divided between training and measuring.
fn split(inputs: &Value) -> Option<String> {
    let count = |name: &str| inputs.get(name)?.as_u64();
    let n_classifiers = count("n_classifiers")?;
    Some(match n_classifiers {
        1 => format!("{} train, {} measure", count("n_train")?, count("n_validation")?),
        n => format!(
            "{n} classifiers take turns, each measured by the documents that did not train it, and each judges its part \
             of the texts"
        ),
    })
}

/// How often the classifier was right: `81.2 % of 500 held-out documents for what they are`.
fn right(metrics: &Value) -> Option<String> {
    let accuracy = metrics.get("val_acc")?.as_f64().filter(|share| (0.0..=1.0).contains(share))?;
    let percent = fixed(100.0 * accuracy, 1);
    let counts = metrics.get("n_docs").and_then(Value::as_array);
    let n = counts.and_then(|counts| {
        counts.iter().try_fold(0_u64, |total, count| total.checked_add(count.as_u64()?))
    });
    let n = n.map(|n| format!("{n} ")).unwrap_or_default();
    Some(format!("{percent} % of {n}documents that did not train it for what they are"))
}

fn say_estimate(paragraph: &mut Paragraph, told: &Told<'_>) {
    let Some(estimator) = paragraph.known("the estimator", told.estimator()) else { return };
    let calibration = told.calibration().filter(|_| estimator != Estimator::Acc);
    let map = match calibration {
        Some(CalibrationMethod::BiasCorrected) => {
            "calibrated by bias-corrected temperature scaling"
        }
        Some(CalibrationMethod::Temperature) => "calibrated by temperature scaling",
        Some(CalibrationMethod::None) => "not calibrated",
        None => "",
    };
    let cited = calibration.and_then(Reference::of_calibration);
    let cited = paragraph.citing(cited.as_slice());
    if !map.is_empty() {
        paragraph.say(format!("Its probabilities were {map}{cited}"));
    }
    paragraph.say(match estimator {
        Estimator::Em => "The estimate (em) is the mixture under which these probabilities are likeliest, to which the EM \
                          iteration leads"
            .to_owned(),
        Estimator::Pacc => "The estimate (pacc) is the mixture whose mean probabilities, by the soft confusion matrix, come \
                            nearest to those of the texts"
            .to_owned(),
        Estimator::Acc => "The estimate (acc) is the mixture whose counted decisions, by the confusion matrix, come nearest \
                           to those on the texts"
            .to_owned(),
        Estimator::Counting => "The estimate (counting) is the mean of the probabilities, without correction for errors of \
                                the classifier"
            .to_owned(),
        Estimator::Seed => "The estimate (seed) is the seed study's: mean probabilities corrected by the matrix of counted \
                            decisions, which does not converge to the mixture"
            .to_owned(),
    });
    paragraph.cite(Reference::of_estimator(estimator));
}

/// The classifier as a fact.
pub(in crate::account) fn classifier(told: &Told<'_>) -> Option<String> {
    let name = words(told.setting("classifier"))?;
    let encoder = words(told.setting("hf_model_name"));
    let split = split(&told.provenance.inputs);
    let right = right(&told.provenance.val_metrics).map(|right| format!("it took {right}"));
    let parts: Vec<String> = [Some(name), encoder, split, right].into_iter().flatten().collect();
    Some(parts.join("; "))
}

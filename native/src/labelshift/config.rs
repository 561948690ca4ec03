//! The record of a run's settings, by the names of their flags.

use std::path::Path;

use data_anatomy_core::files::record::{CHANGED, changed};
use data_anatomy_lm::author_choice::AuthorChoice;
use data_anatomy_lm::cpu::Precision;
use data_anatomy_lm::prompts::Prompts;
use serde_json::{Map, Value, json};

use super::settings::{ECHO_PREFIX, EchoSettings, Settings, WritingSettings};

/// Every setting, by the name of its flag, and which of them differ from their defaults.
///
/// # Errors
/// If prompts that something is written by cannot be read.
pub fn config(settings: &Settings) -> anyhow::Result<Map<String, Value>> {
    let mut config = recorded(settings)?;
    let names = changed(&config, &usual(settings)?);
    config.insert(CHANGED.to_owned(), names.into());
    Ok(config)
}

/// The settings as they are unless something is said, for what this run is made of and called.
fn usual(settings: &Settings) -> anyhow::Result<Map<String, Value>> {
    let (usual, author) = (Settings::new(&settings.documents.samples), &settings.writing.author);
    // Sources and the kind of classifier decide which settings there are.
    let of_kind = Settings {
        given_texts: settings.given_texts.clone(),
        writing: WritingSettings {
            author: AuthorChoice { precision: Precision::default(), ..author.clone() },
            ..usual.writing.clone()
        },
        echoes: EchoSettings { prefix: ECHO_PREFIX, n_echoes: None, ..settings.echoes },
        output: settings.output.clone(),
        ..usual.clone()
    };
    let mut config = recorded(&of_kind)?;
    if let Some(drawing) = config.get_mut("drawing") {
        // Said by `num_prompts`.
        drawing["n_texts"] = settings.n_texts_recorded().into();
    }
    config.extend(settings.classifier.recipe.usual_settings());
    config.insert("training_source".to_owned(), usual.sources().training.name().into());
    config.insert("calibration_source".to_owned(), usual.sources().calibration.name().into());
    Ok(config)
}

/// Every setting, by the name of its flag.
fn recorded(settings: &Settings) -> anyhow::Result<Map<String, Value>> {
    let (sources, author) = (settings.sources(), &settings.writing.author);
    let (documents, split, cut) = (&settings.documents, &settings.split, &settings.cut);
    let classifier = &settings.classifier;
    let mut config = json!({
        "local_samples_dir": shown(Some(&documents.samples)),
        "use_cached_generations": shown(settings.given_texts.as_deref()),
        "target_model": author.model(),
        "hf_revision": author.revision,
        "num_prompts": settings.n_texts,
        "merge_web": documents.merge_web,
        "max_per_class": documents.max_per_class,
        "cross_fit": split.cross_fit,
        "val_fraction": split.val_fraction,
        "validation_dir": shown(documents.validation.as_deref()),
        "near_dup": documents.near_dup,
        "length_match": cut.length_match.name(),
        "window": cut.window,
        "document_lengths": shown(documents.lengths.as_deref()),
        "training_source": sources.training.name(),
        "calibration_source": sources.calibration.name(),
        "classifier": classifier.recipe.name(),
        "load_classifier": shown(classifier.trained.as_deref()),
        "run_name": settings.output.run_name,
    });
    if !settings.writes_nothing() {
        config["drawing"] = drawing(&settings.writing, settings.n_texts_recorded())?;
    }
    if sources.need_echoes() {
        config["echo_prefix"] = settings.echoes.prefix.into();
        config["num_echoes"] = settings.echoes.n_echoes.into();
    }
    let choices = serde_json::to_value(&settings.choices)?;
    let maps = [config, choices].into_iter().filter_map(|value| match value {
        Value::Object(map) => Some(map),
        _ => None,
    });
    Ok(maps.flatten().chain(classifier.recipe.settings()).collect())
}

fn shown(path: Option<&Path>) -> Option<String> {
    path.map(|path| path.display().to_string())
}

/// Who writes texts, how many, and how.
fn drawing(writing: &WritingSettings, n_texts: Option<usize>) -> anyhow::Result<Value> {
    let WritingSettings { author, drawing, prompts, .. } = writing;
    let server = author.server();
    Ok(json!({
        "endpoint": server.map(|server| &server.url),
        "model": server.map(|server| &server.model),
        "half": author.precision == Precision::Bf16,
        "int8": author.precision == Precision::Int8,
        "n_texts": n_texts,
        "prompts": Prompts::of_choice(prompts)?.description(),
        "max_new_tokens": drawing.max_new_tokens,
        "temperature": drawing.temperature,
        "top_p": drawing.top_p,
        "top_k": drawing.top_k,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::labelshift::sources::SourceKind;

    fn names(settings: &Settings) -> Value {
        config(settings).unwrap()[CHANGED].clone()
    }

    #[test]
    fn the_defaults_differ_in_nothing_from_themselves_whatever_is_given() {
        let mut settings = Settings::new("samples");
        settings.writing.author = AuthorChoice::of_model("m");
        settings.output.run_name = "mine".to_owned();
        assert_eq!(names(&settings), json!([]));
        settings.given_texts = Some("texts.jsonl".into());
        assert_eq!(names(&settings), json!([]));
    }

    #[test]
    fn what_was_said_is_named_once_by_its_flag() {
        let mut settings = Settings::new("samples");
        settings.n_texts = 50;
        settings.writing.author = AuthorChoice::of_model("m");
        settings.writing.author.precision = Precision::Bf16;
        settings.writing.drawing.max_new_tokens += 1;
        settings.choices.n_boot = 7;
        settings.split.cross_fit = Some(3);
        let named = json!(["cross_fit", "half", "max_new_tokens", "n_boot", "num_prompts"]);
        assert_eq!(names(&settings), named);
    }

    #[test]
    fn echoes_are_a_change_and_their_prefix_is_none() {
        let mut settings = Settings::new("samples");
        settings.writing.author = AuthorChoice::of_model("m");
        settings.echoes.calibration_source = SourceKind::Echo;
        assert_eq!(names(&settings), json!(["calibration_source", "training_source"]));
        settings.echoes.prefix += 1;
        let named = json!(["calibration_source", "echo_prefix", "training_source"]);
        assert_eq!(names(&settings), named);
    }
}

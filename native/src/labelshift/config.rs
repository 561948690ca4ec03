//! The record of a run's settings, by the names of their flags.

use std::path::Path;

use data_anatomy_lm::cpu::Precision;
use data_anatomy_lm::prompts::Prompts;
use serde_json::{Map, Value, json};

use super::settings::{Settings, WritingSettings};

/// Every setting, by the name of its flag.
///
/// # Errors
/// If prompts that something is written by cannot be read.
pub fn config(settings: &Settings) -> anyhow::Result<Map<String, Value>> {
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
        let makes_texts = settings.given_texts.is_none();
        let n_texts = makes_texts.then(|| settings.n_texts_to_write());
        config["drawing"] = drawing(&settings.writing, n_texts)?;
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

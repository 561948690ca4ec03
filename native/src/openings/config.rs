//! The record of a run's settings, by the names of their flags.

use std::path::Path;

use data_anatomy_lm::cpu::Precision;
use serde_json::{Map, Value, json};

use super::settings::Settings;

/// Every setting, by the name of its flag.
pub fn config(settings: &Settings) -> Map<String, Value> {
    let (documents, author) = (&settings.documents, &settings.author);
    let server = author.server();
    let config = json!({
        "local_samples_dir": shown(Some(&documents.samples)),
        "target_model": author.model().or(server.map(|server| server.model.as_str())),
        "hf_revision": author.revision,
        "endpoint": server.map(|server| &server.url),
        "half": author.precision == Precision::Bf16,
        "int8": author.precision == Precision::Int8,
        "tokenizer": shown(settings.tokenizer.as_deref()),
        "listed": server.map(|_| settings.n_listed),
        "leads": settings.n_leads,
        "context": settings.context,
        "separator": settings.separator.text(),
        "lead_in": settings.lead_in.name(),
        "merge_web": documents.merge_web,
        "max_per_class": documents.max_per_class,
        "document_lengths": shown(documents.lengths.as_deref()),
        "run_name": settings.run_name,
    });
    let Value::Object(config) = config else { return Map::new() };
    config.into_iter().chain(settings.choices.settings()).collect()
}

fn shown(path: Option<&Path>) -> Option<String> {
    path.map(|path| path.display().to_string())
}

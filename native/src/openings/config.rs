//! The record of a run's settings, by the names of their flags.

use std::path::Path;

use data_anatomy_core::files::record::{CHANGED, changed};
use data_anatomy_lm::author_choice::AuthorChoice;
use data_anatomy_lm::cpu::Precision;
use serde_json::{Map, Value, json};

use super::settings::Settings;

/// Every setting, by the name of its flag, and which of them differ from their defaults.
pub fn config(settings: &Settings) -> Map<String, Value> {
    let mut config = recorded(settings);
    let names = changed(&config, &recorded(&usual(settings)));
    config.insert(CHANGED.to_owned(), names.into());
    config
}

/// The settings as they are unless something is said, for what this run is made of and called.
fn usual(settings: &Settings) -> Settings {
    let author = AuthorChoice { precision: Precision::default(), ..settings.author.clone() };
    Settings {
        tokenizer: settings.tokenizer.clone(),
        run_name: settings.run_name.clone(),
        ..Settings::new(&settings.documents.samples, author)
    }
}

/// Every setting, by the name of its flag.
fn recorded(settings: &Settings) -> Map<String, Value> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use data_anatomy_lm::author_choice::Server;

    #[test]
    fn what_differs_from_the_defaults_is_named_and_inputs_are_not() {
        let mut settings = Settings::new("samples", AuthorChoice::of_model("m"));
        settings.run_name = "mine".to_owned();
        assert_eq!(config(&settings)[CHANGED], json!([]));
        settings.n_leads += 1;
        settings.choices.learning = false;
        settings.author.precision = Precision::Int8;
        assert_eq!(config(&settings)[CHANGED], json!(["int8", "leads", "learning"]));
    }

    #[test]
    fn a_server_has_defaults_of_its_own() {
        let server = Server {
            url: "http://localhost:1".to_owned(),
            model: "m".to_owned(),
            key_variable: None,
            concurrency: 8,
        };
        let mut settings = Settings::new("samples", AuthorChoice::of_server(server));
        settings.tokenizer = Some("folder".into());
        assert_eq!(config(&settings)[CHANGED], json!([]));
    }
}

//! The summary of a run that is estimated again: what it says beside its numbers.

use serde_json::{Map, Value};

use super::json::{check_object, json_error};
use super::record::{CHANGED, Context, ToolRecord, changed};
use super::text;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::input_error::{InputError, Problem};
use crate::shares::document_lengths::DocumentLengths;
use crate::shares::taxonomy::Taxonomy;

/// What is needed of a summary.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct StoredSummary {
    /// All of it.
    fields: Map<String, Value>,
    /// Its categories.
    pub(crate) taxonomy: Taxonomy,
    /// How long whole documents of its categories are, if it knows.
    pub(crate) lengths: Option<DocumentLengths>,
}

impl StoredSummary {
    /// The summary in this text, which `path` names in errors.
    ///
    /// # Errors
    /// If it is malformed.
    pub(crate) fn parse(path: &str, summary: &str) -> Result<Self, InputError> {
        let text = text::decode(path, summary.as_bytes())?;
        check_object(path, text)?;
        let fields: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| json_error(path, text, &error))?;
        let names: Vec<String> = fields
            .get("categories")
            .and_then(|names| serde_json::from_value(names.clone()).ok())
            .ok_or_else(|| {
                let expected = "`categories` (a list of names)".to_owned();
                InputError::new(path, "", Problem::MissingField { expected })
            })?;
        let taxonomy = Taxonomy::new(names)
            .map_err(|error| InputError::new(path, "categories", Problem::Taxonomy(error)))?;
        let lengths = match fields.get("document_lengths") {
            None | Some(Value::Null) => None,
            Some(lengths) => Some(DocumentLengths::recorded(path, lengths, &taxonomy)?),
        };
        Ok(Self { fields, taxonomy, lengths })
    }

    /// These settings, each as the run had it if its summary tells.
    pub(crate) fn told(&self, mut settings: Map<String, Value>) -> Map<String, Value> {
        for (name, value) in self.config().into_iter().flatten() {
            if let Some(setting) = settings.get_mut(name).filter(|_| !value.is_null()) {
                *setting = value.clone();
            }
        }
        settings
    }

    /// What surrounds numbers that are estimated again: what the run's summary says, if there is one, with the
    /// settings that changed, and which of them are others than `usual`, and without the diagnostics that `is_made_again` says an estimate makes.
    pub(crate) fn context(
        summary: Option<&Self>,
        settings: Map<String, Value>,
        usual: &Map<String, Value>,
        is_made_again: impl Fn(&str) -> bool,
    ) -> Context {
        let field = |name: &str| summary.and_then(|summary| summary.fields.get(name));
        let tool = field("tool").and_then(|tool| serde_json::from_value(tool.clone()).ok());
        let mut config = summary.and_then(Self::config).cloned().unwrap_or_default();
        name_changes(&mut config, &settings, usual);
        config.extend(settings);
        config.insert("reestimated".to_owned(), Value::Bool(true));
        let diagnostics: Vec<Diagnostic> = field("diagnostics")
            .and_then(|list| serde_json::from_value(list.clone()).ok())
            .unwrap_or_default();
        Context {
            tool: tool.unwrap_or_else(ToolRecord::unnamed_build),
            created: field("created").and_then(Value::as_str).map(str::to_owned),
            config,
            inputs: field("inputs").cloned().unwrap_or(Value::Null),
            diagnostics: diagnostics
                .into_iter()
                .filter(|diagnostic| !is_made_again(&diagnostic.code))
                .collect(),
        }
    }

    fn config(&self) -> Option<&Map<String, Value>> {
        self.fields.get("config")?.as_object()
    }
}

/// Names which settings are others than usual, where the run's own record does.
fn name_changes(
    config: &mut Map<String, Value>,
    settings: &Map<String, Value>,
    usual: &Map<String, Value>,
) {
    let Some(Value::Array(names)) = config.get_mut(CHANGED) else { return };
    names.retain(|name| name.as_str().is_none_or(|name| !settings.contains_key(name)));
    names.extend(changed(settings, usual).into_iter().map(Value::String));
}

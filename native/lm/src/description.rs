//! What makes a run this run and no other, kept beside its results so that resuming can tell.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use data_anatomy_job::files;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version of the files that are written.
const SCHEMA_VERSION: u64 = 1;

/// So many differences are shown; the rest is counted.
const MAX_SHOWN: usize = 20;

/// The file beside the results of long work: what the run is, and how far it came.
///
/// It holds no time and no speed, so that an interrupted run leaves the same file as any other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Description {
    schema_version: u64,
    tool: Tool,
    /// Whether all of the work is done.
    pub complete: bool,
    /// What was counted when the work was done.
    #[serde(default)]
    pub counts: Map<String, Value>,
    /// Sections such as `config`, `tokenizer` and `inputs`: a change of any makes it another run.
    #[serde(flatten)]
    pub sections: Map<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Tool {
    name: String,
    version: String,
}

impl Description {
    /// The description of a run that is about to begin.
    pub fn new(sections: Map<String, Value>) -> Self {
        let tool =
            Tool { name: "data-anatomy".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
        let schema_version = SCHEMA_VERSION;
        Self { schema_version, tool, complete: false, counts: Map::new(), sections }
    }

    /// The description in the file, if there is one.
    ///
    /// # Errors
    /// If the file cannot be read, is no description, or comes from a later version.
    pub fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        if !path.try_exists().unwrap_or(true) {
            return Ok(None);
        }
        let bytes = files::read(path)?;
        let found: Self = serde_json::from_slice(&bytes).with_context(|| {
            format!("{}: expected the description of a run; --force starts anew", path.display())
        })?;
        anyhow::ensure!(
            found.schema_version <= SCHEMA_VERSION,
            "{}: schema_version is {}, this program knows up to {SCHEMA_VERSION}; get the version \
             of data-anatomy that wrote it, or --force to start anew",
            path.display(),
            found.schema_version
        );
        Ok(Some(found))
    }

    /// Writes the description.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        files::write(path, &bytes)
    }

    /// Writes the description unless it stands there already: a run with nothing to do changes nothing.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_if_changed(&self, path: &Path) -> anyhow::Result<()> {
        if Self::read(path).ok().flatten().as_ref() == Some(self) {
            return Ok(());
        }
        self.write(path)
    }

    /// Refuses to go on with another run's results, and says what differs; `results` names them,
    /// and `elsewhere` what the user may give in place of --force.
    ///
    /// # Errors
    /// If a section differs.
    pub fn ensure_same_run(
        &self,
        wanted: &Map<String, Value>,
        results: &Path,
        elsewhere: &str,
    ) -> anyhow::Result<()> {
        let differences = differences(&self.sections, wanted);
        anyhow::ensure!(
            differences.is_empty(),
            "{}: made with another configuration ({}); --force starts anew, {elsewhere} keeps both",
            results.display(),
            listed(&differences)
        );
        Ok(())
    }
}

fn listed(differences: &[String]) -> String {
    let n_shown = differences.len().min(MAX_SHOWN);
    let shown = differences[..n_shown].join("; ");
    match differences.len() - n_shown {
        0 => shown,
        n_more => format!("{shown}; and {n_more} more"),
    }
}

/// Each value that differs, as `temperature: 1 → 0.8`; a section `config` is not named, others are.
fn differences(stored: &Map<String, Value>, wanted: &Map<String, Value>) -> Vec<String> {
    let (stored, wanted) = (leaves(stored), leaves(wanted));
    let mut places: Vec<&String> = stored.keys().chain(wanted.keys()).collect();
    places.sort_unstable();
    places.dedup();
    places
        .into_iter()
        .filter(|place| stored.get(*place) != wanted.get(*place))
        .map(|place| {
            let side = |leaves: &BTreeMap<String, Value>| shown(leaves.get(place));
            format!("{place}: {} → {}", side(&stored), side(&wanted))
        })
        .collect()
}

/// Every value that holds no others, by its path.
fn leaves(sections: &Map<String, Value>) -> BTreeMap<String, Value> {
    let mut leaves = BTreeMap::new();
    for (name, section) in sections {
        collect(if name == "config" { "" } else { name }, section, &mut leaves);
    }
    leaves
}

fn collect(path: &str, value: &Value, leaves: &mut BTreeMap<String, Value>) {
    let below = |name: &str| {
        if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, field) in fields {
                collect(&below(name), field, leaves);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (position, item) in items.iter().enumerate() {
                collect(&format!("{path}[{position}]"), item, leaves);
            }
        }
        // A setting that is not there and one that is null mean the same.
        Value::Null => {}
        _ => {
            leaves.insert(path.to_owned(), value.clone());
        }
    }
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None => "none".to_owned(),
        Some(Value::String(text)) if !text.is_empty() => text.clone(),
        Some(Value::Number(number)) => match number.as_f64() {
            Some(float) if number.is_f64() => float.to_string(),
            _ => number.to_string(),
        },
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sections(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn each_difference_is_named_with_both_values() {
        let stored = sections(&json!({
            "config": {"temperature": 1.0, "seed": 42, "top_k": null, "model": "a/b"},
            "tokenizer": {"bos": 0},
            "inputs": [{"file": "web.jsonl", "sha256": "aa"}, {"file": "code.jsonl", "sha256": "bb"}],
        }));
        let wanted = sections(&json!({
            "config": {"temperature": 0.8, "seed": 42, "top_k": 40, "model": "a/b"},
            "tokenizer": {},
            "inputs": [{"file": "web.jsonl", "sha256": "cc"}],
        }));
        assert_eq!(
            differences(&stored, &wanted),
            [
                "inputs[0].sha256: aa → cc",
                "inputs[1].file: code.jsonl → none",
                "inputs[1].sha256: bb → none",
                "temperature: 1 → 0.8",
                "tokenizer: none → {}",
                "tokenizer.bos: 0 → none",
                "top_k: none → 40",
            ]
        );
        let description = Description::new(stored.clone());
        description.ensure_same_run(&stored, Path::new("out.jsonl"), "another --output").unwrap();
        let error = description
            .ensure_same_run(&wanted, Path::new("out.jsonl"), "another --output")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("out.jsonl: made with another configuration (inputs[0]"),
            "{error}"
        );
        assert!(error.ends_with("); --force starts anew, another --output keeps both"), "{error}");
    }

    #[test]
    fn many_differences_are_counted() {
        let numbers: Map<String, Value> =
            (0..30).map(|number| (format!("k{number:02}"), json!(number))).collect();
        let wanted = Map::from_iter([("config".to_owned(), Value::Object(numbers))]);
        let text = listed(&differences(&Map::new(), &wanted));
        assert!(text.contains("k19: none → 19; and 10 more"), "{text}");
    }

    #[test]
    fn survives_writing_and_reading() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meta.json");
        assert_eq!(Description::read(&path).unwrap(), None);
        let mut description = Description::new(sections(&json!({"config": {"share": 0.1}})));
        description.counts.insert("texts".to_owned(), json!(3));
        description.complete = true;
        description.write(&path).unwrap();
        assert_eq!(Description::read(&path).unwrap(), Some(description));
    }

    #[test]
    fn what_is_no_description_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("meta.json");
        let told = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            format!("{:#}", Description::read(&path).unwrap_err())
        };
        assert!(told(b"[1]").contains("meta.json: expected the description of a run"));
        assert!(told(b"{}").contains("missing field `schema_version`"));
        let late = br#"{"schema_version":9,"tool":{"name":"","version":""},"complete":true}"#;
        assert!(told(late).contains("schema_version is 9, this program knows up to 1"));
    }
}

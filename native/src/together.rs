//! A run of the other method on the same model and documents, found beside a run, and both together.

use std::fs;
use std::path::{Path, PathBuf};

use data_anatomy_core::files::run::Run;
use data_anatomy_core::fusion::summary::FusedSummary;
use data_anatomy_core::messages::check::Check;
use data_anatomy_core::messages::diagnostic::Diagnostic;
use data_anatomy_job::clock;
use data_anatomy_job::files;
use serde_json::Value;

use crate::tool;

/// The methods that are looked for beside each other.
const METHODS: [&str; 2] = ["openings", "labelshift"];

/// What a run and the one beside it say together.
#[derive(Debug, Clone)]
pub struct Together {
    /// What a reader of either must know.
    pub diagnostics: Vec<Diagnostic>,
    /// Both together, where they can be, with the folder that it is written to.
    pub fused: Option<(FusedSummary, PathBuf)>,
}

impl Together {
    /// What the run with this summary, about to be written to `folder`, says together with the newest run of the other
    /// method in the folder around it; none where there is none of the same model and reference documents.
    pub fn find(folder: &Path, summary: &str, (level, seed): (f64, u64)) -> Option<Self> {
        let own: Value = serde_json::from_str(summary).ok()?;
        let method = METHODS.iter().position(|&method| own["method"] == method)?;
        let beside = newest(folder, &own, METHODS[1 - method])?;
        let own_path = folder.join("summary.json");
        let own = Run::parse(&own_path.display().to_string(), summary.as_bytes());
        let other = Run::parse(&beside.display().to_string(), &fs::read(&beside).ok()?);
        let (openings, labelshift) = if method == 0 { (own, other) } else { (other, own) };
        let (Ok(openings), Ok(labelshift)) = (openings, labelshift) else {
            let message = format!(
                "{}: a run of the same model by the other method; one of both found no mixture, so that there is \
                 nothing to compare",
                beside.display()
            );
            return Some(Self {
                diagnostics: vec![Diagnostic::note("not_fused", message)],
                fused: None,
            });
        };
        let name = format!("{}+{}", openings.name, labelshift.name);
        let origin = (tool::record(), Some(clock::now()));
        match FusedSummary::of(&openings, &labelshift, (level, seed), origin) {
            Ok(fused) => Some(Self {
                diagnostics: fused.checks.iter().map(Check::diagnostic).collect(),
                fused: Some((fused, folder.with_file_name(name))),
            }),
            Err(reason) => {
                let message = format!("not compared with the other method: {reason}");
                let diagnostics = vec![Diagnostic::note("not_fused", message)];
                Some(Self { diagnostics, fused: None })
            }
        }
    }

    /// Writes the fused estimate, if there is one.
    ///
    /// # Errors
    /// If its folder cannot be written to.
    pub fn write(&self) -> anyhow::Result<()> {
        let Some((fused, folder)) = &self.fused else { return Ok(()) };
        files::make_folder(folder)?;
        files::write(&folder.join("summary.csv"), fused.table().to_csv().as_bytes())?;
        files::write(&folder.join("summary.json"), fused.to_json().as_bytes())
    }
}

/// The newest summary of this method in the folders beside `folder`, of the same model and reference documents.
fn newest(folder: &Path, own: &Value, method: &str) -> Option<PathBuf> {
    let around = folder.parent().filter(|around| !around.as_os_str().is_empty());
    let mut found: Vec<(String, PathBuf)> = Vec::new();
    for entry in fs::read_dir(around.unwrap_or(Path::new("."))).ok()?.flatten() {
        let path = entry.path().join("summary.json");
        let Ok(bytes) = files::read(&path) else { continue };
        let Ok(other) = serde_json::from_slice::<Value>(&bytes) else { continue };
        if other["method"] == method && is_of_same(own, &other) {
            let created = other["created"].as_str().unwrap_or_default().to_owned();
            found.push((created, path));
        }
    }
    found.sort();
    found.pop().map(|(_, path)| path)
}

/// Whether two summaries are of one model and of one set of reference documents.
fn is_of_same(own: &Value, other: &Value) -> bool {
    let model = |summary: &Value| -> Option<String> {
        let config = &summary["config"];
        let named = config["target_model"].as_str().or(config["model"].as_str())?;
        Some(named.trim_end_matches('/').to_owned())
    };
    let documents = |summary: &Value| -> Vec<(String, String)> {
        let field = |input: &Value, name: &str| input[name].as_str().unwrap_or_default().to_owned();
        let inputs = summary["inputs"]["reference"].as_array();
        let mut all: Vec<(String, String)> = inputs
            .into_iter()
            .flatten()
            .map(|input| (field(input, "category"), field(input, "sha256")))
            .collect();
        all.sort();
        all
    };
    model(own).is_some() && model(own) == model(other) && documents(own) == documents(other)
}

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
        files::write(&folder.join("summary.csv"), fused.shares_table().csv().as_bytes())?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn summary(method: &str, point: [f64; 2], sha256: &str) -> String {
        let replicates: Vec<[f64; 2]> = (0..40)
            .map(|index| {
                let step = 0.001 * f64::from(index - 20);
                [point[0] + step, point[1] - step]
            })
            .collect();
        json!({
            "schema_version": 1,
            "method": method,
            "created": "2026-01-01T00:00:00Z",
            "config": {"target_model": "m/", "seed": 1},
            "categories": ["Web", "Books"],
            "unit": "documents",
            "priors": {"point": point, "mean": point, "ci_lo": [0.1, 0.1], "ci_hi": [0.9, 0.9], "level": 0.95,
                       "replicates": replicates},
            "inputs": {"reference": [{"category": "Web", "sha256": sha256}]},
            "diagnostics": [],
        })
        .to_string()
    }

    fn write(folder: &Path, summary: &str) {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("summary.json"), summary).unwrap();
    }

    #[test]
    fn a_run_of_the_other_method_on_the_same_documents_is_found_and_fused() {
        let out = tempfile::tempdir().unwrap();
        write(&out.path().join("ls"), &summary("labelshift", [0.6, 0.4], "x"));
        write(&out.path().join("other_documents"), &summary("labelshift", [0.1, 0.9], "y"));
        std::fs::write(out.path().join("no_folder"), "x").unwrap();
        let own = out.path().join("op");
        let both = Together::find(&own, &summary("openings", [0.5, 0.5], "x"), (0.95, 1)).unwrap();
        assert_eq!(both.diagnostics[0].code, "agreement_of_methods");
        let (fused, folder) = both.fused.as_ref().unwrap();
        assert!(folder.ends_with("op+ls"));
        // Between both, nearer to openings: label shift errs more.
        let share = fused.priors.point[0];
        assert!(share > 0.5 && share < 0.55, "{share}");
        both.write().unwrap();
        let run =
            Run::parse("op+ls/summary.json", &std::fs::read(folder.join("summary.json")).unwrap())
                .unwrap();
        assert_eq!(run.method.as_deref(), Some("fused"));
        assert!(run.intervals.unwrap()[0].contains(0.5) && run.replicates.is_some());
    }

    #[test]
    fn nothing_is_found_where_there_is_nothing_of_the_same_model() {
        let out = tempfile::tempdir().unwrap();
        let own = out.path().join("op");
        assert!(Together::find(&own, &summary("openings", [0.5, 0.5], "x"), (0.95, 1)).is_none());
        let other = summary("labelshift", [0.6, 0.4], "x").replace("m/", "another");
        write(&out.path().join("ls"), &other);
        assert!(Together::find(&own, &summary("openings", [0.5, 0.5], "x"), (0.95, 1)).is_none());
        assert!(Together::find(&own, "{}", (0.95, 1)).is_none());
    }
}

//! A problem whose answer is known: planted by the suite, or a run on a planted language model.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use data_anatomy_core::files::predictions::{self, Origin, Prediction, stored_probability};
use data_anatomy_core::label_shift::calibration::CalibrationMethod;
use data_anatomy_core::label_shift::estimate::problem::{Generations, Problem, Validation};
use data_anatomy_core::label_shift::verdicts::Verdicts;
use data_anatomy_core::numeric::log_probabilities::LogProbabilities;
use serde_json::{Value, json};

use super::suite::{Case, Kind};

/// Verdicts, and the shares that they are to tell.
pub(crate) struct Posed {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) truth: Vec<f64>,
    verdicts: Verdicts,
}

impl Posed {
    /// The problem of a case, to the nine digits in which verdicts are stored.
    pub(crate) fn of_case(case: &Case) -> Result<Self> {
        let (validation, generations) = case.draw();
        let truth = case.truth().shares().to_vec();
        let names: Vec<String> = (0..truth.len()).map(|class| format!("c{class:02}")).collect();
        let lines = lines(&names, &validation, &generations).join("\n");
        Self::parse(case.kind, &case.name, truth, &lines)
    }

    /// The problem of a folder with `predictions.jsonl` (or `.jsonl.zst`) and `truth.json`, in which
    /// `document_share` has a share for each category by its name in lower case.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read(&path).with_context(|| format!("{}: cannot be read", path.display()))
        };
        let lines = match read("predictions.jsonl") {
            Ok(bytes) => bytes,
            Err(_) => zstd::decode_all(&*read("predictions.jsonl.zst")?)?,
        };
        let lines = String::from_utf8(lines)?;
        let path = folder.display().to_string();
        let first = predictions::parse(&path, lines.lines().next().unwrap_or_default())?;
        let names = first.first().and_then(|one| one.categories.clone()).unwrap_or_default();
        let told: Value = serde_json::from_slice(&read("truth.json")?)?;
        let share =
            |name: &String| told["document_share"][name.to_lowercase()].as_f64().unwrap_or(0.0);
        let truth: Vec<f64> = names.iter().map(share).collect();
        anyhow::ensure!(
            (truth.iter().sum::<f64>() - 1.0).abs() < 1e-6,
            "{path}: a truth of other categories"
        );
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self::parse(Kind::LanguageModel, &name, truth, &lines)
    }

    fn parse(kind: Kind, name: &str, truth: Vec<f64>, lines: &str) -> Result<Self> {
        let predictions = predictions::parse(name, lines)?;
        let taxonomy = predictions::own_categories(name, &predictions)?
            .with_context(|| format!("{name}: no names of categories"))?;
        let verdicts = Verdicts { path: name.to_owned(), taxonomy, predictions };
        Ok(Self { kind, name: name.to_owned(), truth, verdicts })
    }

    /// The label-shift problem.
    pub(crate) fn problem(&self, calibration: CalibrationMethod) -> Result<Problem> {
        Ok(self.verdicts.problem(calibration)?)
    }

    /// Writes verdicts and truth into a folder of `dir`, for programs other than ours.
    pub(crate) fn write(&self, dir: &Path) -> Result<()> {
        let folder = dir.join(self.name.split(' ').next().unwrap_or_default());
        fs::create_dir_all(&folder)?;
        let lines: String =
            self.verdicts.predictions.iter().map(|one| one.to_line() + "\n").collect();
        fs::write(folder.join("predictions.jsonl"), lines)?;
        let truth = json!({ "kind": self.kind.name(), "name": self.name, "shares": self.truth });
        Ok(fs::write(folder.join("truth.json"), truth.to_string())?)
    }
}

fn lines(names: &[String], validation: &Validation, generations: &Generations) -> Vec<String> {
    let probabilities = |scores: &LogProbabilities, index: usize| {
        scores.row(index).iter().map(|value| stored_probability(*value)).collect()
    };
    let document = |(index, class): (usize, &usize)| Prediction {
        kind: Origin::Validation,
        id: format!("v{index}"),
        prompt_id: None,
        true_class: Some(names[*class].clone()),
        fold: u32::try_from(validation.folds[index]).ok(),
        categories: (index == 0).then(|| names.to_vec()),
        snippet: None,
        probabilities: probabilities(&validation.scores, index),
    };
    let text = |index: usize| Prediction {
        kind: Origin::Generation,
        id: format!("g{index}"),
        prompt_id: None,
        true_class: None,
        fold: None,
        categories: None,
        snippet: None,
        probabilities: probabilities(&generations.scores, index),
    };
    let documents = validation.classes.iter().enumerate().map(document);
    let texts = (0..generations.scores.n_docs()).map(text);
    documents.chain(texts).map(|one| one.to_line()).collect()
}

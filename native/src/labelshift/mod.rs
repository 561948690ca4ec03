//! A run of label shift, step by step: documents, texts, echoes, verdicts, analysis (in core), outputs.
//!
//! [`Settings`] say what a run is made with, and [`run()`] makes it. Here with documents and texts that the demo
//! composes, in place of a user's files:
//!
//! ```
//! use data_anatomy::demo::{self, Category};
//! use data_anatomy::labelshift::settings::{OutputSettings, SplitSettings};
//! use data_anatomy::labelshift::{self, Settings};
//! use data_anatomy_job::progress::Progress;
//! use data_anatomy_core::label_shift::reestimate::Choices;
//! use data_anatomy_core::shares::unit::Unit;
//! use serde_json::json;
//!
//! # fn main() -> anyhow::Result<()> {
//! let folder = tempfile::tempdir()?;
//! let (samples, texts) = (folder.path().join("samples"), folder.path().join("texts.jsonl"));
//! let line = |text: &str| format!("{}\n", json!({ "text": text }));
//! std::fs::create_dir(&samples)?;
//! for (category, documents) in demo::reference(40, 1) {
//!     let lines: String = documents.iter().map(|text| line(text)).collect();
//!     std::fs::write(samples.join(format!("{}.jsonl", category.to_lowercase())), lines)?;
//! }
//! let written = demo::generations(300, &demo::MIXTURE, 1);
//! std::fs::write(&texts, written.iter().map(|text| line(&text.text)).collect::<String>())?;
//!
//! let settings = Settings {
//!     given_texts: Some(texts),
//!     choices: Choices { unit: Unit::Documents, n_boot: 10, ..Choices::default() },
//!     output: OutputSettings { folder: folder.path().into(), plots: false, ..OutputSettings::default() },
//!     // One classifier, where five would take turns: it is ready sooner.
//!     split: SplitSettings { cross_fit: Some(0), ..SplitSettings::default() },
//!     ..Settings::new(&samples)
//! };
//! let finished = labelshift::run(&settings, &Progress::new(true))?;
//!
//! let summary = &finished.summary;
//! let mut distance = 0.0;
//! for (category, planted) in Category::ALL.iter().zip(demo::MIXTURE) {
//!     let place = summary.categories.iter().position(|name| name == category.name());
//!     distance += (summary.priors.point[place.expect("every category")] - planted).abs() / 2.0;
//! }
//! assert!(distance < 0.15, "{distance}");
//! assert!(finished.folder.join("summary.json").is_file() && !finished.is_partial);
//! # Ok(())
//! # }
//! ```

pub mod config;
pub mod degenerate;
pub mod echoes;
pub mod length_match;
pub mod material;
pub mod outputs;
pub mod predicted;
pub mod repetition;
pub mod run;
pub mod settings;
pub mod sources;
pub mod split_plan;
pub mod study;
pub mod text_doubts;
pub mod texts;
pub mod writer;

pub use settings::Settings;
pub use study::{Finished, run};

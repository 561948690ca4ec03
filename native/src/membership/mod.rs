//! A run of membership attacks, step by step: scores made where they are missing ([`passes`]), read and
//! turned into one number per document ([`evidence`]), analysed in core, written ([`outputs`]).
//!
//! ```no_run
//! use data_anatomy::membership::settings::PoolSettings;
//! use data_anatomy::membership::{self, Settings};
//! use data_anatomy_job::progress::Progress;
//!
//! # fn main() -> anyhow::Result<()> {
//! // By all attacks that the scores of an earlier run allow.
//! let pools = PoolSettings { scores: Some("out/my_model/scores".into()), ..PoolSettings::default() };
//! let mut settings = Settings { pools, ..Settings::default() };
//! settings.outputs.run_name = "again".to_owned();
//! let finished = membership::run(&settings, &Progress::new(true))?;
//! for summary in &finished.summaries {
//!     println!("{}", summary.categories_table().to_text());
//! }
//! # Ok(())
//! # }
//! ```

pub mod analysis;
pub mod attacks;
pub mod blind;
pub mod collected;
pub mod config;
pub mod document_scores;
pub mod evidence;
pub mod folders;
pub mod outputs;
pub mod passes;
pub mod run;
pub mod settings;
pub mod sizes;
pub mod truth;

pub use run::{Finished, run};
pub use settings::Settings;

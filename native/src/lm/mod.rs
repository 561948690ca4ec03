//! Long work with language models: drawing tokens, and keeping what was made so that nothing is
//! lost. Nothing here knows of mixtures or estimates.

pub mod description;
pub mod endpoint;
pub mod journal;
pub mod prompts;
pub mod rate;
pub mod run_lock;
pub mod sampling;
pub mod scores;

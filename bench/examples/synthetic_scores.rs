//! Writes made-up scores of this many candidates and a fifth as many non-members, for timing all attacks
//! at full size:
//!
//! ```text
//! cargo run --release -p data-anatomy-bench --example synthetic_scores -- FOLDER 50000 512
//! data-anatomy membership --attack all --scores FOLDER --output-dir FOLDER/out
//! python bench/peers/numpy_membership.py FOLDER
//! ```

#[path = "../benches/common/synthetic_scores.rs"]
mod synthetic_scores;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use data_anatomy::membership::folders::Pool;

use synthetic_scores::{Size, write};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("give FOLDER DOCUMENTS TOKENS")?);
    let n_documents: u64 = arguments.next().context("give the number of documents")?.parse()?;
    let n_tokens: usize = arguments.next().context("give the tokens of each")?.parse()?;
    write(&folder, Pool::Candidates, Size { n_documents, n_tokens });
    write(&folder, Pool::Nonmembers, Size { n_documents: n_documents.div_ceil(5), n_tokens });
    Ok(())
}

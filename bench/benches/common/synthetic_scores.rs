//! Folders of scores as a run of `membership` leaves them, made up without a model.

use std::path::Path;

use data_anatomy::membership::folders::{Kind, Pool, ScoreFolders};
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_lm::scores::{DocumentScores, ScoreSize, ScoreWriter};
use serde_json::{Map, json};

/// Tokens of the made-up vocabulary.
pub(crate) const VOCABULARY: usize = 50_304;
/// Copies of each document for the neighbourhood attack.
pub(crate) const N_COPIES: u64 = 10;
/// Categories, in turn.
const CATEGORIES: [&str; 6] = ["Web", "GitHub", "Wikipedia", "Books", "Arxiv", "StackExchange"];

/// How much is made up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Documents of the pool.
    pub(crate) n_documents: u64,
    /// Tokens of each.
    pub(crate) n_tokens: usize,
}

/// Writes scores of every kind for a pool of this size, and token counts for DC-PDD.
pub(crate) fn write(root: &Path, pool: Pool, size: Size) {
    let folders = ScoreFolders::new(root.to_owned());
    for kind in [Kind::Plain, Kind::Lowercase, Kind::Reference, Kind::Recall, Kind::Neighbours] {
        write_kind(&folders.of(pool, kind), kind, pool, size);
    }
    let counts: Vec<u64> = (0..VOCABULARY as u64).map(|rank| 1_000_000 / (rank + 1)).collect();
    let file = json!({"schema_version": 1, "tool": {"name": "", "version": ""}, "complete": true,
        "token_counts": counts});
    std::fs::write(folders.token_frequencies(), file.to_string()).expect("it is written");
}

fn write_kind(folder: &Path, kind: Kind, pool: Pool, size: Size) {
    let together = if kind == Kind::Neighbours { N_COPIES } else { 1 };
    let inputs = json!([{"file": pool.folder(), "n_documents": size.n_documents}]);
    let sections = Map::from_iter([("inputs".to_owned(), inputs)]);
    let layout = ScoreSize {
        n_documents: size.n_documents * together,
        max_tokens: size.n_tokens as u64,
        together,
    };
    let mut writer =
        ScoreWriter::open(folder, sections, layout, "", false).expect("a folder to write to");
    for number in writer.missing().into_iter().flatten() {
        let document = number / together;
        // Members and others differ by a third of a standard deviation in places.
        let is_member = pool == Pool::Candidates && document % 2 == 0 && kind == Kind::Plain;
        let seed = 10 * kind as u64 + pool as u64;
        let row = scores(document, is_member, size.n_tokens, &mut RandomStream::new(seed, number));
        writer.add(number, row).expect("sound scores");
    }
    writer.finish().expect("the description is written");
}

#[expect(clippy::cast_possible_truncation, reason = "scores are 32-bit floats")]
fn scores(
    number: u64,
    is_member: bool,
    n_tokens: usize,
    stream: &mut RandomStream,
) -> DocumentScores {
    let n_scored = n_tokens.saturating_sub(1);
    let (mut log_prob, mut mean, mut variance) =
        (Vec::with_capacity(n_scored), Vec::with_capacity(n_scored), Vec::with_capacity(n_scored));
    let shift = if is_member { 0.33 } else { 0.0 };
    for _ in 0..n_scored {
        let (mu, sigma) = (-1.0 - 5.0 * stream.unit(), 0.5 + 2.0 * stream.unit());
        mean.push(mu as f32);
        variance.push((sigma * sigma) as f32);
        // Nearly normal, without logarithms: a sum of four uniform numbers.
        let sum: f64 = (0..4).map(|_| stream.unit()).sum();
        log_prob.push((mu + sigma * (1.732 * (sum - 2.0) + shift)).min(0.0) as f32);
    }
    let token = |stream: &mut RandomStream| {
        let square = stream.unit() * stream.unit();
        (square * VOCABULARY as f64) as i32
    };
    let n_bytes = 4 * i32::try_from(n_tokens).unwrap_or(i32::MAX);
    let category = CATEGORIES[(number % 6) as usize];
    DocumentScores {
        doc_id: format!("{}:{}", category.to_lowercase(), 1 + number / 6),
        category: category.to_owned(),
        token_ids: (0..n_tokens).map(|_| token(stream)).collect(),
        log_prob,
        mean,
        variance,
        text_bytes: n_bytes,
        zlib_bytes: n_bytes / 3 + i32::try_from(stream.index(50)).unwrap_or(0),
    }
}

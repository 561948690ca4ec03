//! Membership attacks from stored scores. Throughput is in tokens of the candidates.
//!
//! The naive baseline sorts all standardised log-probabilities of a document, as the published code
//! does, on one thread. `bench/peers/numpy_membership.py` is the same in numpy, and
//! `bench/examples/synthetic_scores.rs` writes scores at full size.
//!
//! ```text
//! cargo bench -p data-anatomy-bench --bench membership
//! ```

#[path = "common/synthetic_scores.rs"]
mod synthetic_scores;

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use data_anatomy::membership::evidence::{PoolScores, Recipe};
use data_anatomy::membership::folders::{Kind, Pool, ScoreFolders};
use data_anatomy::scoring::frequencies;
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_core::membership::scorer::{DEFAULT_MINK_RATIO, ScorerOptions};
use data_anatomy_core::membership::token_frequencies::TokenFrequencies;
use data_anatomy_lm::scores::ScoreReader;

use synthetic_scores::{Size, write};

const SIZE: Size = Size { n_documents: 3_000, n_tokens: 512 };

fn membership(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), Pool::Candidates, SIZE);
    let folders = ScoreFolders::new(folder.path().to_owned());
    let counts = frequencies::read(&folders.token_frequencies()).expect("token counts");
    let frequencies = TokenFrequencies::new(&counts);
    let mut group = criterion.benchmark_group("membership");
    let n_tokens = SIZE.n_documents * SIZE.n_tokens as u64;
    group.throughput(Throughput::Elements(n_tokens)).sample_size(10);
    for (name, attacks) in [("minkpp", &[Attack::MinKPlusPlus][..]), ("all", &Attack::ALL)] {
        let options = ScorerOptions::default();
        let recipe = Recipe { attacks, options, frequencies: Some(&frequencies) };
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let scores = PoolScores::read(&folders, Pool::Candidates, black_box(recipe));
                scores.expect("sound scores")
            });
        });
    }
    let plain = folders.of(Pool::Candidates, Kind::Plain);
    group.bench_function("minkpp_naive", |bencher| bencher.iter(|| naive(black_box(&plain))));
    group.finish();
}

/// Min-K%++ of each document, by sorting everything.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of a number of tokens"
)]
fn naive(folder: &Path) -> Vec<f64> {
    let mut scores = Vec::new();
    let reader = ScoreReader::open(folder).expect("scores");
    let read = reader.for_each(|document| {
        let moments = document.mean.iter().zip(document.variance);
        let mut values: Vec<f64> = document
            .log_prob
            .iter()
            .zip(moments)
            .map(|(&l, (&mu, &var))| (f64::from(l) - f64::from(mu)) / f64::from(var).sqrt())
            .collect();
        values.sort_by(f64::total_cmp);
        let n_lowest = ((values.len() as f64 * DEFAULT_MINK_RATIO) as usize).max(1);
        scores.push(values[..n_lowest].iter().sum::<f64>() / n_lowest as f64);
        Ok(())
    });
    read.expect("sound scores");
    scores
}

criterion_group!(benches, membership);
criterion_main!(benches);

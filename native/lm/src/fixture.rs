//! Tiny random checkpoints with the outputs of `transformers`: what every engine is held to.
//!
//! `tests/oracle/lm_fixtures.py` made them and says how.
#![allow(clippy::cast_possible_truncation, reason = "test numbers are small")]

use std::path::PathBuf;

use safetensors::SafeTensors;
use serde::Deserialize;

use super::architecture;
use super::blueprint::Blueprint;
use super::checkpoint::Checkpoint;
use super::config::Config;
use super::engine::{Engine, Row, TokenId, TokenStatistics};

/// A logit may differ from that of `transformers` by so much.
const LOGIT_TOLERANCE: f32 = 1e-4;
/// A statistic may differ from that in double precision by so much, relative to magnitudes above 1.
const STATISTIC_TOLERANCE: f32 = 1e-5;
/// What is the same but for the shape of a batch may differ by so much, relative to the largest magnitude
/// beside it, or to 1 where all are smaller: that is what rounding of a product goes by.
const SHAPE_TOLERANCE: f32 = 1e-5;

/// A fixture.
pub(crate) struct Fixture {
    pub(crate) name: String,
    folder: PathBuf,
    sequences: Vec<Sequence>,
    greedy: Greedy,
}

/// A sequence with all that is expected of it.
struct Sequence {
    tokens: Vec<TokenId>,
    /// `[n_tokens, n_vocab]`.
    logits: Vec<f32>,
    statistics: TokenStatistics,
}

#[derive(Deserialize)]
struct Greedy {
    prompts: Vec<Vec<TokenId>>,
    greedy: Vec<Vec<TokenId>>,
}

/// All fixtures.
pub(crate) fn all() -> Vec<Fixture> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/lm");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("expected.safetensors").exists())
        .collect();
    folders.sort();
    assert!(folders.len() >= 3, "the fixtures are not there");
    folders.into_iter().map(Fixture::read).collect()
}

impl Fixture {
    fn read(folder: PathBuf) -> Self {
        let bytes = std::fs::read(folder.join("expected.safetensors")).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let numbers = |name: String| -> Vec<f64> {
            let tensor = tensors.tensor(&name).unwrap();
            let data = tensor.data();
            match tensor.dtype() {
                safetensors::Dtype::F32 => data
                    .as_chunks()
                    .0
                    .iter()
                    .map(|bytes| f64::from(f32::from_le_bytes(*bytes)))
                    .collect(),
                safetensors::Dtype::F64 => {
                    data.as_chunks().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
                }
                safetensors::Dtype::I64 => data
                    .as_chunks()
                    .0
                    .iter()
                    .map(|bytes| i64::from_le_bytes(*bytes) as f64)
                    .collect(),
                safetensors::Dtype::I32 => data
                    .as_chunks()
                    .0
                    .iter()
                    .map(|bytes| f64::from(i32::from_le_bytes(*bytes)))
                    .collect(),
                other => panic!("{name} is {other:?}"),
            }
        };
        let floats = |name| numbers(name).into_iter().map(|value| value as f32).collect();
        let sequences = (0..)
            .take_while(|index| tensors.tensor(&format!("tokens.{index}")).is_ok())
            .map(|index| Sequence {
                tokens: numbers(format!("tokens.{index}"))
                    .iter()
                    .map(|id| *id as TokenId)
                    .collect(),
                logits: floats(format!("logits.{index}")),
                statistics: TokenStatistics {
                    log_prob: floats(format!("log_prob.{index}")),
                    mean: floats(format!("mean.{index}")),
                    variance: floats(format!("variance.{index}")),
                },
            })
            .collect();
        let json = std::fs::read(folder.join("expected.json")).unwrap();
        Self {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            sequences,
            greedy: serde_json::from_slice(&json).unwrap(),
            folder,
        }
    }

    /// Its checkpoint and blueprint.
    pub(crate) fn open(&self) -> (Checkpoint, Blueprint) {
        let config = Config::open(&self.folder).unwrap();
        let blueprint = architecture::blueprint(&config).unwrap();
        (Checkpoint::open(&self.folder).unwrap(), blueprint)
    }

    /// The tokens of its sequences.
    pub(crate) fn tokens(&self) -> Vec<&[TokenId]> {
        self.sequences.iter().map(|sequence| sequence.tokens.as_slice()).collect()
    }

    /// Checks everything that is expected of the fixture.
    pub(crate) fn check(&self, engine: &mut dyn Engine) {
        self.check_logits(engine);
        self.check_statistics(engine);
        self.check_greedy(engine);
    }

    /// Logits after every token: of `transformers`, with and without a cache, alone and in a batch.
    fn check_logits(&self, engine: &mut dyn Engine) {
        let n_vocab = engine.blueprint().n_vocab;
        let longest = self.sequences.iter().map(|sequence| sequence.tokens.len()).max().unwrap();
        engine.reserve(self.sequences.len(), longest).unwrap();
        for length in 1..=longest {
            let rows: Vec<Row<'_>> = self
                .sequences
                .iter()
                .enumerate()
                .filter(|(_, sequence)| sequence.tokens.len() >= length)
                .map(|(slot, sequence)| Row { slot, tokens: &sequence.tokens[length - 1..length] })
                .collect();
            let logits = engine.step(&rows).unwrap();
            for (row, logits) in rows.iter().zip(logits.rows()) {
                let expected =
                    &self.sequences[row.slot].logits[(length - 1) * n_vocab..length * n_vocab];
                let what = format!("{} sequence {} token {length}, cached", self.name, row.slot);
                assert_close(logits, expected, LOGIT_TOLERANCE, &what);
            }
        }
        for sequence in &self.sequences {
            let mut cached = Vec::new();
            engine.reserve(1, longest).unwrap();
            for token in &sequence.tokens {
                let row = Row { slot: 0, tokens: std::slice::from_ref(token) };
                cached.push(engine.step(&[row]).unwrap().values);
            }
            for length in [1, 2, sequence.tokens.len()] {
                engine.clear(0);
                let row = Row { slot: 0, tokens: &sequence.tokens[..length] };
                let whole = engine.step(&[row]).unwrap().values;
                let what = format!("{} of {length} tokens, cached and whole", self.name);
                assert_same_but_for_shape(&whole, &cached[length - 1], &what);
            }
        }
    }

    /// Statistics: of `transformers`, and the same alone as in a batch.
    fn check_statistics(&self, engine: &mut dyn Engine) {
        let tokens: Vec<&[TokenId]> =
            self.sequences.iter().map(|sequence| sequence.tokens.as_slice()).collect();
        let batch = engine.score(&tokens).unwrap();
        for ((found, sequence), tokens) in batch.iter().zip(&self.sequences).zip(tokens) {
            let alone = &engine.score(&[tokens]).unwrap()[0];
            for (part, list) in [
                ("log_prob", |s: &TokenStatistics| s.log_prob.clone()),
                ("mean", |s: &TokenStatistics| s.mean.clone()),
                ("variance", |s: &TokenStatistics| s.variance.clone()),
            ] as [(&str, fn(&TokenStatistics) -> Vec<f32>); 3]
            {
                let what = format!("{} {part}", self.name);
                // The statistics of logits that are off by the tolerance of logits.
                let tolerance = STATISTIC_TOLERANCE.max(LOGIT_TOLERANCE);
                assert_close(&list(found), &list(&sequence.statistics), tolerance, &what);
                assert_same_but_for_shape(&list(found), &list(alone), &what);
            }
        }
    }

    /// Greedy continuations of prompts of unequal lengths, all in one batch.
    fn check_greedy(&self, engine: &mut dyn Engine) {
        let Greedy { prompts, greedy } = &self.greedy;
        engine.reserve(prompts.len(), 12 + 64).unwrap();
        let mut next: Vec<Vec<TokenId>> = prompts.clone();
        let mut found: Vec<Vec<TokenId>> = vec![Vec::new(); prompts.len()];
        for _ in 0..greedy[0].len() {
            let rows: Vec<Row<'_>> =
                next.iter().enumerate().map(|(slot, tokens)| Row { slot, tokens }).collect();
            let logits = engine.step(&rows).unwrap();
            next = logits.rows().map(|row| vec![largest(row)]).collect();
            for (found, next) in found.iter_mut().zip(&next) {
                found.extend(next);
            }
        }
        assert_eq!(&found, greedy, "{}", self.name);
    }
}

impl TokenStatistics {
    /// The largest distance between two numbers of the same meaning.
    pub(crate) fn distance(&self, other: &Self) -> f32 {
        let lists = [
            (&self.log_prob, &other.log_prob),
            (&self.mean, &other.mean),
            (&self.variance, &other.variance),
        ];
        lists.into_iter().map(|(left, right)| distance(left, right)).fold(0.0, f32::max)
    }
}

/// The largest distance between numbers of two lists; infinite where one is no number.
#[track_caller]
pub(crate) fn distance(left: &[f32], right: &[f32]) -> f32 {
    assert_eq!(left.len(), right.len());
    let distances = left.iter().zip(right).map(|(left, right)| (left - right).abs());
    distances.fold(
        0.0,
        |largest, distance| {
            if distance.is_finite() { distance.max(largest) } else { f32::INFINITY }
        },
    )
}

fn largest(logits: &[f32]) -> TokenId {
    let best = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b])).unwrap();
    TokenId::try_from(best).unwrap()
}

#[track_caller]
fn assert_same_but_for_shape(found: &[f32], expected: &[f32], what: &str) {
    let scale = expected.iter().fold(1.0_f32, |scale, value| scale.max(value.abs()));
    assert_close(found, expected, SHAPE_TOLERANCE * scale, what);
}

/// Checks that the numbers agree to `tolerance`, times their magnitude where that is above 1.
#[track_caller]
pub(crate) fn assert_close(found: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(
            error <= tolerance * expected.abs().max(1.0),
            "{what}: [{index}] is {found}, expected {expected}, off by {error}"
        );
    }
}

//! What the tests of every engine share: the fixtures, and what an engine must return on them.

use std::fs;
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use serde_json::Value;

use super::architecture;
use super::blueprint::Blueprint;
use super::checkpoint::Checkpoint;
use super::config::Config;
use super::engine::{Engine, Row, TokenId, TokenStatistics};

/// A tiny random checkpoint and what `transformers` computes on it.
#[derive(Debug)]
pub(crate) struct Fixture {
    pub(crate) name: String,
    pub(crate) blueprint: Blueprint,
    pub(crate) checkpoint: Checkpoint,
    pub(crate) sequences: Vec<ExpectedSequence>,
    /// Eight prompts of unequal length.
    pub(crate) prompts: Vec<Vec<TokenId>>,
    /// The 64 most probable tokens after each of them.
    pub(crate) greedy: Vec<Vec<TokenId>>,
}

/// A sequence and what is expected on it.
#[derive(Debug)]
pub(crate) struct ExpectedSequence {
    pub(crate) tokens: Vec<TokenId>,
    /// After each token.
    pub(crate) logits: Vec<Vec<f32>>,
    pub(crate) statistics: TokenStatistics,
}

/// All fixtures whose weights can be read; says which cannot.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/lm");
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("expected.json").exists())
        .collect();
    folders.sort();
    let fixtures: Vec<Fixture> =
        folders.iter().filter_map(|folder| Fixture::open(folder)).collect();
    assert!(!fixtures.is_empty(), "{}: no fixture is there", root.display());
    fixtures
}

impl Fixture {
    fn open(folder: &Path) -> Option<Self> {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let checkpoint = match Checkpoint::open(folder) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                println!("{name}: skipped, since its weights cannot be read: {error:#}");
                return None;
            }
        };
        let config = Config::open(folder).unwrap();
        let expected: Value =
            serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
        let lists = |field: &str| serde_json::from_value(expected[field].clone()).unwrap();
        Some(Self {
            blueprint: architecture::blueprint(&config).unwrap(),
            checkpoint,
            sequences: expected_sequences(&folder.join("expected.safetensors")),
            prompts: lists("prompts"),
            greedy: lists("greedy"),
            name,
        })
    }

    fn tokens(&self) -> Vec<&[TokenId]> {
        self.sequences.iter().map(|sequence| sequence.tokens.as_slice()).collect()
    }
}

fn expected_sequences(path: &Path) -> Vec<ExpectedSequence> {
    let bytes = fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let floats = |name: &str| -> Vec<f32> {
        let (elements, _) = tensors.tensor(name).unwrap().data().as_chunks::<4>();
        elements.iter().map(|element| f32::from_le_bytes(*element)).collect()
    };
    let n_sequences = tensors.names().iter().filter(|name| name.starts_with("tokens.")).count();
    (0..n_sequences)
        .map(|index| {
            let tokens = tensors.tensor(&format!("tokens.{index}")).unwrap();
            let (elements, _) = tokens.data().as_chunks::<4>();
            let tokens: Vec<TokenId> =
                elements.iter().map(|element| u32::from_le_bytes(*element)).collect();
            let logits = floats(&format!("logits.{index}"));
            let n_vocab = logits.len() / tokens.len();
            ExpectedSequence {
                logits: logits.chunks_exact(n_vocab).map(<[f32]>::to_vec).collect(),
                statistics: TokenStatistics {
                    log_prob: floats(&format!("log_prob.{index}")),
                    mean: floats(&format!("mean.{index}")),
                    variance: floats(&format!("variance.{index}")),
                },
                tokens,
            }
        })
        .collect()
}

/// The largest distance between numbers of two lists of equal length.
#[track_caller]
pub(crate) fn distance(actual: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(actual.len(), expected.len(), "lengths differ");
    let distances = actual.iter().zip(expected).map(|(actual, expected)| (actual - expected).abs());
    // A number that is none is as far as can be.
    distances.fold(0.0, |largest, distance| if distance <= largest { largest } else { distance })
}

/// The largest distance between the statistics of two lists of sequences.
#[track_caller]
pub(crate) fn statistics_distance(actual: &[TokenStatistics], expected: &[TokenStatistics]) -> f32 {
    assert_eq!(actual.len(), expected.len(), "numbers of sequences differ");
    let of_pair = |(actual, expected): (&TokenStatistics, &TokenStatistics)| {
        distance(&actual.log_prob, &expected.log_prob)
            .max(distance(&actual.mean, &expected.mean))
            .max(distance(&actual.variance, &expected.variance))
    };
    actual.iter().zip(expected).map(of_pair).fold(0.0, f32::max)
}

/// The largest distance of `score` to what `transformers` says.
pub(crate) fn score_distance(engine: &mut dyn Engine, fixture: &Fixture) -> f32 {
    let actual = engine.score(&fixture.tokens()).unwrap();
    let expected: Vec<TokenStatistics> =
        fixture.sequences.iter().map(|sequence| sequence.statistics.clone()).collect();
    statistics_distance(&actual, &expected)
}

/// The largest distance of logits to what `transformers` says: after prompts of `n_prompt` tokens that come
/// at once, and after each token that comes alone from there on.
pub(crate) fn logits_distance(engine: &mut dyn Engine, fixture: &Fixture, n_prompt: usize) -> f32 {
    let longest = fixture.sequences.iter().map(|sequence| sequence.tokens.len()).max().unwrap();
    engine.reserve(fixture.sequences.len(), longest).unwrap();
    let mut largest = 0.0_f32;
    let mut start = 0;
    for end in n_prompt..=longest {
        let going_on = || {
            fixture
                .sequences
                .iter()
                .enumerate()
                .filter(|(_, sequence)| sequence.tokens.len() > start)
        };
        let rows: Vec<Row<'_>> = going_on()
            .map(|(slot, sequence)| {
                let end = end.min(sequence.tokens.len());
                Row { slot, tokens: &sequence.tokens[start..end] }
            })
            .collect();
        let logits = engine.step(&rows).unwrap();
        for ((_, sequence), logits) in going_on().zip(logits.rows()) {
            let last = end.min(sequence.tokens.len()) - 1;
            largest = largest.max(distance(logits, &sequence.logits[last]));
        }
        start = end;
    }
    largest
}

/// The most probable tokens after each prompt, as many as the fixture has, all prompts at once.
pub(crate) fn greedy(engine: &mut dyn Engine, fixture: &Fixture) -> Vec<Vec<TokenId>> {
    let n_new = fixture.greedy[0].len();
    let longest = fixture.prompts.iter().map(Vec::len).max().unwrap();
    engine.reserve(fixture.prompts.len(), longest + n_new).unwrap();
    let mut texts: Vec<Vec<TokenId>> = vec![Vec::new(); fixture.prompts.len()];
    for _ in 0..n_new {
        let rows: Vec<Row<'_>> = texts
            .iter()
            .zip(&fixture.prompts)
            .enumerate()
            .map(|(slot, (text, prompt))| {
                let tokens = text.last().map_or(prompt.as_slice(), std::slice::from_ref);
                Row { slot, tokens }
            })
            .collect();
        let logits = engine.step(&rows).unwrap();
        let best: Vec<TokenId> = logits.rows().map(most_probable).collect();
        for (text, token) in texts.iter_mut().zip(best) {
            text.push(token);
        }
    }
    texts
}

fn most_probable(logits: &[f32]) -> TokenId {
    let best = logits.iter().enumerate().max_by(|(_, left), (_, right)| left.total_cmp(right));
    u32::try_from(best.unwrap().0).unwrap()
}

/// The largest distance between what `score` returns for sequences together and for each alone.
pub(crate) fn batch_distance(engine: &mut dyn Engine, fixture: &Fixture) -> f32 {
    let together = engine.score(&fixture.tokens()).unwrap();
    let alone: Vec<TokenStatistics> = fixture
        .tokens()
        .into_iter()
        .map(|tokens| engine.score(&[tokens]).unwrap().remove(0))
        .collect();
    statistics_distance(&together, &alone)
}

/// The largest distance between logits of a sequence that comes at once and token by token.
pub(crate) fn cache_distance(engine: &mut dyn Engine, fixture: &Fixture) -> f32 {
    let tokens = fixture.sequences.last().unwrap().tokens.as_slice();
    engine.reserve(2, tokens.len()).unwrap();
    let whole = engine.step(&[Row { slot: 0, tokens }]).unwrap();
    let mut last = None;
    for token in tokens {
        let row = Row { slot: 1, tokens: std::slice::from_ref(token) };
        last = Some(engine.step(&[row]).unwrap());
    }
    distance(&last.unwrap().values, &whole.values)
}

/// The largest distance between logits after a prompt in a slot that is new, and in one that held another
/// sequence before, beside a longer prompt that pads it.
pub(crate) fn reuse_distance(engine: &mut dyn Engine, fixture: &Fixture) -> f32 {
    let [first, .., last] = fixture.sequences.as_slice() else { panic!("too few sequences") };
    let (short, long) = (first.tokens.as_slice(), last.tokens.as_slice());
    engine.reserve(2, long.len() + 1).unwrap();
    let fresh = engine.step(&[Row { slot: 0, tokens: short }]).unwrap();
    engine.clear(0);
    engine.step(&[Row { slot: 0, tokens: long }]).unwrap();
    engine.clear(0);
    let rows = [Row { slot: 1, tokens: long }, Row { slot: 0, tokens: short }];
    let reused = engine.step(&rows).unwrap();
    distance(&reused.values[fresh.n_vocab..], &fresh.values)
}

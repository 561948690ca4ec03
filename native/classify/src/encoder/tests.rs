//! The encoder against `transformers`, against finite differences, and against itself.
//!
//! `tests/oracle/encoder_fixtures.py` made the fixtures and says how.

use std::path::{Path, PathBuf};

use burn_flex::FlexDevice;
use data_anatomy_core::shares::taxonomy::Taxonomy;
use data_anatomy_job::progress::Progress;
use data_anatomy_lm::config::Config;
use data_anatomy_lm::device::DeviceChoice;
use safetensors::SafeTensors;
use serde::Deserialize;

use super::architecture::{self, Architecture};
use super::batch::Batch;
use super::body::{Encoder, Take};
use super::dropout::Dropout;
use super::optimizer;
use super::options::{Options, ScratchSize, Start};
use super::places::Role;
use super::tensors::{Device, floats, values};
use super::trained::{self, EncoderClassifier};
use super::training::{Examples, Trainer};
use crate::{Classifier as _, TrainingDocuments};

/// A logit may differ from that of `transformers` by so much.
const LOGIT_TOLERANCE: f32 = 1e-4;
/// A parameter may differ by so much of the norm of the tensor it is in, after five steps.
const PARAMETER_TOLERANCE: f64 = 1e-4;
/// What is the same but for the shape of a batch may differ by so much.
const SHAPE_TOLERANCE: f32 = 1e-5;

fn device() -> Device {
    FlexDevice.into()
}

fn silent(_: &str, _: usize, _: usize) {}

#[derive(Deserialize)]
struct Settings {
    texts: Vec<String>,
    classes: Vec<usize>,
    sequences: Vec<Vec<u32>>,
    batches: Vec<Vec<usize>>,
    losses: Vec<f64>,
    learning_rate: f64,
    weight_decay: f64,
    n_warmup: usize,
    max_length: usize,
}

struct Fixture {
    folder: PathBuf,
    settings: Settings,
    expected: Vec<u8>,
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/encoder");
    let fixture = |name: &str| {
        let folder = folder.join(name);
        let settings = std::fs::read(folder.join("expected.json")).unwrap();
        let expected = std::fs::read(folder.join("expected.safetensors")).unwrap();
        Fixture { settings: serde_json::from_slice(&settings).unwrap(), expected, folder }
    };
    ["distilbert", "bert", "bert_relu"].map(fixture).into()
}

impl Fixture {
    fn encoder(&self) -> Encoder {
        let config = Config::open(&self.folder).unwrap();
        let categories = architecture::categories(&config).unwrap().unwrap();
        let max_length = self.settings.max_length;
        Encoder::open(&self.folder, &categories, Take::Classifier, max_length, &device(), 0)
            .unwrap()
    }

    fn texts(&self) -> Vec<&str> {
        self.settings.texts.iter().map(String::as_str).collect()
    }

    fn expected(&self, name: &str) -> Vec<f32> {
        let tensors = SafeTensors::deserialize(&self.expected).unwrap();
        let tensor = tensors.tensor(name).unwrap();
        tensor.data().as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
    }
}

#[track_caller]
fn assert_close(what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let distance = |(x, y): (&f32, &f32)| (x - y).abs();
    let largest = found.iter().zip(expected).map(distance).fold(0.0, f32::max);
    assert!(largest <= tolerance, "{what}: they differ by {largest:e}");
}

#[test]
fn tokens_logits_and_means_match_transformers() {
    for fixture in fixtures() {
        let encoder = fixture.encoder();
        let texts = fixture.texts();
        assert_eq!(encoder.encode(&texts).unwrap(), fixture.settings.sequences);
        let what = fixture.folder.display().to_string();
        let logits = encoder.logits(&texts, &silent).unwrap();
        assert_close(&what, &logits, &fixture.expected("logits"), LOGIT_TOLERANCE);
        let means = encoder.embeddings(&texts, &silent).unwrap();
        assert_close(&what, &means, &fixture.expected("means"), LOGIT_TOLERANCE);
    }
}

#[test]
fn five_steps_match_transformers() {
    for fixture in fixtures() {
        let Settings { sequences, classes, batches, losses, .. } = &fixture.settings;
        let Settings { learning_rate, weight_decay, n_warmup, .. } = fixture.settings;
        let mut encoder = fixture.encoder();
        let examples = Examples { sequences, classes };
        let device = device();
        let mut trainer = Trainer::new(encoder.model.clone(), weight_decay, &device, None);
        // Several groups in a batch, so that adding them up is tested as well.
        trainer.work.max_tokens = 48;
        for (step, (batch, expected)) in batches.iter().zip(losses).enumerate() {
            let share = optimizer::schedule(step, n_warmup, batches.len());
            let loss = trainer.step(examples, batch, share * learning_rate).unwrap();
            assert!((loss - expected).abs() < 1e-4, "step {step}: {loss} where {expected}");
        }
        encoder.model = trainer.model;
        let bytes = super::weights::to_safetensors(
            &encoder.model.places,
            &encoder.host_weights().unwrap(),
            true,
        );
        let bytes = bytes.unwrap();
        let found = SafeTensors::deserialize(&bytes).unwrap();
        let expected = SafeTensors::deserialize(&fixture.expected).unwrap();
        let names = expected.names();
        let trained = names.iter().filter(|name| name.starts_with("after."));
        assert_eq!(trained.count(), found.names().len());
        for name in found.names() {
            let expected = fixture.expected(&format!("after.{name}"));
            let data = found.tensor(name).unwrap();
            let values = data.data().as_chunks().0.iter().map(|b| f32::from_le_bytes(*b));
            let square = |x: f32| f64::from(x) * f64::from(x);
            let distance: f64 = values.zip(&expected).map(|(x, y)| square(x - y)).sum();
            let norm: f64 = expected.iter().map(|&y| square(y)).sum();
            let relative = (distance / norm).sqrt();
            assert!(relative <= PARAMETER_TOLERANCE, "{name}: they differ by {relative:e}");
        }
    }
}

/// With dropout, which the references leave out.
#[test]
fn gradients_match_finite_differences() {
    for fixture in fixtures().into_iter().take(2) {
        let mut encoder = fixture.encoder();
        let architecture = &mut encoder.model.architecture;
        architecture.dropout.hidden = 0.2;
        architecture.dropout.attention = 0.3;
        architecture.dropout.head = 0.25;
        let sequences: Vec<&[u32]> =
            fixture.settings.sequences[..3].iter().map(Vec::as_slice).collect();
        let n_positions = encoder.model.architecture.n_positions;
        let batch = Batch::new(&sequences, n_positions, &device());
        let n_logits = sequences.len() * 3;
        let weights: Vec<f32> = (0..n_logits).map(|n| 0.7 - 0.31 * n as f32).collect();
        // A weighted sum of the logits, with the same masks every time.
        let objective = |encoder: &Encoder| -> f64 {
            let (logits, _) = encoder.model.logits_with_trace(&batch, &mut Dropout::new(5, 1));
            let logits = values(logits).unwrap();
            logits.iter().zip(&weights).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum()
        };
        let (_, trace) = encoder.model.logits_with_trace(&batch, &mut Dropout::new(5, 1));
        let by_logits = floats(weights.clone(), [sequences.len(), 3], &device());
        let gradients = encoder.model.backward(trace, by_logits, &batch);
        for place in 0..encoder.model.places.specs.len() {
            let gradient = values(gradients.0[place].clone().unwrap()).unwrap();
            // The derivative along the gradient is its norm.
            let norm = gradient.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>().sqrt();
            let names = encoder.model.places.specs[place].names.clone();
            assert!(norm > 0.0, "{names:?}");
            let saved = encoder.model.parameters[place].clone();
            let step = 2e-3;
            let mut at = |length: f64| {
                #[expect(clippy::cast_possible_truncation, reason = "a small step")]
                let direction: Vec<f32> =
                    gradient.iter().map(|&x| (f64::from(x) * length / norm) as f32).collect();
                let direction = floats(direction, saved.dims(), &device());
                encoder.model.parameters[place] = saved.clone() + direction;
                objective(&encoder)
            };
            let slope = (at(step) - at(-step)) / (2.0 * step);
            encoder.model.parameters[place] = saved;
            let error = (slope - norm).abs() / norm;
            assert!(error < 0.02, "{names:?}: slope {slope}, norm {norm}");
        }
    }
}

#[test]
fn batches_change_nothing_but_rounding() {
    for fixture in fixtures() {
        let encoder = fixture.encoder();
        let texts = fixture.texts();
        let together = encoder.logits(&texts, &silent).unwrap();
        for (text, row) in texts.iter().zip(together.chunks(3)) {
            let alone = encoder.logits(&[text], &silent).unwrap();
            assert_close(text, &alone, row, SHAPE_TOLERANCE);
        }
    }
}

/// Documents of two kinds that a single word tells apart.
fn documents() -> (Vec<String>, Vec<usize>, Taxonomy) {
    let kind = |index: usize| if index.is_multiple_of(2) { "whale sea" } else { "market price" };
    let text = |index: usize| format!("{} number {} and more", kind(index), index / 2);
    let texts = (0..60).map(text).collect();
    let classes = (0..60).map(|index| index % 2).collect();
    (texts, classes, Taxonomy::new(["Books", "Web"]).unwrap())
}

fn small(seed: u64) -> Options {
    let start = Start::Scratch(ScratchSize { hidden: 32, n_layers: 1, n_vocab: 200 });
    let options = Options::new(start, DeviceChoice::Cpu, seed);
    Options { n_epochs: 16, batch_size: 16, learning_rate: 5e-3, max_length: 16, ..options }
}

fn fit(options: &Options) -> anyhow::Result<EncoderClassifier> {
    let (texts, classes, categories) = documents();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let documents = TrainingDocuments {
        texts: &texts,
        sources: &texts,
        classes: &classes,
        categories: &categories,
    };
    EncoderClassifier::fit(documents, options, &Progress::new(true))
}

const NEW: [&str; 2] = ["a whale in the sea", "the price on a market"];
/// As the documents, for a checkpoint whose vocabulary has few words.
const ALIKE: [&str; 2] = ["whale sea number 77 and more", "market price number 77 and more"];

#[test]
fn trained_from_scratch_it_tells_kinds_apart_and_is_the_same_for_a_seed() {
    let classifier = fit(&small(1)).unwrap();
    let found = classifier.log_probabilities(&ALIKE, &silent).unwrap();
    assert!(found[0] > -0.2 && found[3] > -0.2, "{found:?}");
    assert!(classifier.doubts().is_empty());
    assert!(classifier.trained_on("Whale  sea number 0 AND more"));
    assert!(!classifier.trained_on(ALIKE[0]));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let again = pool.install(|| fit(&small(1)).unwrap());
    assert_eq!(found, again.log_probabilities(&ALIKE, &silent).unwrap());
    assert_ne!(found, fit(&small(2)).unwrap().log_probabilities(&ALIKE, &silent).unwrap());
}

#[test]
fn saved_and_loaded_it_says_the_same() {
    let classifier = fit(&small(1)).unwrap();
    let beside = tempfile::tempdir().unwrap();
    let path = beside.path().join("saved");
    for _ in 0..2 {
        classifier.save(&path).unwrap();
        let loaded = trained::load(&path, &DeviceChoice::Cpu).unwrap();
        let probabilities = |one: &EncoderClassifier| one.log_probabilities(&NEW, &silent).unwrap();
        assert_eq!(probabilities(&classifier), probabilities(&loaded));
        assert_eq!(loaded.categories(), classifier.categories());
        assert_eq!(loaded.trained_on, classifier.trained_on);
        assert!(loaded.doubts().is_empty());
    }
    let left: Vec<_> = std::fs::read_dir(beside.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn what_is_no_saved_classifier_is_refused() {
    let classifier = fit(&small(1)).unwrap();
    let beside = tempfile::tempdir().unwrap();
    let path = beside.path().join("saved");
    std::fs::create_dir(&path).unwrap();
    let refused = format!("{:#}", classifier.save(&path).unwrap_err());
    assert!(refused.ends_with("saved: stands there already and is no saved encoder"), "{refused}");
    let load = |path: &Path| format!("{:#}", trained::load(path, &DeviceChoice::Cpu).unwrap_err());
    assert!(load(&path).contains("config.json"), "{}", load(&path));
    std::fs::remove_dir(&path).unwrap();
    classifier.save(&path).unwrap();
    let weights = path.join("model.safetensors");
    let mut bytes = std::fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&weights, bytes).unwrap();
    assert!(load(&path).contains("damaged: its checksum is not"), "{}", load(&path));
}

#[test]
fn a_classifier_of_another_program_is_loaded_with_a_doubt() {
    let fixture = &fixtures()[0];
    let classifier = trained::load(&fixture.folder, &DeviceChoice::Cpu).unwrap();
    assert_eq!(classifier.categories().names(), ["Books", "GitHub", "Web"]);
    let doubts = classifier.doubts();
    assert_eq!(doubts[0].code, "training_documents_unknown");
    let found = classifier.log_probabilities(&fixture.texts()[..1], &silent).unwrap();
    let total: f64 = found.iter().map(|value| value.exp()).sum();
    assert!((total - 1.0).abs() < 1e-12, "{total}");
}

#[test]
fn a_loss_that_is_not_finite_ends_training_at_once() {
    let options = Options { learning_rate: 1e30, ..small(1) };
    let message = format!("{:#}", fit(&options).unwrap_err());
    let expected = "of the classifier's training: the loss is not finite: lower --hf-lr";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn what_learns_nothing_says_so() {
    let options = Options { learning_rate: 1e-9, n_epochs: 1, ..small(1) };
    let doubts = fit(&options).unwrap().doubts();
    assert_eq!(doubts[0].code, "classifier_not_trained");
}

#[test]
fn training_goes_on_from_a_checkpoint_with_a_fresh_last_layer() {
    let fixture = &fixtures()[0];
    let start = Start::Checkpoint(fixture.folder.display().to_string());
    let classifier = fit(&Options { start, ..small(1) }).unwrap();
    let found = classifier.log_probabilities(&ALIKE, &silent).unwrap();
    assert!(found[0] > -0.5 && found[3] > -0.5, "{found:?}");
    let config = Config::open(&fixture.folder).unwrap();
    assert_eq!(classifier.encoder.hidden(), Architecture::from_config(&config).unwrap().hidden);
}

#[test]
fn a_missing_checkpoint_says_where_it_was_looked_for_and_what_to_do() {
    let start = Start::Checkpoint("no such folder/x y".to_owned());
    let message = format!("{:#}", fit(&Options { start, ..small(1) }).unwrap_err());
    for part in ["no encoder `no such folder/x y`", "--hf-train-from-scratch", "tfidf"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn only_weights_of_maps_and_tables_decay() {
    let decaying: Vec<bool> =
        [Role::Table, Role::Matrix, Role::Bias, Role::Factor].map(Role::decays).into();
    assert_eq!(decaying, [true, true, false, false]);
}

#[test]
fn unknown_families_and_settings_are_refused() {
    let refused = |json: &str| {
        let config = Config::parse("config.json", json.as_bytes()).unwrap();
        format!("{:#}", Architecture::from_config(&config).unwrap_err())
    };
    assert!(refused(r#"{"model_type": "roberta"}"#).contains("expected distilbert or bert"));
    let sizes = r#""vocab_size": 9, "dim": 8, "n_layers": 1, "n_heads": 2, "hidden_dim": 8"#;
    let distilbert = |more: &str| format!(r#"{{"model_type": "distilbert", {sizes}, {more}}}"#);
    assert!(refused(&distilbert(r#""activation": "silu""#)).contains("expected gelu or relu"));
    assert!(refused(&distilbert(r#""dropout": 1.5"#)).contains("from 0 to below 1: `1.5`"));
}

//! The engine against `transformers`, against itself, and against the engine for processors.

use burn_flex::FlexDevice;

use super::*;
use crate::lm::cpu::CpuEngine;
use crate::lm::test_support::{self, Fixture, fixtures};

/// Allowed to a logit in single precision.
const LOGITS: f32 = 1e-4;
/// Allowed to log-probabilities and their moments, and between two ways to the same number.
const STATISTICS: f32 = 1e-5;

fn flex() -> Device {
    FlexDevice.into()
}

/// The first GPU that wgpu names, software too.
#[cfg(feature = "wgpu")]
fn wgpu() -> Option<Device> {
    let choice: crate::lm::device::DeviceChoice = "wgpu".parse().unwrap();
    match choice.resolve() {
        Ok(adapters) => {
            println!("on {}", adapters[0].name);
            Some(device(&adapters[0]).unwrap())
        }
        Err(reason) => {
            println!("skipped: {reason}");
            None
        }
    }
}

fn engine(fixture: &Fixture, precision: Precision, devices: &[Device]) -> TensorEngine {
    let blueprint = fixture.blueprint.clone();
    TensorEngine::load(&fixture.checkpoint, blueprint, precision, devices).unwrap()
}

#[track_caller]
fn assert_within(what: &str, fixture: &Fixture, found: f32, allowed: f32) {
    println!("{}: {what} differ by {found:.1e}", fixture.name);
    assert!(found <= allowed, "{}: {what} differ by {found:e}", fixture.name);
}

/// Everything that is promised in single precision, on every fixture.
fn assert_keeps_promises(device: &Device) {
    for fixture in &fixtures() {
        let mut engine = engine(fixture, Precision::F32, std::slice::from_ref(device));
        let found = test_support::score_distance(&mut engine, fixture);
        assert_within("statistics and transformers'", fixture, found, STATISTICS);
        for n_prompt in [1, 16] {
            let found = test_support::logits_distance(&mut engine, fixture, n_prompt);
            assert_within("logits and transformers'", fixture, found, LOGITS);
        }
        let found = test_support::batch_distance(&mut engine, fixture);
        assert_within("batch and single", fixture, found, STATISTICS);
        let found = test_support::cache_distance(&mut engine, fixture);
        assert_within("cached and uncached", fixture, found, STATISTICS);
        let found = test_support::reuse_distance(&mut engine, fixture);
        assert_within("padded and unpadded", fixture, found, STATISTICS);
        assert_eq!(test_support::greedy(&mut engine, fixture), fixture.greedy, "{}", fixture.name);
    }
}

#[test]
fn matches_transformers_on_the_processor() {
    assert_keeps_promises(&flex());
}

#[cfg(feature = "wgpu")]
#[test]
fn matches_transformers_on_wgpu() {
    if let Some(device) = wgpu() {
        assert_keeps_promises(&device);
    }
}

#[test]
fn matches_the_engine_for_processors() {
    for fixture in &fixtures() {
        let mut engine = engine(fixture, Precision::F32, &[flex()]);
        let mut other =
            CpuEngine::load(&fixture.checkpoint, fixture.blueprint.clone(), Precision::F32)
                .unwrap();
        let sequences: Vec<&[TokenId]> =
            fixture.sequences.iter().map(|sequence| sequence.tokens.as_slice()).collect();
        let found = test_support::statistics_distance(
            &engine.score(&sequences).unwrap(),
            &other.score(&sequences).unwrap(),
        );
        assert_within("two engines", fixture, found, 2.0 * STATISTICS);
    }
}

/// What two precisions may differ by: these models are random, and their logits have a spread of 2.5.
fn assert_precision_costs_little(precision: Precision, device: &Device, allowed: f32) {
    for fixture in &fixtures() {
        let mut engine = engine(fixture, precision, std::slice::from_ref(device));
        let found = test_support::score_distance(&mut engine, fixture);
        assert_within("statistics in fewer bits and in 32", fixture, found, allowed);
        let found = test_support::cache_distance(&mut engine, fixture);
        assert_within("cached and uncached in fewer bits", fixture, found, allowed);
    }
}

#[test]
fn sixteen_bits_cost_little_on_the_processor() {
    assert_precision_costs_little(Precision::Bf16, &flex(), 0.5);
}

#[test]
fn eight_bits_cost_little_on_the_processor() {
    assert_precision_costs_little(Precision::Int8, &flex(), 0.5);
}

#[cfg(feature = "wgpu")]
#[test]
fn fewer_bits_cost_little_on_wgpu() {
    if let Some(device) = wgpu() {
        assert_precision_costs_little(Precision::Int8, &device, 0.5);
        if half_type(&device).is_some() {
            assert_precision_costs_little(Precision::Bf16, &device, 0.5);
        }
    }
}

#[test]
fn layers_over_two_devices_compute_the_same() {
    for fixture in &fixtures() {
        let mut one = engine(fixture, Precision::F32, &[flex()]);
        let mut two = engine(fixture, Precision::F32, &[flex(), flex()]);
        assert_eq!(two.model.stages.len(), 2);
        assert!(two.model.stages.iter().all(|stage| !stage.layers.is_empty()));
        let sequences: Vec<&[TokenId]> =
            fixture.sequences.iter().map(|sequence| sequence.tokens.as_slice()).collect();
        assert_eq!(one.score(&sequences).unwrap(), two.score(&sequences).unwrap());
        assert_eq!(
            test_support::greedy(&mut one, fixture),
            test_support::greedy(&mut two, fixture)
        );
    }
}

#[cfg(feature = "wgpu")]
#[test]
fn layers_over_two_back_ends_match_transformers() {
    let Some(device) = wgpu() else { return };
    let fixture = &fixtures()[0];
    for devices in [[flex(), device.clone()], [device, flex()]] {
        let mut engine = engine(fixture, Precision::F32, &devices);
        let found = test_support::score_distance(&mut engine, fixture);
        assert_within("statistics and transformers'", fixture, found, STATISTICS);
        let found = test_support::logits_distance(&mut engine, fixture, 1);
        assert_within("logits and transformers'", fixture, found, LOGITS);
    }
}

#[test]
fn more_devices_than_layers_are_refused() {
    let fixture = &fixtures()[0];
    let devices = vec![flex(); fixture.blueprint.layers.len() + 1];
    let blueprint = fixture.blueprint.clone();
    let error = TensorEngine::load(&fixture.checkpoint, blueprint, Precision::F32, &devices);
    let n = devices.len();
    assert_eq!(
        error.unwrap_err().to_string(),
        format!("{} layers cannot be shared out over {n} devices", n - 1)
    );
}

/// A sequence of one token has nothing to score, and none at all is no error.
#[test]
fn sequences_without_a_next_token_have_no_statistics() {
    let fixture = &fixtures()[0];
    let mut engine = engine(fixture, Precision::F32, &[flex()]);
    let statistics = engine.score(&[&[3], &[1, 2], &[]]).unwrap();
    let lengths: Vec<usize> = statistics.iter().map(|of| of.log_prob.len()).collect();
    assert_eq!(lengths, [0, 1, 0]);
    assert_eq!(engine.score(&[]).unwrap(), []);
}

//! The engine against `transformers`, against itself, and against the engine for processors.

use burn_flex::FlexDevice;

use super::*;
use crate::cpu::CpuEngine;
use crate::fixture::{self, Fixture, distance};
#[cfg(feature = "wgpu")]
use crate::tensor_engine::burn_device::{device, half_type};

/// Allowed between two ways to the same number in single precision.
const ROUNDING: f32 = 1e-5;

fn flex() -> Device {
    FlexDevice.into()
}

/// The first GPU that wgpu names, software too.
#[cfg(feature = "wgpu")]
fn wgpu() -> Option<Device> {
    let choice: crate::device::DeviceChoice = "wgpu".parse().unwrap();
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
    let (checkpoint, blueprint) = fixture.open();
    TensorEngine::load(&checkpoint, blueprint, precision, devices).unwrap()
}

#[track_caller]
fn assert_within(what: &str, fixture: &Fixture, found: f32, allowed: f32) {
    println!("{}: {what} differ by {found:.1e}", fixture.name);
    assert!(found <= allowed, "{}: {what} differ by {found:e}", fixture.name);
}

#[test]
fn matches_transformers_on_the_processor() {
    for fixture in &fixture::all() {
        fixture.check(&mut engine(fixture, Precision::F32, &[flex()]));
    }
}

#[cfg(feature = "wgpu")]
#[test]
fn matches_transformers_on_wgpu() {
    let Some(device) = wgpu() else { return };
    for fixture in &fixture::all() {
        let start = std::time::Instant::now();
        fixture.check(&mut engine(fixture, Precision::F32, std::slice::from_ref(&device)));
        println!("{}: {:.1?}", fixture.name, start.elapsed());
    }
}

#[test]
fn matches_the_engine_for_processors() {
    for fixture in &fixture::all() {
        let (checkpoint, blueprint) = fixture.open();
        let mut other = CpuEngine::load(&checkpoint, blueprint, Precision::F32).unwrap();
        let mut engine = engine(fixture, Precision::F32, &[flex()]);
        let found = engine.score(&fixture.tokens()).unwrap();
        let expected = other.score(&fixture.tokens()).unwrap();
        let distances = found.iter().zip(&expected).map(|(found, other)| found.distance(other));
        let largest = distances.fold(0.0, f32::max);
        assert_within("the two engines", fixture, largest, 10.0 * ROUNDING);
    }
}

/// A slot gives what a new one gives, whatever it held before and whatever pads it.
#[test]
fn padded_and_used_slots_match_new_ones() {
    for fixture in &fixture::all() {
        let mut engine = engine(fixture, Precision::F32, &[flex()]);
        let tokens = fixture.tokens();
        let (short, long) = (tokens[0], tokens[tokens.len() - 1]);
        engine.reserve(2, long.len() + 1).unwrap();
        let new = engine.step(&[Row { slot: 0, tokens: short }]).unwrap();
        engine.clear(0);
        engine.step(&[Row { slot: 0, tokens: long }]).unwrap();
        engine.clear(0);
        let rows = [Row { slot: 1, tokens: long }, Row { slot: 0, tokens: short }];
        let used = engine.step(&rows).unwrap();
        let found = distance(&used.values[new.n_vocab..], &new.values);
        assert_within("a used slot and a new one", fixture, found, ROUNDING);
    }
}

/// A prompt may come in parts, and some slots may go on while others wait.
#[test]
fn prompts_in_parts_match_whole_ones() {
    for fixture in &fixture::all() {
        let mut engine = engine(fixture, Precision::F32, &[flex()]);
        let tokens = fixture.tokens();
        let (first, last) = (tokens[0], tokens[tokens.len() - 1]);
        engine.reserve(5, last.len()).unwrap();
        let whole = engine.step(&[Row { slot: 4, tokens: last }]).unwrap();
        engine.step(&[Row { slot: 2, tokens: &last[..9] }]).unwrap();
        engine.step(&[Row { slot: 0, tokens: first }]).unwrap();
        let (middle, end) = last.split_at(last.len() - 1);
        engine.step(&[Row { slot: 2, tokens: &middle[9..] }]).unwrap();
        let parts = engine.step(&[Row { slot: 2, tokens: end }]).unwrap();
        let found = distance(&parts.values, &whole.values);
        assert_within("a prompt in parts and a whole one", fixture, found, ROUNDING);
    }
}

/// Log-probabilities in fewer bits differ from those in 32 by so much of their size, both as root mean
/// squares: single tokens of these random models may differ by more.
fn assert_costs_little(precision: Precision, device: &Device, allowed: f32) {
    let devices = std::slice::from_ref(device);
    for fixture in &fixture::all() {
        let tokens: Vec<TokenId> = (5..45).collect();
        let [exact, found] = [Precision::F32, precision].map(|precision| {
            engine(fixture, precision, devices).score(&[&tokens]).unwrap().remove(0).log_prob
        });
        let square = |values: &mut dyn Iterator<Item = f32>| values.map(|x| x * x).sum::<f32>();
        let error = square(&mut exact.iter().zip(&found).map(|(exact, found)| exact - found));
        let size = square(&mut exact.iter().copied());
        assert_within("log-probabilities", fixture, (error / size).sqrt(), allowed);
    }
}

#[test]
fn sixteen_bits_cost_little_on_the_processor() {
    assert_costs_little(Precision::Bf16, &flex(), 0.05);
}

#[test]
fn eight_bits_cost_little_on_the_processor() {
    assert_costs_little(Precision::Int8, &flex(), 0.05);
}

#[cfg(feature = "wgpu")]
#[test]
fn fewer_bits_cost_little_on_wgpu() {
    let Some(device) = wgpu() else { return };
    assert_costs_little(Precision::Int8, &device, 0.05);
    match half_type(&device) {
        Some(_) => assert_costs_little(Precision::Bf16, &device, 0.05),
        None => println!("skipped: this device has no 16-bit floats"),
    }
}

#[test]
fn layers_over_two_devices_compute_the_same() {
    for fixture in &fixture::all() {
        let mut one = engine(fixture, Precision::F32, &[flex()]);
        let mut two = engine(fixture, Precision::F32, &[flex(), flex()]);
        assert_eq!(two.model.stages.len(), 2);
        assert!(two.model.stages.iter().all(|stage| !stage.layers.is_empty()));
        let tokens = fixture.tokens();
        assert_eq!(one.score(&tokens).unwrap(), two.score(&tokens).unwrap());
        for engine in [&mut one, &mut two] {
            engine.reserve(1, tokens[1].len()).unwrap();
        }
        for token in tokens[1] {
            let row = Row { slot: 0, tokens: std::slice::from_ref(token) };
            assert_eq!(one.step(&[row]).unwrap(), two.step(&[row]).unwrap());
        }
    }
}

#[cfg(feature = "wgpu")]
#[test]
fn layers_over_two_back_ends_match_transformers() {
    let Some(device) = wgpu() else { return };
    let fixture = &fixture::all()[0];
    for devices in [[flex(), device.clone()], [device.clone(), flex()]] {
        fixture.check(&mut engine(fixture, Precision::F32, &devices));
    }
}

#[test]
fn more_devices_than_layers_are_refused() {
    let (checkpoint, blueprint) = fixture::all()[0].open();
    let n_layers = blueprint.layers.len();
    let devices = vec![flex(); n_layers + 1];
    let error = TensorEngine::load(&checkpoint, blueprint, Precision::F32, &devices).unwrap_err();
    let expected = format!("{n_layers} layers cannot be shared out over {} devices", n_layers + 1);
    assert_eq!(error.to_string(), expected);
}

/// A sequence of one token has nothing to score, and none at all is no error.
#[test]
fn sequences_without_a_next_token_have_no_statistics() {
    let fixture = &fixture::all()[0];
    let mut engine = engine(fixture, Precision::F32, &[flex()]);
    let statistics = engine.score(&[&[3], &[1, 2], &[]]).unwrap();
    let lengths: Vec<usize> = statistics.iter().map(|of| of.log_prob.len()).collect();
    assert_eq!(lengths, [0, 1, 0]);
    assert_eq!(engine.score(&[]).unwrap(), []);
    assert_eq!(engine.score(&[&[3]]).unwrap(), [TokenStatistics::default()]);
}

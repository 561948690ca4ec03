//! The engine against `transformers`, golden numbers, plain sums, and itself.
#![allow(clippy::cast_possible_truncation, reason = "test numbers are small")]

use data_anatomy_core::numeric::rng::RandomStream;
use serde::Deserialize;

use super::matmul;
use super::matrix::PackedMatrix;
use super::{CpuEngine, Precision, vocabulary};
use crate::engine::{Engine as _, TokenId};
use crate::fixture::{self, assert_close};

#[test]
fn every_architecture_matches_transformers() {
    for fixture in fixture::all() {
        let (checkpoint, blueprint) = fixture.open();
        let mut engine = CpuEngine::load(&checkpoint, blueprint, Precision::F32).unwrap();
        fixture.check(&mut engine);
    }
}

#[derive(Deserialize)]
struct Golden {
    /// `[n_tokens][n_vocab]`.
    logits: Vec<Vec<f32>>,
    token_ids: Vec<TokenId>,
    token_log_prob: Vec<f32>,
    mean: Vec<f32>,
    variance: Vec<f32>,
}

#[test]
fn statistics_match_the_golden_ones() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/membership.json");
    let cases: Vec<Golden> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(cases.len() >= 5);
    for case in cases {
        // The unit matrix for a head: hidden states are logits then.
        let n_vocab = case.logits[0].len();
        let mut unit = vec![0.0; n_vocab * n_vocab];
        unit.iter_mut().step_by(n_vocab + 1).for_each(|one| *one = 1.0);
        let head = PackedMatrix::pack(&unit, n_vocab, Precision::F32);
        let targets = &case.token_ids[1..];
        let hidden = case.logits[..targets.len()].concat();
        let moments = vocabulary::moments(&hidden, &head, targets);
        let part = |of: fn(&vocabulary::Moments) -> f32| moments.iter().map(of).collect::<Vec<_>>();
        assert_close(&part(|m| m.log_prob), &case.token_log_prob, 1e-5, "log-probability");
        assert_close(&part(|m| m.mean), &case.mean, 1e-5, "mean");
        assert_close(&part(|m| m.variance), &case.variance, 1e-5, "variance");
    }
}

fn normals(n: usize, seed: u64) -> Vec<f32> {
    let mut stream = RandomStream::new(seed, 0);
    (0..n).map(|_| stream.normal() as f32).collect()
}

#[test]
fn products_match_plain_sums_in_every_shape() {
    // Rows below, at and above a tile and a block; inputs and outputs that fill panels and do not.
    for (n_rows, n_in, n_out) in [
        (1, 1, 1),
        (1, 300, 40),
        (5, 64, 17),
        (7, 65, 16),
        (13, 257, 33),
        (200, 70, 50),
        (450, 300, 90),
    ] {
        let (x, w) = (normals(n_rows * n_in, 1), normals(n_out * n_in, 2));
        let bias = normals(n_out, 3);
        let matrix = PackedMatrix::pack(&w, n_in, Precision::F32);
        let mut y = vec![0.0; n_rows * n_out];
        matmul::linear(&x, &matrix, Some(&bias), &mut y);
        for (row, (x, y)) in x.chunks(n_in).zip(y.chunks(n_out)).enumerate() {
            for ((w, bias), y) in w.chunks(n_in).zip(&bias).zip(y) {
                let terms = x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w));
                let (sum, size) =
                    terms.fold((f64::from(*bias), 1.0), |(s, m), t| (s + t, m + t.abs()));
                let error = (f64::from(*y) - sum).abs();
                assert!(
                    error <= 1e-6 * size,
                    "{n_rows} x {n_in} x {n_out}, row {row}: {y}, not {sum}"
                );
            }
            // Alone, it is the same to the last bit.
            let mut alone = vec![0.0; n_out];
            matmul::linear(x, &matrix, Some(&bias), &mut alone);
            assert_eq!(alone, y);
        }
    }
}

#[test]
fn half_and_int8_round_weights_and_nothing_else() {
    let (n_rows, n_in, n_out) = (9, 300, 40);
    let (x, w) = (normals(n_rows * n_in, 4), normals(n_out * n_in, 5));
    for (precision, step) in [(Precision::Bf16, 1.0 / 256.0), (Precision::Int8, 0.5 / 127.0)] {
        let matrix = PackedMatrix::pack(&w, n_in, precision);
        let mut rounded = vec![0.0; n_out * n_in];
        for (row, values) in rounded.chunks_mut(n_in).enumerate() {
            matrix.read_row(row, values);
        }
        for (w, rounded) in w.chunks(64.min(n_in)).zip(rounded.chunks(64.min(n_in))) {
            let largest = w.iter().fold(0.0_f32, |most, w| most.max(w.abs()));
            for (w, rounded) in w.iter().zip(rounded) {
                let size =
                    if precision == Precision::Bf16 { w.abs() } else { 4.5_f32.max(largest) };
                assert!((w - rounded).abs() <= step * size, "{w} became {rounded}");
            }
        }
        let mut y = vec![0.0; n_rows * n_out];
        matmul::linear(&x, &matrix, None, &mut y);
        let exact = PackedMatrix::pack(&rounded, n_in, Precision::F32);
        let mut expected = vec![0.0; n_rows * n_out];
        matmul::linear(&x, &exact, None, &mut expected);
        assert_eq!(y, expected, "{precision:?}");
    }
}

#[test]
fn half_and_int8_models_are_near_the_whole_one() {
    for (precision, tolerance) in [(Precision::Bf16, 0.02), (Precision::Int8, 0.05)] {
        for fixture in fixture::all() {
            let mut scores = [Precision::F32, precision].map(|precision| {
                let (checkpoint, blueprint) = fixture.open();
                let mut engine = CpuEngine::load(&checkpoint, blueprint, precision).unwrap();
                let tokens: Vec<TokenId> = (5..45).collect();
                engine.score(&[&tokens]).unwrap().remove(0).log_prob
            });
            let rounded = std::mem::take(&mut scores[1]);
            let root_mean_square = |values: &mut dyn Iterator<Item = f32>| {
                let (sum, n) =
                    values.fold((0.0, 0.0), |(sum, n), value| (sum + value * value, n + 1.0));
                (sum / n).sqrt()
            };
            let error = root_mean_square(
                &mut scores[0].iter().zip(&rounded).map(|(exact, found)| exact - found),
            );
            let size = root_mean_square(&mut scores[0].iter().copied());
            assert!(error <= tolerance * size, "{} {precision:?}: {error} of {size}", fixture.name);
        }
    }
}

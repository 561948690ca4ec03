//! The engine against `transformers`, and against itself.

use super::{CpuEngine, Precision};
use crate::lm::fixture;

#[test]
fn every_architecture_matches_transformers() {
    for fixture in fixture::all() {
        let (checkpoint, blueprint) = fixture.open();
        let mut engine = CpuEngine::load(&checkpoint, blueprint, Precision::F32).unwrap();
        fixture.check(&mut engine);
    }
}

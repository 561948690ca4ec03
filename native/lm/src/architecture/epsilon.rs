//! The epsilon of norms, as `config.json` says it.

use data_anatomy_core::messages::input_error::InputError;

use crate::config::Config;

/// An epsilon in single precision.
#[expect(clippy::cast_possible_truncation, reason = "models compute in single precision")]
pub(super) fn epsilon(config: &Config, field: &str, default: f64) -> Result<f32, InputError> {
    let found = config.number_or(field, default)?;
    if !(found > 0.0) {
        return Err(config.refuse(field, format!("expected a number above 0, found {found}")));
    }
    Ok(found as f32)
}

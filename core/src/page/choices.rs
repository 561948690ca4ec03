//! The choices of a view in the terms of an evaluation.

use super::report_page::ViewOptions;
use crate::evaluate::alignment::AlignOptions;
use crate::evaluate::evaluation::EvaluateOptions;
use crate::messages::input_error::{InputError, Problem};
use crate::shares::merge::Merge;

/// The id that chooses no ground truth.
pub const NO_TRUTH: &str = "";

/// The checked form of the choices.
///
/// # Errors
/// If a merge has another form than `A+B=AB`, or the tolerance is not a share.
pub fn evaluate_options(options: &ViewOptions) -> Result<EvaluateOptions, InputError> {
    if !(0.0..=1.0).contains(&options.tolerance) {
        let detail = format!("expected a tolerance from 0 to 1, found `{}`", options.tolerance);
        return Err(InputError::new("", "", Problem::Syntax { detail }));
    }
    let merges = options.merge.iter().map(|text| Merge::parse(text)).collect::<Result<_, _>>()?;
    let align = AlignOptions { merges, missing_as_zero: options.missing_as_zero };
    let (tolerance, baseline) = (options.tolerance, options.baseline.clone());
    Ok(EvaluateOptions { tolerance, align, baseline, unit: options.unit })
}

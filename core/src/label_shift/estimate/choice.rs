//! Which estimator is asked for: one by its name, or whichever the tests speak for.

use serde::{Deserialize, Serialize};

use super::Estimator;

/// An estimator, or the choice of one.
///
/// [`Estimator::Em`] uses all that the classifier says and is the most accurate where label shift holds;
/// where texts are unlike the validation documents, each text's verdict misleads it, and
/// [`Estimator::Pacc`], which looks at means alone, errs less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EstimatorChoice {
    /// [`Estimator::Em`], or [`Estimator::Pacc`] where a test finds the texts unlike the validation
    /// documents.
    #[default]
    Auto,
    /// This one.
    #[serde(untagged)]
    Named(Estimator),
}

impl From<Estimator> for EstimatorChoice {
    fn from(estimator: Estimator) -> Self {
        Self::Named(estimator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_written_as_its_name() {
        let all = Estimator::ALL.map(EstimatorChoice::Named);
        for (choice, name) in all.into_iter().zip(Estimator::ALL.map(Estimator::name)) {
            let text = serde_json::to_string(&choice).unwrap();
            assert_eq!(text, format!("\"{name}\""));
            assert_eq!(serde_json::from_str::<EstimatorChoice>(&text).unwrap(), choice);
        }
        assert_eq!(serde_json::to_string(&EstimatorChoice::Auto).unwrap(), "\"auto\"");
        assert_eq!(
            serde_json::from_str::<EstimatorChoice>("\"auto\"").unwrap(),
            EstimatorChoice::Auto
        );
        assert!(serde_json::from_str::<EstimatorChoice>("\"best\"").is_err());
    }
}

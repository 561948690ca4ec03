//! The record of a run's settings, by the names of their flags.

use std::path::PathBuf;

use data_anatomy_core::files::record::{CHANGED, changed};
use data_anatomy_core::membership::attack::Attack;
use data_anatomy_lm::cpu::Precision;
use serde_json::{Map, Value, json};

use super::settings::{AttackSettings, OutputSettings, PoolSettings, Settings};
use super::truth::TruthSource;

/// Every setting that the numbers of this attack depend on, by the name of its flag, and which of them differ from their
/// defaults; `model` is the record of the scores.
pub fn config(settings: &Settings, model: &Value, attack: Attack) -> Map<String, Value> {
    let mut config = recorded(settings, model, attack);
    let names = changed(&config, &usual(settings, model, attack));
    config.insert(CHANGED.to_owned(), names.into());
    config
}

/// The settings as they are unless something is said, for what this run is made of and called.
fn usual(settings: &Settings, model: &Value, attack: Attack) -> Map<String, Value> {
    let Settings { pools, attacks, outputs, .. } = settings;
    let usual = Settings::default();
    let of_inputs = Settings {
        pools: PoolSettings {
            candidates: pools.candidates.clone(),
            nonmembers: pools.nonmembers.clone(),
            members: pools.members.clone(),
            model: pools.model.clone(),
            scores: pools.scores.clone(),
            ..usual.pools
        },
        attacks: AttackSettings {
            reference_model: attacks.reference_model.clone(),
            reference_revision: attacks.reference_revision.clone(),
            reference_corpus: attacks.reference_corpus.clone(),
            ..usual.attacks
        },
        outputs: OutputSettings { run_name: outputs.run_name.clone(), ..usual.outputs },
        ..usual
    };
    let max_tokens = of_inputs.pools.max_tokens;
    let mut config = recorded(&of_inputs, model, attack);
    // How the scores were made stands in their own record.
    for (name, value) in
        [("max_tokens", json!(max_tokens)), ("precision", json!(Precision::default().name()))]
    {
        if let Some(setting) = config.get_mut(name) {
            *setting = value;
        }
    }
    config
}

/// The same, without a word on defaults.
fn recorded(settings: &Settings, model: &Value, attack: Attack) -> Map<String, Value> {
    let Settings { pools, attacks, analysis, seed, outputs, .. } = settings;
    let shown = |path: &PathBuf| path.display().to_string();
    let truth = match &analysis.truth {
        TruthSource::File(path) => Some(shown(path)),
        TruthSource::Nothing | TruthSource::All => None,
    };
    let mut config = model.as_object().cloned().unwrap_or_default();
    let own = json!({
        "attack": attack,
        "local_samples_dir": pools.candidates.as_ref().map(shown),
        "nonmembers": pools.nonmembers.as_ref().map(shown),
        "members": pools.members.as_ref().map(shown),
        "scores": pools.scores.as_ref().map(shown),
        "merge_web": pools.merge_web,
        "max_per_class": pools.max_per_class,
        "category_sizes": analysis.category_sizes,
        "truth": truth,
        "candidates_are_members": analysis.truth == TruthSource::All,
        "blind_baseline": analysis.blind_baseline,
        "n_boot": analysis.n_replicates,
        "level": analysis.level,
        "seed": seed,
        "run_name": outputs.run_name,
    });
    config.extend(own.as_object().cloned().unwrap_or_default());
    let of_attack = match attack {
        Attack::MinK | Attack::MinKPlusPlus => json!({"mink_ratio": attacks.mink_ratio}),
        Attack::Reference => json!({
            "reference_model": attacks.reference_model,
            "reference_revision": attacks.reference_revision,
        }),
        Attack::ReCall => json!({"num_shots": attacks.n_shots}),
        Attack::DcPdd => json!({
            "reference_corpus": attacks.reference_corpus.as_ref().map(shown),
            "dcpdd_limit": attacks.dc_pdd_limit,
        }),
        Attack::Neighbourhood => json!({
            "n_perturbations": attacks.n_perturbations,
            "pct_words_masked": attacks.share_masked,
            "span_length": attacks.span_length,
        }),
        Attack::Loss | Attack::Zlib | Attack::Lowercase => json!({}),
    };
    config.extend(of_attack.as_object().cloned().unwrap_or_default());
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_the_defaults_is_named_and_inputs_are_not() {
        let usual = Settings::default();
        let model = json!({"target_model": "m", "max_tokens": 128, "precision": "f32"});
        let names = |settings: &Settings, model: &Value| {
            config(settings, model, Attack::MinK)[CHANGED].clone()
        };
        assert_eq!(names(&usual, &model), json!([]));
        let pools = PoolSettings {
            nonmembers: Some("held_out".into()),
            max_per_class: 10,
            ..usual.pools.clone()
        };
        let outputs = OutputSettings { run_name: "other".to_owned(), ..usual.outputs.clone() };
        let own = Settings { pools, outputs, seed: 1, ..usual };
        let model = json!({"target_model": "m", "max_tokens": 64, "precision": "f32"});
        assert_eq!(names(&own, &model), json!(["max_per_class", "max_tokens", "seed"]));
    }
}

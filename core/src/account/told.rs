//! What a summary says, value by value, made fit to be shown.

use serde_json::Value;

use crate::files::run::{Dialect, Provenance};
use crate::label_shift::calibration::CalibrationMethod;
use crate::label_shift::estimate::Estimator;
use crate::membership::attack::Attack;
use crate::messages::printable::{printable, shortened};

/// The most that is shown of one value.
const MAX_CHARS: usize = 200;

/// The most that is shown of a list: room for 87 categories.
const MAX_LIST_CHARS: usize = 4_000;

/// How a run's numbers were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    LabelShift,
    Openings,
    /// By this attack, if the file names one that is known.
    Membership(Option<Attack>),
    Fused,
    /// The seed study's label shift.
    SeedLabelShift,
    /// One of the seed study's scripts of membership.
    SeedMembership,
    Unknown,
}

/// A setting that differs from its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) value: String,
}

impl Setting {
    /// All of them: `n_boot = 50, unit = documents`.
    pub(super) fn listed(settings: &[Self]) -> String {
        let shown = |Self { name, value }: &Self| format!("{name} = {value}");
        list(&settings.iter().map(shown).collect::<Vec<_>>())
    }
}

/// What a summary says.
pub(super) struct Told<'p> {
    pub(super) provenance: &'p Provenance,
    pub(super) method: Method,
}

impl<'p> Told<'p> {
    pub(super) fn new(provenance: &'p Provenance) -> Self {
        let attack = provenance.attack.as_str().and_then(Attack::from_name);
        let method = match (provenance.dialect, provenance.method.as_deref()) {
            (Dialect::SeedPriors, None) => Method::SeedLabelShift,
            (Dialect::SeedMembership, None) => Method::SeedMembership,
            (_, Some("labelshift")) => Method::LabelShift,
            (_, Some("openings")) => Method::Openings,
            (_, Some("membership")) => Method::Membership(attack),
            (_, Some("fused")) => Method::Fused,
            _ => Method::Unknown,
        };
        Self { provenance, method }
    }

    /// A setting; null where it is not there.
    pub(super) fn setting(&self, name: &str) -> &'p Value {
        static NOTHING: Value = Value::Null;
        let config = &self.provenance.config;
        let drawing = config.get("drawing").and_then(|drawing| drawing.get(name));
        config.get(name).or(drawing).unwrap_or(&NOTHING)
    }

    /// The model: its name, or that of a server's.
    pub(super) fn model(&self) -> Option<String> {
        let named = words(self.setting("target_model")).or_else(|| words(self.setting("model")))?;
        match words(self.setting("endpoint")) {
            Some(server) => Some(format!("{named}, asked at {server}")),
            None => Some(named),
        }
    }

    /// Branch, tag or commit of the model.
    pub(super) fn revision(&self) -> Option<String> {
        words(self.setting("hf_revision"))
    }

    /// The estimator, if it is one of label shift.
    pub(super) fn estimator(&self) -> Option<Estimator> {
        let made_by = self.provenance.estimator.get("name").and_then(Value::as_str);
        Estimator::from_name(made_by.or_else(|| self.setting("estimator").as_str())?)
    }

    /// The calibration of a classifier.
    pub(super) fn calibration(&self) -> Option<CalibrationMethod> {
        let made_by = self.provenance.estimator.get("calibration");
        let method = made_by.and_then(|map| map.get("method"));
        serde_json::from_value(method.unwrap_or_else(|| self.setting("calibration")).clone()).ok()
    }

    /// Name, version and commit of the program.
    pub(super) fn tool(&self) -> Option<String> {
        let part = |name: &str| self.provenance.tool.get(name).and_then(words);
        let commit = part("commit").map(|commit| format!(" (commit {commit})"));
        Some(format!("{} {}{}", part("name")?, part("version")?, commit.unwrap_or_default()))
    }

    /// When the run ended.
    pub(super) fn date(&self) -> Option<String> {
        words(&self.provenance.created)
    }

    /// Level in percent and number of replicates of the intervals; a number of 0 stands for no intervals.
    pub(super) fn intervals(&self) -> Option<(String, u64)> {
        let level = self.setting("level").as_f64()?;
        let percent = (level * 1e8).round() / 1e6;
        Some((format!("{percent} %"), self.setting("n_boot").as_u64()?))
    }

    /// The settings that differ from their defaults; none where the file does not say which do.
    pub(super) fn changed(&self) -> Option<Vec<Setting>> {
        let names = self.provenance.config.get("changed")?.as_array()?;
        let setting = |name: &Value| {
            let value = match self.setting(name.as_str()?) {
                Value::Null => "none".to_owned(),
                value => words(value).unwrap_or_else(|| shown(&value.to_string())),
            };
            Some(Setting { name: words(name)?, value })
        };
        Some(names.iter().filter_map(setting).collect())
    }
}

/// A text or a number that may be shown; none where there is nothing to show.
pub(super) fn words(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) if !text.trim().is_empty() => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        _ => return None,
    };
    Some(shown(&text))
}

/// A text of a file as it may be shown.
pub(super) fn shown(text: &str) -> String {
    shortened(&printable(text), MAX_CHARS).into_owned()
}

/// Parts as one text that is not too long.
pub(super) fn list(parts: &[String]) -> String {
    shortened(&parts.join(", "), MAX_LIST_CHARS).into_owned()
}

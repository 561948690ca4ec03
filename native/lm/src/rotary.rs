//! Rotary position embeddings (Su et al. 2021, RoFormer) and the ways to stretch them.

use data_anatomy_core::messages::input_error::InputError;
use data_anatomy_core::numeric::math;

use super::config::Config;

/// A rotary embedding: dimension pairs `(i, i + n)` of a head, `n` the number of frequencies, turn by
/// position × frequency; dimensions from `2 n` on stay as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotary {
    /// Radians per position, `[n]`.
    pub frequencies: Vec<f32>,
    /// Cosine and sine are multiplied by this (YaRN's attention factor).
    pub scale: f32,
}

/// Where published checkpoints keep the parts of a rotary embedding.
#[derive(Debug, Clone, Copy)]
pub struct RotaryFields {
    /// Field of the base.
    pub base: &'static str,
    /// Base where the field is absent.
    pub default_base: f64,
    /// Field of the share of a head's dimensions that turn.
    pub share: &'static str,
    /// Share where the field is absent.
    pub default_share: f64,
}

impl RotaryFields {
    /// The fields of most families.
    pub const USUAL: Self = Self {
        base: "rope_theta",
        default_base: 10_000.0,
        share: "partial_rotary_factor",
        default_share: 1.0,
    };
}

impl Rotary {
    /// The rotary embedding that a `config.json` describes, for heads of width `head_dim` and the
    /// layers of type `layer_type` where the file tells types apart.
    ///
    /// Both forms are read: `rope_theta` with `rope_scaling`, and `rope_parameters`.
    ///
    /// # Errors
    /// If a field is missing or wrong, or the kind of stretching is not known.
    pub fn from_config(
        config: &Config,
        fields: RotaryFields,
        head_dim: usize,
        layer_type: Option<&str>,
    ) -> Result<Self, InputError> {
        let parameters = match (config.object("rope_parameters")?, layer_type) {
            (Some(parameters), Some(layer_type)) => {
                let own = parameters.object(layer_type)?;
                Some(own.unwrap_or(parameters))
            }
            (parameters, _) => parameters,
        };
        let base = match parameters.as_ref().map(|object| object.optional_number("rope_theta")) {
            Some(found) => found?,
            None => None,
        };
        let base = match base {
            Some(base) => base,
            None => config.number_or(fields.base, fields.default_base)?,
        };
        let share = match &parameters {
            Some(object) => object.optional_number("partial_rotary_factor")?,
            None => None,
        };
        let share = match share {
            Some(share) => share,
            None => config.number_or(fields.share, fields.default_share)?,
        };
        if !(base > 1.0 && share > 0.0 && share <= 1.0) {
            let detail =
                format!("expected a base above 1 and a share in (0, 1], found {base}, {share}");
            return Err(config.refuse(fields.base, detail));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "within head_dim"
        )]
        #[expect(clippy::cast_precision_loss, reason = "a head's width")]
        let n_dims = ((head_dim as f64 * share) as usize).max(2);
        let scaling = match parameters {
            Some(parameters) => Some(parameters),
            // The types of an older file with two kinds of layers differ in scaling: sliding windows
            // are short and need none.
            None if layer_type == Some("sliding_attention") => None,
            None => config.object("rope_scaling")?,
        };
        let plain = plain_frequencies(base, n_dims);
        match scaling {
            None => Ok(Self { frequencies: plain, scale: 1.0 }),
            Some(scaling) => Stretch { config, scaling: &scaling, base, n_dims }.apply(plain),
        }
    }
}

impl Rotary {
    /// Cosines and sines of the positions below `n_positions`, `[n_positions, n]` each.
    #[expect(clippy::cast_precision_loss, reason = "contexts are below 2^24")]
    pub fn tables(&self, n_positions: usize) -> [Vec<f32>; 2] {
        let angles = |of: fn(f32) -> f32| {
            let positions = 0..n_positions;
            let angles = positions.flat_map(|position| {
                self.frequencies.iter().map(move |frequency| position as f32 * frequency)
            });
            angles.map(|angle| of(angle) * self.scale).collect()
        };
        [angles(f32::cos), angles(f32::sin)]
    }
}

/// `base^(-2i/n)` in single precision, as the models were trained with.
fn plain_frequencies(base: f64, n_dims: usize) -> Vec<f32> {
    (0..n_dims / 2).map(|index| 1.0 / power(base, 2 * index, n_dims)).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "rounded to single precision, as in training")]
#[expect(clippy::cast_precision_loss, reason = "a head's width")]
fn power(base: f64, numerator: usize, denominator: usize) -> f32 {
    let exponent = numerator as f32 / denominator as f32;
    math::pow(f64::from(base as f32), f64::from(exponent)) as f32
}

/// How a rotary embedding is stretched to longer contexts than it was first trained on.
struct Stretch<'a> {
    config: &'a Config,
    scaling: &'a Config,
    base: f64,
    n_dims: usize,
}

impl Stretch<'_> {
    fn apply(&self, plain: Vec<f32>) -> Result<Rotary, InputError> {
        let kind = match self.scaling.optional_text("rope_type")? {
            Some(kind) => Some(kind),
            None => self.scaling.optional_text("type")?,
        };
        match kind.unwrap_or("default") {
            // "dynamic" leaves the frequencies alone up to the context that the file states, and longer
            // sequences are refused.
            "default" | "dynamic" => Ok(Rotary { frequencies: plain, scale: 1.0 }),
            "linear" => self.linear(&plain),
            "llama3" => self.llama3(plain),
            "yarn" => self.yarn(),
            other => {
                let detail = format!(
                    "expected default, linear, dynamic, llama3 or yarn; found `{other}`, which is not supported"
                );
                Err(self.config.refuse("rope_scaling", detail))
            }
        }
    }

    /// Positions divided by a factor (Chen et al. 2023).
    fn linear(&self, plain: &[f32]) -> Result<Rotary, InputError> {
        let factor = narrow(self.required("factor")?);
        Ok(Rotary { frequencies: plain.iter().map(|value| value / factor).collect(), scale: 1.0 })
    }

    /// Long wavelengths divided by a factor, short ones kept, with a ramp between (Llama 3.1).
    fn llama3(&self, plain: Vec<f32>) -> Result<Rotary, InputError> {
        let factor = self.required("factor")?;
        let low = self.required("low_freq_factor")?;
        let high = self.required("high_freq_factor")?;
        let original = self.original_context()?;
        let stretch = |frequency: f32| {
            let turns = original * f64::from(frequency) / std::f64::consts::TAU;
            if turns < low {
                narrow(f64::from(frequency) / factor)
            } else if turns > high {
                frequency
            } else {
                let kept = (turns - low) / (high - low);
                narrow(f64::from(frequency) * ((1.0 - kept) / factor + kept))
            }
        };
        Ok(Rotary { frequencies: plain.into_iter().map(stretch).collect(), scale: 1.0 })
    }

    /// Frequencies between interpolation and extrapolation by how often they turn within the original
    /// context (Peng et al. 2023, YaRN, section 3.2), with its attention factor (equation 22).
    fn yarn(&self) -> Result<Rotary, InputError> {
        let original = self.original_context()?;
        let factor = self.required("factor")?;
        let scale = match self.scaling.optional_number("attention_factor")? {
            Some(scale) => scale,
            None => self.yarn_scale(factor)?,
        };
        let fast = self.scaling.number_or("beta_fast", 32.0)?;
        let slow = self.scaling.number_or("beta_slow", 1.0)?;
        let (mut low, mut high) = (self.dimension(fast, original), self.dimension(slow, original));
        if self.scaling.flag_or("truncate", true)? {
            (low, high) = (low.floor(), high.ceil());
        }
        #[expect(clippy::cast_precision_loss, reason = "a head's width")]
        let last = (self.n_dims - 1) as f64;
        let low = low.max(0.0);
        let high = high.min(last);
        let width = if low == high { 0.001 } else { high - low };
        #[expect(clippy::cast_precision_loss, reason = "a head's width")]
        let blend = |index: usize| {
            let interpolated = ((index as f64 - low) / width).clamp(0.0, 1.0);
            let plain = 1.0 / f64::from(power(self.base, 2 * index, self.n_dims));
            narrow(plain / factor * interpolated + plain * (1.0 - interpolated))
        };
        Ok(Rotary { frequencies: (0..self.n_dims / 2).map(blend).collect(), scale: narrow(scale) })
    }

    fn yarn_scale(&self, factor: f64) -> Result<f64, InputError> {
        let grow = |weight: f64| {
            if factor <= 1.0 { 1.0 } else { 0.1 * weight * math::ln(factor) + 1.0 }
        };
        let weight = self.scaling.number_or("mscale", 0.0)?;
        let all = self.scaling.number_or("mscale_all_dim", 0.0)?;
        Ok(if weight != 0.0 && all != 0.0 { grow(weight) / grow(all) } else { grow(1.0) })
    }

    /// The dimension whose frequency turns so often within the original context.
    #[expect(clippy::cast_precision_loss, reason = "a head's width")]
    fn dimension(&self, turns: f64, original: f64) -> f64 {
        let wavelengths = math::ln(original / (turns * std::f64::consts::TAU));
        self.n_dims as f64 * wavelengths / (2.0 * math::ln(self.base))
    }

    fn required(&self, field: &str) -> Result<f64, InputError> {
        match self.scaling.optional_number(field)?.filter(|number| *number > 0.0) {
            Some(number) => Ok(number),
            None => {
                let detail = format!("expected a number above 0 in `{field}`");
                Err(self.config.refuse("rope_scaling", detail))
            }
        }
    }

    fn original_context(&self) -> Result<f64, InputError> {
        const FIELD: &str = "original_max_position_embeddings";
        if self.scaling.get(FIELD).is_some() {
            return self.required(FIELD);
        }
        match self.config.optional_number(FIELD)? {
            Some(original) if original > 0.0 => Ok(original),
            _ => self.config.number_or("max_position_embeddings", 0.0),
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "models compute in single precision")]
fn narrow(value: f64) -> f32 {
    value as f32
}

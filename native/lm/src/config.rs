//! A checkpoint's `config.json`, read with errors that name the field.
//!
//! Which fields a model has is known to those who read them: the files of [`architecture`](crate::architecture),
//! and the encoders that classify texts.

use std::path::Path;

use anyhow::Context as _;
use data_anatomy_core::messages::input_error::{InputError, Problem};
use serde_json::{Map, Value};

use super::blueprint::Activation;

/// No width, count or length of a real model is larger: more would be an attack on memory.
const MAX_SIZE: usize = 1 << 24;
/// No real model has more layers.
pub const MAX_LAYERS: usize = 1024;

/// The object of a `config.json`, or one inside it.
#[derive(Debug, Clone)]
pub struct Config {
    path: String,
    fields: Map<String, Value>,
}

impl Config {
    /// The name of the file, which no checkpoint can do without.
    pub(crate) const FILE: &str = "config.json";

    /// The `config.json` of the checkpoint in `folder`.
    ///
    /// # Errors
    /// If it is missing, no JSON, or no object.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(Self::FILE);
        let bytes = data_anatomy_job::files::read(&path)
            .context("a checkpoint in Hugging Face layout has a config.json")?;
        Ok(Self::parse(&path.display().to_string(), &bytes)?)
    }

    /// The object in these bytes of the file `path`.
    ///
    /// # Errors
    /// If they are no JSON object.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, InputError> {
        let value: Value = serde_json::from_slice(bytes).map_err(|error| {
            let place = format!("{}:{}", error.line(), error.column());
            InputError::new(path, place, Problem::Syntax { detail: error.to_string() })
        })?;
        match value {
            Value::Object(fields) => Ok(Self { path: path.to_owned(), fields }),
            other => {
                let detail = format!("expected an object, found {}", kind_of(&other));
                Err(InputError::new(path, "", Problem::Syntax { detail }))
            }
        }
    }

    /// The error that `field` is not what it should be.
    pub fn refuse(&self, field: &str, detail: impl Into<String>) -> InputError {
        InputError::new(&self.path, field, Problem::Syntax { detail: detail.into() })
    }

    /// The value of `field`; null counts as absent.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    /// The object in `field`.
    ///
    /// # Errors
    /// If something else stands there.
    pub fn object(&self, field: &str) -> Result<Option<Self>, InputError> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::Object(fields)) => {
                Ok(Some(Self { path: self.path.clone(), fields: fields.clone() }))
            }
            Some(other) => Err(self.wrong(field, "an object", other)),
        }
    }

    /// A size that must be there: 1 or more, and not absurd.
    ///
    /// # Errors
    /// If it is absent or no such number.
    pub fn size(&self, field: &str) -> Result<usize, InputError> {
        self.optional_size(field)?.ok_or_else(|| {
            let expected = format!("{field}, a whole number");
            InputError::new(&self.path, "", Problem::MissingField { expected })
        })
    }

    /// A size, or nothing where the field is absent.
    ///
    /// # Errors
    /// If something else stands there.
    pub fn optional_size(&self, field: &str) -> Result<Option<usize>, InputError> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
        match size.filter(|size| (1..=MAX_SIZE).contains(size)) {
            Some(size) => Ok(Some(size)),
            None => Err(self.wrong(field, "a whole number of 1 or more", value)),
        }
    }

    /// The number of layers in `field`.
    ///
    /// # Errors
    /// If it is absent, no number, or absurd.
    pub fn n_layers(&self, field: &str) -> Result<usize, InputError> {
        let n_layers = self.size(field)?;
        if n_layers > MAX_LAYERS {
            return Err(
                self.refuse(field, format!("expected at most {MAX_LAYERS}, found {n_layers}"))
            );
        }
        Ok(n_layers)
    }

    /// A finite number, or nothing where the field is absent.
    ///
    /// # Errors
    /// If something else stands there.
    pub fn optional_number(&self, field: &str) -> Result<Option<f64>, InputError> {
        let Some(value) = self.get(field) else { return Ok(None) };
        match value.as_f64().filter(|number| number.is_finite()) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(field, "a number", value)),
        }
    }

    /// A finite number, `default` where the field is absent.
    ///
    /// # Errors
    /// If something else stands there.
    pub fn number_or(&self, field: &str, default: f64) -> Result<f64, InputError> {
        Ok(self.optional_number(field)?.unwrap_or(default))
    }

    /// True or false, `default` where the field is absent.
    ///
    /// # Errors
    /// If something else stands there.
    pub fn flag_or(&self, field: &str, default: bool) -> Result<bool, InputError> {
        match self.get(field) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.wrong(field, "true or false", other)),
        }
    }

    /// A string, or nothing where the field is absent.
    ///
    /// # Errors
    /// If something else stands there.
    pub fn optional_text(&self, field: &str) -> Result<Option<&str>, InputError> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(field, "a string", other)),
        }
    }

    /// The strings of a list, or nothing where the field is absent.
    ///
    /// # Errors
    /// If something else stands there.
    pub fn optional_texts(&self, field: &str) -> Result<Option<Vec<&str>>, InputError> {
        let Some(value) = self.get(field) else { return Ok(None) };
        let texts = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
        match texts {
            Some(texts) => Ok(Some(texts)),
            None => Err(self.wrong(field, "a list of strings", value)),
        }
    }

    /// The activation named in `field`, `default` where it is absent.
    ///
    /// # Errors
    /// If it has another name than the known ones.
    pub fn activation_or(
        &self,
        field: &str,
        default: Activation,
    ) -> Result<Activation, InputError> {
        match self.optional_text(field)? {
            None => Ok(default),
            Some("gelu") => Ok(Activation::Gelu),
            Some("gelu_new" | "gelu_fast" | "gelu_pytorch_tanh") => Ok(Activation::GeluTanh),
            Some("quick_gelu") => Ok(Activation::GeluQuick),
            Some("relu") => Ok(Activation::Relu),
            Some("silu" | "swish") => Ok(Activation::Silu),
            Some(other) => {
                let known = "gelu, gelu_new, gelu_fast, gelu_pytorch_tanh, quick_gelu, relu, silu";
                Err(self.refuse(field, format!("expected one of {known}; found `{other}`")))
            }
        }
    }

    /// Heads of keys and values (`num_key_value_heads`), as many as query heads where absent.
    ///
    /// # Errors
    /// If the query heads cannot be shared out among them.
    pub fn n_kv_heads(&self, n_heads: usize) -> Result<usize, InputError> {
        let n_kv_heads = self.optional_size("num_key_value_heads")?.unwrap_or(n_heads);
        if !n_heads.is_multiple_of(n_kv_heads) {
            let detail = format!("expected a divisor of the {n_heads} heads, found {n_kv_heads}");
            return Err(self.refuse("num_key_value_heads", detail));
        }
        Ok(n_kv_heads)
    }

    /// The width of a head: `hidden / n_heads`.
    ///
    /// # Errors
    /// If that is no whole number.
    pub fn head_dim(&self, hidden: usize, n_heads: usize) -> Result<usize, InputError> {
        if !hidden.is_multiple_of(n_heads) {
            let detail = format!("a width of {hidden} does not divide into {n_heads} heads");
            return Err(self.refuse("", detail));
        }
        Ok(hidden / n_heads)
    }

    fn wrong(&self, field: &str, expected: &str, found: &Value) -> InputError {
        let mut shown = found.to_string();
        if shown.len() > 60 {
            shown = kind_of(found).to_owned();
        }
        self.refuse(field, format!("expected {expected}, found {shown}"))
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

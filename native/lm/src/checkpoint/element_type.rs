//! What the elements of a tensor are.

use std::fmt;

use anyhow::bail;

/// The type of weights as they are handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeightType {
    /// 32-bit float.
    F32,
    /// 16-bit float of IEEE 754.
    F16,
    /// 16-bit float with the range of a 32-bit one.
    Bf16,
}

impl WeightType {
    /// The bytes of one element.
    pub fn n_bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
        }
    }
}

impl fmt::Display for WeightType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        ElementType::from(*self).fmt(formatter)
    }
}

/// The type of a tensor's elements as stored in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ElementType {
    /// 32-bit float.
    F32,
    /// 16-bit float of IEEE 754.
    F16,
    /// 16-bit float with the range of a 32-bit one.
    Bf16,
    /// 64-bit float; handed out as 32-bit.
    F64,
    /// Something that weights are not made of, such as the booleans of an attention mask; never
    /// handed out.
    Other {
        /// What it is called.
        name: &'static str,
        /// The bits of one element.
        n_bits: usize,
    },
}

impl ElementType {
    /// Whether a tensor of this type can be handed out.
    pub fn is_float(self) -> bool {
        !matches!(self, Self::Other { .. })
    }

    /// Nothing, if a tensor of this type can be handed out.
    ///
    /// # Errors
    /// If not.
    pub(super) fn check_float(self) -> anyhow::Result<()> {
        match self {
            Self::Other { name, .. } => bail!("it holds {name}; expected f32, f16, bf16, or f64"),
            _ => Ok(()),
        }
    }

    /// The bytes of one element, rounded down.
    pub fn n_bytes(self) -> u64 {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Other { n_bits, .. } => n_bits as u64 / 8,
        }
    }
}

impl From<WeightType> for ElementType {
    fn from(weight_type: WeightType) -> Self {
        match weight_type {
            WeightType::F32 => Self::F32,
            WeightType::F16 => Self::F16,
            WeightType::Bf16 => Self::Bf16,
        }
    }
}

impl fmt::Display for ElementType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Bf16 => "bf16",
            Self::F64 => "f64",
            Self::Other { name, .. } => name,
        })
    }
}

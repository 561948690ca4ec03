//! A device: what it is, what it is called, and what memory it has.

use std::fmt;

use serde::Serialize;

use super::back_end::BackEnd;

/// What sort of device it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A GPU with memory of its own.
    DiscreteGpu,
    /// A GPU that shares the processor's memory.
    IntegratedGpu,
    /// A share of a GPU of the machine's host.
    VirtualGpu,
    /// Something that does not say what it is.
    Unknown,
    /// A GPU imitated by the processor: right numbers, slowly.
    SoftwareRasteriser,
    /// The processor.
    Processor,
}

/// A device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Adapter {
    /// By what it is reached.
    pub back_end: BackEnd,
    /// Its number among those of the back end.
    pub index: usize,
    /// What its maker calls it.
    pub name: String,
    /// What sort it is.
    pub kind: Kind,
    /// Its number among those of its sort.
    #[serde(skip)]
    pub index_of_kind: usize,
    /// Its memory, where it can be known.
    pub memory: Option<Memory>,
    /// The types of numbers in which weights can be held.
    pub types: Vec<&'static str>,
}

/// Bytes of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Memory {
    /// All of it.
    pub total_bytes: u64,
    /// What nobody uses now.
    pub free_bytes: u64,
}

impl Adapter {
    /// How it is named on the command line.
    pub fn device(&self) -> String {
        match self.back_end {
            BackEnd::Cpu => "cpu".to_owned(),
            back_end => format!("{}:{}", back_end.name(), self.index),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::DiscreteGpu => "discrete GPU",
            Self::IntegratedGpu => "integrated GPU",
            Self::VirtualGpu => "virtual GPU",
            Self::Unknown => "unknown",
            Self::SoftwareRasteriser => "software",
            Self::Processor => "processor",
        })
    }
}

//! `--device` as it is typed, and what it comes to on this machine.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context as _, bail};

use super::adapter::{Adapter, Kind};
use super::back_end::BackEnd;
use super::inventory::Inventory;

/// What `--device` asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// CUDA, else a real GPU by wgpu, else the processor; never a software rasteriser.
    #[default]
    Auto,
    /// The processor.
    Cpu,
    /// These devices; the layers of a model are shared out over them in this order.
    Named(Vec<NamedDevice>),
}

/// A device by its name, such as `cuda:1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedDevice {
    /// By what it is reached.
    pub back_end: BackEnd,
    /// Its number; the best one where none is given.
    pub index: Option<usize>,
}

/// What can be typed.
const EXPECTED: &str =
    "auto, cpu, wgpu[:N], cuda[:N], rocm[:N], or several devices of a kind such as cuda:0,cuda:1";

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => return Ok(Self::Auto),
            "cpu" => return Ok(Self::Cpu),
            _ => {}
        }
        let named: Vec<NamedDevice> =
            text.split(',').map(NamedDevice::parse).collect::<Result<_, _>>()?;
        for (place, device) in named.iter().enumerate() {
            if named[..place].contains(device) {
                return Err(format!("`{device}` is named twice; expected each device once"));
            }
            if named.len() > 1 && device.index.is_none() {
                return Err(format!("expected a number after `{device}`, as in `{device}:0`"));
            }
        }
        Ok(Self::Named(named))
    }
}

impl NamedDevice {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, index) = match text.split_once(':') {
            Some((name, index)) => (name, Some(index)),
            None => (text, None),
        };
        let back_end = BackEnd::GPUS.into_iter().find(|back_end| back_end.name() == name);
        let index = index.map(|index| index.parse::<u16>().map(usize::from)).transpose();
        match (back_end, index) {
            (Some(back_end), Ok(index)) => Ok(Self { back_end, index }),
            _ => Err(format!("expected {EXPECTED}; found `{text}`")),
        }
    }
}

impl fmt::Display for NamedDevice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.back_end.name())?;
        match self.index {
            Some(index) => write!(formatter, ":{index}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for DeviceChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => formatter.write_str("auto"),
            Self::Cpu => formatter.write_str("cpu"),
            Self::Named(devices) => {
                let names: Vec<String> = devices.iter().map(ToString::to_string).collect();
                formatter.write_str(&names.join(","))
            }
        }
    }
}

impl DeviceChoice {
    /// The adapters that this comes to on this machine: one, or those that share a model's layers.
    ///
    /// # Errors
    /// If a named device is not there; says why in one line.
    pub fn resolve(&self) -> anyhow::Result<Vec<Adapter>> {
        let needed: Vec<BackEnd> = match self {
            Self::Auto => vec![BackEnd::Cpu, BackEnd::Cuda, BackEnd::Wgpu],
            Self::Cpu => vec![BackEnd::Cpu],
            Self::Named(devices) => devices.iter().map(|device| device.back_end).collect(),
        };
        self.choose(&Inventory::of(&needed))
    }

    /// The same, of what was found.
    ///
    /// # Errors
    /// As [`Self::resolve`].
    pub fn choose(&self, inventory: &Inventory) -> anyhow::Result<Vec<Adapter>> {
        match self {
            Self::Auto => {
                let cuda = inventory.of_back_end(BackEnd::Cuda).next();
                let real = |adapter: &&Adapter| {
                    matches!(adapter.kind, Kind::DiscreteGpu | Kind::IntegratedGpu)
                };
                let best = cuda
                    .or_else(|| inventory.of_back_end(BackEnd::Wgpu).find(real))
                    .or_else(|| inventory.of_back_end(BackEnd::Cpu).next());
                Ok(vec![best.context("this machine has no processor that is known")?.clone()])
            }
            Self::Cpu => {
                let cpu = inventory.of_back_end(BackEnd::Cpu).next();
                Ok(vec![cpu.context("this machine has no processor that is known")?.clone()])
            }
            Self::Named(devices) => {
                devices.iter().map(|device| device.find(inventory).cloned()).collect()
            }
        }
    }
}

impl NamedDevice {
    fn find<'a>(&self, inventory: &'a Inventory) -> anyhow::Result<&'a Adapter> {
        let adapters: Vec<&Adapter> = inventory.of_back_end(self.back_end).collect();
        if let Some(adapter) = adapters.get(self.index.unwrap_or(0)) {
            return Ok(adapter);
        }
        let missing = inventory.missing.iter().find(|missing| missing.back_end == self.back_end);
        match (missing, adapters.len()) {
            (Some(missing), _) => bail!("{missing}"),
            (None, 0) => bail!("{}: no device was found", self.back_end.name()),
            (None, n) => bail!(
                "{self}: there is no such device; {} has {n}, counted from 0",
                self.back_end.name()
            ),
        }
    }
}

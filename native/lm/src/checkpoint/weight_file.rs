//! One file of weights, of either format.

use std::path::Path;

use super::element_type::ElementType;
use super::host_tensor::HostTensor;
use super::pytorch_file::PytorchFile;
use super::safetensors_file::SafetensorsFile;

/// How a file of weights is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Safetensors,
    Pytorch,
}

/// An open file of weights.
#[derive(Debug)]
pub(super) enum WeightFile {
    Safetensors(SafetensorsFile),
    Pytorch(PytorchFile),
}

impl WeightFile {
    /// The file at `path`; no tensor is read yet.
    ///
    /// # Errors
    /// If it cannot be read or is no sound file of this format; names the file.
    pub(super) fn open(path: &Path, format: Format) -> anyhow::Result<Self> {
        match format {
            Format::Safetensors => SafetensorsFile::open(path).map(Self::Safetensors),
            Format::Pytorch => PytorchFile::open(path).map(Self::Pytorch),
        }
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Safetensors(file) => file.path(),
            Self::Pytorch(file) => file.path(),
        }
    }

    /// The names of its tensors.
    pub(super) fn names(&self) -> Vec<String> {
        match self {
            Self::Safetensors(file) => file.names(),
            Self::Pytorch(file) => file.names(),
        }
    }

    /// The lengths of the tensor's axes.
    pub(super) fn shape(&self, name: &str) -> Option<&[usize]> {
        match self {
            Self::Safetensors(file) => file.shape(name),
            Self::Pytorch(file) => file.shape(name),
        }
    }

    /// The type of the tensor's elements.
    pub(super) fn element_type(&self, name: &str) -> Option<ElementType> {
        match self {
            Self::Safetensors(file) => file.element_type(name),
            Self::Pytorch(file) => file.element_type(name),
        }
    }

    /// The tensor of this name.
    ///
    /// # Errors
    /// If there is none, its elements are no floats, or its bytes are damaged or cannot be read.
    pub(super) fn tensor(&self, name: &str) -> anyhow::Result<HostTensor<'_>> {
        match self {
            Self::Safetensors(file) => file.tensor(name),
            Self::Pytorch(file) => file.tensor(name),
        }
    }
}

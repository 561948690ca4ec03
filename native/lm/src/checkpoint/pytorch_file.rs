//! One file written by `torch.save`: read as data by a parser that knows the calls by which PyTorch
//! rebuilds tensors, and runs none of them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use data_anatomy_job::files;
use pytorch_reader::{DType, PytorchReader, Tensor};

use super::element_type::ElementType;
use super::host_tensor::HostTensor;
use super::shown_name::quoted;

/// A state dict whose structure has been checked; its tensors are read when they are asked for.
#[derive(Debug)]
pub(super) struct PytorchFile {
    path: PathBuf,
    tensors: BTreeMap<String, Tensor>,
}

impl PytorchFile {
    /// The file at `path`: the zip archive that PyTorch writes since 1.6, or its older formats.
    ///
    /// # Errors
    /// If it cannot be read, is no such file or none of tensors by name, or a tensor claims more than
    /// the file holds.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let n_bytes = files::open_regular(path)?
            .metadata()
            .with_context(|| format!("{}: cannot be read", path.display()))?
            .len();
        let reader = PytorchReader::new(path)
            .with_context(|| format!("{}: no readable PyTorch weights", path.display()))?;
        let tensors: BTreeMap<String, Tensor> = reader.into_tensors().into_iter().collect();
        ensure!(!tensors.is_empty(), "{}: it holds no tensors", path.display());
        for (name, tensor) in &tensors {
            // One number can be repeated without end by a stride of 0; weights are not.
            ensure!(
                tensor.byte_len() as u64 <= n_bytes,
                "{}: tensor {} claims {} bytes, more than the file's {n_bytes}",
                path.display(),
                quoted(name),
                tensor.byte_len()
            );
        }
        Ok(Self { path: path.to_owned(), tensors })
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The names of its tensors, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        self.tensors.keys().cloned().collect()
    }

    /// The lengths of the tensor's axes.
    pub(super) fn shape(&self, name: &str) -> Option<&[usize]> {
        Some(self.tensors.get(name)?.shape())
    }

    /// The type of the tensor's elements.
    pub(super) fn element_type(&self, name: &str) -> Option<ElementType> {
        Some(element_type(self.tensors.get(name)?.dtype()))
    }

    /// The tensor of this name, read now.
    ///
    /// # Errors
    /// If there is none, its elements are no floats, or its bytes are damaged or cannot be read.
    pub(super) fn tensor(&self, name: &str) -> anyhow::Result<HostTensor<'_>> {
        let Some(tensor) = self.tensors.get(name) else { bail!("it is not in this file") };
        let element_type = element_type(tensor.dtype());
        element_type.check_float()?;
        let mut bytes = tensor.read().context("its bytes cannot be read")?;
        if cfg!(target_endian = "big") {
            // They come in the order of this machine.
            let n_bytes = tensor.dtype().size();
            bytes.chunks_exact_mut(n_bytes).for_each(<[u8]>::reverse);
        }
        HostTensor::from_stored(element_type, tensor.shape().to_vec(), Cow::Owned(bytes))
    }
}

fn element_type(dtype: DType) -> ElementType {
    let other = |name| ElementType::Other { name, n_bits: 8 * dtype.size() };
    match dtype {
        DType::F32 => ElementType::F32,
        DType::F16 => ElementType::F16,
        DType::BF16 => ElementType::Bf16,
        DType::F64 => ElementType::F64,
        DType::Bool => other("booleans"),
        DType::U8 => other("8-bit unsigned integers"),
        DType::I8 => other("8-bit integers"),
        DType::I16 | DType::U16 => other("16-bit integers"),
        DType::I32 | DType::U32 => other("32-bit integers"),
        DType::I64 | DType::U64 => other("64-bit integers"),
    }
}

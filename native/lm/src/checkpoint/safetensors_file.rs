//! One file in the safetensors format: a JSON header that says where each tensor's bytes are.

use std::borrow::Cow;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};

use super::element_type::ElementType;
use super::host_tensor::HostTensor;
use super::mapped_file::MappedFile;
use super::shown_name::quoted;

/// The longest header that is read, the format's own limit.
const MAX_HEADER_BYTES: u64 = 100_000_000;

/// The bytes before the header, which hold its length.
const LENGTH_BYTES: usize = 8;

/// A mapped safetensors file whose header has been checked.
#[derive(Debug)]
pub(super) struct SafetensorsFile {
    file: MappedFile,
    header: Metadata,
    data_start: usize,
}

impl SafetensorsFile {
    /// The file at `path`; only its header is read.
    ///
    /// # Errors
    /// If it cannot be read, its header is not one, tensors overlap or leave gaps, or the file is
    /// shorter or longer than its header says.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = MappedFile::open(path)?;
        let (header, data_start) =
            read_header(&file).with_context(|| path.display().to_string())?;
        Ok(Self { file, header, data_start })
    }

    /// Where the file is.
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// The names of its tensors, in the order of their bytes.
    pub(super) fn names(&self) -> Vec<String> {
        self.header.offset_keys()
    }

    /// The lengths of the tensor's axes.
    pub(super) fn shape(&self, name: &str) -> Option<&[usize]> {
        Some(&self.header.info(name)?.shape)
    }

    /// The type of the tensor's elements.
    pub(super) fn element_type(&self, name: &str) -> Option<ElementType> {
        Some(element_type(self.header.info(name)?.dtype))
    }

    /// The tensor of this name.
    ///
    /// # Errors
    /// If there is none or its elements are no floats.
    pub(super) fn tensor(&self, name: &str) -> anyhow::Result<HostTensor<'_>> {
        let Some(TensorInfo { dtype, shape, data_offsets: (start, end) }) = self.header.info(name)
        else {
            bail!("it is not in this file")
        };
        let bytes = self.file.get(self.data_start + start..self.data_start + end);
        let bytes = bytes.context("its bytes lie outside the file")?;
        HostTensor::from_stored(element_type(*dtype), shape.clone(), Cow::Borrowed(bytes))
    }
}

/// The header and where the bytes after it start.
///
/// The format's own reader would do, but that it adds the lengths up without a check and cannot say
/// how much of a file is missing.
fn read_header(file: &[u8]) -> anyhow::Result<(Metadata, usize)> {
    let Some((length, rest)) = file.split_first_chunk::<LENGTH_BYTES>() else {
        bail!("the file holds {} bytes, too few for safetensors; get it again", file.len());
    };
    let length = u64::from_le_bytes(*length);
    ensure!(
        length <= MAX_HEADER_BYTES,
        "the header claims {length} bytes, more than safetensors allows: not such a file?"
    );
    let Some(header) = usize::try_from(length).ok().and_then(|length| rest.get(..length)) else {
        bail!(
            "the file ends within its header, of which {} of {length} bytes are there; get it again",
            rest.len()
        );
    };
    let n_data = rest.len() - header.len();
    let header: Metadata =
        serde_json::from_slice(header).context("the header is no valid safetensors header")?;
    let n_expected = header.data_len();
    ensure!(
        n_expected <= n_data,
        "the file is cut off: {} bytes of weights of {n_expected} are there; get it again{}",
        n_data,
        first_cut(&header, n_data)
    );
    ensure!(
        n_expected == n_data,
        "{} bytes follow the last tensor; expected none",
        n_data - n_expected
    );
    Ok((header, file.len() - n_data))
}

/// Which tensor is the first that is not there whole, in brackets.
fn first_cut(header: &Metadata, n_data: usize) -> String {
    let cut = header
        .offset_keys()
        .into_iter()
        .find(|name| header.info(name).is_some_and(|info| info.data_offsets.1 > n_data));
    cut.map_or_else(String::new, |name| format!(" (the first missing is {})", quoted(&name)))
}

fn element_type(dtype: Dtype) -> ElementType {
    match dtype {
        Dtype::F32 => ElementType::F32,
        Dtype::F16 => ElementType::F16,
        Dtype::BF16 => ElementType::Bf16,
        Dtype::F64 => ElementType::F64,
        Dtype::BOOL => other("booleans", dtype),
        Dtype::U8 => other("8-bit unsigned integers", dtype),
        Dtype::I8 => other("8-bit integers", dtype),
        Dtype::I16 | Dtype::U16 => other("16-bit integers", dtype),
        Dtype::I32 | Dtype::U32 => other("32-bit integers", dtype),
        Dtype::I64 | Dtype::U64 => other("64-bit integers", dtype),
        Dtype::C64 => other("complex numbers", dtype),
        _ => other("floats of 8 bits or fewer", dtype),
    }
}

fn other(name: &'static str, dtype: Dtype) -> ElementType {
    ElementType::Other { name, n_bits: dtype.bitsize() }
}

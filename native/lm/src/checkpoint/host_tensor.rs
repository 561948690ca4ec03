//! One tensor in main memory, and the few rearrangements that architectures ask for.

use std::borrow::Cow;
use std::ops::Range;

use anyhow::{bail, ensure};
use half::f16;
use half::slice::HalfFloatSliceExt as _;
use rayon::prelude::*;

use super::element_type::{ElementType, WeightType};

/// A tensor's elements in row-major order, little-endian.
///
/// `bytes` holds exactly as many elements as `shape` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostTensor<'a> {
    /// The lengths of the axes; none for a single number.
    pub shape: Vec<usize>,
    /// The type of the elements.
    pub dtype: WeightType,
    /// The elements, borrowed from the mapped file where possible.
    pub bytes: Cow<'a, [u8]>,
}

/// The elements that one thread converts at a time: their bytes fit into its cache.
const CHUNK: usize = 1 << 14;

/// The rows and columns that are transposed at a time: their bytes fit into a thread's cache.
const TILE: usize = 64;

impl<'a> HostTensor<'a> {
    /// The tensor of elements as a file stores them; 64-bit floats become 32-bit ones.
    ///
    /// # Errors
    /// If they are no floats, one is too large for 32 bits, or there are more or fewer of them than
    /// the shape says.
    pub(super) fn from_stored(
        element_type: ElementType,
        shape: Vec<usize>,
        bytes: Cow<'a, [u8]>,
    ) -> anyhow::Result<Self> {
        element_type.check_float()?;
        let n_elements =
            shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length));
        let Some(n_elements) = n_elements else {
            bail!("its shape {shape:?} is beyond any memory")
        };
        let dtype = match element_type {
            ElementType::F16 => WeightType::F16,
            ElementType::Bf16 => WeightType::Bf16,
            _ => WeightType::F32,
        };
        let n_bytes = u64::try_from(n_elements)?.checked_mul(element_type.n_bytes());
        ensure!(
            n_bytes == Some(bytes.len() as u64),
            "its shape {shape:?} does not go with {} bytes of {element_type}",
            bytes.len()
        );
        let bytes = match element_type {
            ElementType::F64 => Cow::Owned(narrowed(&bytes)?),
            _ => bytes,
        };
        Ok(Self { shape, dtype, bytes })
    }

    /// The number of elements.
    pub fn n_elements(&self) -> usize {
        self.bytes.len() / self.dtype.n_bytes()
    }

    /// The elements as 32-bit floats, which hold every 16-bit one exactly.
    pub fn to_f32(&self) -> Vec<f32> {
        let mut values = vec![0.0; self.n_elements()];
        let chunk_bytes = CHUNK * self.dtype.n_bytes();
        let widen = match self.dtype {
            WeightType::F32 => read_f32,
            WeightType::F16 => widen_f16,
            WeightType::Bf16 => widen_bf16,
        };
        values
            .par_chunks_mut(CHUNK)
            .zip(self.bytes.par_chunks(chunk_bytes))
            .for_each(|(values, bytes)| widen(bytes, values));
        values
    }

    /// The rows of this range (entries along the first axis), without a copy.
    ///
    /// # Errors
    /// If the tensor has no such rows.
    pub fn rows(&self, rows: Range<usize>) -> anyhow::Result<HostTensor<'_>> {
        let n_rows = self.n_rows()?;
        ensure!(
            rows.start <= rows.end && rows.end <= n_rows,
            "rows {} to {} were asked of a tensor of shape {:?}",
            rows.start,
            rows.end,
            self.shape
        );
        let row_bytes = self.bytes.len() / n_rows.max(1);
        let mut shape = self.shape.clone();
        shape[0] = rows.len();
        let bytes = &self.bytes[rows.start * row_bytes..rows.end * row_bytes];
        Ok(HostTensor { shape, dtype: self.dtype, bytes: Cow::Borrowed(bytes) })
    }

    /// The rows of this range of each of `n_groups` equal groups of rows, joined: one part of a fused
    /// projection that is interleaved by head. Without a copy where there is one group.
    ///
    /// # Errors
    /// If the rows do not fall into so many groups, or a group has no such rows.
    pub fn rows_of_groups(
        &self,
        n_groups: usize,
        rows: Range<usize>,
    ) -> anyhow::Result<HostTensor<'_>> {
        let n_rows = self.n_rows()?;
        ensure!(
            n_groups > 0 && n_rows.is_multiple_of(n_groups),
            "a tensor of shape {:?} does not fall into {n_groups} groups of rows",
            self.shape
        );
        let group_rows = n_rows / n_groups;
        ensure!(
            rows.start <= rows.end && rows.end <= group_rows,
            "rows {} to {} were asked of groups of {group_rows} rows",
            rows.start,
            rows.end
        );
        if n_groups == 1 {
            return self.rows(rows);
        }
        let row_bytes = self.bytes.len() / n_rows.max(1);
        let mut bytes = Vec::with_capacity(n_groups * rows.len() * row_bytes);
        for group in self.bytes.chunks_exact((group_rows * row_bytes).max(1)) {
            bytes.extend_from_slice(&group[rows.start * row_bytes..rows.end * row_bytes]);
        }
        let mut shape = self.shape.clone();
        shape[0] = n_groups * rows.len();
        Ok(HostTensor { shape, dtype: self.dtype, bytes: Cow::Owned(bytes) })
    }

    /// The matrix whose rows are this one's columns.
    ///
    /// # Errors
    /// If it is no matrix.
    pub fn transposed(&self) -> anyhow::Result<HostTensor<'static>> {
        let &[n_rows, n_columns] = self.shape.as_slice() else {
            bail!("expected a matrix, found a tensor of shape {:?}", self.shape)
        };
        let bytes = match self.dtype {
            WeightType::F32 => transpose::<4>(&self.bytes, n_rows, n_columns),
            WeightType::F16 | WeightType::Bf16 => transpose::<2>(&self.bytes, n_rows, n_columns),
        };
        Ok(HostTensor {
            shape: vec![n_columns, n_rows],
            dtype: self.dtype,
            bytes: Cow::Owned(bytes),
        })
    }

    fn n_rows(&self) -> anyhow::Result<usize> {
        match self.shape.first() {
            Some(&n_rows) => Ok(n_rows),
            None => bail!("rows were asked of a single number"),
        }
    }
}

fn read_f32(bytes: &[u8], values: &mut [f32]) {
    let (elements, _) = bytes.as_chunks::<4>();
    for (value, element) in values.iter_mut().zip(elements) {
        *value = f32::from_le_bytes(*element);
    }
}

fn widen_f16(bytes: &[u8], values: &mut [f32]) {
    let (elements, _) = bytes.as_chunks::<2>();
    // Converted many at a time, for which processors have instructions; the bytes of a file need not
    // lie where 16-bit numbers may.
    let mut aligned = [f16::ZERO; 256];
    for (values, elements) in values.chunks_mut(256).zip(elements.chunks(256)) {
        for (number, element) in aligned.iter_mut().zip(elements) {
            *number = f16::from_le_bytes(*element);
        }
        aligned[..elements.len()].convert_to_f32_slice(values);
    }
}

fn widen_bf16(bytes: &[u8], values: &mut [f32]) {
    let (elements, _) = bytes.as_chunks::<2>();
    for (value, element) in values.iter_mut().zip(elements) {
        *value = f32::from_bits(u32::from(u16::from_le_bytes(*element)) << 16);
    }
}

/// The bytes of the 64-bit floats as 32-bit ones.
fn narrowed(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (elements, _) = bytes.as_chunks::<8>();
    let mut narrow = Vec::with_capacity(bytes.len() / 2);
    for element in elements {
        let wide = f64::from_le_bytes(*element);
        #[expect(clippy::cast_possible_truncation, reason = "rounding is what is wanted")]
        let value = wide as f32;
        ensure!(
            value.is_finite() || !wide.is_finite(),
            "it holds {wide:e}, too large for a 32-bit float"
        );
        narrow.extend_from_slice(&value.to_le_bytes());
    }
    Ok(narrow)
}

/// The transpose of `n_rows` × `n_columns` elements of `SIZE` bytes.
fn transpose<const SIZE: usize>(bytes: &[u8], n_rows: usize, n_columns: usize) -> Vec<u8> {
    let mut transposed = vec![[0; SIZE]; bytes.len() / SIZE];
    let (elements, _) = bytes.as_chunks::<SIZE>();
    // A strip of some columns of the source is some whole rows of the result.
    transposed.par_chunks_mut((TILE * n_rows).max(1)).enumerate().for_each(|(strip, rows)| {
        let first_column = strip * TILE;
        for first_row in (0..n_rows).step_by(TILE) {
            let tile_rows = first_row..(first_row + TILE).min(n_rows);
            for (offset, row) in rows.chunks_exact_mut(n_rows).enumerate() {
                let column = first_column + offset;
                for index in tile_rows.clone() {
                    row[index] = elements[index * n_columns + column];
                }
            }
        }
    });
    transposed.into_flattened()
}

#[cfg(test)]
#[path = "host_tensor_tests.rs"]
mod tests;

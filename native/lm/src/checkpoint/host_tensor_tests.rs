use std::borrow::Cow;

use half::{bf16, f16};
use proptest::prelude::*;

use super::{HostTensor, transpose};
use crate::checkpoint::{ElementType, WeightType};

fn tensor(shape: &[usize]) -> HostTensor<'static> {
    let n_elements = u16::try_from(shape.iter().product::<usize>()).unwrap();
    let bytes = (0..n_elements).flat_map(|index| f32::from(index).to_le_bytes()).collect();
    HostTensor { shape: shape.to_vec(), dtype: WeightType::F32, bytes: Cow::Owned(bytes) }
}

fn stored(element_type: ElementType, bytes: Vec<u8>) -> anyhow::Result<HostTensor<'static>> {
    let n_bytes = usize::try_from(element_type.n_bytes()).unwrap();
    HostTensor::from_stored(element_type, vec![bytes.len() / n_bytes], Cow::Owned(bytes))
}

#[test]
fn every_half_becomes_the_float_of_the_same_value() {
    for bits in 0..=u16::MAX {
        let bytes = [bits.to_le_bytes(), bits.to_le_bytes()].concat();
        let half = stored(ElementType::F16, bytes.clone()).unwrap().to_f32();
        let brain = stored(ElementType::Bf16, bytes).unwrap().to_f32();
        for (found, expected) in
            [(half[1], f16::from_bits(bits).to_f64()), (brain[1], bf16::from_bits(bits).to_f64())]
        {
            let same = f64::from(found) == expected || found.is_nan() && expected.is_nan();
            assert!(same, "{bits:#06x}: {found} for {expected}");
        }
    }
}

#[test]
fn chunks_of_a_large_tensor_stay_in_order() {
    // Several chunks and a part of one.
    let values: Vec<f16> = (0..50_001_u16).map(f16::from_bits).collect();
    let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let found = stored(ElementType::F16, bytes).unwrap().to_f32();
    assert_eq!(found.len(), values.len());
    for (found, value) in found.iter().zip(&values) {
        assert_eq!(found.to_bits(), value.to_f32().to_bits());
    }
}

#[test]
fn doubles_are_rounded_to_the_nearest_float() {
    let doubles = [0.1_f64, -1.0 / 3.0, 1e-45, f64::INFINITY];
    let bytes = doubles.iter().flat_map(|value| value.to_le_bytes()).collect();
    let found = stored(ElementType::F64, bytes).unwrap();
    assert_eq!(found.dtype, WeightType::F32);
    assert_eq!(found.to_f32(), [0.1_f32, -1.0 / 3.0, 1e-45, f32::INFINITY]);
}

#[test]
fn a_double_beyond_floats_is_refused() {
    let error = stored(ElementType::F64, 1e300_f64.to_le_bytes().to_vec()).unwrap_err();
    assert_eq!(error.to_string(), "it holds 1e300, too large for a 32-bit float");
}

#[test]
fn rows_are_borrowed_and_checked() {
    let tensor = tensor(&[4, 3]);
    let rows = tensor.rows(1..3).unwrap();
    assert!(matches!(rows.bytes, Cow::Borrowed(_)));
    assert_eq!(
        (rows.shape.as_slice(), rows.to_f32()),
        (&[2, 3][..], vec![3.0, 4.0, 5.0, 6.0, 7.0, 8.0])
    );
    let error = tensor.rows(1..5).unwrap_err();
    assert_eq!(error.to_string(), "rows 1 to 5 were asked of a tensor of shape [4, 3]");
    assert!(HostTensor { shape: vec![], ..tensor }.rows(0..0).is_err());
}

#[test]
fn rows_of_groups_pick_the_same_part_of_each() {
    // Two heads of query, key, value, each one row: the keys are rows 1 and 4.
    let keys = tensor(&[6, 2]);
    let keys = keys.rows_of_groups(2, 1..2).unwrap();
    assert_eq!((keys.shape.as_slice(), keys.to_f32()), (&[2, 2][..], vec![2.0, 3.0, 8.0, 9.0]));
    let bias = tensor(&[6]);
    assert_eq!(bias.rows_of_groups(2, 1..3).unwrap().to_f32(), [1.0, 2.0, 4.0, 5.0]);
    let whole = bias.rows_of_groups(1, 2..4).unwrap();
    assert!(matches!(whole.bytes, Cow::Borrowed(_)));
    assert_eq!(whole.to_f32(), [2.0, 3.0]);
}

#[test]
fn rows_that_do_not_fall_into_groups_are_refused() {
    let found = |n_groups, rows| {
        tensor(&[6, 2]).rows_of_groups(n_groups, rows).map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(found(4, 0..1), "a tensor of shape [6, 2] does not fall into 4 groups of rows");
    assert_eq!(found(0, 0..1), "a tensor of shape [6, 2] does not fall into 0 groups of rows");
    assert_eq!(found(2, 2..4), "rows 2 to 4 were asked of groups of 3 rows");
}

#[test]
fn only_matrices_are_transposed() {
    let error = tensor(&[2, 2, 2]).transposed().unwrap_err();
    assert_eq!(error.to_string(), "expected a matrix, found a tensor of shape [2, 2, 2]");
}

#[test]
fn tensors_without_elements_have_rows_groups_and_transposes() {
    for shape in [[0, 3], [3, 0], [0, usize::MAX]] {
        let bytes = Cow::Borrowed(&[][..]);
        let tensor = HostTensor::from_stored(ElementType::F16, shape.to_vec(), bytes).unwrap();
        assert_eq!(tensor.transposed().unwrap().shape, [shape[1], shape[0]]);
        assert_eq!(tensor.rows(0..shape[0]).unwrap().shape, shape);
        assert_eq!(tensor.rows_of_groups(3, 0..shape[0] / 3).unwrap().shape, shape);
    }
}

proptest! {
    #[test]
    fn transposition_moves_each_element_to_its_mirror_place(
        n_rows in 0_usize..200, n_columns in 0_usize..200
    ) {
        let places = 0..u16::try_from(n_rows * n_columns).unwrap();
        let bytes: Vec<u8> = places.flat_map(u16::to_le_bytes).collect();
        let found = transpose::<2>(&bytes, n_rows, n_columns);
        for row in 0..n_rows {
            for column in 0..n_columns {
                let (there, here) = (2 * (column * n_rows + row), 2 * (row * n_columns + column));
                prop_assert_eq!(&found[there..there + 2], &bytes[here..here + 2]);
            }
        }
    }
}

//! How the likelihood of a mixture bends.

use crate::numeric::matrix::Matrix;

/// Texts whose outer products are added in one pass over the matrix: it is the passes that cost.
const BLOCK: usize = 4;

/// The weighted mean of the outer products of ratio over density, for the classes in play.
pub(super) fn curvature(
    ratios: &Matrix,
    weights: &[f64],
    mixed: &[f64],
    in_play: &[usize],
) -> Matrix {
    let size = in_play.len();
    let mut curvature = Matrix::zeros(size, size);
    let mut block = vec![0.0; BLOCK * size];
    for first in (0..weights.len()).step_by(BLOCK) {
        block.fill(0.0);
        let texts = first..weights.len().min(first + BLOCK);
        for (text, scaled) in texts.zip(block.chunks_exact_mut(size)) {
            let factor = weights[text].sqrt() / mixed[text];
            let row = ratios.row(text);
            for (entry, &class) in scaled.iter_mut().zip(in_play) {
                *entry = factor * row[class];
            }
        }
        add_outer_products(&mut curvature, &block);
    }
    let total: f64 = weights.iter().sum();
    for row in 0..size {
        for col in 0..=row {
            let mean = curvature[(row, col)] / total;
            curvature[(row, col)] = mean;
            curvature[(col, row)] = mean;
        }
    }
    curvature
}

/// Adds the outer product of each vector of the block to the lower triangle.
fn add_outer_products(lower: &mut Matrix, block: &[f64]) {
    let size = lower.n_rows();
    let (first, rest) = block.split_at(size);
    let (second, rest) = rest.split_at(size);
    let (third, fourth) = rest.split_at(size);
    for row in 0..size {
        let factors = [first[row], second[row], third[row], fourth[row]];
        for (col, entry) in lower.row_mut(row)[..=row].iter_mut().enumerate() {
            *entry += (factors[0] * first[col] + factors[1] * second[col])
                + (factors[2] * third[col] + factors[3] * fourth[col]);
        }
    }
}

//! Least squares on the simplex: the active set against projected gradient. Throughput is in
//! categories.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use data_anatomy_core::numeric::matrix::Matrix;
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_core::numeric::simplex::{least_squares, project};

const SIZES: [usize; 3] = [6, 30, 87];
/// The change of a share at which the baseline stops, over its step; the active set goes to
/// rounding.
const TOLERANCE: f64 = 1e-8;

/// A confusion matrix with .7 on its diagonal, and the shares it predicts of a sparse mixture with
/// the noise of 1,000 texts.
fn problem(n_classes: usize) -> (Matrix, Vec<f64>) {
    let mut stream = RandomStream::new(1, n_classes as u64);
    let mut pred_from_true = Matrix::zeros(n_classes, n_classes);
    for class in 0..n_classes {
        for (predicted, share) in stream.dirichlet(&vec![0.3; n_classes]).into_iter().enumerate() {
            pred_from_true[(predicted, class)] =
                0.3 * share + if predicted == class { 0.7 } else { 0.0 };
        }
    }
    let truth = stream.dirichlet(&vec![0.2; n_classes]);
    let counts = stream.multinomial(1000, &pred_from_true.times(&truth));
    (pred_from_true, counts.into_iter().map(|count| count as f64 / 1000.0).collect())
}

/// The naive baseline: gradient steps of one over the Frobenius norm squared, projected.
fn projected_gradient(matrix: &Matrix, target: &[f64]) -> Vec<f64> {
    let step = 1.0 / matrix.values().iter().map(|value| value * value).sum::<f64>();
    let mut shares = vec![1.0 / target.len() as f64; target.len()];
    for _ in 0..1_000_000 {
        let residual: Vec<f64> =
            matrix.times(&shares).iter().zip(target).map(|(fitted, seen)| fitted - seen).collect();
        let gradient = matrix.transposed_times(&residual);
        let moved: Vec<f64> =
            shares.iter().zip(&gradient).map(|(share, slope)| share - step * slope).collect();
        let next = project(&moved);
        let change = next.iter().zip(&shares).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        shares = next;
        if change < TOLERANCE * step {
            break;
        }
    }
    shares
}

fn constrained(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("simplex_least_squares");
    group.sample_size(10);
    for n_classes in SIZES {
        let (matrix, target) = problem(n_classes);
        let solved = least_squares(&matrix, &target, None).shares;
        group.throughput(Throughput::Elements(n_classes as u64));
        group.bench_function(BenchmarkId::new("active_set", n_classes), |bencher| {
            bencher.iter(|| least_squares(black_box(&matrix), &target, None));
        });
        group.bench_function(BenchmarkId::new("active_set_warm", n_classes), |bencher| {
            bencher.iter(|| least_squares(black_box(&matrix), &target, Some(&solved)));
        });
        group.bench_function(BenchmarkId::new("projected_gradient", n_classes), |bencher| {
            bencher.iter(|| projected_gradient(black_box(&matrix), &target));
        });
    }
    group.finish();
}

criterion_group!(benches, constrained);
criterion_main!(benches);

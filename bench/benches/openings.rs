//! Openings: the whole estimate and one replicate of it, and the projection of an expectation on the beginnings by
//! Newton steps against the EM iteration (Saerens et al. 2002). Throughput is in categories.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use data_anatomy_core::numeric::matrix::Matrix;
use data_anatomy_core::numeric::mixture_likelihood::{LikelihoodRatios, maximize};
use data_anatomy_core::openings::evidence::Evidence;
use data_anatomy_core::openings::following::mean_expectations;
use data_anatomy_core::openings::planted::PlantedOpenings;
use data_anatomy_core::openings::reestimate::OpeningsChoices;
use data_anatomy_core::openings::study::Study;

const SIZES: [usize; 3] = [6, 30, 87];
/// The most first tokens that a run tells apart.
const N_CELLS: usize = 4096;
/// Where the baseline stops: its mean log-likelihood is at most so many nats below the maximum. Newton steps go
/// a thousand times nearer.
const TOLERANCE: f64 = 1e-7;

/// Evidence of as many categories, sparse as those of real tokens, with 2,000 reference documents of each.
fn evidence(n_categories: usize) -> Evidence {
    #[expect(clippy::cast_precision_loss, reason = "a count of categories")]
    let total = (n_categories * (n_categories + 1) / 2) as f64;
    #[expect(clippy::cast_precision_loss, reason = "a count of categories")]
    let truth = (1..=n_categories).map(|share| share as f64 / total).collect();
    let planted = PlantedOpenings {
        truth,
        n_cells: N_CELLS,
        n_documents: 2_000,
        half_learned: 1e-4,
        ..PlantedOpenings::default()
    };
    planted.evidence(1)
}

fn studies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("openings");
    group.sample_size(10);
    for n_categories in SIZES {
        let evidence = evidence(n_categories);
        let options = OpeningsChoices::default().study_options().expect("the defaults are valid");
        let study = Study::new(&evidence, None, options.clone()).expect("nothing is merged");
        group.throughput(Throughput::Elements(n_categories as u64));
        group.bench_function(BenchmarkId::new("study", n_categories), |bencher| {
            bencher.iter(|| Study::new(black_box(&evidence), None, options.clone()));
        });
        group.bench_function(BenchmarkId::new("replicate", n_categories), |bencher| {
            bencher.iter(|| study.replicate(black_box(1)));
        });
    }
    group.finish();
}

/// The naive baseline: shares times gradient, until no class would gain.
fn expectation_maximization(ratios: &LikelihoodRatios) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a count of classes")]
    let mut shares = vec![1.0 / ratios.n_classes() as f64; ratios.n_classes()];
    for _ in 0..1_000_000 {
        let gradient = ratios.gradient(&shares);
        shares.iter_mut().zip(&gradient).for_each(|(share, slope)| *share *= slope);
        if gradient.into_iter().fold(0.0, f64::max) < 1.0 + TOLERANCE {
            break;
        }
    }
    shares
}

fn projections(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("openings_projection");
    group.sample_size(10);
    for n_categories in SIZES {
        let evidence = evidence(n_categories);
        let expected = mean_expectations(&evidence);
        let densities = densities(&evidence);
        let ratios = LikelihoodRatios::of_densities(&densities, expected.row(0));
        group.throughput(Throughput::Elements(n_categories as u64));
        group.bench_function(BenchmarkId::new("newton", n_categories), |bencher| {
            bencher.iter(|| maximize(black_box(&ratios), None));
        });
        group.bench_function(
            BenchmarkId::new("expectation_maximization", n_categories),
            |bencher| {
                bencher.iter(|| expectation_maximization(black_box(&ratios)));
            },
        );
    }
    group.finish();
}

/// Smoothed beginnings of each category, `[n_cells, n_categories]`.
fn densities(evidence: &Evidence) -> Matrix {
    let smoothing =
        OpeningsChoices::default().study_options().expect("the defaults are valid").smoothing();
    data_anatomy_core::openings::beginnings::Beginnings::of(evidence, smoothing).densities
}

criterion_group!(benches, studies, projections);
criterion_main!(benches);

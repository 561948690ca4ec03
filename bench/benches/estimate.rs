//! Estimation: the default's maximum-likelihood solver against plain EM, a bootstrap replicate, and
//! the intervals made from replicates. Throughput is in texts.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use data_anatomy_core::label_shift::analysis::{LabelShift, LabelShiftOptions, analyze};
use data_anatomy_core::label_shift::bootstrap::{Bootstrap, Replicate};
use data_anatomy_core::label_shift::estimate::posterior_ratios::posterior_ratios;
use data_anatomy_core::label_shift::estimate::problem::Problem;
use data_anatomy_core::label_shift::planted::{GaussianWorld, PlantedProblem};
use data_anatomy_core::numeric::mixture_likelihood::{LikelihoodRatios, maximize};
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_core::shares::mixture::Mixture;
use data_anatomy_core::shares::taxonomy::Taxonomy;

const N_TEXTS: usize = 1000;
/// Categories: the six of the web-and-code scheme, and the 87 of a programming-language scheme.
const SIZES: [usize; 2] = [6, 87];
/// The certificate, in nats per text, to which the program's solver and so plain EM must go.
const TOLERANCE: f64 = 1e-10;

/// An analysis of a planted problem, 200 validation documents per category.
fn analysis(n_classes: usize) -> LabelShift {
    let shares = RandomStream::new(3, 0).dirichlet(&vec![0.3; n_classes]);
    let planted = PlantedProblem {
        world: GaussianWorld::equidistant(n_classes, 0.77),
        truth: Mixture::from_weights(&shares).expect("a Dirichlet draw"),
        temperature: 0.4,
        n_validation: 200 * n_classes,
        n_folds: 5,
        n_generations: N_TEXTS,
    };
    let (validation, generations) = planted.draw(1, 0);
    let options = LabelShiftOptions::default();
    let names = (0..n_classes).map(|class| format!("category {class}"));
    let taxonomy = Taxonomy::new(names).expect("distinct names");
    let problem = Problem::new(taxonomy, validation, generations, options.calibration)
        .expect("a planted problem is well formed");
    analyze(problem, options)
}

fn ratios(analysis: &LabelShift) -> LikelihoodRatios {
    let weights = analysis.problem.unit_weights();
    posterior_ratios(
        &analysis.problem.generations().scores,
        analysis.calibration(),
        &analysis.problem.prior(&weights),
        &weights.generations,
    )
}

/// The naive baseline: Saerens' iteration until the certificate falls below the tolerance.
fn plain_em(ratios: &LikelihoodRatios) -> Vec<f64> {
    let mut shares = vec![1.0 / ratios.n_classes() as f64; ratios.n_classes()];
    for _ in 0..1_000_000 {
        let gradient = ratios.gradient(&shares);
        if gradient.iter().copied().fold(0.0, f64::max) - 1.0 <= TOLERANCE {
            break;
        }
        shares.iter_mut().zip(gradient).for_each(|(share, factor)| *share *= factor);
    }
    shares
}

fn benches_of_size(criterion: &mut Criterion, n_classes: usize) {
    let analysis = analysis(n_classes);
    let ratios = ratios(&analysis);
    let bootstrap = Bootstrap::new(&analysis, 0);
    let replicates: Vec<Replicate> = (0..20).map(|index| bootstrap.replicate(index)).collect();
    let mut group = criterion.benchmark_group("estimate");
    group.throughput(Throughput::Elements(N_TEXTS as u64)).sample_size(10);
    let id = |name: &str| BenchmarkId::new(name, n_classes);
    group.bench_function(id("maximum_likelihood"), |bencher| {
        bencher.iter(|| maximize(black_box(&ratios), None));
    });
    group.bench_function(id("maximum_likelihood_by_plain_em"), |bencher| {
        bencher.iter(|| plain_em(black_box(&ratios)));
    });
    let mut index = 0;
    group.bench_function(id("bootstrap_replicate"), |bencher| {
        bencher.iter(|| {
            index += 1;
            bootstrap.replicate(index)
        });
    });
    group.bench_function(id("all_intervals"), |bencher| {
        bencher.iter(|| bootstrap.intervals(black_box(&replicates), 0.95));
    });
    group.finish();
}

fn estimate(criterion: &mut Criterion) {
    for n_classes in SIZES {
        benches_of_size(criterion, n_classes);
    }
}

criterion_group!(benches, estimate);
criterion_main!(benches);

//! The planted problems of the study: two hundred, half of them to choose by and half to report.

use data_anatomy_core::label_shift::estimate::problem::{Generations, Validation};
use data_anatomy_core::label_shift::planted::{GaussianWorld, Noise, PlantedProblem, Violation};
use data_anatomy_core::numeric::rng::RandomStream;
use data_anatomy_core::shares::mixture::Mixture;

/// Whether label shift holds in a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It holds.
    Exact,
    /// It holds, but no temperature and biases calibrate the classifier.
    Miscalibrated,
    /// It does not hold.
    Violated,
    /// A run on a language model whose training mixture is known.
    LanguageModel,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] =
        [Self::Exact, Self::Miscalibrated, Self::Violated, Self::LanguageModel];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Miscalibrated => "miscalibrated",
            Self::Violated => "violated",
            Self::LanguageModel => "language models",
        }
    }
}

/// One problem and what it is.
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    planted: PlantedProblem,
    violation: Violation,
    seed: u64,
}

impl Case {
    /// The shares to be found.
    pub(crate) fn truth(&self) -> &Mixture {
        &self.planted.truth
    }

    pub(crate) fn draw(&self) -> (Validation, Generations) {
        self.planted.draw_violated(self.violation, 1700, self.seed)
    }
}

/// What a mixture is like.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// One category has most.
    Steep,
    /// No category is rare.
    Mild,
    /// Drawn uniformly from all mixtures.
    Drawn,
}

impl Shape {
    fn mixture(self, n_classes: usize, seed: u64) -> Mixture {
        let weights = match self {
            Self::Steep => std::iter::successors(Some(1.0), |weight| Some(0.3 * weight))
                .take(n_classes)
                .collect(),
            Self::Mild => (0..n_classes).map(|class| 1.0 / (2.0 + class as f64)).collect(),
            Self::Drawn => RandomStream::new(1701, seed).dirichlet(&vec![1.0; n_classes]),
        };
        Mixture::from_weights(&weights).expect("weights")
    }
}

/// Categories, and the accuracy of the classifier on them.
type World = (usize, f64);

/// All problems, in a fixed order.
pub(crate) fn cases() -> Vec<Case> {
    let mut suite = Suite::default();
    suite.exact();
    suite.miscalibrated();
    suite.violated();
    suite.cases
}

#[derive(Default)]
struct Suite {
    cases: Vec<Case>,
}

impl Suite {
    fn exact(&mut self) {
        let worlds = [(3, 0.7), (6, 0.6), (6, 0.77), (6, 0.87), (6, 0.95), (17, 0.4), (17, 0.7)];
        for world in worlds {
            for shape in [Shape::Steep, Shape::Mild, Shape::Drawn] {
                for (docs_per_class, n_texts) in [(20, 1000), (60, 300), (60, 1000), (200, 1000)] {
                    let sizes = (docs_per_class * world.0, n_texts);
                    let what = (Kind::Exact, Violation::None);
                    self.add(what, (world, shape), sizes, &Noise::default());
                }
            }
        }
    }

    fn miscalibrated(&mut self) {
        let spreads = |n: usize| (0..n).map(|class| [0.6, 1.0, 1.5][class % 3]).collect();
        for world in [(6, 0.6), (6, 0.8), (17, 0.6)] {
            for shape in [Shape::Steep, Shape::Mild, Shape::Drawn] {
                for noise in [
                    Noise { spreads: spreads(world.0), degrees: None },
                    Noise { spreads: Vec::new(), degrees: Some(2) },
                ] {
                    for docs_per_class in [30, 200] {
                        let what = (Kind::Miscalibrated, Violation::None);
                        self.add(what, (world, shape), (docs_per_class * world.0, 1000), &noise);
                    }
                }
            }
        }
    }

    fn violated(&mut self) {
        let violations = [
            Violation::Unseen(0.1),
            Violation::Unseen(0.2),
            Violation::Drift(0.5),
            Violation::Drift(1.0),
            Violation::Shift(0.5),
            Violation::Shift(1.0),
            Violation::Blur(0.8),
            Violation::Blur(0.6),
        ];
        for violation in violations {
            for world in [(6, 0.7), (6, 0.85), (17, 0.6), (6, 0.95)] {
                for shape in [Shape::Steep, Shape::Mild, Shape::Drawn] {
                    let what = (Kind::Violated, violation);
                    self.add(what, (world, shape), (60 * world.0, 1000), &Noise::default());
                }
            }
        }
    }

    fn add(
        &mut self,
        (kind, violation): (Kind, Violation),
        ((n_classes, accuracy), shape): (World, Shape),
        (n_validation, n_generations): (usize, usize),
        noise: &Noise,
    ) {
        let number = self.cases.len();
        let seed = number as u64;
        let n_worlds = n_classes + usize::from(matches!(violation, Violation::Unseen(_)));
        // Worlds whose categories are equally far apart, and others, in turn; so with calibration.
        let world = if seed.is_multiple_of(2) {
            GaussianWorld::equidistant(n_worlds, accuracy)
        } else {
            GaussianWorld::random(n_worlds, 12, accuracy, seed)
        };
        let temperature = if seed.is_multiple_of(3) { 1.0 } else { 0.5 };
        // Classifiers of real texts have biases of 1 to 2.5 in these units.
        let bias = [0.0, 0.5, 1.5][number / 2 % 3];
        let mut stream = RandomStream::new(1702, seed);
        let biases = (0..n_worlds).map(|_| bias * stream.normal()).collect();
        let name = format!(
            "{seed:03} {n_classes} categories, classifier {accuracy}, {shape:?}, {n_validation} documents, \
             {n_generations} texts, bias {bias}, {noise:?}, {violation:?}"
        );
        let truth = shape.mixture(n_classes, seed);
        let world = world.with_noise(noise.clone()).with_biases(biases);
        let planted =
            PlantedProblem { world, truth, temperature, n_validation, n_folds: 5, n_generations };
        self.cases.push(Case { kind, name, planted, violation, seed });
    }
}

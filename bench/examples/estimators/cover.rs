use crate::suite::{Case, Kind, cases};
use data_anatomy_core::label_shift::analysis::{LabelShiftOptions, analyze};
use data_anatomy_core::label_shift::bootstrap::Bootstrap;
use data_anatomy_core::label_shift::calibration::CalibrationMethod;
use data_anatomy_core::label_shift::estimate::Estimator;
use data_anatomy_core::label_shift::estimate::problem::Problem;
use data_anatomy_core::label_shift::trust::Trust;
use data_anatomy_core::numeric::math::{mean, total_variation};
use data_anatomy_core::shares::taxonomy::Taxonomy;

pub const POWERS: [f64; 4] = [0.0, 1.0, 1.5, 2.0];

pub struct Row {
    pub kind: Kind,
    pub name: String,
    pub acc: f64,
    pub phi: f64,
    pub holds: Vec<f64>,
    pub width: Vec<f64>,
    pub p: Vec<f64>,
    pub rival: f64,
}

pub fn one(case: &Case) -> Row {
    let (v, g) = case.draw();
    let truth = case.truth().shares();
    let names = (0..truth.len()).map(|c| format!("c{c}"));
    let problem =
        Problem::new(Taxonomy::new(names).unwrap(), v, g, CalibrationMethod::BiasCorrected)
            .unwrap();
    let a = analyze(
        problem,
        LabelShiftOptions {
            estimator: Estimator::Em,
            calibration: CalibrationMethod::BiasCorrected,
        },
    );
    let trust = Trust::new(&a, 42);
    let draws: Vec<_> = (0..99).map(|i| trust.draw(i)).collect();
    let boot = Bootstrap::new(&a, 42);
    let reps: Vec<_> = (0..100).map(|i| boot.replicate(i)).collect();
    let phi = trust.dispersion(&draws);
    let checks = trust.checks(&a, &draws, &reps);
    let p = checks.iter().filter_map(|c| c.p_value).collect();
    let mut holds = vec![];
    let mut width = vec![];
    for power in POWERS {
        let scale = phi.powf(power / 2.0);
        let mut h = 0.0;
        let mut w = 0.0;
        for class in 0..truth.len() {
            let u: Vec<f64> = reps.iter().map(|r| r.unbounded[class]).collect();
            let m = mean(&u).unwrap();
            let u: Vec<f64> = u.iter().map(|x| m + scale * (x - m)).collect();
            let i = boot.interval(class, &u, 0.95);
            if i.contains(truth[class]) {
                h += 1.0
            }
            w += i.width();
        }
        holds.push(h / truth.len() as f64);
        width.push(w / truth.len() as f64);
    }
    let rival = total_variation(a.estimate.mixture.shares(), a.rival.shares());
    Row {
        kind: case.kind,
        name: case.name.clone(),
        acc: 1.0 - total_variation(a.estimate.mixture.shares(), truth),
        phi,
        holds,
        width,
        p,
        rival,
    }
}
pub fn main() {
    let mut all = cases();
    if let Ok(only) = std::env::var("ONLY") {
        all.retain(|c| c.name.starts_with(&only));
    }
    all.sort_by_key(|c| std::cmp::Reverse(c.kind));
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || loop {
        let i = next.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let Some(case) = all.get(i) else { break };
        let r = one(case);
        println!(
            "ROW\t{}\t{}\t{:.4}\t{:.3}\t{}\t{}\t{}\t{:.3}",
            r.kind.name(),
            r.name,
            r.acc,
            r.phi,
            r.holds.iter().map(|x| format!("{x:.3}")).collect::<Vec<_>>().join(" "),
            r.width.iter().map(|x| format!("{x:.3}")).collect::<Vec<_>>().join(" "),
            r.p.iter().map(|x| format!("{x:.2}")).collect::<Vec<_>>().join(" "),
            r.rival
        );
    };
    std::thread::scope(|s| {
        s.spawn(work);
        work();
    });
}

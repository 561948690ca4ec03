//! Draws every plot in both themes and many sizes, to be looked at:
//! `cargo run -p data-anatomy --example gallery -- FOLDER`.
//!
//! The numbers are made up by a small generator; only their look matters.

use std::path::Path;

use data_anatomy::png::{DEFAULT_SCALE, png};
use data_anatomy_core::show::plot::{
    ErrorBars, GroupedBars, Heatmap, Plot, RowReading, Scatter, ScatterPoint, Series, Theme, svg,
};

const SIX: [&str; 6] = ["Web", "GitHub", "Wikipedia", "Books", "ArXiv", "StackExchange"];

fn main() -> anyhow::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "plots".to_owned());
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    for (n_categories, n_runs) in [(2, 1), (6, 1), (6, 3), (6, 20), (87, 1), (87, 3), (87, 20)] {
        for width in [320, 768, 1440] {
            let name = format!("{n_categories}x{n_runs}_{width}");
            let (bars, errors) = comparison(n_categories, n_runs);
            save(folder, &format!("bars_{name}"), &bars, width)?;
            save(folder, &format!("errors_{name}"), &errors, width)?;
            if n_runs == 1 {
                save(folder, &format!("heatmap_{name}"), &confusion(n_categories), width)?;
                save(folder, &format!("scatter_{name}"), &fit(n_categories), width)?;
            }
        }
    }
    save(folder, "nothing", &GroupedBars::default(), 320)
}

fn save(folder: &Path, name: &str, plot: &dyn Plot, width: u32) -> anyhow::Result<()> {
    let size = plot.preferred_size(width);
    println!("{name}: {size:?}: {}", plot.alt_text());
    for (suffix, theme) in [("light", Theme::LIGHT), ("dark", Theme::DARK)] {
        let bytes = png(plot, size, theme, DEFAULT_SCALE)?;
        std::fs::write(folder.join(format!("{name}_{suffix}.png")), bytes)?;
    }
    let text = svg(plot, size.0, size.1, Theme::LIGHT);
    std::fs::write(folder.join(format!("{name}.svg")), text)?;
    Ok(())
}

/// Numbers between 0 and 1 that repeat only after a long while.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / f64::from(1_u32 << 24)
    }

    /// Shares of which few are large.
    fn mixture(&mut self, n: usize) -> Vec<f64> {
        let weights: Vec<f64> =
            (0..n).map(|_| self.next() * self.next() * self.next() + 0.01).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect()
    }

    fn near(&mut self, mixture: &[f64]) -> Vec<f64> {
        let weights: Vec<f64> =
            mixture.iter().map(|share| share * (0.6 + 0.8 * self.next())).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter().map(|weight| weight / sum).collect()
    }
}

fn categories(n: usize) -> Vec<String> {
    let name = |position: usize| match n {
        ..=6 => SIX[position].to_owned(),
        _ => format!("{} / subset {position} of a large collection", SIX[position % 6]),
    };
    (0..n).map(name).collect()
}

fn comparison(n_categories: usize, n_runs: usize) -> (GroupedBars, ErrorBars) {
    let mut numbers = Numbers(7);
    let truth = numbers.mixture(n_categories);
    let run = |position: usize| {
        let values = numbers.near(&truth);
        let interval = |value: &f64| Some((value * 0.9, value * 1.1 + 0.004));
        let intervals = values.iter().map(interval).collect();
        let name = match n_runs {
            20 => format!(
                "OLMo-1B-step{position}000-tfidf-labelshift-em-bcts-2000-gens-seed-{position}"
            ),
            _ => ["em", "pacc", "acc"][position % 3].to_owned(),
        };
        Series { name, values, intervals }
    };
    let series: Vec<Series> = (0..n_runs).map(run).collect();
    let title = "Estimated shares against the published mixture of OLMo 1B".to_owned();
    let bars = GroupedBars {
        title,
        axis_title: "share of tokens".to_owned(),
        categories: categories(n_categories),
        truth: Some(Series::new("ground truth", truth.clone())),
        series: series.clone(),
        tolerance: Some(0.02),
    };
    let errors = ErrorBars {
        title: "Errors of the estimates".to_owned(),
        categories: categories(n_categories),
        truth,
        series,
        tolerance: Some(0.02),
    };
    (bars, errors)
}

fn confusion(n: usize) -> Heatmap {
    let mut numbers = Numbers(3);
    let row = |class: usize| {
        let recall = 0.5 + 0.48 * numbers.next();
        let rest = numbers.mixture(n);
        let others = 1.0 - rest[class];
        let share = |(column, share): (usize, &f64)| {
            if column == class { recall } else { (1.0 - recall) * share / others }
        };
        rest.iter().enumerate().map(share).collect()
    };
    Heatmap {
        title: "Confusion matrix of the classifier".to_owned(),
        reading: RowReading::Confusion,
        categories: categories(n),
        rows: (0..n).map(row).collect(),
    }
}

fn fit(n: usize) -> Scatter {
    let mut numbers = Numbers(5);
    let predicted = numbers.mixture(n);
    let observed = numbers.near(&predicted);
    let names = categories(n);
    let point = |position: usize| ScatterPoint {
        name: names[position].clone(),
        predicted: predicted[position],
        observed: observed[position],
        interval: Some((observed[position] * 0.93, observed[position] * 1.07)),
    };
    Scatter {
        title: "Does the estimate explain what was observed?".to_owned(),
        predicted_title: "predicted: confusion matrix × estimate".to_owned(),
        observed_title: "observed: mean probability over generations".to_owned(),
        points: (0..n).map(point).collect(),
    }
}

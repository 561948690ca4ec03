//! Estimate minus truth: `comparison_errors.png`.

use super::axis::Unit;
use super::chart::scene_of;
use super::groups::{Band, Groups};
use super::series::largest;
use super::{Plot, Scene, Series, Table, Theme};

/// How far estimates are from the ground truth, in percentage points, per category and run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ErrorBars {
    /// The line above the plot.
    pub title: String,
    /// The categories, in order.
    pub categories: Vec<String>,
    /// The published mixture.
    pub truth: Vec<f64>,
    /// The estimates themselves (not their errors), one series per run.
    pub series: Vec<Series>,
    /// How far from the truth counts as right, as a share: a band around zero.
    pub tolerance: Option<f64>,
}

impl ErrorBars {
    /// The errors: each series minus the truth, as shares.
    fn errors(&self) -> Vec<Series> {
        let n_categories = self.categories.len();
        self.series.iter().map(|series| series.minus(&self.truth, n_categories)).collect()
    }

    fn groups(&self) -> Groups<'_> {
        Groups {
            title: &self.title,
            axis_title: "estimate − truth, percentage points",
            unit: Unit::Points,
            categories: self.categories.clone(),
            truth: None,
            band: Band::around("within", self.tolerance),
            series: self.errors(),
        }
    }
}

impl Plot for ErrorBars {
    fn title(&self) -> &str {
        &self.title
    }

    fn alt_text(&self) -> String {
        let errors = self.errors();
        let all = errors.iter().flat_map(|series| &series.values);
        let sizes = all.clone().map(|error| error.is_finite().then(|| error.abs()));
        let Some((worst, _)) = largest(sizes) else { return "Nothing to show.".to_owned() };
        let n_categories = self.categories.len();
        let (run, category) = (worst / n_categories, worst % n_categories);
        let error = Unit::Points.text(errors[run].values[category]);
        let (run, category) = (&errors[run].name, &self.categories[category]);
        let mut sentence =
            format!("The largest error is {error} percentage points, of {run} in {category}");
        if let Some(tolerance) = self.tolerance {
            let n_errors = all.clone().filter(|error| error.is_finite()).count();
            let n_within = all.filter(|error| error.abs() <= tolerance).count();
            let points = Unit::Points.text(tolerance);
            let points = points.trim_start_matches('+');
            sentence.push_str(&format!(
                "; {n_within} of {n_errors} estimates are within ±{points} points of the truth"
            ));
        }
        sentence + "."
    }

    fn table(&self) -> Table {
        let errors = self.errors();
        let series: Vec<&Series> = errors.iter().collect();
        Table::of_series(&self.title, &self.categories, &series, Unit::Points)
    }

    fn preferred_height(&self, width: f64) -> f64 {
        self.groups().preferred_height(width)
    }

    fn scene(&self, width: f64, height: f64, theme: &Theme) -> Scene {
        scene_of(&self.groups(), width, height, theme)
    }
}

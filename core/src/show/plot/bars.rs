//! Shares of categories side by side: `comparison.png` and `priors.png`.

use super::axis::Unit;
use super::chart::scene_of;
use super::groups::{Band, Groups};
use super::series::largest;
use super::{Plot, Scene, Series, Table, Theme};

/// Shares of categories, as bars per series, against a ground truth where there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GroupedBars {
    /// The line above the plot.
    pub title: String,
    /// What is shared out, below the axis: `share of tokens`.
    pub axis_title: String,
    /// The categories, in order.
    pub categories: Vec<String>,
    /// The published mixture.
    pub truth: Option<Series>,
    /// The estimates, one series per run.
    pub series: Vec<Series>,
    /// How far from the truth counts as right, as a share: a band around the truth.
    pub tolerance: Option<f64>,
}

impl GroupedBars {
    fn groups(&self) -> Groups<'_> {
        Groups {
            title: &self.title,
            axis_title: &self.axis_title,
            unit: Unit::Share,
            categories: self.categories.clone(),
            truth: self.truth.as_ref().map(|truth| (&*truth.name, &*truth.values)),
            band: self.truth.as_ref().and(Band::around("truth", self.tolerance)),
            series: self.series.clone(),
        }
    }
}

impl Plot for GroupedBars {
    fn title(&self) -> &str {
        &self.title
    }

    fn alt_text(&self) -> String {
        let n_categories = self.categories.len();
        let Some(truth) = &self.truth else { return without_truth(self) };
        let Some((top, share)) = largest((0..n_categories).map(|at| truth.value(at))) else {
            return without_truth(self);
        };
        let (name, share) = (&self.categories[top], Unit::Share.text(share));
        let mut sentence = format!(
            "Of {n_categories} categories, {name} has the largest share in {}: {share}",
            truth.name
        );
        let errors = self.series.iter().filter_map(|run| run.mean_absolute_error(&truth.values));
        let points = |error: f64| Unit::Share.text(error).trim_end_matches('%').to_owned();
        let (least, most) = (
            errors.clone().fold(f64::INFINITY, f64::min),
            errors.fold(f64::NEG_INFINITY, f64::max),
        );
        // Which run is closest is for a test to say, not for a plot.
        if least <= most {
            let errors = match self.series.as_slice() {
                [only] => format!("{} is {}", only.name, points(least)),
                runs => format!("{} runs are {} to {}", runs.len(), points(least), points(most)),
            };
            sentence.push_str(&format!("; {errors} percentage points off on average"));
        }
        sentence + "."
    }

    fn table(&self) -> Table {
        let series: Vec<&Series> = self.truth.iter().chain(&self.series).collect();
        Table::of_series(&self.title, &self.categories, &series, Unit::Share)
    }

    fn preferred_height(&self, width: f64) -> f64 {
        self.groups().preferred_height(width)
    }

    fn scene(&self, width: f64, height: f64, theme: &Theme) -> Scene {
        scene_of(&self.groups(), width, height, theme)
    }
}

fn without_truth(plot: &GroupedBars) -> String {
    let n_categories = plot.categories.len();
    let tops: Vec<String> = plot
        .series
        .iter()
        .filter_map(|series| {
            let (top, share) = largest((0..n_categories).map(|at| series.value(at)))?;
            let (name, share) = (&plot.categories[top], Unit::Share.text(share));
            Some(format!("{} puts most in {name}: {share}", series.name))
        })
        .take(3)
        .collect();
    if tops.is_empty() {
        return "Nothing to show.".to_owned();
    }
    format!("Of {n_categories} categories, {}.", tops.join(", "))
}

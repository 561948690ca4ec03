//! Categories with one lane per series: what bars and errors have in common.
//!
//! Few categories with short names stand side by side as columns; otherwise each is a row, so that
//! names read without turning. Up to eight series are bars. More are points with a lane each, and
//! the ground truth becomes a line across the lanes.

use super::axis::Unit;
use super::legend::{Key, Legend};
use super::page::{NOTHING_HEIGHT, height_around};
use super::scene::LINE;
use super::series::Series;
use super::sizes::{AXIS_TITLE, FONT, GAP, MARGIN, SMALL, TICKS};
use super::text::{one_line, text_width};

/// More series than this are points, not bars.
const MOST_BARS: usize = 8;
/// Thicker bars than this look like walls.
const THICKEST_LANE: f64 = 44.0;

/// The band that marks a tolerance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Band {
    /// What the legend calls it.
    pub(super) name: String,
    /// Half its width.
    pub(super) tolerance: f64,
}

impl Band {
    /// The band of a tolerance around what is called `middle`; none if it is no positive number.
    pub(super) fn around(middle: &str, tolerance: Option<f64>) -> Option<Self> {
        let tolerance = tolerance.filter(|tolerance| *tolerance > 0.0 && tolerance.is_finite())?;
        let points = Unit::Points.with_decimals(tolerance, 1);
        let name = format!("{middle} ± {} points", points.trim_start_matches('+'));
        Some(Self { name, tolerance })
    }
}

/// What is to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Groups<'a> {
    pub(super) title: &'a str,
    pub(super) axis_title: &'a str,
    pub(super) unit: Unit,
    pub(super) categories: Vec<String>,
    pub(super) truth: Option<(&'a str, &'a [f64])>,
    /// Around the truth, or around 0 without one.
    pub(super) band: Option<Band>,
    pub(super) series: Vec<Series>,
}

impl Groups<'_> {
    /// Whether the categories stand side by side.
    pub(super) fn stands(&self, width: f64) -> bool {
        let room = width - 2.0 * MARGIN - self.tick_gutter();
        let group = room / self.categories.len() as f64;
        let widest = widest(&self.categories, FONT);
        group >= widest + GAP && self.lane_of(group) >= 8.0
    }

    /// Whether series are points instead of bars.
    pub(super) fn points(&self) -> bool {
        self.series.len() > MOST_BARS
    }

    /// Lanes of one category; the truth has none of its own where series are points.
    pub(super) fn n_lanes(&self) -> usize {
        (self.series.len() + usize::from(self.truth.is_some() && !self.points())).max(1)
    }

    /// The thickness of a lane where a category has `group` pixels.
    pub(super) fn lane_of(&self, group: f64) -> f64 {
        ((group - group_gap(group)) / self.n_lanes() as f64).min(THICKEST_LANE)
    }

    /// The room of tick labels left of standing columns.
    pub(super) fn tick_gutter(&self) -> f64 {
        text_width("−100%", SMALL) + GAP
    }

    /// Whether there is no value to draw.
    pub(super) fn is_empty(&self) -> bool {
        let has_values = |series: &Series| {
            (0..self.categories.len()).any(|category| series.value(category).is_some())
        };
        let truth_has = |values: &[f64]| values.iter().any(|value| value.is_finite());
        let truth_shows = self.truth.is_some_and(|(_, values)| truth_has(values));
        self.categories.is_empty() || !(truth_shows || self.series.iter().any(has_values))
    }

    /// The height at which all names and lanes read well.
    pub(super) fn preferred_height(&self, width: f64) -> f64 {
        if self.is_empty() {
            return NOTHING_HEIGHT;
        }
        let legend = self.legend(width - 2.0 * MARGIN, 60).height();
        let around = height_around(self.title, width) + legend + TICKS + AXIS_TITLE;
        if self.stands(width) {
            return around + (0.42 * width).clamp(180.0, 400.0);
        }
        let n_lanes = self.n_lanes();
        let lane = match n_lanes {
            1 => 14.0,
            2 | 3 => 10.0,
            4..=9 => 8.0,
            _ => 5.0,
        };
        let group = (n_lanes as f64 * lane + 10.0).max(FONT * LINE + 4.0);
        around + TICKS + group * self.categories.len() as f64
    }

    /// What the truth, the band and the series are drawn as, in `room` pixels.
    pub(super) fn legend(&self, room: f64, max_rows: usize) -> Legend {
        let points = self.points();
        let mut entries = Vec::new();
        if let Some((name, _)) = self.truth {
            let key = if points { Key::TruthLine } else { Key::TruthBar };
            entries.push((key, name.to_owned()));
        }
        if let Some(band) = &self.band {
            entries.push((Key::Band, band.name.clone()));
        }
        for (position, series) in self.series.iter().enumerate() {
            let key = if points { Key::Point(position) } else { Key::Bar(position) };
            entries.push((key, series.name.clone()));
        }
        Legend::new(entries, room, max_rows)
    }
}

/// The air between two categories of `group` pixels.
pub(super) fn group_gap(group: f64) -> f64 {
    (0.3 * group).min(10.0)
}

/// The width of the widest name.
pub(super) fn widest(names: &[String], size: f64) -> f64 {
    names.iter().map(|name| text_width(&one_line(name), size)).fold(0.0, f64::max)
}

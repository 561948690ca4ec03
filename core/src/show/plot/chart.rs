//! Draws [`Groups`]: below title and legend a chart, with all that is left for its room.

use super::axis::Axis;
use super::groups::{Groups, group_gap, widest};
use super::legend::rows_in;
use super::page::{begin, nothing, whole};
use super::scene::{Anchor, Area, LINE, Label, Scene};
use super::series::value_at;
use super::sizes::{AXIS_TITLE, FONT, GAP, SMALL, TICKS};
use super::text::{cut_names, cut_to, text_width};
use super::theme::{Color, Theme};

/// Least distance between tick labels.
const TICK_GAP: f64 = 16.0;
/// Names may take this share of the width.
const NAME_SHARE: f64 = 0.4;
/// Rows higher than this have ticks above them as well.
const TALL: f64 = 600.0;

/// The categories laid out on a page.
pub(super) fn scene_of(groups: &Groups<'_>, width: f64, height: f64, theme: &Theme) -> Scene {
    if groups.is_empty() {
        return nothing(groups.title, width, height, theme);
    }
    let (mut scene, mut rest) = begin(groups.title, width, height, theme);
    let legend = groups.legend(rest.width(), rows_in(0.65 * rest.height()));
    legend.draw(&mut scene, (rest.left, rest.top));
    rest.top += legend.height();
    Chart::new(groups, rest, groups.stands(width)).draw(&mut scene);
    scene
}

/// A chart whose sizes are settled. "Along" runs with the values, "across" over the categories.
struct Chart<'a> {
    groups: &'a Groups<'a>,
    stands: bool,
    plot: Area,
    axis: Axis,
    /// Pixels of a category across.
    group: f64,
}

impl<'a> Chart<'a> {
    /// The chart in `room`, its categories side by side if it `stands`.
    fn new(groups: &'a Groups<'a>, room: Area, stands: bool) -> Self {
        let mut plot = room;
        if stands {
            plot.left += groups.tick_gutter();
            plot.top += AXIS_TITLE + GAP;
            plot.bottom -= FONT * LINE + GAP;
        } else {
            let names = widest(&groups.categories, FONT).min(NAME_SHARE * room.width());
            plot.left += names + GAP;
            plot.right -= text_width("100%", SMALL) / 2.0;
            plot.bottom -= TICKS + AXIS_TITLE;
            if plot.height() > TALL {
                plot.top += TICKS;
            }
        }
        let axis = Axis::around(shown_values(groups).into_iter(), groups.unit);
        let axis = if stands {
            axis.over(plot.bottom, plot.top)
        } else {
            axis.over(plot.left, plot.right)
        };
        let across = if stands { plot.width() } else { plot.height() };
        let group = across / groups.categories.len() as f64;
        Self { groups, stands, plot, axis, group }
    }

    /// Draws it, from the back to the front.
    fn draw(&self, scene: &mut Scene) {
        if !(self.plot.width() > 2.0 && self.plot.height() > 2.0) {
            return;
        }
        self.draw_bands(scene);
        self.draw_grid(scene);
        for category in 0..self.groups.categories.len() {
            self.draw_truth(scene, category);
            for position in 0..self.groups.series.len() {
                self.draw_series(scene, category, position);
            }
            self.draw_truth_line(scene, category);
            for position in 0..self.groups.series.len() {
                self.draw_whisker(scene, category, position);
            }
        }
        self.draw_zero(scene);
        self.draw_ticks(scene);
        self.draw_names(scene);
    }

    /// The point at a place along the values and a place across the categories.
    fn at(&self, along: f64, across: f64) -> (f64, f64) {
        if self.stands { (across, along) } else { (along, across) }
    }

    /// The rectangle between two places along and two across.
    fn area(&self, along: (f64, f64), across: (f64, f64)) -> Area {
        Area::spanning(self.at(along.0, across.0), self.at(along.1, across.1))
    }

    /// Where a category begins and ends across, with the air around its lanes.
    fn group_span(&self, category: usize) -> (f64, f64) {
        let start = if self.stands { self.plot.left } else { self.plot.top };
        (start + category as f64 * self.group, start + (category + 1) as f64 * self.group)
    }

    /// Where a lane begins and ends across.
    fn lane_span(&self, category: usize, lane: usize) -> (f64, f64) {
        let thickness = self.groups.lane_of(self.group);
        let (start, end) = self.group_span(category);
        let lanes = thickness * self.groups.n_lanes() as f64;
        let start = (start + end - lanes) / 2.0;
        (start + lane as f64 * thickness, start + (lane + 1) as f64 * thickness)
    }

    /// Where the band around a truth begins and ends across: a little beyond the lanes.
    fn band_span(&self, category: usize) -> (f64, f64) {
        let first = self.lane_span(category, 0).0;
        let last = self.lane_span(category, self.groups.n_lanes() - 1).1;
        let air = group_gap(self.group) / 2.0;
        (first - air, last + air)
    }

    fn truth(&self, category: usize) -> Option<f64> {
        self.groups.truth.and_then(|(_, values)| value_at(values, category))
    }

    fn draw_bands(&self, scene: &mut Scene) {
        let Some(band) = &self.groups.band else { return };
        for category in 0..self.groups.categories.len() {
            let middle = match self.groups.truth {
                Some(_) => self.truth(category),
                None => Some(0.0),
            };
            let Some(middle) = middle else { continue };
            let low = self.axis.place(middle - band.tolerance);
            let high = self.axis.place(middle + band.tolerance);
            let across = match self.groups.truth {
                Some(_) => self.band_span(category),
                None => self.group_span(category),
            };
            let area = self.area((low, high), across);
            scene.rect(area, scene.theme.band);
        }
    }

    fn draw_grid(&self, scene: &mut Scene) {
        let (start, end) = self.across_span();
        let color = scene.theme.grid;
        for (value, _) in self.axis.ticks(SMALL, TICK_GAP) {
            let along = self.axis.place(value);
            scene.line(self.at(along, start), self.at(along, end), 1.0, color);
        }
        if self.groups.n_lanes() < 2 || self.group < 8.0 {
            return;
        }
        for category in 1..self.groups.categories.len() {
            let across = self.group_span(category).0;
            let (low, high) = (self.axis.start, self.axis.end);
            scene.line(self.at(low, across), self.at(high, across), 1.0, color);
        }
    }

    fn across_span(&self) -> (f64, f64) {
        if self.stands {
            (self.plot.left, self.plot.right)
        } else {
            (self.plot.top, self.plot.bottom)
        }
    }

    /// The truth as a bar, or as a line behind points.
    fn draw_truth(&self, scene: &mut Scene, category: usize) {
        let Some(value) = self.truth(category) else { return };
        let along = self.axis.place(value);
        let first = self.lane_span(category, 0);
        let last = self.lane_span(category, self.groups.n_lanes() - 1);
        let color = scene.theme.text;
        if self.groups.points() {
            return scene.line(self.at(along, first.0), self.at(along, last.1), 2.0, color);
        }
        let area = self.area((self.axis.place(0.0), along), inner(first));
        scene.framed(area, 1.5, color, scene.theme.truth);
    }

    /// Dashes from the bar of the truth over the bars beside it.
    fn draw_truth_line(&self, scene: &mut Scene, category: usize) {
        let Some(value) = self.truth(category).filter(|_| !self.groups.points()) else { return };
        let along = self.axis.place(value);
        let start = self.lane_span(category, 0).1;
        let end = self.lane_span(category, self.groups.n_lanes() - 1).1;
        scene.dashes(self.at(along, start), self.at(along, end), 1.0, scene.theme.text);
    }

    fn series_span(&self, category: usize, position: usize) -> (f64, f64) {
        let first = usize::from(self.groups.truth.is_some() && !self.groups.points());
        self.lane_span(category, first + position)
    }

    fn draw_series(&self, scene: &mut Scene, category: usize, position: usize) {
        let Some(value) = self.groups.series[position].value(category) else { return };
        let span = self.series_span(category, position);
        let along = self.axis.place(value);
        let look = scene.theme.look(position);
        if self.groups.points() {
            // The interval lies behind the point.
            self.draw_interval(scene, category, position, look.edge);
            let radius = (0.6 * (span.1 - span.0)).clamp(1.5, 4.0);
            scene.point(self.at(along, (span.0 + span.1) / 2.0), radius, &look);
        } else {
            scene.bar(self.area((self.axis.place(0.0), along), inner(span)), &look);
        }
    }

    /// The interval over a bar, with caps at its ends.
    fn draw_whisker(&self, scene: &mut Scene, category: usize, position: usize) {
        if self.groups.points() {
            return;
        }
        let color = scene.theme.text;
        let Some(ends) = self.draw_interval(scene, category, position, color) else { return };
        let span = self.series_span(category, position);
        let middle = (span.0 + span.1) / 2.0;
        let cap = (0.3 * (span.1 - span.0)).min(4.0);
        for end in [ends.0, ends.1] {
            let (from, to) = (self.at(end, middle - cap), self.at(end, middle + cap));
            scene.line(from, to, 1.25, color);
        }
    }

    /// Draws the line of an interval; gives its ends along the axis.
    fn draw_interval(
        &self,
        scene: &mut Scene,
        category: usize,
        position: usize,
        color: Color,
    ) -> Option<(f64, f64)> {
        let (low, high) = self.groups.series[position].interval(category)?;
        let span = self.series_span(category, position);
        let middle = (span.0 + span.1) / 2.0;
        let (low, high) = (self.axis.place(low), self.axis.place(high));
        scene.line(self.at(low, middle), self.at(high, middle), 1.25, color);
        Some((low, high))
    }

    fn draw_zero(&self, scene: &mut Scene) {
        let along = self.axis.place(0.0);
        let (start, end) = self.across_span();
        scene.line(self.at(along, start), self.at(along, end), 1.25, scene.theme.axis);
    }

    fn draw_ticks(&self, scene: &mut Scene) {
        let Area { left, top, right, bottom } = self.plot;
        let half = SMALL * LINE / 2.0;
        for (value, text) in self.axis.ticks(SMALL, TICK_GAP) {
            let along = self.axis.place(value);
            if self.stands {
                tick(scene, &text, (left - GAP, along), Anchor::End);
            } else {
                tick(scene, &text, (along, bottom + GAP / 2.0 + half), Anchor::Middle);
                if self.plot.height() > TALL - TICKS {
                    tick(scene, &text, (along, top - GAP / 2.0 - half), Anchor::Middle);
                }
            }
        }
        let room = scene.width - 2.0 * GAP;
        let title = cut_to(self.groups.axis_title, SMALL, room);
        if self.stands {
            let corner = left - self.groups.tick_gutter();
            tick(scene, &title, (corner, top - GAP - half), Anchor::Start);
        } else {
            let width = text_width(&title, SMALL);
            // Centred on the plot, but inside the page.
            let least = width / 2.0 + GAP;
            let middle = ((left + right) / 2.0).clamp(least, least.max(scene.width - least));
            tick(scene, &title, (middle, bottom + TICKS + half), Anchor::Middle);
        }
    }

    fn draw_names(&self, scene: &mut Scene) {
        let room = if self.stands { self.group } else { self.plot.left - 2.0 * GAP };
        let every = 1 + whole((FONT * LINE - 0.01) / self.group);
        let every = if self.stands { 1 } else { every };
        let names = cut_names(&self.groups.categories, FONT, room);
        for (category, name) in names.iter().enumerate().step_by(every) {
            let (start, end) = self.group_span(category);
            let middle = (start + end) / 2.0;
            let (at, anchor) = if self.stands {
                ((middle, self.plot.bottom + GAP + FONT * LINE / 2.0), Anchor::Middle)
            } else {
                ((self.plot.left - GAP, middle), Anchor::End)
            };
            let label = scene.text(name, at, anchor, FONT);
            scene.label(label);
        }
    }
}

/// A lane without the pixel that keeps it from its neighbour, where it can spare one.
fn inner(span: (f64, f64)) -> (f64, f64) {
    if span.1 - span.0 > 4.0 { (span.0 + 0.5, span.1 - 0.5) } else { span }
}

fn tick(scene: &mut Scene, text: &str, at: (f64, f64), anchor: Anchor) {
    let color = scene.theme.muted;
    let label = Label { color, ..scene.text(text, at, anchor, SMALL) };
    scene.label(label);
}

/// Everything the axis must have room for.
fn shown_values(groups: &Groups<'_>) -> Vec<f64> {
    let n_categories = groups.categories.len();
    let mut values = Vec::new();
    for series in &groups.series {
        for category in 0..n_categories {
            values.extend(series.value(category));
            values.extend(series.interval(category).map(|(low, _)| low));
            values.extend(series.interval(category).map(|(_, high)| high));
        }
    }
    let tolerance = groups.band.as_ref().map_or(0.0, |band| band.tolerance);
    match groups.truth {
        Some((_, truth)) => values.extend(truth.iter().map(|value| value + tolerance)),
        None => values.extend([-tolerance, tolerance]),
    }
    values
}

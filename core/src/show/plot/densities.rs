//! Distributions of scores, a panel per category, with the bells that were fitted to them.

use super::axis::{Axis, Unit, drawable};
use super::legend::{Key, Legend, rows_in};
use super::page::{NOTHING_HEIGHT, begin, height_around, nothing, whole};
use super::scene::{Anchor, Area, LINE, Label, Scene};
use super::sizes::{AXIS_TITLE, FONT, GAP, MARGIN, SMALL, TICKS};
use super::text::{cut_to, one_line};
use super::{Plot, Table, TableRow, Theme};
use crate::numeric::math;

/// A panel is at least so wide.
const LEAST_WIDTH: f64 = 280.0;
/// The height of a panel's drawing.
const PANEL: f64 = 120.0;
/// Air between two panels.
const AIR: f64 = 16.0;
/// Least distance between tick labels.
const TICK_GAP: f64 = 16.0;
/// Straight pieces of a bell.
const N_PIECES: u32 = 96;
/// The series whose looks the bars, the line and the bells have.
const BARS: usize = 4;
const LINE_OF_OTHERS: usize = 5;
const FIRST_BELL: usize = 0;

/// Densities in bins of equal width.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Bins {
    /// Where the first bin begins.
    pub start: f64,
    /// The width of each.
    pub width: f64,
    /// The density in each.
    pub densities: Vec<f64>,
}

/// A normal density times its weight.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bell {
    /// Its weight.
    pub weight: f64,
    /// Its mean.
    pub mean: f64,
    /// Its standard deviation.
    pub deviation: f64,
}

/// One category.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DensityPanel {
    /// Its name.
    pub name: String,
    /// What stands beside the name.
    pub note: String,
    /// The distribution drawn as bars.
    pub bars: Bins,
    /// The distribution drawn as a line; may be empty.
    pub line: Bins,
    /// The bells that were fitted to the bars.
    pub bells: Vec<Bell>,
}

/// Distributions of scores side by side.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Densities {
    /// The line above the plot.
    pub title: String,
    /// What the horizontal axes show.
    pub axis_title: String,
    /// What the bars are.
    pub bars_name: String,
    /// What the line is.
    pub line_name: String,
    /// What the bells are.
    pub bells_name: String,
    /// The categories.
    pub panels: Vec<DensityPanel>,
}

impl Bins {
    fn bars(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        let usable = self.width > 0.0 && self.width.is_finite() && self.start.is_finite();
        let n_bins = if usable { self.densities.len() } else { 0 };
        self.densities.iter().take(n_bins).enumerate().map(|(bin, density)| {
            let left = self.start + self.width * bin as f64;
            (left, left + self.width, drawable(*density).unwrap_or(0.0).max(0.0))
        })
    }
}

impl Bell {
    fn is_drawable(&self) -> bool {
        let Self { weight, mean, deviation } = *self;
        weight >= 0.0 && deviation > 0.0 && [weight, mean, deviation].iter().all(|x| x.is_finite())
    }

    fn density(&self, at: f64) -> f64 {
        let z = (at - self.mean) / self.deviation;
        let height = self.weight / (self.deviation * core::f64::consts::TAU.sqrt());
        height * math::exp(-0.5 * z * z)
    }
}

impl DensityPanel {
    fn bells(&self) -> impl Iterator<Item = &Bell> {
        self.bells.iter().filter(|bell| bell.is_drawable())
    }

    /// Lowest and highest score; none where there is nothing to draw.
    fn range(&self) -> Option<(f64, f64)> {
        let mut ends = self.bars.bars().chain(self.line.bars()).map(|bar| (bar.0, bar.1));
        let first = ends.next()?;
        Some(ends.fold(first, |range, bar| (range.0.min(bar.0), range.1.max(bar.1))))
    }

    /// The highest density of anything, drawn bells of spikes aside.
    fn top(&self) -> f64 {
        let bars = self.bars.bars().chain(self.line.bars()).map(|bar| bar.2);
        bars.fold(0.0, f64::max).max(f64::MIN_POSITIVE) * 1.1
    }
}

impl Densities {
    fn is_empty(&self) -> bool {
        self.panels.iter().all(|panel| panel.range().is_none())
    }

    fn legend(&self, room: f64, max_rows: usize) -> Legend {
        let mut entries = vec![(Key::Bar(BARS), self.bars_name.clone())];
        if self.panels.iter().any(|panel| panel.line.bars().next().is_some()) {
            entries.push((Key::Stroke(LINE_OF_OTHERS), self.line_name.clone()));
        }
        if self.panels.iter().any(|panel| panel.bells().next().is_some()) {
            entries.push((Key::Stroke(FIRST_BELL), self.bells_name.clone()));
        }
        Legend::new(entries, room, max_rows)
    }

    fn n_columns(&self, room: f64) -> usize {
        let most = whole((room + AIR) / (LEAST_WIDTH + AIR)).clamp(1, 4);
        most.min(self.panels.len().max(1))
    }

    fn panel_height() -> f64 {
        FONT * LINE + GAP + PANEL + TICKS
    }
}

impl Plot for Densities {
    fn title(&self) -> &str {
        &self.title
    }

    fn alt_text(&self) -> String {
        if self.is_empty() {
            return "Nothing to show.".to_owned();
        }
        let n_panels = self.panels.len();
        let n_bells = self.panels.iter().filter(|panel| panel.bells().count() > 1).count();
        format!(
            "Distributions of {} in {n_panels} categories; {n_bells} of them are shown with two \
             fitted normal components.",
            self.axis_title
        )
    }

    fn table(&self) -> Table {
        let columns = ["category", "lower weight", "lower mean", "lower deviation"]
            .into_iter()
            .chain(["upper weight", "upper mean", "upper deviation"])
            .map(str::to_owned)
            .collect();
        let row = |panel: &DensityPanel| {
            let bell = |index: usize| panel.bells().nth(index).copied();
            let values = (0..2).flat_map(|index| {
                let bell = bell(index);
                [
                    bell.map(|bell| bell.weight),
                    bell.map(|bell| bell.mean),
                    bell.map(|bell| bell.deviation),
                ]
            });
            TableRow { name: panel.name.clone(), values: values.collect() }
        };
        let rows = self.panels.iter().map(row).collect();
        Table { caption: self.title.clone(), columns, rows, unit: Unit::Number }
    }

    fn preferred_height(&self, width: f64) -> f64 {
        if self.is_empty() {
            return NOTHING_HEIGHT;
        }
        let room = width - 2.0 * MARGIN;
        let n_rows = self.panels.len().div_ceil(self.n_columns(room)) as f64;
        let around = height_around(&self.title, width) + self.legend(room, 3).height();
        around + n_rows * (Self::panel_height() + AIR) + AXIS_TITLE
    }

    fn scene(&self, width: f64, height: f64, theme: &Theme) -> Scene {
        if self.is_empty() {
            return nothing(&self.title, width, height, theme);
        }
        let (mut scene, mut rest) = begin(&self.title, width, height, theme);
        let legend = self.legend(rest.width(), rows_in(0.3 * rest.height()));
        legend.draw(&mut scene, (rest.left, rest.top));
        rest.top += legend.height();
        let n_columns = self.n_columns(rest.width());
        let n_rows = self.panels.len().div_ceil(n_columns);
        let each = (
            (rest.width() - AIR * (n_columns - 1) as f64) / n_columns as f64,
            (rest.height() - AXIS_TITLE) / n_rows as f64 - AIR,
        );
        for (position, panel) in self.panels.iter().enumerate() {
            let left = rest.left + (each.0 + AIR) * (position % n_columns) as f64;
            let top = rest.top + (each.1 + AIR) * (position / n_columns) as f64;
            let room = Area { left, top, right: left + each.0, bottom: top + each.1 };
            draw_panel(&mut scene, panel, room);
        }
        let title = cut_to(&one_line(&self.axis_title), SMALL, rest.width());
        let corner = (rest.right, rest.bottom - AXIS_TITLE / 2.0);
        note(&mut scene, &title, corner, Anchor::End);
        scene
    }
}

fn note(scene: &mut Scene, text: &str, at: (f64, f64), anchor: Anchor) {
    let color = scene.theme.muted;
    let label = Label { color, ..scene.text(text, at, anchor, SMALL) };
    scene.label(label);
}

fn draw_panel(scene: &mut Scene, panel: &DensityPanel, room: Area) {
    let middle = room.top + FONT * LINE / 2.0;
    let name = cut_to(&one_line(&panel.name), FONT, 0.5 * room.width());
    let label = scene.text(&name, (room.left, middle), Anchor::Start, FONT);
    scene.label(label);
    let beside = cut_to(&one_line(&panel.note), SMALL, 0.48 * room.width());
    note(scene, &beside, (room.right, middle), Anchor::End);
    let top = room.top + FONT * LINE + GAP;
    let plot = Area { top, bottom: room.bottom - TICKS, ..room };
    let Some((low, high)) = panel.range().filter(|_| plot.height() > 4.0 && plot.width() > 4.0)
    else {
        return;
    };
    let across = Axis::between(low, high, Unit::Number).over(plot.left, plot.right);
    let up = Axis::between(0.0, panel.top(), Unit::Number).over(plot.bottom, plot.top);
    for (value, text) in across.ticks(SMALL, TICK_GAP) {
        let x = across.place(value);
        scene.line((x, plot.top), (x, plot.bottom), 1.0, scene.theme.grid);
        note(scene, &text, (x, plot.bottom + GAP / 2.0 + SMALL * LINE / 2.0), Anchor::Middle);
    }
    let fill = scene.theme.look(BARS).fill.mix(scene.theme.background, 0.35);
    for (left, right, density) in panel.bars.bars() {
        let corner = (across.place(left), up.place(0.0));
        scene.rect(Area::spanning(corner, (across.place(right), up.place(density))), fill);
    }
    draw_outline(scene, &panel.line, &across, &up);
    for (position, bell) in panel.bells().enumerate() {
        let color = scene.theme.look(FIRST_BELL + position).edge;
        draw_bell(scene, bell, (&across, &up), color);
    }
    let color = scene.theme.axis;
    scene.line((plot.left, plot.bottom), (plot.right, plot.bottom), 1.25, color);
}

/// The outline of bins: a step per bin.
fn draw_outline(scene: &mut Scene, bins: &Bins, across: &Axis, up: &Axis) {
    let color = scene.theme.look(LINE_OF_OTHERS).edge;
    let mut height = up.place(0.0);
    for (left, right, density) in bins.bars() {
        let (left, right) = (across.place(left), across.place(right));
        let next = up.place(density);
        scene.line((left, height), (left, next), 1.5, color);
        scene.line((left, next), (right, next), 1.5, color);
        height = next;
    }
    if let Some((_, right, _)) = bins.bars().last() {
        let right = across.place(right);
        scene.line((right, height), (right, up.place(0.0)), 1.5, color);
    }
}

fn draw_bell(scene: &mut Scene, bell: &Bell, axes: (&Axis, &Axis), color: super::Color) {
    let (across, up) = axes;
    let score = |piece: u32| {
        across.low + (across.high - across.low) * f64::from(piece) / f64::from(N_PIECES)
    };
    let point = |piece: u32| {
        let at = score(piece);
        (across.place(at), up.place(bell.density(at)))
    };
    for piece in 0..N_PIECES {
        scene.line(point(piece), point(piece + 1), 2.0, color);
    }
}

//! ROC curves: the share of members found at each share of false alarms.

use super::axis::{Axis, Unit, air_beside_square, drawable};
use super::legend::{Key, Legend, rows_in};
use super::page::{NOTHING_HEIGHT, begin, height_around, nothing};
use super::scene::{Anchor, Area, LINE, Label, Scene};
use super::sizes::{AXIS_TITLE, GAP, MARGIN, SMALL, TICKS};
use super::text::{cut_to, one_line};
use super::{Color, Plot, Table, TableRow, Theme};
use crate::numeric::math;

/// The square is not larger than this.
const LARGEST_SIDE: f64 = 480.0;
/// Least distance between tick labels.
const TICK_GAP: f64 = 18.0;
/// Where a logarithmic axis begins: a false alarm in a thousand.
const LEAST_RATE: f64 = 1e-3;
/// Straight pieces of the line of chance on a logarithmic axis.
const N_PIECES: u32 = 48;

/// One curve.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RocCurve {
    /// What it belongs to: an attack or a category.
    pub name: String,
    /// The area under it.
    pub auroc: f64,
    /// The ends of its interval, where it has one.
    pub interval: Option<(f64, f64)>,
    /// Its points (false-positive rate, true-positive rate), by rising rates.
    pub points: Vec<(f64, f64)>,
}

/// ROC curves in one square, with the line of chance.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RocPlot {
    /// The line above the plot.
    pub title: String,
    /// Whether the axis of false-positive rates is logarithmic, from 0.1 % on.
    pub is_logarithmic: bool,
    /// The curves.
    pub curves: Vec<RocCurve>,
}

impl RocCurve {
    fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.points.iter().filter_map(|(fpr, tpr)| {
            Some((drawable(*fpr)?.clamp(0.0, 1.0), drawable(*tpr)?.clamp(0.0, 1.0)))
        })
    }

    /// The true-positive rate at the last point with no more false alarms than this.
    fn rate_at(&self, fpr: f64) -> f64 {
        self.points().take_while(|point| point.0 <= fpr).last().map_or(0.0, |point| point.1)
    }
}

impl RocPlot {
    fn is_empty(&self) -> bool {
        self.curves.iter().all(|curve| curve.points().next().is_none())
    }

    fn legend(&self, room: f64, max_rows: usize) -> Legend {
        let mut entries: Vec<(Key, String)> = self
            .curves
            .iter()
            .enumerate()
            .map(|(position, curve)| {
                let area = Unit::Number.text(curve.auroc);
                (Key::Stroke(position), format!("{} (AUROC {area})", curve.name))
            })
            .collect();
        entries.push((Key::Dashes, "chance".to_owned()));
        Legend::new(entries, room, max_rows)
    }
}

impl Plot for RocPlot {
    fn title(&self) -> &str {
        &self.title
    }

    fn alt_text(&self) -> String {
        let areas = self.curves.iter().map(|curve| drawable(curve.auroc));
        let Some((best, area)) = super::series::largest(areas) else {
            return "Nothing to show.".to_owned();
        };
        format!(
            "ROC curves of {}: the largest area under the curve is {}, of {}.",
            match self.curves.len() {
                1 => "one score".to_owned(),
                n_curves => format!("{n_curves} scores"),
            },
            Unit::Number.text(area),
            self.curves[best].name,
        )
    }

    fn table(&self) -> Table {
        let columns = ["curve", "AUROC", "lower end", "upper end"]
            .into_iter()
            .chain(["TPR at 0.1% FPR", "TPR at 1% FPR", "TPR at 5% FPR"])
            .map(str::to_owned)
            .collect();
        let row = |curve: &RocCurve| TableRow {
            name: curve.name.clone(),
            values: vec![
                drawable(curve.auroc),
                curve.interval.map(|ends| ends.0),
                curve.interval.map(|ends| ends.1),
                Some(curve.rate_at(0.001)),
                Some(curve.rate_at(0.01)),
                Some(curve.rate_at(0.05)),
            ],
        };
        let rows = self.curves.iter().map(row).collect();
        Table { caption: self.title.clone(), columns, rows, unit: Unit::Share }
    }

    fn preferred_height(&self, width: f64) -> f64 {
        if self.is_empty() {
            return NOTHING_HEIGHT;
        }
        let room = width - 2.0 * MARGIN;
        let side = (room - air_beside_square()).clamp(40.0, LARGEST_SIDE);
        let around = height_around(&self.title, width) + self.legend(room, 12).height();
        around + AXIS_TITLE + GAP + side + TICKS + AXIS_TITLE
    }

    fn scene(&self, width: f64, height: f64, theme: &Theme) -> Scene {
        if self.is_empty() {
            return nothing(&self.title, width, height, theme);
        }
        let (mut scene, mut rest) = begin(&self.title, width, height, theme);
        let legend = self.legend(rest.width(), rows_in(0.35 * rest.height()));
        legend.draw(&mut scene, (rest.left, rest.top));
        rest.top += legend.height() + AXIS_TITLE + GAP;
        rest.bottom -= TICKS + AXIS_TITLE;
        let side = (rest.width() - air_beside_square()).min(rest.height()).floor();
        if side > 2.0 {
            let left = (rest.left + (rest.width() - side) / 2.0).floor();
            let top = rest.top.ceil();
            let area = Area { left, top, right: left + side, bottom: top + side };
            Square { plot: self, area }.draw(&mut scene);
        }
        scene
    }
}

/// A plot whose sizes are settled.
struct Square<'a> {
    plot: &'a RocPlot,
    area: Area,
}

impl Square<'_> {
    fn x(&self, fpr: f64) -> f64 {
        let share = if self.plot.is_logarithmic {
            1.0 - math::ln(fpr.max(LEAST_RATE)) / math::ln(LEAST_RATE)
        } else {
            fpr
        };
        self.area.left + share * self.area.width()
    }

    fn y(&self, tpr: f64) -> f64 {
        self.area.bottom - tpr * self.area.height()
    }

    fn draw(&self, scene: &mut Scene) {
        self.draw_axes(scene);
        self.draw_chance(scene);
        for (position, curve) in self.plot.curves.iter().enumerate() {
            let color = scene.theme.look(position).edge;
            self.draw_curve(scene, curve, color);
        }
    }

    /// Straight lines between points; steps on a logarithmic axis, where straight lines would be
    /// curves.
    fn draw_curve(&self, scene: &mut Scene, curve: &RocCurve, color: Color) {
        let mut last = (self.x(0.0), self.y(0.0));
        for (fpr, tpr) in curve.points() {
            let next = (self.x(fpr), self.y(tpr));
            if self.plot.is_logarithmic {
                scene.line(last, (next.0, last.1), 2.0, color);
                scene.line((next.0, last.1), next, 2.0, color);
            } else {
                scene.line(last, next, 2.0, color);
            }
            last = next;
        }
    }

    fn draw_chance(&self, scene: &mut Scene) {
        let color = scene.theme.axis;
        if !self.plot.is_logarithmic {
            let (from, to) = ((self.x(0.0), self.y(0.0)), (self.x(1.0), self.y(1.0)));
            return scene.dashes(from, to, 1.5, color);
        }
        let rate = |piece: u32| {
            math::exp(math::ln(LEAST_RATE) * (1.0 - f64::from(piece) / f64::from(N_PIECES)))
        };
        // Every other piece: dashes along a curve.
        for piece in (0..N_PIECES).step_by(2) {
            let ends = [rate(piece), rate(piece + 1)].map(|rate| (self.x(rate), self.y(rate)));
            scene.line(ends[0], ends[1], 1.5, color);
        }
    }

    fn rates(&self) -> Vec<(f64, String)> {
        if self.plot.is_logarithmic {
            let labels = [(0.001, "0.1%"), (0.01, "1%"), (0.1, "10%"), (1.0, "100%")];
            return labels.map(|(rate, text)| (rate, text.to_owned())).to_vec();
        }
        let Area { left, right, .. } = self.area;
        Axis::between(0.0, 1.0, Unit::Share).over(left, right).ticks(SMALL, TICK_GAP)
    }

    fn draw_axes(&self, scene: &mut Scene) {
        let Area { left, top, right, bottom } = self.area;
        let (grid, axis) = (scene.theme.grid, scene.theme.axis);
        let half = SMALL * LINE / 2.0;
        for (value, text) in self.rates() {
            let x = self.x(value);
            scene.line((x, top), (x, bottom), 1.0, grid);
            self.note(scene, &text, (x, bottom + GAP / 2.0 + half), Anchor::Middle);
        }
        let up = Axis::between(0.0, 1.0, Unit::Share).over(bottom, top);
        for (value, text) in up.ticks(SMALL, TICK_GAP) {
            let y = self.y(value);
            scene.line((left, y), (right, y), 1.0, grid);
            self.note(scene, &text, (left - GAP, y), Anchor::End);
        }
        scene.line((left, top), (left, bottom), 1.25, axis);
        scene.line((left, bottom), (right, bottom), 1.25, axis);
        let corner = (left, top - GAP - half);
        self.note(scene, "members found", corner, Anchor::Start);
        let corner = (right, bottom + TICKS + half);
        self.note(scene, "non-members taken for members", corner, Anchor::End);
    }

    fn note(&self, scene: &mut Scene, text: &str, at: (f64, f64), anchor: Anchor) {
        let text = cut_to(&one_line(text), SMALL, self.area.width().max(60.0));
        let color = scene.theme.muted;
        let label = Label { color, ..scene.text(&text, at, anchor, SMALL) };
        scene.label(label);
    }
}

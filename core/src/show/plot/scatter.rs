//! Observed against predicted: `pbar_vs_ctpi.png`.

use super::axis::{Axis, Unit, air_beside_square, drawable};
use super::legend::{Key, Legend, rows_in};
use super::page::{NOTHING_HEIGHT, begin, height_around, nothing};
use super::scene::{Anchor, Area, LINE, Label, Scene};
use super::series::largest;
use super::sizes::{AXIS_TITLE, FONT, GAP, MARGIN, SMALL, TICKS};
use super::text::{cut_names, cut_to, one_line};
use super::{Plot, Table, TableRow, Theme};

/// Radius of the points.
const RADIUS: f64 = 4.0;
/// The square is not larger than this.
const LARGEST_SIDE: f64 = 480.0;
/// Least distance between tick labels.
const TICK_GAP: f64 = 18.0;
/// Names are cut to this share of the side.
const NAME_SHARE: f64 = 0.35;

/// One category.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScatterPoint {
    /// Its name.
    pub name: String,
    /// Where the model says it should be, as a share.
    pub predicted: f64,
    /// Where it is, as a share.
    pub observed: f64,
    /// Lower and upper end of the interval of what is observed.
    pub interval: Option<(f64, f64)>,
}

/// What was observed against what a model predicts, both as shares, with the line of agreement.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scatter {
    /// The line above the plot.
    pub title: String,
    /// What the horizontal axis shows.
    pub predicted_title: String,
    /// What the vertical axis shows.
    pub observed_title: String,
    /// The categories.
    pub points: Vec<ScatterPoint>,
}

impl ScatterPoint {
    fn place(&self) -> Option<(f64, f64)> {
        Some((drawable(self.predicted)?, drawable(self.observed)?))
    }

    fn ends(&self) -> Option<(f64, f64)> {
        let (low, high) = self.interval?;
        Some((drawable(low)?, drawable(high)?))
    }

    fn gap(&self) -> Option<f64> {
        self.place().map(|(predicted, observed)| observed - predicted)
    }
}

impl Scatter {
    fn is_empty(&self) -> bool {
        self.points.iter().all(|point| point.place().is_none())
    }

    fn legend(room: f64, max_rows: usize) -> Legend {
        let entry = (Key::Dashes, "observed = predicted".to_owned());
        Legend::new(vec![entry], room, max_rows)
    }

    fn axis(&self) -> Axis {
        let values = self.points.iter().filter_map(ScatterPoint::place).flat_map(|at| [at.0, at.1]);
        let ends = self.points.iter().filter_map(ScatterPoint::ends).flat_map(|at| [at.0, at.1]);
        Axis::around(values.chain(ends), Unit::Share)
    }

    /// The room of the notes below the ticks: the title of the axis, and where there are many
    /// points, how many names are left out.
    fn notes(&self) -> f64 {
        if self.points.len() > 12 { 2.0 * AXIS_TITLE } else { AXIS_TITLE }
    }
}

impl Plot for Scatter {
    fn title(&self) -> &str {
        &self.title
    }

    fn alt_text(&self) -> String {
        let gaps = self.points.iter().map(ScatterPoint::gap);
        let n_points = gaps.clone().flatten().count();
        let Some((worst, _)) = largest(gaps.map(|gap| gap.map(f64::abs))) else {
            return "Nothing to show.".to_owned();
        };
        let point = &self.points[worst];
        let gap = Unit::Points.text(point.observed - point.predicted);
        format!(
            "Observed against predicted shares of {n_points} categories: the largest gap is {gap} \
             percentage points, in {} ({} observed, {} predicted).",
            point.name,
            Unit::Share.text(point.observed),
            Unit::Share.text(point.predicted),
        )
    }

    fn table(&self) -> Table {
        let with_ends = self.points.iter().any(|point| point.ends().is_some());
        let mut columns =
            vec!["category".to_owned(), "predicted".to_owned(), "observed".to_owned()];
        if with_ends {
            columns.extend(["observed, lower end".to_owned(), "observed, upper end".to_owned()]);
        }
        let row = |point: &ScatterPoint| {
            let mut values = vec![
                Some(point.predicted).filter(|value| value.is_finite()),
                Some(point.observed).filter(|value| value.is_finite()),
            ];
            if with_ends {
                values.extend([point.ends().map(|ends| ends.0), point.ends().map(|ends| ends.1)]);
            }
            TableRow { name: point.name.clone(), values }
        };
        let rows = self.points.iter().map(row).collect();
        Table { caption: self.title.clone(), columns, rows, unit: Unit::Share }
    }

    fn preferred_height(&self, width: f64) -> f64 {
        if self.is_empty() {
            return NOTHING_HEIGHT;
        }
        let room = width - 2.0 * MARGIN;
        let side = (room - air_beside_square()).clamp(40.0, LARGEST_SIDE);
        let legend = Self::legend(room, 1).height();
        let around = height_around(&self.title, width) + legend;
        around + AXIS_TITLE + GAP + side + TICKS + self.notes()
    }

    fn scene(&self, width: f64, height: f64, theme: &Theme) -> Scene {
        if self.is_empty() {
            return nothing(&self.title, width, height, theme);
        }
        let (mut scene, mut rest) = begin(&self.title, width, height, theme);
        let legend = Self::legend(rest.width(), rows_in(0.3 * rest.height()));
        legend.draw(&mut scene, (rest.left, rest.top));
        rest.top += legend.height() + AXIS_TITLE + GAP;
        rest.bottom -= TICKS + self.notes();
        // Whole pixels keep the dashes of the diagonal in line.
        let side = (rest.width() - air_beside_square()).min(rest.height()).floor();
        if side > 2.0 {
            let left = (rest.left + (rest.width() - side) / 2.0).floor();
            let top = rest.top.ceil();
            let square = Area { left, top, right: left + side, bottom: top + side };
            Square::new(self, square).draw(&mut scene);
        }
        scene
    }
}

/// A scatter plot whose sizes are settled.
struct Square<'a> {
    plot: &'a Scatter,
    area: Area,
    across: Axis,
    up: Axis,
}

impl<'a> Square<'a> {
    fn new(plot: &'a Scatter, area: Area) -> Self {
        let across = plot.axis().over(area.left, area.right);
        let up = plot.axis().over(area.bottom, area.top);
        Self { plot, area, across, up }
    }

    fn at(&self, place: (f64, f64)) -> (f64, f64) {
        (self.across.place(place.0), self.up.place(place.1))
    }

    fn draw(&self, scene: &mut Scene) {
        self.draw_axes(scene);
        let (low, high) = (self.across.low, self.across.high);
        let color = scene.theme.axis;
        scene.dashes(self.at((low, low)), self.at((high, high)), 1.5, color);
        let look = scene.theme.look(0);
        for point in &self.plot.points {
            if let (Some(place), Some(ends)) = (point.place(), point.ends()) {
                let whisker = (self.at((place.0, ends.0)), self.at((place.0, ends.1)));
                scene.line(whisker.0, whisker.1, 1.25, look.edge);
            }
        }
        for place in self.plot.points.iter().filter_map(ScatterPoint::place) {
            scene.point(self.at(place), RADIUS, &look);
        }
        let n_left_out = self.draw_names(scene);
        if n_left_out > 0 {
            let text = format!("{n_left_out} names left out for lack of room");
            let middle = self.area.bottom + TICKS + AXIS_TITLE * 1.5;
            self.note(scene, &text, (self.area.center().0, middle), Anchor::Middle);
        }
    }

    fn draw_axes(&self, scene: &mut Scene) {
        let Area { left, top, right, bottom } = self.area;
        let (grid, axis) = (scene.theme.grid, scene.theme.axis);
        let half = SMALL * LINE / 2.0;
        for (value, text) in self.across.ticks(SMALL, TICK_GAP) {
            let (x, y) = self.at((value, value));
            scene.line((x, top), (x, bottom), 1.0, grid);
            scene.line((left, y), (right, y), 1.0, grid);
            self.note(scene, &text, (x, bottom + GAP / 2.0 + half), Anchor::Middle);
            self.note(scene, &text, (left - GAP, y), Anchor::End);
        }
        scene.line((left, top), (left, bottom), 1.25, axis);
        scene.line((left, bottom), (right, bottom), 1.25, axis);
        let observed = (left, top - GAP - half);
        self.note(scene, &self.plot.observed_title, observed, Anchor::Start);
        let predicted = (right, bottom + TICKS + half);
        self.note(scene, &self.plot.predicted_title, predicted, Anchor::End);
    }

    /// A note in the muted colour, cut to the width of the square.
    fn note(&self, scene: &mut Scene, text: &str, at: (f64, f64), anchor: Anchor) {
        let text = cut_to(&one_line(text), SMALL, self.area.width().max(60.0));
        let color = scene.theme.muted;
        let label = Label { color, ..scene.text(&text, at, anchor, SMALL) };
        scene.label(label);
    }

    /// Names the points, those farthest from agreement first; says how many found no room.
    fn draw_names(&self, scene: &mut Scene) -> usize {
        let places = self.plot.points.iter().map(|point| point.place().map(|at| self.at(at)));
        let places: Vec<Option<(f64, f64)>> = places.collect();
        let mut taken: Vec<Area> = places.iter().flatten().map(|at| around(*at)).collect();
        taken.extend(self.plot.points.iter().filter_map(|point| {
            let (place, ends) = (point.place()?, point.ends()?);
            Some(Area::spanning(self.at((place.0, ends.0)), self.at((place.0, ends.1))))
        }));
        let names = self.plot.points.iter().map(|point| &point.name);
        let names = cut_names(names, FONT, NAME_SHARE * self.area.width());
        let size = |position: usize| self.plot.points[position].gap().map_or(0.0, f64::abs);
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by(|one, other| size(*other).total_cmp(&size(*one)).then(one.cmp(other)));
        let mut n_left_out = 0;
        for position in order {
            let Some(at) = places[position] else { continue };
            let named = self.name(scene, &names[position], at, &taken);
            n_left_out += usize::from(!named);
        }
        n_left_out
    }

    /// Puts a name beside its point, or a little farther off with a line to it; off the diagonal
    /// if it can.
    fn name(&self, scene: &mut Scene, name: &str, at: (f64, f64), taken: &[Area]) -> bool {
        let near = RADIUS + 4.0;
        for (distance, on_diagonal) in
            [(near, false), (20.0, false), (near, true), (36.0, false), (20.0, true)]
        {
            for (dx, dy, anchor) in DIRECTIONS {
                let place = (at.0 + dx * distance, at.1 + dy * (distance + FONT * LINE / 2.0));
                let label = scene.text(name, place, anchor, FONT);
                let area = label.area();
                let free = self.area.contains(&area)
                    && (on_diagonal || !self.on_diagonal(&area))
                    && !taken.iter().any(|one| one.overlaps(&area));
                if free && scene.label(label) {
                    if distance > near {
                        let start = (at.0 + dx * RADIUS, at.1 + dy * RADIUS);
                        let end = (place.0 - 2.0 * dx, at.1 + dy * (distance - 1.0));
                        scene.line(start, end, 1.0, scene.theme.axis);
                    }
                    return true;
                }
            }
        }
        false
    }

    /// Whether the line of agreement, which rises to the right, runs through an area.
    fn on_diagonal(&self, area: &Area) -> bool {
        let above = |x: f64, y: f64| (self.area.bottom - y) - (x - self.area.left);
        above(area.left, area.top) > 0.0 && above(area.right, area.bottom) < 0.0
    }
}

/// Right, left, above, below and between: steps to the right and down, and the anchor that goes
/// with them.
const DIRECTIONS: [(f64, f64, Anchor); 8] = [
    (1.0, 0.0, Anchor::Start),
    (-1.0, 0.0, Anchor::End),
    (0.0, -1.0, Anchor::Middle),
    (0.0, 1.0, Anchor::Middle),
    (0.7, -0.7, Anchor::Start),
    (-0.7, 0.7, Anchor::End),
    (0.7, 0.7, Anchor::Start),
    (-0.7, -0.7, Anchor::End),
];

fn around(at: (f64, f64)) -> Area {
    Area::spanning((at.0 - RADIUS, at.1 - RADIUS), (at.0 + RADIUS, at.1 + RADIUS))
}

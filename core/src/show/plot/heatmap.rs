//! A matrix of shares as colours: `confusion_matrix.png`, `following.png`.

use super::axis::{Unit, drawable};
use super::groups::widest;
use super::page::{NOTHING_HEIGHT, begin, height_around, nothing, whole};
use super::scene::{Anchor, Area, LINE, Label, Scene};
use super::series::{largest, value_at};
use super::sizes::{FONT, GAP, MARGIN, SMALL};
use super::text::{cut_names, text_width, wrap};
use super::{Plot, Table, TableRow, Theme};

/// Wider cells than this look empty.
const WIDEST_CELL: f64 = 120.0;
/// Names of rows take at most this share of the width.
const NAME_SHARE: f64 = 0.35;
/// Names of columns are at most this long when they stand upright.
const LONGEST_UPRIGHT: f64 = 130.0;
/// What the colour scale is marked with, as shares; where room is short, the last give way.
const MARKS: [f64; 6] = [0.0, 1.0, 0.2, 0.5, 0.05, 0.01];
/// Room of the colour scale with its marks.
const SCALE: f64 = 10.0 + 10.0 + SMALL * LINE;

/// A matrix from classes to classes, each row of which sums to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heatmap {
    /// The line above the plot.
    pub title: String,
    /// What a row says.
    pub reading: RowReading,
    /// The classes, in order, of rows and columns alike.
    pub categories: Vec<String>,
    /// Shares of each row, `[n_classes, n_classes]`.
    pub rows: Vec<Vec<f64>>,
}

/// What a row of a [`Heatmap`] says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RowReading {
    /// How documents of one true class are classified.
    #[default]
    Confusion,
    /// What a model expects after documents of one class.
    Following,
}

impl RowReading {
    /// How rows are to be read, below the title.
    fn note(self) -> &'static str {
        match self {
            Self::Confusion => "each row: how documents of one true category were classified",
            Self::Following => {
                "each row: which category the model expects next, after documents of one category"
            }
        }
    }

    /// The heading of the rows' names.
    fn row_heading(self) -> &'static str {
        match self {
            Self::Confusion => "true class",
            Self::Following => "after",
        }
    }
}

impl Heatmap {
    fn share(&self, row: usize, column: usize) -> Option<f64> {
        self.rows.get(row).and_then(|row| value_at(row, column))
    }

    fn is_empty(&self) -> bool {
        let n = self.categories.len();
        !(0..n).any(|row| (0..n).any(|column| self.share(row, column).is_some()))
    }

    fn note_lines(&self, width: f64) -> Vec<String> {
        wrap(self.reading.note(), SMALL, width, 3)
    }

    fn grid(&self, room: f64) -> Grid {
        let n = self.categories.len() as f64;
        let widest = widest(&self.categories, FONT);
        let names = widest.min(NAME_SHARE * room) + GAP;
        let cell_width = ((room - names) / n).min(WIDEST_CELL);
        let upright = widest + 4.0 > cell_width;
        let head = if upright { widest.min(LONGEST_UPRIGHT) } else { FONT * LINE } + GAP;
        Grid { names, cell_width, upright, head }
    }
}

/// The sizes that depend on the width alone.
struct Grid {
    /// Room of the names of rows.
    names: f64,
    cell_width: f64,
    /// Whether the names of columns stand upright.
    upright: bool,
    /// Room of the names of columns.
    head: f64,
}

impl Plot for Heatmap {
    fn title(&self) -> &str {
        &self.title
    }

    fn alt_text(&self) -> String {
        let n = self.categories.len();
        let own = (0..n).map(|class| self.share(class, class));
        let known: Vec<f64> = own.clone().flatten().collect();
        let Some(least) = largest(own.map(|share| share.map(|share| -share))) else {
            return "Nothing to show.".to_owned();
        };
        let least = (least.0, -least.1);
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let others = (0..n * n).map(|at| (at / n, at % n));
        let others = others.map(|(row, column)| self.share(row, column).filter(|_| row != column));
        let other = largest(others).map(|(at, share)| (at / n, at % n, share));
        match self.reading {
            RowReading::Confusion => self.confusion_text(mean, least, other),
            RowReading::Following => self.following_text(mean, other),
        }
    }

    fn table(&self) -> Table {
        let n = self.categories.len();
        let row = |(position, name): (usize, &String)| TableRow {
            name: name.clone(),
            values: (0..n).map(|column| self.share(position, column)).collect(),
        };
        let head = std::iter::once(self.reading.row_heading().to_owned());
        Table {
            caption: self.title.clone(),
            columns: head.chain(self.categories.iter().cloned()).collect(),
            rows: self.categories.iter().enumerate().map(row).collect(),
            unit: Unit::Share,
        }
    }

    fn preferred_height(&self, width: f64) -> f64 {
        if self.is_empty() {
            return NOTHING_HEIGHT;
        }
        let room = width - 2.0 * MARGIN;
        let grid = self.grid(room);
        let cell = grid.cell_width.clamp(FONT * LINE, 40.0);
        let notes = self.note_lines(room).len() as f64 * SMALL * LINE + GAP;
        height_around(&self.title, width)
            + notes
            + grid.head
            + cell * self.categories.len() as f64
            + SCALE
    }

    fn scene(&self, width: f64, height: f64, theme: &Theme) -> Scene {
        if self.is_empty() {
            return nothing(&self.title, width, height, theme);
        }
        let (mut scene, mut rest) = begin(&self.title, width, height, theme);
        for line in self.note_lines(rest.width()) {
            let middle = rest.top + SMALL * LINE / 2.0;
            small(&mut scene, &line, (rest.left, middle), Anchor::Start);
            rest.top += SMALL * LINE;
        }
        rest.top += GAP;
        let grid = self.grid(rest.width());
        let grid_width = grid.cell_width * self.categories.len() as f64;
        let left = rest.left + (rest.width() - grid.names - grid_width) / 2.0 + grid.names;
        let body = Area {
            left,
            top: rest.top + grid.head,
            right: left + grid_width,
            bottom: rest.bottom - SCALE,
        };
        if body.width() > 2.0 && body.height() > 2.0 {
            self.draw_cells(&mut scene, body);
            self.draw_names(&mut scene, body, &grid);
            draw_scale(&mut scene, body);
        }
        scene
    }
}

impl Heatmap {
    fn confusion_text(
        &self,
        mean: f64,
        (worst, recall): (usize, f64),
        other: Option<(usize, usize, f64)>,
    ) -> String {
        let mut sentence = format!(
            "Of {} classes, {} of a class is classified correctly on average, least of {}: {}",
            self.categories.len(),
            Unit::Share.text(mean),
            self.categories[worst],
            Unit::Share.text(recall),
        );
        if let Some((truth, predicted, share)) = other {
            let (truth, predicted) = (&self.categories[truth], &self.categories[predicted]);
            let share = Unit::Share.text(share);
            sentence.push_str(&format!(
                "; most often confused: {share} of {truth} is taken for {predicted}"
            ));
        }
        sentence + "."
    }

    fn following_text(&self, mean: f64, other: Option<(usize, usize, f64)>) -> String {
        let mut sentence = format!(
            "After documents of one of {} categories the model expects {} of the same on average",
            self.categories.len(),
            Unit::Share.text(mean),
        );
        if let Some((before, next, share)) = other {
            let (before, next) = (&self.categories[before], &self.categories[next]);
            let share = Unit::Share.text(share);
            sentence.push_str(&format!("; of others most: {share} {next} after {before}"));
        }
        sentence + "."
    }

    fn draw_cells(&self, scene: &mut Scene, body: Area) {
        let n = self.categories.len();
        let (width, height) = (body.width() / n as f64, body.height() / n as f64);
        let decimals = decimals_that_fit(width, height);
        for row in 0..n {
            for column in 0..n {
                let left = body.left + column as f64 * width;
                let top = body.top + row as f64 * height;
                let area = Area { left, top, right: left + width, bottom: top + height };
                self.draw_cell(scene, area, self.share(row, column), decimals);
            }
        }
        scene.outline(body, 1.0, scene.theme.axis);
        for class in 0..n {
            let left = body.left + class as f64 * width;
            let top = body.top + class as f64 * height;
            let area = Area { left, top, right: left + width, bottom: top + height };
            if width.min(height) >= 6.0 {
                scene.outline(area, 1.0, scene.theme.axis);
            }
        }
    }

    fn draw_cell(
        &self,
        scene: &mut Scene,
        area: Area,
        share: Option<f64>,
        decimals: Option<usize>,
    ) {
        let Some(share) = share.and_then(drawable) else {
            return scene.rect(area, scene.theme.band);
        };
        let fill = scene.theme.heat_at(position_of(share));
        if share > 0.0 {
            scene.rect(area, fill);
        }
        let Some(decimals) = decimals else { return };
        let text = Unit::Share.with_decimals(share, decimals);
        let text = if text.starts_with("0%") || text == "0.0%" { "0%" } else { &text };
        let text = text.trim_end_matches('%');
        let color = scene.theme.text_on(fill);
        let label = Label { color, ..scene.text(text, area.center(), Anchor::Middle, SMALL) };
        if area.contains(&label.area()) {
            scene.label_in_own_room(label);
        }
    }

    fn draw_names(&self, scene: &mut Scene, body: Area, grid: &Grid) {
        let n = self.categories.len();
        let (width, height) = (body.width() / n as f64, body.height() / n as f64);
        let line = FONT * LINE;
        let every_row = 1 + whole((line - 0.01) / height);
        let every_column = if grid.upright { 1 + whole((line - 0.01) / width) } else { 1 };
        let row_names = cut_names(&self.categories, FONT, grid.names - GAP);
        let column_room = if grid.upright { grid.head - GAP } else { width };
        let column_names = cut_names(&self.categories, FONT, column_room);
        for (class, (row_name, column_name)) in row_names.iter().zip(&column_names).enumerate() {
            let (x, y) = (
                body.left + (class as f64 + 0.5) * width,
                body.top + (class as f64 + 0.5) * height,
            );
            if class % every_row == 0 {
                let label = scene.text(row_name, (body.left - GAP, y), Anchor::End, FONT);
                scene.label(label);
            }
            if class % every_column != 0 {
                continue;
            }
            let label = if grid.upright {
                let at = (x, body.top - GAP);
                Label { upward: true, ..scene.text(column_name, at, Anchor::Start, FONT) }
            } else {
                scene.text(column_name, (x, body.top - GAP - line / 2.0), Anchor::Middle, FONT)
            };
            scene.label(label);
        }
    }
}

/// Where a share lies on the colour scale: at its square root, so that small ones show.
fn position_of(share: f64) -> f64 {
    share.clamp(0.0, 1.0).sqrt()
}

/// How many decimals all values can have in cells of this size; none if not even whole percents fit.
fn decimals_that_fit(width: f64, height: f64) -> Option<usize> {
    let fits = |text: &str| text_width(text, SMALL) + 4.0 <= width && SMALL * LINE <= height;
    if fits("100.0") {
        Some(1)
    } else if fits("100") {
        Some(0)
    } else {
        None
    }
}

fn draw_scale(scene: &mut Scene, body: Area) {
    const N_STEPS: usize = 96;
    let last_mark = text_width("100%", SMALL);
    let width = (body.width() - last_mark / 2.0).clamp(0.0, 260.0);
    let (top, bottom) = (body.bottom + 10.0, body.bottom + 20.0);
    let place = |position: f64| body.left + position * width;
    for step in 0..N_STEPS {
        let from = step as f64 / N_STEPS as f64;
        // Each step reaches to the end, under the next ones, so that no seams show between them.
        let area = Area { left: place(from), top, right: place(1.0), bottom };
        scene.rect(area, scene.theme.heat_at(from + 0.5 / N_STEPS as f64));
    }
    scene.outline(Area { left: body.left, top, right: place(1.0), bottom }, 1.0, scene.theme.axis);
    let mut taken: Vec<Area> = Vec::new();
    for share in MARKS {
        let text = Unit::Share.with_decimals(share, 0);
        let at = (place(position_of(share)), bottom + SMALL * LINE / 2.0);
        let air = scene.text(&text, at, Anchor::Middle, SMALL).area().widened(4.0);
        if !taken.iter().any(|other| other.overlaps(&air)) {
            small(scene, &text, at, Anchor::Middle);
            taken.push(air);
        }
    }
}

fn small(scene: &mut Scene, text: &str, at: (f64, f64), anchor: Anchor) {
    let color = scene.theme.muted;
    let label = Label { color, ..scene.text(text, at, anchor, SMALL) };
    scene.label(label);
}

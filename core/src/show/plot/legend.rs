//! The legend: keys and names in columns.

use super::page::whole;
use super::scene::{Anchor, Area, LINE, Scene};
use super::sizes::FONT;
use super::text::{cut_names, one_line, text_width};

const KEY: f64 = 16.0;
const KEY_GAP: f64 = 6.0;
const COLUMN_GAP: f64 = 18.0;
const ROW: f64 = FONT * LINE + 2.0;
/// Names need not be wider than this where columns are in short supply.
const FAIR_COLUMN: f64 = 300.0;

/// What stands before a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Key {
    /// A bar of the series at this position.
    Bar(usize),
    /// A point of the series at this position.
    Point(usize),
    /// A bar of the ground truth.
    TruthBar,
    /// The line of the ground truth.
    TruthLine,
    /// The band within the tolerance.
    Band,
    /// A dashed line.
    Dashes,
    /// A line in the edge colour of the series at this position.
    Stroke(usize),
    /// Nothing: a remark.
    None,
}

/// Keys and names laid out in a width.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Legend {
    entries: Vec<(Key, String)>,
    /// Left end of every column, from the left end of the legend.
    columns: Vec<f64>,
    n_rows: usize,
}

impl Legend {
    /// The legend of these names in `room` pixels, at most `max_rows` high; if that is too low, the
    /// last entry says how many are left out.
    pub(super) fn new(entries: Vec<(Key, String)>, room: f64, max_rows: usize) -> Self {
        let entries: Vec<(Key, String)> =
            entries.into_iter().map(|(key, name)| (key, one_line(&name))).collect();
        let widths: Vec<f64> = entries.iter().map(|(_, name)| entry_width(name)).collect();
        let total = widths.iter().sum::<f64>() + gaps(widths.len());
        if total <= room && max_rows > 0 {
            return Self::in_a_row(entries, &widths);
        }
        let widest = widths.iter().copied().fold(0.0, f64::max);
        let n_fair = if entries.len() > 4 { (room / FAIR_COLUMN).floor().max(1.0) } else { 1.0 };
        let widest = widest.min((room - (n_fair - 1.0) * COLUMN_GAP) / n_fair);
        let n_columns = whole((room + COLUMN_GAP) / (widest + COLUMN_GAP));
        let n_columns = n_columns.clamp(1, entries.len().max(1));
        let entries = shortened(entries, n_columns.saturating_mul(max_rows));
        let n_rows = entries.len().div_ceil(n_columns);
        let columns = (0..n_columns).scan(0.0, |left, _| {
            let this = *left;
            *left += widest + COLUMN_GAP;
            Some(this)
        });
        let columns = columns.collect();
        let name_room = widest - KEY - KEY_GAP;
        let names = cut_names(entries.iter().map(|(_, name)| name), FONT, name_room);
        let entries = entries.into_iter().map(|(key, _)| key).zip(names).collect();
        Self { entries, columns, n_rows }
    }

    fn in_a_row(entries: Vec<(Key, String)>, widths: &[f64]) -> Self {
        let columns = widths.iter().scan(0.0, |left, width| {
            let this = *left;
            *left += width + COLUMN_GAP;
            Some(this)
        });
        Self { columns: columns.collect(), n_rows: usize::from(!entries.is_empty()), entries }
    }

    /// Its height in pixels, with the air below it.
    pub(super) fn height(&self) -> f64 {
        if self.n_rows == 0 { 0.0 } else { ROW * self.n_rows as f64 + 6.0 }
    }

    /// Draws it with its upper left corner at `corner`. Names run down the columns.
    pub(super) fn draw(&self, scene: &mut Scene, corner: (f64, f64)) {
        for (position, (key, name)) in self.entries.iter().enumerate() {
            let left = corner.0 + self.columns[position / self.n_rows];
            let rows_above = ROW * (position % self.n_rows) as f64;
            let middle = corner.1 + rows_above + ROW / 2.0;
            let label = scene.text(name, (left + KEY + KEY_GAP, middle), Anchor::Start, FONT);
            if scene.label(label) {
                draw_key(scene, *key, (left, middle));
            }
        }
    }
}

/// How many rows fit in `height`.
pub(super) fn rows_in(height: f64) -> usize {
    whole(height / ROW)
}

fn entry_width(name: &str) -> f64 {
    KEY + KEY_GAP + text_width(name, FONT)
}

fn gaps(n_entries: usize) -> f64 {
    COLUMN_GAP * n_entries.saturating_sub(1) as f64
}

fn shortened(mut entries: Vec<(Key, String)>, n_places: usize) -> Vec<(Key, String)> {
    if entries.len() > n_places {
        let n_left_out = entries.len() - n_places + 1;
        entries.truncate(n_places.saturating_sub(1));
        if n_places > 0 {
            entries.push((Key::None, format!("and {n_left_out} more")));
        }
    }
    entries
}

fn draw_key(scene: &mut Scene, key: Key, at: (f64, f64)) {
    let (left, middle) = at;
    let box_area = Area { left, top: middle - 5.0, right: left + KEY, bottom: middle + 5.0 };
    let theme = scene.theme;
    let center = (left + KEY / 2.0, middle);
    match key {
        Key::Bar(position) => scene.bar(box_area, &theme.look(position)),
        Key::Point(position) => scene.point(center, 4.0, &theme.look(position)),
        Key::TruthBar => {
            scene.framed(box_area, 1.5, theme.text, theme.truth);
        }
        Key::TruthLine => {
            scene.line((center.0, middle - 6.0), (center.0, middle + 6.0), 2.0, theme.text);
        }
        Key::Band => {
            scene.framed(box_area, 1.0, theme.axis, theme.band);
        }
        Key::Dashes => scene.dashes((left, middle), (left + KEY, middle), 1.5, theme.axis),
        Key::Stroke(position) => {
            scene.line((left, middle), (left + KEY, middle), 2.0, theme.look(position).edge);
        }
        Key::None => {}
    }
}

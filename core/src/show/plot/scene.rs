//! A plot laid out: plain marks at places in logical pixels, not yet on any back end.
//!
//! Plots turn data into a [`Scene`]; [`super::draw`] puts a scene on a back end. Between the two,
//! everything can be checked: that labels lie inside, and that none covers another.

use super::text::{one_line, text_width};
use super::theme::{Color, Hatch, Look, Marker, Theme};

/// The height of a line of text, in ems.
pub(super) const LINE: f64 = 1.3;

/// A rectangle with sides along the axes; x grows to the right, y downward.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Smallest x.
    pub left: f64,
    /// Smallest y.
    pub top: f64,
    /// Largest x.
    pub right: f64,
    /// Largest y.
    pub bottom: f64,
}

impl Area {
    /// The rectangle that has these two corners, whichever they are.
    pub fn spanning(one: (f64, f64), other: (f64, f64)) -> Self {
        Self {
            left: one.0.min(other.0),
            top: one.1.min(other.1),
            right: one.0.max(other.0),
            bottom: one.1.max(other.1),
        }
    }

    /// Right minus left.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Bottom minus top.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The point in the middle.
    pub fn center(&self) -> (f64, f64) {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// The same area, half of `air` wider on the left and on the right.
    pub(super) fn widened(&self, air: f64) -> Self {
        Self { left: self.left - air / 2.0, right: self.right + air / 2.0, ..*self }
    }

    /// Whether `other` lies in this area, up to a hundredth of a pixel.
    pub fn contains(&self, other: &Self) -> bool {
        let slack = 0.01;
        other.left >= self.left - slack
            && other.top >= self.top - slack
            && other.right <= self.right + slack
            && other.bottom <= self.bottom + slack
    }

    /// Whether the two areas share more than a border, up to a hundredth of a pixel.
    pub fn overlaps(&self, other: &Self) -> bool {
        let slack = 0.01;
        self.left + slack < other.right
            && other.left + slack < self.right
            && self.top + slack < other.bottom
            && other.top + slack < self.bottom
    }
}

/// Which point of its text a label is placed by; vertically it is always the middle of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Where the text begins.
    Start,
    /// Half way along.
    Middle,
    /// Where the text ends.
    End,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// What it says, on one line.
    pub text: String,
    /// The place of the anchor.
    pub at: (f64, f64),
    /// Which point of the text that is.
    pub anchor: Anchor,
    /// Whether it reads upward instead of to the right.
    pub upward: bool,
    /// Font size in pixels per em.
    pub size: f64,
    /// Colour of the letters.
    pub color: Color,
}

impl Label {
    /// The room the text takes by the table of widths.
    pub fn area(&self) -> Area {
        let width = text_width(&self.text, self.size);
        let half_height = self.size * LINE / 2.0;
        let before = match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => width / 2.0,
            Anchor::End => width,
        };
        let (x, y) = self.at;
        if self.upward {
            Area::spanning((x - half_height, y + before), (x + half_height, y + before - width))
        } else {
            Area::spanning((x - before, y - half_height), (x - before + width, y + half_height))
        }
    }
}

/// One thing to draw.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A filled rectangle.
    Rect {
        /// Where.
        area: Area,
        /// Its colour.
        fill: Color,
    },
    /// A filled polygon.
    Polygon {
        /// Its corners, in order.
        corners: Vec<(f64, f64)>,
        /// Its colour.
        fill: Color,
    },
    /// A filled circle.
    Disc {
        /// Its middle.
        center: (f64, f64),
        /// Its radius.
        radius: f64,
        /// Its colour.
        fill: Color,
    },
    /// A straight line.
    Line {
        /// One end.
        from: (f64, f64),
        /// The other end.
        to: (f64, f64),
        /// How thick.
        width: f64,
        /// Its colour.
        color: Color,
    },
    /// Text.
    Label(Label),
}

/// Everything a plot draws, in the order it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Width in logical pixels.
    pub width: f64,
    /// Height in logical pixels.
    pub height: f64,
    /// The colours it was laid out for.
    pub theme: Theme,
    /// What to draw on the background.
    pub marks: Vec<Mark>,
}

impl Scene {
    /// A scene with nothing on it. Sizes that are no sizes (negative, NaN) count as 0.
    pub fn new(width: f64, height: f64, theme: Theme) -> Self {
        Self { width: width.max(0.0), height: height.max(0.0), theme, marks: Vec::new() }
    }

    /// All of it.
    pub fn area(&self) -> Area {
        Area { left: 0.0, top: 0.0, right: self.width, bottom: self.height }
    }

    /// The labels, in the order they are drawn.
    pub fn labels(&self) -> impl Iterator<Item = &Label> {
        self.marks.iter().filter_map(|mark| match mark {
            Mark::Label(label) => Some(label),
            _ => None,
        })
    }

    pub(super) fn rect(&mut self, area: Area, fill: Color) {
        self.marks.push(Mark::Rect { area, fill });
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), width: f64, color: Color) {
        self.marks.push(Mark::Line { from, to, width, color });
    }

    /// A line of dashes 4 pixels long with gaps of 3, made here so that all back ends agree.
    pub(super) fn dashes(&mut self, from: (f64, f64), to: (f64, f64), width: f64, color: Color) {
        let (dash, gap) = (4.0, 3.0);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = (dx * dx + dy * dy).sqrt();
        // A limit on the count keeps absurd canvases from taking for ever.
        let limit = 20_000.0 * (dash + gap);
        if !(length > 0.0 && length < limit) {
            return self.line(from, to, width, color);
        }
        let point = |at: f64| (from.0 + dx * at / length, from.1 + dy * at / length);
        let mut start = 0.0;
        while start < length {
            self.line(point(start), point((start + dash).min(length)), width, color);
            start += dash + gap;
        }
    }

    /// Four thin rectangles just inside the border of `area`.
    pub(super) fn outline(&mut self, area: Area, width: f64, color: Color) {
        let Area { left, top, right, bottom } = area;
        if area.width() <= 2.0 * width || area.height() <= 2.0 * width {
            return self.rect(area, color);
        }
        self.rect(Area { left, top, right, bottom: top + width }, color);
        self.rect(Area { left, top: bottom - width, right, bottom }, color);
        self.rect(Area { left, top, right: left + width, bottom }, color);
        self.rect(Area { left: right - width, top, right, bottom }, color);
    }

    /// A rectangle in the colour of its edge with a smaller one in its fill on top; gives the latter.
    pub(super) fn framed(&mut self, area: Area, width: f64, edge: Color, fill: Color) -> Area {
        self.rect(area, edge);
        let inner = Area {
            left: area.left + width,
            top: area.top + width,
            right: area.right - width,
            bottom: area.bottom - width,
        };
        if inner.width() > 0.0 && inner.height() > 0.0 {
            self.rect(inner, fill);
        }
        inner
    }

    /// A bar: edge, fill, and hatch if it is thick enough to show one.
    pub(super) fn bar(&mut self, area: Area, look: &Look) {
        let inner = self.framed(area, 1.0, look.edge, look.fill);
        if inner.width().min(inner.height()) >= 3.0 {
            self.hatch(inner, look.hatch);
        }
    }

    fn hatch(&mut self, area: Area, hatch: Hatch) {
        let color = self.theme.background;
        if matches!(hatch, Hatch::Rising | Hatch::Crossed) {
            for (from, to) in rising_lines(area) {
                self.line(from, to, 1.0, color);
            }
        }
        if matches!(hatch, Hatch::Falling | Hatch::Crossed) {
            for (from, to) in rising_lines(area) {
                let mirror = |point: (f64, f64)| (point.0, area.top + area.bottom - point.1);
                self.line(mirror(from), mirror(to), 1.0, color);
            }
        }
    }

    /// A point of a series: a shape in the edge colour with a smaller one in the fill on top.
    pub(super) fn point(&mut self, center: (f64, f64), radius: f64, look: &Look) {
        self.shape(center, radius, look.marker, look.edge);
        if radius > 2.0 {
            self.shape(center, radius - 1.0, look.marker, look.fill);
        }
    }

    fn shape(&mut self, center: (f64, f64), radius: f64, marker: Marker, fill: Color) {
        let (x, y) = center;
        let corners: &[(f64, f64)] = match marker {
            Marker::Circle => return self.marks.push(Mark::Disc { center, radius, fill }),
            Marker::Square => &[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
            Marker::Diamond => &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)],
            Marker::Up => &[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)],
            Marker::Down => &[(0.0, 1.2), (1.1, -0.8), (-1.1, -0.8)],
        };
        let corners = corners.iter().map(|c| (x + c.0 * radius, y + c.1 * radius)).collect();
        self.marks.push(Mark::Polygon { corners, fill });
    }

    /// Draws the label if it says something, lies inside and covers no earlier label; says whether
    /// it did.
    pub(super) fn label(&mut self, label: Label) -> bool {
        let area = label.area();
        let free = self.area().contains(&area)
            && !self.labels().any(|earlier| earlier.area().overlaps(&area));
        let shown = free && !label.text.is_empty();
        if shown {
            self.marks.push(Mark::Label(label));
        }
        shown
    }

    /// Draws a label that has a room of its own, where no other label comes.
    pub(super) fn label_in_own_room(&mut self, label: Label) {
        if self.area().contains(&label.area()) {
            self.marks.push(Mark::Label(label));
        }
    }

    /// A label in the colour of text that reads to the right.
    pub(super) fn text(&self, text: &str, at: (f64, f64), anchor: Anchor, size: f64) -> Label {
        Label { text: one_line(text), at, anchor, upward: false, size, color: self.theme.text }
    }
}

/// The pieces inside `area` of lines that rise by 45 degrees, 5 pixels apart, tied to its corner.
fn rising_lines(area: Area) -> Vec<((f64, f64), (f64, f64))> {
    let Area { left, top, .. } = area;
    let (width, height) = (area.width(), area.height());
    let spacing = 5.0;
    // A limit keeps absurd bars from taking for ever; real ones are far below it.
    let reasonable = width + height < 50_000.0;
    if !reasonable {
        return Vec::new();
    }
    let mut lines = Vec::new();
    let mut offset = spacing;
    // The line of this offset holds the points with x + y = offset, counted from the upper left
    // corner; it runs from the left or bottom border to the top or right one.
    while offset < width + height {
        let (low, far) = (offset.min(height), offset.min(width));
        lines.push(((left + offset - low, top + low), (left + far, top + offset - far)));
        offset += spacing;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn upward_label_turns_its_area() {
        let scene = Scene::new(100.0, 100.0, Theme::LIGHT);
        let flat = scene.text("abc", (50.0, 50.0), Anchor::Start, 10.0);
        let upward = Label { upward: true, ..flat.clone() };
        assert!((flat.area().width() - upward.area().height()).abs() < 1e-12);
        assert!((upward.area().bottom - 50.0).abs() < 1e-12, "it starts at the anchor");
    }

    #[test]
    fn label_over_another_is_refused() {
        let mut scene = Scene::new(100.0, 100.0, Theme::LIGHT);
        let label = scene.text("abc", (50.0, 50.0), Anchor::Middle, 10.0);
        assert!(scene.label(label.clone()));
        assert!(!scene.label(label.clone()));
        assert!(!scene.label(Label { at: (0.0, 20.0), ..label }), "half outside");
    }

    proptest! {
        #[test]
        fn hatch_stays_inside_its_bar(width in 0.0..300.0f64, height in 0.0..300.0f64) {
            let area = Area { left: 7.0, top: 11.0, right: 7.0 + width, bottom: 11.0 + height };
            for (from, to) in rising_lines(area) {
                prop_assert!(area.contains(&Area::spanning(from, to)));
                prop_assert!(from.0 <= to.0 && from.1 >= to.1);
                prop_assert!(((to.0 - from.0) - (from.1 - to.1)).abs() < 1e-9, "45 degrees");
            }
        }

        #[test]
        fn dashes_cover_four_sevenths(length in 70.0..2000.0f64) {
            let mut scene = Scene::new(10.0, 10.0, Theme::LIGHT);
            scene.dashes((0.0, 0.0), (length, 0.0), 1.0, Theme::LIGHT.text);
            let drawn: f64 = scene.marks.iter().map(|mark| match mark {
                Mark::Line { from, to, .. } => to.0 - from.0,
                _ => f64::NAN,
            }).sum();
            prop_assert!((drawn / length - 4.0 / 7.0).abs() < 7.0 / length);
        }
    }
}

//! From a plot, by its scene, to a plotters back end.

use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontFamily, FontTransform,
};

use super::every_plot::Plot;
use super::scene::{Anchor, Area, LINE, Label, Mark, Scene};
use super::style::Style;
use super::text::text_width;
use super::theme::Color;

/// The back end asked for pixels of text, which only it can make.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("this back end cannot draw text by itself: `{text}`")]
pub struct NoFont {
    /// The text.
    pub text: String,
}

/// Draws the plot over the whole of a back end, whose size is in device pixels.
///
/// Font sizes handed to the back end are device pixels per em. A back end that leaves text to its
/// text style gets [`NoFont`]: the ones of plotters for canvas and SVG draw text themselves.
///
/// # Errors
/// What the back end reports.
pub fn draw<B: DrawingBackend>(
    plot: &dyn Plot,
    backend: &mut B,
    style: &Style,
) -> Result<(), DrawingErrorKind<B::ErrorType>> {
    let scale = style.usable_scale();
    let (width, height) = backend.get_size();
    let scene = plot.scene(f64::from(width) / scale, f64::from(height) / scale, &style.theme);
    paint(&scene, backend, scale)
}

/// Draws the scene, `scale` device pixels to a logical one.
fn paint<B: DrawingBackend>(
    scene: &Scene,
    backend: &mut B,
    scale: f64,
) -> Result<(), DrawingErrorKind<B::ErrorType>> {
    backend.ensure_prepared()?;
    let (width, height) = backend.get_size();
    let corner = (clamped(f64::from(width)), clamped(f64::from(height)));
    backend.draw_rect((0, 0), corner, &Ink::new(scene.theme.background), true)?;
    let mut painter = Painter { backend, scale };
    for mark in &scene.marks {
        painter.mark(mark)?;
    }
    backend.present()
}

struct Painter<'a, B> {
    backend: &'a mut B,
    scale: f64,
}

impl<B: DrawingBackend> Painter<'_, B> {
    fn mark(&mut self, mark: &Mark) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        match mark {
            Mark::Rect { area, fill } => self.rect(*area, *fill),
            Mark::Polygon { corners, fill } => {
                let corners: Vec<_> = corners.iter().map(|corner| self.place(*corner)).collect();
                self.backend.fill_polygon(corners, &Ink::new(*fill))
            }
            Mark::Disc { center, radius, fill } => {
                let radius = clamped(radius * self.scale).max(1).unsigned_abs();
                self.backend.draw_circle(self.place(*center), radius, &Ink::new(*fill), true)
            }
            Mark::Line { from, to, width, color } => self.line(*from, *to, *width, *color),
            Mark::Label(label) => {
                let ink = LabelInk { label, size: label.size * self.scale };
                self.backend.draw_text(&label.text, &ink, self.place(label.at))
            }
        }
    }

    /// Corners are rounded to whole pixels; what is not empty is at least one pixel thick.
    fn rect(&mut self, area: Area, fill: Color) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        if !(area.width() > 0.0 && area.height() > 0.0) {
            return Ok(());
        }
        let (left, top) = self.place((area.left, area.top));
        let (right, bottom) = self.place((area.right, area.bottom));
        let far_corner = (right.max(left + 1), bottom.max(top + 1));
        self.backend.draw_rect((left, top), far_corner, &Ink::new(fill), true)
    }

    /// Lines along an axis are rectangles of whole pixels: the back ends disagree on where the
    /// middle of a thin line lies, and some blur it.
    fn line(
        &mut self,
        from: (f64, f64),
        to: (f64, f64),
        width: f64,
        color: Color,
    ) -> Result<(), DrawingErrorKind<B::ErrorType>> {
        let thickness = clamped(width * self.scale).max(1);
        let ink = Ink { color, thickness: thickness.unsigned_abs() };
        let (one, two) = (self.place(from), self.place(to));
        if from.0 == to.0 || from.1 == to.1 {
            let (mut near, mut far) =
                ((one.0.min(two.0), one.1.min(two.1)), (one.0.max(two.0), one.1.max(two.1)));
            if from.0 == to.0 {
                near.0 -= thickness / 2;
                far.0 = near.0 + thickness;
                far.1 = far.1.max(near.1 + 1);
            } else {
                near.1 -= thickness / 2;
                far.1 = near.1 + thickness;
                far.0 = far.0.max(near.0 + 1);
            }
            return self.backend.draw_rect(near, far, &ink, true);
        }
        self.backend.draw_path([one, two], &ink)
    }

    fn place(&self, point: (f64, f64)) -> BackendCoord {
        (clamped(point.0 * self.scale), clamped(point.1 * self.scale))
    }
}

/// The nearest whole number within ±10 million, far beyond any canvas; 0 for NaN.
fn clamped(value: f64) -> i32 {
    let limit = 1e7;
    #[expect(clippy::cast_possible_truncation, reason = "clamped; `as` makes NaN 0")]
    let rounded = value.round().clamp(-limit, limit) as i32;
    rounded
}

struct Ink {
    color: Color,
    thickness: u32,
}

impl Ink {
    fn new(color: Color) -> Self {
        Self { color, thickness: 1 }
    }
}

impl BackendStyle for Ink {
    fn color(&self) -> BackendColor {
        opaque(self.color)
    }

    fn stroke_width(&self) -> u32 {
        self.thickness
    }
}

fn opaque(color: Color) -> BackendColor {
    BackendColor { alpha: 1.0, rgb: (color.red, color.green, color.blue) }
}

/// A label as plotters asks for it. Its size is in device pixels per em.
struct LabelInk<'a> {
    label: &'a Label,
    size: f64,
}

impl BackendTextStyle for LabelInk<'_> {
    type FontError = NoFont;

    fn color(&self) -> BackendColor {
        opaque(self.label.color)
    }

    fn size(&self) -> f64 {
        self.size
    }

    fn transform(&self) -> FontTransform {
        if self.label.upward { FontTransform::Rotate270 } else { FontTransform::None }
    }

    fn anchor(&self) -> Pos {
        let h_pos = match self.label.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        Pos::new(h_pos, VPos::Center)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::SansSerif
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), NoFont> {
        Ok(((0, 0), (clamped(text_width(text, self.size).ceil()), clamped(self.size * LINE))))
    }

    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        _: BackendCoord,
        _: DrawFunc,
    ) -> Result<Result<(), E>, NoFont> {
        Err(NoFont { text: text.to_owned() })
    }
}

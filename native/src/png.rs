//! A plot as a PNG file: exact coverage for edges, and letters from a font of our own, so that the
//! file is the same on every machine.
//!
//! plotters' own bitmap back end sets letters on whole pixels, takes a font's size for the height
//! of its line, and needs a font of the system; ours fills outlines by the area they cover.

use std::convert::Infallible;

use ab_glyph::{Font, FontRef, OutlineCurve};
use ab_glyph_rasterizer::{Point, Rasterizer, point};
use anyhow::Context;
use data_anatomy_core::plot::{Plot, Style, Theme, draw};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontTransform,
};

/// DejaVu Sans, cut down to the scripts named in its folder.
const FONT: &[u8] = include_bytes!("../assets/fonts/DejaVuSans-subset.ttf");

/// Device pixels to a logical pixel when nothing else is asked for.
pub const DEFAULT_SCALE: f64 = 2.0;

/// The height of capitals in DejaVu Sans, in ems: lines are centred on half of it.
const CAPITAL_HEIGHT: f32 = 1493.0 / 2048.0;

/// The bytes of a PNG file of the plot, `size` logical pixels large. The scale is lowered where
/// a side would be longer than browsers can show.
///
/// # Errors
/// If the pixels cannot be encoded.
pub fn png(plot: &dyn Plot, size: (u32, u32), theme: Theme, scale: f64) -> anyhow::Result<Vec<u8>> {
    let style = Style::fitting(theme, scale, size);
    let mut canvas = Canvas::new(style.device_size(size))?;
    draw(plot, &mut canvas, &style).context("drawing a plot")?;
    encode(&canvas, style.scale, plot.title(), &plot.alt_text()).context("encoding a plot as PNG")
}

fn encode(canvas: &Canvas, scale: f64, title: &str, words: &str) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, canvas.size.0, canvas.size.1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.add_itxt_chunk("Title".to_owned(), title.to_owned())?;
    encoder.add_itxt_chunk("Description".to_owned(), words.to_owned())?;
    // 96 logical pixels to an inch, as browsers count.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small, positive")]
    let per_meter = (96.0 * scale / 0.0254).round() as u32;
    let dimensions =
        png::PixelDimensions { xppu: per_meter, yppu: per_meter, unit: png::Unit::Meter };
    encoder.set_pixel_dims(Some(dimensions));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&canvas.pixels)?;
    writer.finish()?;
    Ok(bytes)
}

/// Pixels that plotters can draw on.
struct Canvas {
    size: (u32, u32),
    /// Red, green and blue, row by row.
    pixels: Vec<u8>,
    font: FontRef<'static>,
}

type Outcome = Result<(), DrawingErrorKind<Infallible>>;

impl Canvas {
    fn new(size: (u32, u32)) -> anyhow::Result<Self> {
        let font = FontRef::try_from_slice(FONT).context("reading the embedded font")?;
        let pixels = vec![0; 3 * size.0 as usize * size.1 as usize];
        Ok(Self { size, pixels, font })
    }

    /// Lays `color` over a pixel with the weight `coverage`, 0 to 1; nothing happens outside.
    fn blend(&mut self, at: BackendCoord, color: BackendColor, coverage: f32) {
        let (Ok(x), Ok(y)) = (u32::try_from(at.0), u32::try_from(at.1)) else { return };
        if x >= self.size.0 || y >= self.size.1 {
            return;
        }
        #[expect(clippy::cast_possible_truncation, reason = "a weight between 0 and 1")]
        let weight = (color.alpha as f32 * coverage).clamp(0.0, 1.0);
        let start = 3 * (y as usize * self.size.0 as usize + x as usize);
        let (red, green, blue) = color.rgb;
        for (old, new) in self.pixels[start..start + 3].iter_mut().zip([red, green, blue]) {
            let mixed = f32::from(*old) + (f32::from(new) - f32::from(*old)) * weight;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
            let byte = mixed.round() as u8;
            *old = byte;
        }
    }

    /// Fills what closed outlines bound, each pixel by the share of it that they cover.
    fn fill(&mut self, outlines: &[Curve], color: BackendColor) {
        let Some(bounds) = Bounds::around(outlines, self.size) else { return };
        let (width, height) = (bounds.right - bounds.left, bounds.bottom - bounds.top);
        let mut rasterizer = Rasterizer::new(
            usize::try_from(width).unwrap_or(0),
            usize::try_from(height).unwrap_or(0),
        );
        let inside = |at: Point| point(at.x - bounds.left as f32, at.y - bounds.top as f32);
        for curve in outlines {
            match curve.bend {
                None => rasterizer.draw_line(inside(curve.from), inside(curve.to)),
                Some(bend) => {
                    rasterizer.draw_quad(inside(curve.from), inside(bend), inside(curve.to));
                }
            }
        }
        rasterizer.for_each_pixel_2d(|x, y, coverage| {
            if coverage > 0.0 {
                let x = bounds.left.saturating_add_unsigned(x);
                let y = bounds.top.saturating_add_unsigned(y);
                self.blend((x, y), color, coverage);
            }
        });
    }

    /// Writes a line of text glyph by glyph, at fractions of pixels.
    fn write(&mut self, text: &str, line: &Line) {
        let units = self.font.units_per_em().unwrap_or(2048.0);
        let pixels = line.em / units;
        let glyphs: Vec<_> = text.chars().map(|letter| self.font.glyph_id(letter)).collect();
        let advance = |glyph| self.font.h_advance_unscaled(glyph) * pixels;
        let width: f32 = glyphs.iter().map(|glyph| advance(*glyph)).sum();
        let mut pen = match line.anchor {
            HPos::Left => 0.0,
            HPos::Center => -width / 2.0,
            HPos::Right => -width,
        };
        let baseline = CAPITAL_HEIGHT * line.em / 2.0;
        let mut letters = Vec::new();
        for glyph in glyphs {
            let place = |at: Point| line.turned(pen + at.x * pixels, baseline - at.y * pixels);
            let outline = self.font.outline(glyph);
            let curves = outline.iter().flat_map(|outline| &outline.curves);
            letters.push(curves.map(|curve| Curve::of_glyph(curve, place)).collect::<Vec<_>>());
            pen += advance(glyph);
        }
        for letter in letters {
            self.fill(&letter, line.color);
        }
    }
}

/// Where and how a line of text is written.
struct Line {
    /// The anchor: half the height of capitals above the baseline.
    at: (f32, f32),
    anchor: HPos,
    /// Quarter turns to the right.
    turns: u8,
    /// Pixels per em.
    em: f32,
    color: BackendColor,
}

impl Line {
    /// The pixel place of a place right of and below the anchor, before turning.
    fn turned(&self, right: f32, down: f32) -> Point {
        let (right, down) = match self.turns {
            1 => (-down, right),
            2 => (-right, -down),
            3 => (down, -right),
            _ => (right, down),
        };
        point(self.at.0 + right, self.at.1 + down)
    }
}

/// A piece of an outline: straight, or bent toward a control point.
#[derive(Clone, Copy)]
struct Curve {
    from: Point,
    bend: Option<Point>,
    to: Point,
}

impl Curve {
    /// TrueType fonts have lines and quadratic curves only; a cubic one would become a line.
    fn of_glyph(curve: &OutlineCurve, place: impl Fn(Point) -> Point) -> Self {
        let (from, bend, to) = match *curve {
            OutlineCurve::Line(from, to) | OutlineCurve::Cubic(from, _, _, to) => (from, None, to),
            OutlineCurve::Quad(from, bend, to) => (from, Some(bend), to),
        };
        Self { from: place(from), bend: bend.map(&place), to: place(to) }
    }

    /// The closed outline through these corners.
    fn polygon(corners: &[Point]) -> Vec<Self> {
        let next = corners.iter().cycle().skip(1);
        let sides = corners.iter().zip(next);
        sides.map(|(from, to)| Self { from: *from, bend: None, to: *to }).collect()
    }

    /// Sixteen curves that stay within a thousandth of the radius of a circle.
    fn circle(center: Point, radius: f32) -> Vec<Self> {
        let step = std::f32::consts::PI / 16.0;
        let at = |count: u8, radius: f32| {
            let (sine, cosine) = (f32::from(count) * step).sin_cos();
            point(center.x + radius * cosine, center.y + radius * sine)
        };
        let reach = radius / step.cos();
        let arc = |count: u8| Self {
            from: at(2 * count, radius),
            bend: Some(at(2 * count + 1, reach)),
            to: at(2 * count + 2, radius),
        };
        (0..16).map(arc).collect()
    }

    /// A straight stroke with flat ends; nothing if it has no length.
    fn stroke(from: Point, to: Point, thickness: f32) -> Vec<Self> {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = dx.hypot(dy);
        if length == 0.0 {
            return Vec::new();
        }
        let (aside, below) = (-dy / length * thickness / 2.0, dx / length * thickness / 2.0);
        Self::polygon(&[
            point(from.x + aside, from.y + below),
            point(to.x + aside, to.y + below),
            point(to.x - aside, to.y - below),
            point(from.x - aside, from.y - below),
        ])
    }
}

/// Whole pixels around outlines.
struct Bounds {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

impl Bounds {
    /// Nothing for no outlines, and for those beyond the canvas by more than its own size.
    fn around(outlines: &[Curve], size: (u32, u32)) -> Option<Self> {
        let corners = || {
            outlines
                .iter()
                .flat_map(|curve| [Some(curve.from), curve.bend, Some(curve.to)])
                .flatten()
        };
        let least = |axis: fn(Point) -> f32| corners().map(axis).fold(f32::INFINITY, f32::min);
        let most = |axis: fn(Point) -> f32| corners().map(axis).fold(f32::NEG_INFINITY, f32::max);
        let (left, right) = (least(|at| at.x), most(|at| at.x));
        let (top, bottom) = (least(|at| at.y), most(|at| at.y));
        let (width, height) = (size.0 as f32, size.1 as f32);
        // Without outlines, as for a blank, `left` is beyond `right`.
        let near = left <= right
            && left > -width
            && right < 2.0 * width
            && top > -height
            && bottom < 2.0 * height;
        #[expect(clippy::cast_possible_truncation, reason = "near the canvas")]
        let whole = |value: f32| value as i32;
        near.then(|| Self {
            left: whole(left.floor()),
            top: whole(top.floor()),
            right: whole(right.ceil()) + 1,
            bottom: whole(bottom.ceil()) + 1,
        })
    }
}

/// The point of whole pixels where plotters counts from their corners.
fn corner((x, y): BackendCoord) -> Point {
    point(x as f32, y as f32)
}

impl DrawingBackend for Canvas {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Outcome {
        self.blend(at, color, 1.0);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Outcome {
        let stroke = Curve::stroke(corner(from), corner(to), style.stroke_width() as f32);
        self.fill(&stroke, style.color());
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome {
        let ((left, top), (right, bottom)) = (upper_left, bottom_right);
        if !fill {
            let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
            return self.draw_path(corners, style);
        }
        let clip = |value: i32, most: u32| value.clamp(0, i32::try_from(most).unwrap_or(i32::MAX));
        for y in clip(top, self.size.1)..clip(bottom, self.size.1) {
            for x in clip(left, self.size.0)..clip(right, self.size.0) {
                self.blend((x, y), style.color(), 1.0);
            }
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        let corners: Vec<BackendCoord> = path.into_iter().collect();
        corners.windows(2).try_for_each(|pair| self.draw_line(pair[0], pair[1], style))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Outcome {
        let mut outline = Curve::circle(corner(center), radius as f32);
        if !fill {
            // The hole runs the other way round, so that it counts as outside.
            let inner = radius.saturating_sub(style.stroke_width()) as f32;
            let hole = Curve::circle(corner(center), inner);
            outline.extend(hole.iter().map(|arc| Curve { from: arc.to, to: arc.from, ..*arc }));
        }
        self.fill(&outline, style.color());
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Outcome {
        let corners: Vec<Point> = corners.into_iter().map(corner).collect();
        self.fill(&Curve::polygon(&corners), style.color());
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Outcome {
        let turns = match style.transform() {
            FontTransform::None => 0,
            FontTransform::Rotate90 => 1,
            FontTransform::Rotate180 => 2,
            FontTransform::Rotate270 => 3,
        };
        #[expect(clippy::cast_possible_truncation, reason = "font sizes are small")]
        let em = style.size() as f32;
        let at = (at.0 as f32, at.1 as f32);
        let line = Line { at, anchor: style.anchor().h_pos, turns, em, color: style.color() };
        self.write(text, &line);
        Ok(())
    }
}

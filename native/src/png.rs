//! A plot as a PNG file, with letters from a font that the program carries.
//!
//! plotters' own bitmap back end sets letters on whole pixels, takes a font's size for the height
//! of its line and draws thick lines in steps; this one gives every pixel the share of a shape that
//! covers it.

use std::convert::Infallible;

use ab_glyph::{Font, FontRef, OutlineCurve};
use ab_glyph_rasterizer::{Point, Rasterizer, point};
use anyhow::Context;
use data_anatomy_core::show::plot::{Plot, Style, Theme, draw};
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
        let start = 3 * (y as usize * self.size.0 as usize + x as usize);
        let (red, green, blue) = color.rgb;
        let weight = color.alpha * f64::from(coverage);
        lay_over(&mut self.pixels[start..start + 3], [red, green, blue], weight);
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

    /// Fills whole pixels of a rectangle that lies on the canvas.
    fn fill_whole(&mut self, from: (u32, u32), to: (u32, u32), color: BackendColor) {
        let (red, green, blue) = color.rgb;
        for y in from.1..to.1 {
            let row = y as usize * self.size.0 as usize;
            if from.0 >= to.0 {
                return;
            }
            let bytes = 3 * (row + from.0 as usize)..3 * (row + to.0 as usize);
            for pixel in self.pixels[bytes].chunks_exact_mut(3) {
                lay_over(pixel, [red, green, blue], color.alpha);
            }
        }
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

/// Mixes a colour into a pixel, `weight` of it.
fn lay_over(pixel: &mut [u8], color: [u8; 3], weight: f64) {
    if weight >= 1.0 {
        return pixel.copy_from_slice(&color);
    }
    for (old, new) in pixel.iter_mut().zip(color) {
        let mixed = f64::from(*old) + (f64::from(new) - f64::from(*old)) * weight.max(0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        let byte = mixed.round() as u8;
        *old = byte;
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

    /// A polygon of 64 corners, off by a thousandth of the radius at most.
    fn circle(center: Point, radius: f32) -> Vec<Self> {
        // The cosine and sine of a 64th of a turn. Turning by them again and again needs no
        // functions that differ between machines.
        let (cosine, sine) = (0.995_184_7, 0.098_017_14);
        let corners = std::iter::successors(Some((radius, 0.0)), |(x, y)| {
            Some((x * cosine - y * sine, x * sine + y * cosine))
        });
        let corners: Vec<Point> =
            corners.take(64).map(|(x, y)| point(center.x + x, center.y + y)).collect();
        Self::polygon(&corners)
    }

    /// A straight stroke with flat ends; nothing if it has no length.
    fn stroke(from: Point, to: Point, thickness: f32) -> Vec<Self> {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let length = (dx * dx + dy * dy).sqrt();
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
        let clip = |value: i32, most: u32| u32::try_from(value.max(0)).map_or(0, |at| at.min(most));
        let (left, right) = (clip(left, self.size.0), clip(right, self.size.0));
        let (top, bottom) = (clip(top, self.size.1), clip(bottom, self.size.1));
        self.fill_whole((left, top), (right, bottom), style.color());
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

#[cfg(test)]
mod tests {
    use super::*;
    use data_anatomy_core::show::plot::{GroupedBars, Series, text_width};

    const WHITE: BackendColor = BackendColor { alpha: 1.0, rgb: (255, 255, 255) };

    struct Stroke(u32);

    impl BackendStyle for Stroke {
        fn color(&self) -> BackendColor {
            WHITE
        }

        fn stroke_width(&self) -> u32 {
            self.0
        }
    }

    /// The area that is white on a black canvas, in pixels.
    fn area_of(paint: impl FnOnce(&mut Canvas)) -> f64 {
        let mut canvas = Canvas::new((200, 200)).unwrap();
        paint(&mut canvas);
        canvas.pixels.iter().step_by(3).map(|red| f64::from(*red) / 255.0).sum()
    }

    #[test]
    fn shapes_cover_the_area_geometry_says() {
        let circle = area_of(|canvas| canvas.draw_circle((100, 100), 40, &WHITE, true).unwrap());
        assert!((circle / (std::f64::consts::PI * 1600.0) - 1.0).abs() < 2e-3, "{circle}");
        let ring = area_of(|canvas| canvas.draw_circle((100, 100), 40, &Stroke(3), false).unwrap());
        let expected = std::f64::consts::PI * (1600.0 - 37.0 * 37.0);
        assert!((ring / expected - 1.0).abs() < 3e-3, "{ring}");
        let triangle = [(10, 10), (110, 30), (40, 150)];
        let triangle = area_of(|canvas| canvas.fill_polygon(triangle, &WHITE).unwrap());
        // Half the cross product of two sides.
        let expected = f64::from(100 * 140 - 20 * 30) / 2.0;
        assert!((triangle / expected - 1.0).abs() < 1e-3, "{triangle}");
        let line = area_of(|canvas| canvas.draw_line((20, 30), (140, 120), &Stroke(5)).unwrap());
        assert!((line / (150.0 * 5.0) - 1.0).abs() < 2e-3, "{line}");
        let rectangle =
            area_of(|canvas| canvas.draw_rect((-5, 190), (20, 900), &WHITE, true).unwrap());
        assert_eq!(rectangle, 200.0, "what lies outside is not drawn");
    }

    fn written(text: &str, turns: u8) -> Canvas {
        let mut canvas = Canvas::new((200, 200)).unwrap();
        let line = Line { at: (100.0, 100.0), anchor: HPos::Center, turns, em: 40.0, color: WHITE };
        canvas.write(text, &line);
        canvas
    }

    #[test]
    fn letter_covers_the_area_of_its_outline() {
        // The letter `l` of DejaVu Sans is a rectangle of 184 by 1556 units of 2048 to the em (read
        // with fontTools).
        let ink: f64 =
            written("l", 0).pixels.iter().step_by(3).map(|red| f64::from(*red) / 255.0).sum();
        let expected = 184.0 * 1556.0 * (40.0 / 2048.0) * (40.0 / 2048.0);
        assert!((ink / expected - 1.0).abs() < 5e-3, "{ink} instead of {expected}");
    }

    #[test]
    fn turned_text_is_flat_text_turned() {
        let (flat, upward) = (written("Ag", 0), written("Ag", 3));
        let red = |canvas: &Canvas, x: usize, y: usize| canvas.pixels[3 * (200 * y + x)];
        let mut n_inked = 0;
        for y in 0..200 {
            for x in 0..200 {
                // What is right of the anchor comes above it, what is below it right of it.
                let (there, here) = (red(&upward, y, 199 - x), red(&flat, x, y));
                assert!(there.abs_diff(here) <= 2, "at {x}, {y}: {here} became {there}");
                n_inked += usize::from(here > 128);
            }
        }
        assert!(n_inked > 200, "{n_inked}");
    }

    #[test]
    fn layout_widths_are_those_of_the_font() {
        let font = FontRef::try_from_slice(FONT).unwrap();
        let units = font.units_per_em().unwrap();
        let mut n_checked = 0;
        for letter in (0x20..=0x45F).filter_map(char::from_u32) {
            let glyph = font.glyph_id(letter);
            let combines = ('\u{300}'..='\u{36F}').contains(&letter);
            if glyph.0 == 0 || letter.is_control() || combines {
                continue;
            }
            let expected = f64::from(font.h_advance_unscaled(glyph) / units);
            let width = text_width(&letter.to_string(), 1.0);
            assert!((width - expected).abs() < 1e-6, "`{letter}`: {width} for {expected}");
            n_checked += 1;
        }
        assert!(n_checked > 700, "{n_checked}");
    }

    fn two_bars() -> GroupedBars {
        GroupedBars {
            title: "Größe × Κόσμος".to_owned(),
            categories: vec!["web".to_owned(), "code".to_owned()],
            series: vec![Series::new("run", vec![0.7, 0.3])],
            ..GroupedBars::default()
        }
    }

    #[test]
    fn file_decodes_to_the_picture() {
        let bytes = png(&two_bars(), (320, 200), Theme::DARK, DEFAULT_SCALE).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((info.width, info.height), (640, 400));
        let background = Theme::DARK.background;
        assert_eq!(pixels[..3], [background.red, background.green, background.blue]);
        let fill = Theme::DARK.look(0).fill;
        let inked = pixels.chunks(3).filter(|pixel| **pixel == [fill.red, fill.green, fill.blue]);
        assert!(inked.count() > 5_000, "the bars are there");
        assert_eq!(bytes, png(&two_bars(), (320, 200), Theme::DARK, DEFAULT_SCALE).unwrap());
        let texts = &reader.info().utf8_text;
        assert!(texts.iter().any(|text| text.get_text().unwrap() == two_bars().alt_text()));
    }

    #[test]
    fn scale_is_lowered_for_very_long_pictures() {
        let bytes = png(&two_bars(), (100, 10_000), Theme::LIGHT, 3.0).unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().unwrap();
        assert_eq!((reader.info().width, reader.info().height), (164, 16_384));
    }
}

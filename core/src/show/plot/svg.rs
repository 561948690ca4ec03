//! A plot as a text of SVG.

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontFamily, FontStyle, FontTransform, text_anchor,
};
use plotters_svg::SVGBackend;

use super::text::one_line;
use super::{MAX_SIDE, Plot, Style, Theme, draw};

/// Units of the drawing in a pixel: coordinates on back ends are whole numbers, and a tenth of a
/// pixel is fine enough to enlarge.
const UNITS: u32 = 10;

/// plotters-svg divides font sizes by this.
const FONT_DIVISOR: f64 = 1.24;

/// The plot as an SVG document `width` by `height` pixels large, with a title and a description for
/// those who cannot see it. The text is the same on every platform; letters stay text in the
/// reader's sans-serif font.
pub fn svg(plot: &dyn Plot, width: u32, height: u32, theme: Theme) -> String {
    let (width, height) = (width.min(MAX_SIDE), height.min(MAX_SIDE));
    let mut drawn = String::new();
    {
        let size = (width * UNITS, height * UNITS);
        let mut backend = EmSized(SVGBackend::with_string(&mut drawn, size));
        let style = Style { theme, scale: f64::from(UNITS) };
        // Writing to a string cannot fail, and this back end makes no pixels of text.
        let outcome = draw(plot, &mut backend, &style);
        debug_assert!(outcome.is_ok(), "drawing to a string failed");
    }
    let (title, description) = (escaped(plot.title()), escaped(&plot.alt_text()));
    let (right, bottom) = (width * UNITS, height * UNITS);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {right} {bottom}\" font-family=\"sans-serif\" role=\"img\" \
         aria-label=\"{description}\">\n\
         <title>{title}</title>\n<desc>{description}</desc>\n{}",
        tidy(&drawn)
    )
}

/// What plotters wrote without its root element, which has no room for a description, without
/// attributes that say nothing, and with texts on one line, so that no blank comes into them.
fn tidy(drawn: &str) -> String {
    let mut tidied = String::with_capacity(drawn.len());
    for line in drawn.lines().skip(1) {
        tidied.push_str(&with_short_font_size(line));
        let in_text = line.starts_with("<text") || !line.ends_with('>');
        if !in_text {
            tidied.push('\n');
        }
    }
    // Quotes within labels are escaped, so these can only be attributes.
    let silent = [" opacity=\"1\"", " stroke=\"none\"", " font-family=\"sans-serif\""];
    silent.iter().fold(tidied, |text, attribute| text.replace(attribute, ""))
}

/// The line with its font size rounded: dividing makes 120.00000000000001 of 120.
fn with_short_font_size(line: &str) -> String {
    let name = " font-size=\"";
    let parts = line.split_once(name).and_then(|(before, rest)| {
        let (size, after) = rest.split_once('"')?;
        Some((before, size.parse::<f64>().ok()?, after))
    });
    match parts {
        Some((before, size, after)) => {
            let size = (size * 1000.0).round() / 1000.0;
            format!("{before}{name}{size}\"{after}")
        }
        None => line.to_owned(),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in one_line(text).chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// plotters-svg with font sizes in pixels per em, as our labels have them.
struct EmSized<'a>(SVGBackend<'a>);

type Outcome = Result<(), DrawingErrorKind<std::io::Error>>;

impl DrawingBackend for EmSized<'_> {
    type ErrorType = std::io::Error;

    fn get_size(&self) -> (u32, u32) {
        self.0.get_size()
    }

    fn ensure_prepared(&mut self) -> Outcome {
        self.0.ensure_prepared()
    }

    fn present(&mut self) -> Outcome {
        self.0.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Outcome {
        self.0.draw_pixel(point, color)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Outcome {
        self.0.draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Outcome {
        self.0.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Outcome {
        self.0.draw_circle(center, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Outcome {
        self.0.fill_polygon(corners, style)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Outcome {
        self.0.draw_text(text, &Enlarged(style), at)
    }
}

/// The same style with a size that plotters-svg will turn back into the one asked for.
struct Enlarged<'a, S>(&'a S);

impl<S: BackendTextStyle> BackendTextStyle for Enlarged<'_, S> {
    type FontError = S::FontError;

    fn color(&self) -> BackendColor {
        self.0.color()
    }

    fn size(&self) -> f64 {
        self.0.size() * FONT_DIVISOR
    }

    fn transform(&self) -> FontTransform {
        self.0.transform()
    }

    fn style(&self) -> FontStyle {
        self.0.style()
    }

    fn anchor(&self) -> text_anchor::Pos {
        self.0.anchor()
    }

    fn family(&self) -> FontFamily<'_> {
        self.0.family()
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Self::FontError> {
        self.0.layout_box(text)
    }

    fn draw<E, DrawFunc: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        at: BackendCoord,
        draw: DrawFunc,
    ) -> Result<Result<(), E>, Self::FontError> {
        self.0.draw(text, at, draw)
    }
}

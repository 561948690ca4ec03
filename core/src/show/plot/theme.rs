//! Colours, and how the series of a plot look.
//!
//! The series take the palette of Okabe and Ito (2008, "Color Universal Design"), which people
//! with any common colour vision can tell apart. Its pale colours are too faint on white, so each
//! fill has an edge that stands out by at least 3:1 (WCAG 2.2, success criterion 1.4.11).

/// An opaque sRGB colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Color {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Color {
    /// The colour written `0xRRGGBB`.
    pub const fn hex(code: u32) -> Self {
        let [_, red, green, blue] = code.to_be_bytes();
        Self { red, green, blue }
    }

    /// The colour `share` of the way from this one to `other`, channel by channel.
    pub fn mix(self, other: Self, share: f64) -> Self {
        let channel = |from: u8, to: u8| {
            let mixed = f64::from(from) + (f64::from(to) - f64::from(from)) * share.clamp(0.0, 1.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
            let rounded = mixed.round() as u8;
            rounded
        };
        Self {
            red: channel(self.red, other.red),
            green: channel(self.green, other.green),
            blue: channel(self.blue, other.blue),
        }
    }

    /// The contrast ratio with `other`, 1 to 21 (WCAG 2.2, "contrast ratio").
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The relative luminance, 0 to 1 (WCAG 2.2, "relative luminance").
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { libm::pow((value + 0.055) / 1.055, 2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

/// The colours of a plot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Behind everything.
    pub background: Color,
    /// Names, values, titles.
    pub text: Color,
    /// Tick labels, notes.
    pub muted: Color,
    /// Axis lines and the zero line.
    pub axis: Color,
    /// Grid lines and lines between groups.
    pub grid: Color,
    /// The band within the tolerance.
    pub band: Color,
    /// Inside the bars of the ground truth; their outline is `text`.
    pub truth: Color,
    /// Inside the marks of the series, in order; used again from the start when they run out.
    pub fills: [Color; N_COLORS],
    /// Around the marks of the series.
    pub edges: [Color; N_COLORS],
    /// The colours of a heat map from nothing to everything, evenly spaced.
    pub heat: [Color; 5],
}

/// How many colours tell series apart before shapes and hatches must.
pub const N_COLORS: usize = 7;

/// Okabe and Ito's blue, orange, bluish green, reddish purple, sky blue, vermilion and yellow.
const OKABE_ITO: [Color; N_COLORS] = [
    Color::hex(0x0072B2),
    Color::hex(0xE69F00),
    Color::hex(0x009E73),
    Color::hex(0xCC79A7),
    Color::hex(0x56B4E9),
    Color::hex(0xD55E00),
    Color::hex(0xF0E442),
];

impl Theme {
    /// Dark on white; the one for print.
    pub const LIGHT: Self = Self {
        background: Color::hex(0xFFFFFF),
        text: Color::hex(0x1B1F24),
        muted: Color::hex(0x535C66),
        axis: Color::hex(0x7D8690),
        grid: Color::hex(0xE4E7EB),
        band: Color::hex(0xE9ECF0),
        truth: Color::hex(0xC9CED4),
        fills: OKABE_ITO,
        edges: [
            Color::hex(0x004F7C),
            Color::hex(0x8F6200),
            Color::hex(0x006B4E),
            Color::hex(0x8E4470),
            Color::hex(0x1F78AB),
            Color::hex(0x8F3F00),
            Color::hex(0x857B00),
        ],
        heat: [
            Color::hex(0xFFFFFF),
            Color::hex(0xC6DBEF),
            Color::hex(0x6BAED6),
            Color::hex(0x2171B5),
            Color::hex(0x08306B),
        ],
    };

    /// Light on nearly black.
    pub const DARK: Self = Self {
        background: Color::hex(0x0F1319),
        text: Color::hex(0xE8ECF1),
        muted: Color::hex(0xA3ADB8),
        axis: Color::hex(0x76808B),
        grid: Color::hex(0x252B34),
        band: Color::hex(0x232932),
        truth: Color::hex(0x4A525D),
        fills: OKABE_ITO,
        edges: [
            Color::hex(0x58B4EE),
            Color::hex(0xFFC54D),
            Color::hex(0x3FD3A8),
            Color::hex(0xE8A9CC),
            Color::hex(0x9AD4F7),
            Color::hex(0xFF9147),
            Color::hex(0xFFF58A),
        ],
        heat: [
            Color::hex(0x0F1319),
            Color::hex(0x12355B),
            Color::hex(0x1B68A8),
            Color::hex(0x58A9DE),
            Color::hex(0xE3F2FD),
        ],
    };

    /// How the series at `position` (from 0) looks.
    pub fn look(&self, position: usize) -> Look {
        let color = position % N_COLORS;
        Look {
            fill: self.fills[color],
            edge: self.edges[color],
            hatch: HATCHES[position % HATCHES.len()],
            marker: MARKERS[position % MARKERS.len()],
        }
    }

    /// The colour of a heat map at `share` of its range, 0 to 1.
    pub fn heat_at(&self, share: f64) -> Color {
        let mut place = share.clamp(0.0, 1.0) * 4.0;
        for pair in self.heat.windows(2) {
            if place <= 1.0 {
                return pair[0].mix(pair[1], place);
            }
            place -= 1.0;
        }
        self.heat[4]
    }

    /// A colour for text on `behind`, at least 4.5:1 from it: the theme's own if that does, else
    /// black or white, one of which always does (the worst ground for both gives √21 = 4.58).
    pub fn text_on(&self, behind: Color) -> Color {
        let (black, white) = (Color::hex(0x000000), Color::hex(0xFFFFFF));
        let extreme = if behind.contrast(black) >= behind.contrast(white) { black } else { white };
        let mut own = [self.text, self.background].into_iter();
        own.find(|color| behind.contrast(*color) >= 4.5).unwrap_or(extreme)
    }
}

/// How one series looks: colour, and what tells it apart without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Inside.
    pub fill: Color,
    /// Around; stands out from the background by at least 3:1.
    pub edge: Color,
    /// On bars.
    pub hatch: Hatch,
    /// Of points.
    pub marker: Marker,
}

/// The lines across a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hatch {
    /// None.
    Plain,
    /// Like `/`.
    Rising,
    /// Like `\`.
    Falling,
    /// Both at once.
    Crossed,
}

/// The shape of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A disc.
    Circle,
    /// A square on its side.
    Square,
    /// A square on its corner.
    Diamond,
    /// A triangle pointing up.
    Up,
    /// A triangle pointing down.
    Down,
}

// Four and five share no divisor with seven colours: 28 bars and 35 points all look different.
const HATCHES: [Hatch; 4] = [Hatch::Plain, Hatch::Rising, Hatch::Falling, Hatch::Crossed];
const MARKERS: [Marker; 5] =
    [Marker::Circle, Marker::Square, Marker::Diamond, Marker::Up, Marker::Down];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_matches_wcag_examples() {
        let (black, white) = (Color::hex(0x000000), Color::hex(0xFFFFFF));
        assert!((black.contrast(white) - 21.0).abs() < 1e-12);
        // WebAIM's well-known borderline grey on white: 4.54:1, given to two places.
        assert!((Color::hex(0x767676).contrast(white) - 4.54).abs() < 0.005);
    }

    #[test]
    fn both_themes_meet_wcag_contrast() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let on_background = |color: Color| color.contrast(theme.background);
            assert!(on_background(theme.text) >= 7.0);
            assert!(on_background(theme.muted) >= 4.5);
            assert!(on_background(theme.axis) >= 3.0);
            // Text also stands on the tolerance band, never on a fill.
            assert!(theme.text.contrast(theme.band) >= 7.0);
            assert!(theme.muted.contrast(theme.band) >= 4.5);
            for edge in theme.edges {
                assert!(on_background(edge) >= 3.0, "{edge:?}");
                assert!(edge.contrast(theme.band) >= 3.0, "{edge:?} on the band");
            }
        }
    }

    #[test]
    fn heat_colors_are_monotone_and_carry_text() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let steps: Vec<Color> =
                (0..=100).map(|step| theme.heat_at(f64::from(step) / 100.0)).collect();
            for pair in steps.windows(2) {
                let from_start = |color: Color| color.contrast(theme.heat[0]);
                assert!(from_start(pair[0]) < from_start(pair[1]));
            }
            for color in steps {
                let contrast = color.contrast(theme.text_on(color));
                assert!(contrast >= 4.5, "{color:?}: {contrast}");
            }
        }
    }

    #[test]
    fn thirty_five_points_all_look_different() {
        let looks: Vec<Look> = (0..28).map(|position| Theme::LIGHT.look(position)).collect();
        for (position, look) in looks.iter().enumerate() {
            for other in &looks[..position] {
                assert!((look.fill, look.hatch) != (other.fill, other.hatch));
                assert!((look.fill, look.marker) != (other.fill, other.marker));
            }
        }
    }
}

//! Axes: from values to pixels, with ticks at round numbers.

use super::sizes::{GAP, SMALL};
use super::text::text_width;

/// Values beyond this are no shares; the limit keeps arithmetic on axes finite.
const LIMIT: f64 = 1e9;

/// The value as it may be drawn: nothing if it is not finite.
pub(super) fn drawable(value: f64) -> Option<f64> {
    value.is_finite().then(|| value.clamp(-LIMIT, LIMIT))
}

/// Air to the left and right of a square whose ticks are shares.
pub(super) fn air_beside_square() -> f64 {
    text_width("100%", SMALL) * 1.5 + GAP
}

/// What the numbers of a plot are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Shares of a whole, shown in percent.
    Share,
    /// Differences of shares, shown in percentage points with their sign.
    Points,
    /// Plain numbers.
    Number,
}

impl Unit {
    /// The value in words that stand in tables and sentences: `12.3%`, `+4.5`, `−0.1`; a dash for
    /// what is not a number.
    pub fn text(self, value: f64) -> String {
        self.with_decimals(value, if self == Self::Number { 3 } else { 1 })
    }

    /// What one is on paper: a hundred percent, or one.
    fn factor(self) -> f64 {
        if self == Self::Number { 1.0 } else { 100.0 }
    }

    /// The value with so many decimals.
    pub(super) fn with_decimals(self, value: f64, decimals: usize) -> String {
        let Some(value) = drawable(value) else { return "–".to_owned() };
        let digits = format!("{:.decimals$}", (value * self.factor()).abs());
        let is_zero = digits.chars().all(|letter| letter == '0' || letter == '.');
        let sign = match self {
            _ if is_zero => "",
            _ if value < 0.0 => "−",
            Self::Points => "+",
            Self::Share | Self::Number => "",
        };
        let mark = if self == Self::Share { "%" } else { "" };
        format!("{sign}{digits}{mark}")
    }
}

/// A straight axis over a length in pixels.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    /// Smallest value.
    pub(super) low: f64,
    /// Largest value.
    pub(super) high: f64,
    /// Where `low` lies.
    pub(super) start: f64,
    /// Where `high` lies; may be below `start`.
    pub(super) end: f64,
    unit: Unit,
}

impl Axis {
    /// The axis that shows all these values and 0, with a little air beyond them.
    pub(super) fn around(values: impl Iterator<Item = f64>, unit: Unit) -> Self {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for value in values.filter_map(drawable) {
            low = low.min(value);
            high = high.max(value);
        }
        if high - low < 1e-6 {
            high = low + 0.01;
        }
        let air = 0.04 * (high - low);
        let low = if low < 0.0 { low - air } else { low };
        let high = if high > 0.0 { high + air } else { high };
        Self { low, high, start: 0.0, end: 1.0, unit }
    }

    /// The axis from one value to another, without more; a little longer if they are one.
    pub(super) fn between(low: f64, high: f64, unit: Unit) -> Self {
        let (low, high) = (drawable(low).unwrap_or(0.0), drawable(high).unwrap_or(1.0));
        let high = if high - low > 1e-9 * low.abs().max(1e-3) { high } else { low + 1.0 };
        Self { low, high, start: 0.0, end: 1.0, unit }
    }

    /// The same axis laid from `start` to `end`.
    pub(super) fn over(self, start: f64, end: f64) -> Self {
        Self { start, end, ..self }
    }

    /// Where a value lies, at an end of the axis if it is beyond it.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }

    /// The ticks: values that are 1, 2 or 5 times a power of ten apart, at least two of them where
    /// the axis is long enough, with labels at least `gap` pixels apart if they stood in a row.
    pub(super) fn ticks(&self, size: f64, gap: f64) -> Vec<(f64, String)> {
        let length = (self.end - self.start).abs();
        let widest = |step: f64| {
            let decimals = decimals_of(step * self.unit.factor());
            let width = |value| text_width(&self.unit.with_decimals(value, decimals), size);
            width(self.low).max(width(self.high)) + gap
        };
        let mut step = 1e-6;
        loop {
            for factor in [1.0, 2.0, 5.0] {
                let candidate = step * factor;
                let pixels = candidate / (self.high - self.low) * length;
                if pixels >= widest(candidate) || candidate > 10.0 * (self.high - self.low) {
                    return self.multiples(candidate);
                }
            }
            step *= 10.0;
        }
    }

    fn multiples(&self, step: f64) -> Vec<(f64, String)> {
        let slack = 1e-9;
        let first = (self.low / step - slack).ceil();
        let decimals = decimals_of(step * self.unit.factor());
        let mut ticks = Vec::new();
        let mut count = first;
        while count * step <= self.high + slack * step && ticks.len() < 200 {
            let value = count * step;
            ticks.push((value, self.unit.with_decimals(value, decimals)));
            count += 1.0;
        }
        ticks
    }
}

/// How many decimals a number needs so that multiples of `step` differ.
fn decimals_of(step: f64) -> usize {
    let mut rest = step;
    let mut decimals = 0;
    while rest < 1.0 - 1e-9 && decimals < 6 {
        rest *= 10.0;
        decimals += 1;
    }
    decimals
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_and_points_read_as_people_write_them() {
        assert_eq!(Unit::Share.text(0.1234), "12.3%");
        assert_eq!(Unit::Points.text(0.045), "+4.5");
        assert_eq!(Unit::Points.text(-0.001), "−0.1");
        assert_eq!(Unit::Points.text(-0.0001), "0.0");
        assert_eq!(Unit::Share.text(f64::NAN), "–");
        assert_eq!(Unit::Number.text(-1.25), "−1.250");
    }

    #[test]
    fn ticks_are_the_ones_a_person_would_choose() {
        let axis = Axis::around([0.67].into_iter(), Unit::Share).over(0.0, 400.0);
        let labels: Vec<String> = axis.ticks(11.0, 14.0).into_iter().map(|tick| tick.1).collect();
        assert_eq!(labels, ["0%", "10%", "20%", "30%", "40%", "50%", "60%"]);
    }

    #[test]
    fn an_axis_of_numbers_need_not_show_zero() {
        let axis = Axis::between(-12.0, -7.5, Unit::Number).over(0.0, 200.0);
        let labels: Vec<String> = axis.ticks(11.0, 14.0).into_iter().map(|tick| tick.1).collect();
        assert_eq!(labels, ["−12", "−11", "−10", "−9", "−8"]);
        let point = Axis::between(3.0, 3.0, Unit::Number);
        assert_eq!((point.low, point.high), (3.0, 4.0));
    }

    proptest! {
        #[test]
        fn ticks_never_crowd(low in -1e9..0.0f64, high in 0.0..1e9f64, shrink in 0u32..16, length in 0.0..3000.0f64) {
            let factor = (0..shrink).fold(1.0, |factor, _| factor / 10.0);
            let axis = Axis::around([low * factor, high * factor].into_iter(), Unit::Points)
                .over(0.0, length);
            let ticks = axis.ticks(11.0, 14.0);
            prop_assert!(ticks.len() < 200);
            for pair in ticks.windows(2) {
                let apart = axis.place(pair[1].0) - axis.place(pair[0].0);
                let half = |tick: &(f64, String)| text_width(&tick.1, 11.0) / 2.0;
                prop_assert!(apart + 1e-6 >= half(&pair[0]) + half(&pair[1]));
                prop_assert!(pair[0].1 != pair[1].1);
            }
        }
    }
}

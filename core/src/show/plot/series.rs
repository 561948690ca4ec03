//! A named list of values with intervals.

use crate::numeric::interval::Interval;

/// One value per category, each with an interval where there is one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Series {
    /// What the values belong to: a run.
    pub name: String,
    /// The values, in category order.
    pub values: Vec<f64>,
    /// Lower and upper ends of their intervals, in category order; empty for none at all.
    pub intervals: Vec<Option<(f64, f64)>>,
}

impl Series {
    /// A series without intervals.
    pub fn new(name: impl Into<String>, values: Vec<f64>) -> Self {
        Self { name: name.into(), values, intervals: Vec::new() }
    }

    /// A series with an interval for each value, if there are any.
    pub fn estimated(
        name: impl Into<String>,
        values: Vec<f64>,
        intervals: Option<&[Interval]>,
    ) -> Self {
        let ends = |interval: &Interval| Some((interval.lo(), interval.hi()));
        let intervals = intervals.unwrap_or_default().iter().map(ends).collect();
        Self { name: name.into(), values, intervals }
    }

    /// The value of a category, unless it is missing or not finite.
    pub fn value(&self, category: usize) -> Option<f64> {
        value_at(&self.values, category)
    }

    /// The interval of a category, unless it is missing or not finite.
    pub fn interval(&self, category: usize) -> Option<(f64, f64)> {
        let interval = self.intervals.get(category).copied().flatten();
        interval.filter(|(low, high)| low.is_finite() && high.is_finite())
    }

    /// The series of differences to `truth`, intervals moved along; NaN where either is missing.
    pub(super) fn minus(&self, truth: &[f64], n_categories: usize) -> Self {
        let base = |category| value_at(truth, category).unwrap_or(f64::NAN);
        let value = |category| self.value(category).unwrap_or(f64::NAN) - base(category);
        let moved = |category| {
            let (low, high) = self.interval(category)?;
            Some((low - base(category), high - base(category)))
        };
        Self {
            name: self.name.clone(),
            values: (0..n_categories).map(value).collect(),
            intervals: (0..n_categories).map(moved).collect(),
        }
    }

    /// The mean absolute difference to `truth` over the categories that have both.
    pub(super) fn mean_absolute_error(&self, truth: &[f64]) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0.0);
        for category in 0..self.values.len() {
            if let (Some(value), Some(base)) = (self.value(category), value_at(truth, category)) {
                sum += (value - base).abs();
                count += 1.0;
            }
        }
        (count > 0.0).then(|| sum / count)
    }
}

/// The value at `position`, unless it is missing or not finite.
pub(super) fn value_at(values: &[f64], position: usize) -> Option<f64> {
    values.get(position).copied().filter(|value| value.is_finite())
}

/// The position and value of the largest by `key`; the first of equals; none if all are missing.
pub(super) fn largest(values: impl Iterator<Item = Option<f64>>) -> Option<(usize, f64)> {
    let mut best: Option<(usize, f64)> = None;
    for (position, value) in values.enumerate() {
        if let Some(value) = value
            && best.is_none_or(|(_, high)| value > high)
        {
            best = Some((position, value));
        }
    }
    best
}

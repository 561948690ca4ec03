//! The values of a plot as rows.

use super::axis::Unit;
use super::series::Series;

/// The values a plot shows, for the table beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What the table holds.
    pub caption: String,
    /// The heading of the first column and of every value's column.
    pub columns: Vec<String>,
    /// The rows, each with one value fewer than there are columns.
    pub rows: Vec<TableRow>,
    /// What the values are.
    pub unit: Unit,
}

/// A named row of values.
#[derive(Debug, Clone, PartialEq)]
pub struct TableRow {
    /// What the row is about.
    pub name: String,
    /// Its values; `None` where there is none.
    pub values: Vec<Option<f64>>,
}

impl Table {
    /// The value in the words of the plot: `12.3%`, `+4.5`, a dash for none.
    pub fn text(&self, value: Option<f64>) -> String {
        self.unit.text(value.unwrap_or(f64::NAN))
    }

    /// A row per category; a column per series, and two more where a series has intervals.
    pub(super) fn of_series(
        caption: &str,
        categories: &[String],
        series: &[&Series],
        unit: Unit,
    ) -> Self {
        let has_intervals =
            |one: &Series| (0..categories.len()).any(|at| one.interval(at).is_some());
        let mut columns = vec!["category".to_owned()];
        let mut rows: Vec<TableRow> = categories
            .iter()
            .map(|name| TableRow { name: name.clone(), values: Vec::new() })
            .collect();
        for one in series {
            let with_interval = has_intervals(one);
            columns.push(one.name.clone());
            if with_interval {
                columns.push(format!("{}, lower end", one.name));
                columns.push(format!("{}, upper end", one.name));
            }
            for (category, row) in rows.iter_mut().enumerate() {
                row.values.push(one.value(category));
                if with_interval {
                    let interval = one.interval(category);
                    row.values.extend([interval.map(|ends| ends.0), interval.map(|ends| ends.1)]);
                }
            }
        }
        Self { caption: caption.to_owned(), columns, rows, unit }
    }
}

//! The shares of members that a membership run found, as a table.

use crate::files::run::MemberShare;
use crate::numeric::interval::Interval;
use crate::show::table::{Cell, Column, Table, fixed};

/// The share of members in each category of the run of this name; none where there are no such shares.
pub fn table(run: &str, shares: &[MemberShare]) -> Option<Table> {
    let columns = vec![
        Column::words("category", "as the run names it"),
        Column::numbers("members", "share of the candidates that were trained on, if known"),
        Column::words("interval", "its interval at the run's level"),
    ];
    let mut table = Table::new(format!("Share of members in {run}"), columns);
    table.rows.extend(shares.iter().map(|row| {
        vec![
            Cell::text(&row.category),
            Cell::optional(row.share, Cell::percent),
            row.interval.map_or_else(Cell::empty, percent_interval),
        ]
    }));
    (!table.rows.is_empty()).then_some(table)
}

/// An interval of a share, in percent.
pub(super) fn percent_interval(interval: Interval) -> Cell {
    let (lo, hi) = (100.0 * interval.lo(), 100.0 * interval.hi());
    Cell::text(format!("{} to {} %", fixed(lo, 1), fixed(hi, 1)))
}

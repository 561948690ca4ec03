//! The table of an estimated mixture: shares with their intervals, and their unit.

use super::table::{Cell, Column, Table};

/// Shares of categories, in category order.
#[derive(Debug, Clone, Copy)]
pub struct SharesTable<'a> {
    /// What stands above the table.
    pub caption: &'a str,
    /// The categories.
    pub categories: &'a [String],
    /// What the shares are shares of: `tokens`.
    pub unit: &'a str,
    /// The estimate; none where there is no answer.
    pub point: Option<&'a [f64]>,
    /// Lower ends of the intervals, if there are any.
    pub ci_lo: Option<&'a [f64]>,
    /// Upper ends.
    pub ci_hi: Option<&'a [f64]>,
}

impl SharesTable<'_> {
    /// The table to look at, whose heading names the unit.
    pub fn table(&self) -> Table {
        let unit = self.unit;
        let columns = vec![
            Column::words("category", "the category"),
            Column::numbers(&format!("share of {unit}"), &format!("estimated share of {unit}")),
            Column::numbers("ci_lo", "lower end of the interval"),
            Column::numbers("ci_hi", "upper end of the interval"),
        ];
        let mut table = Table::new(self.caption, columns);
        for (index, name) in self.categories.iter().enumerate() {
            let cell = |shares: Option<&[f64]>| {
                Cell::optional(shares.map(|shares| shares[index]), Cell::percent)
            };
            let shares = [cell(self.point), cell(self.ci_lo), cell(self.ci_hi)];
            table.rows.push(std::iter::once(Cell::text(name)).chain(shares).collect());
        }
        table
    }

    /// The text of `summary.csv`: the seed study's columns, then the unit.
    pub fn csv(&self) -> String {
        let mut table = self.table();
        "pi".clone_into(&mut table.columns[1].title);
        table.columns.push(Column::words("unit", "what the shares are shares of"));
        table.rows.iter_mut().for_each(|row| row.push(Cell::text(self.unit)));
        table.to_csv()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_stands_above_the_shares_and_in_a_column_of_its_own() {
        let categories = ["a".to_owned(), "b".to_owned()];
        let shares = SharesTable {
            caption: "Mixture",
            categories: &categories,
            unit: "tokens",
            point: Some(&[0.25, 0.75]),
            ci_lo: Some(&[0.125, 0.5]),
            ci_hi: None,
        };
        assert!(shares.table().to_text().starts_with("category  share of tokens"));
        let csv = "category,pi,ci_lo,ci_hi,unit\r\na,0.25,0.125,,tokens\r\nb,0.75,0.5,,tokens\r\n";
        assert_eq!(shares.csv(), csv);
    }
}

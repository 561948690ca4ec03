//! A table of results, laid out once and written as text, Markdown, HTML, CSV or for the page.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Serialize;

use crate::messages::printable::printable;

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A column's heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The heading.
    pub title: String,
    /// What the column holds, in one sentence.
    pub definition: String,
    /// How its cells are set.
    pub align: Align,
}

impl Column {
    /// A column of words.
    pub fn words(title: &str, definition: &str) -> Self {
        Self { title: title.to_owned(), definition: definition.to_owned(), align: Align::Left }
    }

    /// A column of numbers.
    pub fn numbers(title: &str, definition: &str) -> Self {
        Self { title: title.to_owned(), definition: definition.to_owned(), align: Align::Right }
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A number and how it is shown.
    Number {
        /// As it is shown.
        text: String,
        /// In full.
        value: f64,
    },
    /// Nothing to show.
    Empty {
        /// The sign for nothing.
        text: &'static str,
    },
}

impl Cell {
    /// The sign for nothing.
    const DASH: &'static str = "–";

    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// A number with so many decimals.
    pub fn number(value: f64, decimals: usize) -> Self {
        Self::Number { text: fixed(value, decimals), value }
    }

    /// A share as a percentage with one decimal.
    pub fn percent(value: f64) -> Self {
        Self::Number { text: format!("{} %", fixed(100.0 * value, 1)), value }
    }

    /// A difference of shares in percentage points with its sign.
    pub fn points(value: f64) -> Self {
        let digits = fixed(100.0 * value, 1);
        let sign = if digits.starts_with('-') || digits == "0.0" { "" } else { "+" };
        Self::Number { text: format!("{sign}{digits}"), value }
    }

    /// A cell without a value.
    pub fn empty() -> Self {
        Self::Empty { text: Self::DASH }
    }

    /// The cell of an optional value.
    pub fn optional(value: Option<f64>, show: impl Fn(f64) -> Self) -> Self {
        value.map_or_else(Self::empty, show)
    }

    /// As it is shown.
    pub fn shown(&self) -> &str {
        match self {
            Self::Text { text } | Self::Number { text, .. } => text,
            Self::Empty { text } => text,
        }
    }
}

/// `value` with so many decimals, never `-0.0`.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|character| matches!(character, '0' | '.')) => {
            digits.to_owned()
        }
        _ => text,
    }
}

/// Rows under headings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// What the table shows.
    pub caption: String,
    /// Its columns; the first one names the row.
    pub columns: Vec<Column>,
    /// Its rows, each with one cell per column.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table.
    pub fn new(caption: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { caption: caption.into(), columns, rows: Vec::new() }
    }

    /// The table in columns of plain characters, safe to print on a terminal.
    pub fn to_text(&self) -> String {
        let titles = self.columns.iter().map(|column| printable(&column.title)).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(|cell| printable(cell.shown())));
        let lines: Vec<Vec<Cow<'_, str>>> =
            std::iter::once(titles).chain(rows.map(Iterator::collect)).collect();
        let width = |column: usize| {
            lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let mut text = String::new();
        for line in &lines {
            self.text_line(&mut text, line, &widths);
        }
        text
    }

    fn text_line(&self, text: &mut String, cells: &[Cow<'_, str>], widths: &[usize]) {
        let mut line = String::new();
        for ((cell, width), column) in cells.iter().zip(widths).zip(&self.columns) {
            let gap = " ".repeat(width - cell.chars().count());
            match column.align {
                Align::Left => line.extend([cell.as_ref(), gap.as_str(), "  "]),
                Align::Right => line.extend([gap.as_str(), cell.as_ref(), "  "]),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }

    /// The table in GitHub's Markdown.
    pub fn to_markdown(&self) -> String {
        let mut text = String::from("|");
        for column in &self.columns {
            let _ = write!(text, " {} |", markdown_escape(&column.title));
        }
        text.push_str("\n|");
        for column in &self.columns {
            text.push_str(if column.align == Align::Left { " --- |" } else { " ---: |" });
        }
        text.push('\n');
        for row in &self.rows {
            text.push('|');
            for cell in row {
                let _ = write!(text, " {} |", markdown_escape(cell.shown()));
            }
            text.push('\n');
        }
        text
    }

    /// The table as an HTML element with caption, headings and scopes.
    pub fn to_html(&self) -> String {
        let class = |column: &Column| match column.align {
            Align::Left => "",
            Align::Right => " class=\"number\"",
        };
        let mut html =
            format!("<table><caption>{}</caption><thead><tr>", html_escape(&self.caption));
        for column in &self.columns {
            let (class, title) = (class(column), html_escape(&column.title));
            let _ = write!(html, "<th scope=\"col\"{class}>{title}</th>");
        }
        html.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            html.push_str("<tr>");
            for (index, (cell, column)) in row.iter().zip(&self.columns).enumerate() {
                let shown = html_escape(cell.shown());
                let _ = match index {
                    0 => write!(html, "<th scope=\"row\">{shown}</th>"),
                    _ => write!(html, "<td{}>{shown}</td>", class(column)),
                };
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>");
        html
    }

    /// The table as CSV (RFC 4180) with numbers in full.
    pub fn to_csv(&self) -> String {
        let mut csv = String::new();
        let titles = self.columns.iter().map(|column| csv_field(&column.title));
        csv.push_str(&titles.collect::<Vec<_>>().join(","));
        csv.push_str("\r\n");
        for row in &self.rows {
            let fields = row.iter().map(|cell| match cell {
                Cell::Text { text } => csv_field(text),
                Cell::Number { value, .. } => value.to_string(),
                Cell::Empty { .. } => String::new(),
            });
            csv.push_str(&fields.collect::<Vec<_>>().join(","));
            csv.push_str("\r\n");
        }
        csv
    }
}

/// `text` as an HTML text node or attribute value.
pub fn html_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// `text` inside a Markdown table cell or sentence: no markup, no HTML, no new cell.
pub fn markdown_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '|' | '*' | '_' | '`' | '[' | ']' | '~' | '#' | '\\' => {
                escaped.extend(['\\', character]);
            }
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A CSV field: quoted where needed, and kept from being run as a formula by a spreadsheet.
pub fn csv_field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Table {
        let columns = vec![Column::words("run", ""), Column::numbers("Acc", "")];
        let mut table = Table::new("Runs", columns);
        table.rows.push(vec![Cell::text("<img onerror=x>|"), Cell::number(0.12345, 3)]);
        table.rows.push(vec![Cell::text("=HYPERLINK(\"a\",1)"), Cell::empty()]);
        table
    }

    #[test]
    fn hostile_names_stay_text_in_every_form() {
        let table = example();
        assert!(table.to_html().contains("&lt;img onerror=x&gt;|"));
        assert!(table.to_markdown().contains("| &lt;img onerror=x&gt;\\| | 0.123 |"));
        assert!(table.to_csv().contains("\"'=HYPERLINK(\"\"a\"\",1)\",\r\n"));
        assert!(table.to_csv().contains(",0.12345\r\n"));
    }

    #[test]
    fn text_columns_line_up() {
        let text = example().to_text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], format!("{:17}  {:>5}", "run", "Acc"));
        assert_eq!(lines[1], format!("{:17}  {:>5}", "<img onerror=x>|", "0.123"));
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(Cell::points(-0.0001).shown(), "0.0");
        assert_eq!(Cell::points(0.0123).shown(), "+1.2");
        assert_eq!(fixed(-0.0, 2), "0.00");
    }
}

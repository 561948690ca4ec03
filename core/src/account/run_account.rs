//! What was run, in words.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::fact::Fact;
use super::told::{Method, Told};
use super::{facts, methods};
use crate::files::run::Provenance;
use crate::show::table::{Cell, Column, Table};

/// What was run, in words that are safe to show.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunAccount {
    /// What was run, a fact each, in the order of reading.
    pub facts: Vec<Fact>,
    /// The same as a paragraph for a paper.
    pub methods: String,
    /// What the paragraph cites, each once, in its order.
    pub references: Vec<String>,
}

impl RunAccount {
    /// The account of a run of which a summary says this.
    pub fn of(provenance: &Provenance) -> Self {
        let told = Told::new(provenance);
        let facts = facts::of(&told);
        let paragraph = match told.method {
            Method::LabelShift | Method::SeedLabelShift => methods::label_shift::paragraph(&told),
            Method::Openings => methods::openings::paragraph(&told),
            Method::Membership(_) | Method::SeedMembership => methods::membership::paragraph(&told),
            Method::Fused => methods::fused(&told),
            Method::Unknown => methods::Paragraph::default(),
        };
        let (methods, references) = paragraph.finished(&told);
        Self { facts, methods, references }
    }

    /// The facts, one in a row.
    pub fn table(&self, run: &str) -> Table {
        let columns = vec![
            Column::words("what", "what is told"),
            Column::words("as it was run", "what is so"),
        ];
        let mut table = Table::new(format!("What was run: {run}"), columns);
        let row = |fact: &Fact| vec![Cell::text(&fact.name), Cell::text(&fact.value)];
        table.rows.extend(self.facts.iter().map(row));
        table
    }

    /// The facts on one line, for where many runs are told of.
    pub fn line(&self) -> String {
        let mut line = String::new();
        for Fact { name, value } in &self.facts {
            let mark = if line.is_empty() { "" } else { "; " };
            let _ = write!(line, "{mark}{name}: {value}");
        }
        line
    }
}

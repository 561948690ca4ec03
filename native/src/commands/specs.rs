//! `specs`: lists, shows and checks published mixtures.

use std::io::{self, Write as _};

use data_anatomy_core::evaluate::evaluation::SpecView;
use data_anatomy_core::evaluate::report;
use data_anatomy_core::files::bundled_specs;
use data_anatomy_core::files::spec::{Spec, SpecFile};
use data_anatomy_core::files::spec_lint;
use data_anatomy_core::page::report_page::ViewOptions;
use data_anatomy_core::show::table::{Cell, Column, Table};
use data_anatomy_job::exit::Outcome;
use serde::Serialize;

use crate::args::SpecsAction;
use crate::specs;

pub(super) fn run(action: &SpecsAction) -> anyhow::Result<Outcome> {
    match action {
        SpecsAction::List { json } => list(*json),
        SpecsAction::Show { spec, json } => show(&specs::find(spec)?, *json),
        SpecsAction::Lint { files } => lint(files),
    }
}

fn list(json: bool) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    let specs = || bundled_specs::all().iter().flat_map(SpecFile::all);
    if json {
        let choices = data_anatomy_core::page::workspace::Workspace::new()
            .spec_choices(&ViewOptions::default())?;
        writeln!(out, "{}", serde_json::to_string_pretty(&choices)?)?;
        return Ok(Outcome::Done);
    }
    let columns = vec![
        Column::words("name", ""),
        Column::words("model", ""),
        Column::numbers("categories", ""),
        Column::words("unit", ""),
        Column::words("source", ""),
    ];
    let mut table = Table::new("Bundled specs", columns);
    for spec in specs() {
        table.rows.push(vec![
            Cell::text(&spec.id),
            Cell::text(&spec.name),
            Cell::text(spec.taxonomy.len().to_string()),
            spec.unit.map_or_else(Cell::empty, |unit| Cell::text(unit.to_string())),
            spec.source.as_ref().map_or_else(Cell::empty, |source| Cell::text(&source.title)),
        ]);
    }
    out.write_all(table.to_text().as_bytes())?;
    Ok(Outcome::Done)
}

/// A spec as `specs show --json` prints it.
#[derive(Serialize)]
struct ShownSpec<'spec> {
    #[serde(flatten)]
    provenance: SpecView,
    family: &'spec Option<String>,
    tokenizer_name: &'spec Option<String>,
    categories: Vec<ShownCategory<'spec>>,
}

#[derive(Serialize)]
struct ShownCategory<'spec> {
    name: &'spec str,
    /// As published, on the file's own scale.
    weight: f64,
    /// Of 1.
    share: f64,
}

impl<'spec> From<&'spec Spec> for ShownSpec<'spec> {
    fn from(spec: &'spec Spec) -> Self {
        let figures = spec.weights.iter().zip(spec.mixture.shares());
        let categories = spec.taxonomy.names().iter().zip(figures);
        Self {
            provenance: spec.into(),
            family: &spec.family,
            tokenizer_name: &spec.tokenizer_name,
            categories: categories
                .map(|(name, (&weight, &share))| ShownCategory { name, weight, share })
                .collect(),
        }
    }
}

fn show(spec: &Spec, json: bool) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&ShownSpec::from(spec))?)?;
        return Ok(Outcome::Done);
    }
    let columns = vec![
        Column::words("category", ""),
        Column::numbers("as published", ""),
        Column::numbers("share", ""),
    ];
    let mut table = Table::new(&spec.name, columns);
    for (index, name) in spec.taxonomy.names().iter().enumerate() {
        table.rows.push(vec![
            Cell::text(name),
            Cell::text(spec.weights[index].to_string()),
            Cell::percent(spec.mixture.shares()[index]),
        ]);
    }
    for line in report::provenance(&spec.into()) {
        writeln!(out, "{line}")?;
    }
    write!(out, "\n{}", table.to_text())?;
    Ok(Outcome::Done)
}

/// Prints what is odd about each file; a file that cannot be read at all makes the outcome partial.
fn lint(files: &[String]) -> anyhow::Result<Outcome> {
    let mut out = io::stdout().lock();
    let bundled = bundled_specs::all().iter().cloned().map(Ok);
    let named = files.iter().map(|file| specs::read(file));
    let all: Vec<_> = if files.is_empty() { bundled.collect() } else { named.collect() };
    let mut n_refused = 0;
    for file in &all {
        match file {
            Ok(file) => {
                for spec in file.all() {
                    let doubts = spec_lint::lint(spec);
                    writeln!(out, "{}: {}", spec.id, if doubts.is_empty() { "ok" } else { "" })?;
                    for doubt in doubts {
                        writeln!(out, "  {}", report::diagnostic_line(&doubt))?;
                    }
                }
            }
            Err(error) => {
                n_refused += 1;
                writeln!(out, "{error}")?;
            }
        }
    }
    match n_refused {
        0 => Ok(Outcome::Done),
        n if n == all.len() => anyhow::bail!("no spec could be read"),
        _ => Ok(Outcome::PartlyDone),
    }
}

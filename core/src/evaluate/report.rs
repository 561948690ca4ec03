//! What an evaluation says, as tables and as Markdown.

use std::fmt::Write as _;

use crate::evaluate::evaluation::{Against, Evaluation, RunEvaluation, SpecView, Tool};
use crate::evaluate::finding::Finding;
use crate::evaluate::member_shares::percent_interval;
use crate::evaluate::{accounts, member_shares};
use crate::messages::diagnostic::{Diagnostic, Severity};
use crate::messages::printable::printable;
use crate::show::table::{Cell, Column, Table, fixed, markdown_escape};

/// Each run in a row: metrics, then baselines, with the difference from the baseline run if one was
/// chosen.
pub fn runs_table(evaluation: &Evaluation) -> Table {
    let mut columns = vec![
        Column::words("run", "the run's folder"),
        Column::numbers("Acc", "overlap accuracy, 1 − ½·Σ|e − g|: 100 % is perfect"),
    ];
    let compared = evaluation.runs.iter().any(|run| run.against.is_some());
    if compared {
        columns
            .push(Column::numbers("Δ Acc", "Acc minus the baseline run's, in percentage points"));
        columns
            .push(Column::words("Δ interval", "its interval, where both runs drew the same texts"));
    }
    columns.extend([
        Column::words(
            "95 % interval",
            "central interval of Acc over the run's bootstrap replicates",
        ),
        Column::numbers("skill", "(Acc − b) / (1 − b), b the best trivial guess: 0 is no better"),
        Column::numbers("L1", "Σ|e − g|, from 0 to 2"),
        Column::numbers("L2", "√Σ(e − g)²"),
        Column::numbers("KL", "Σ g·ln((g + 1e-10)/(e + 1e-10)), in nats"),
        Column::numbers("MAE", "mean |e − g|"),
        Column::numbers("max", "largest |e − g|"),
        Column::numbers("within", "categories with |e − g| within the tolerance"),
        Column::numbers("covered", "categories whose interval contains g"),
        Column::numbers("uniform", "Acc of equal shares for all categories"),
        Column::numbers("largest", "Acc of everything in the truly largest category"),
        Column::numbers(
            "others",
            "Acc of the mean of the bundled specs of other model families that count the same unit",
        ),
    ]);
    let caption = format!("Runs against {}, {}", evaluation.spec.name, shares_of(&evaluation.spec));
    let mut table = Table::new(caption, columns);
    for run in &evaluation.runs {
        table.rows.push(run_row(run, compared));
    }
    table
}

fn run_row(run: &RunEvaluation, compared: bool) -> Vec<Cell> {
    let decimals = |value| Cell::number(value, 3);
    let metrics = &run.metrics;
    let mut row = vec![Cell::text(&run.name), Cell::percent(metrics.overlap_accuracy)];
    if compared {
        row.extend(difference_cells(run.against.as_ref()));
    }
    row.push(run.overlap_accuracy_ci.map_or_else(Cell::empty, percent_interval));
    row.extend([
        Cell::optional(metrics.skill, decimals),
        decimals(metrics.l1_distance),
        decimals(metrics.l2_distance),
        decimals(metrics.kl_divergence),
        Cell::percent(metrics.mean_absolute_error),
        Cell::percent(metrics.max_absolute_error),
        Cell::percent(metrics.within_tolerance_rate),
        Cell::optional(metrics.ci_coverage_rate, Cell::percent),
        Cell::percent(run.baselines.uniform),
        Cell::percent(run.baselines.largest_category),
        Cell::optional(run.baselines.mean_of_other_specs, Cell::percent),
    ]);
    row
}

/// From end to end.
fn difference_cells(against: Option<&Against>) -> [Cell; 2] {
    let Some(against) = against else { return [Cell::text("baseline"), Cell::empty()] };
    let interval = against.overlap_accuracy_difference_ci.map_or_else(Cell::empty, |interval| {
        let (lo, hi) = (Cell::points(interval.lo()), Cell::points(interval.hi()));
        Cell::text(format!("{} to {}", lo.shown(), hi.shown()))
    });
    [Cell::optional(against.overlap_accuracy_difference, Cell::points), interval]
}

/// How the classifiers of two runs compare on the documents that both classified, in one sentence.
pub fn classifiers_sentence(run: &RunEvaluation) -> Option<String> {
    let against = run.against.as_ref()?;
    let paired = against.classifiers.as_ref()?;
    let points = |share: f64| Cell::points(share).shown().to_owned();
    let interval = paired.difference_ci.map_or_else(String::new, |interval| {
        format!(" (95 % interval {} to {})", points(interval.lo()), points(interval.hi()))
    });
    Some(format!(
        "classifier of {} against that of {} on {} shared validation documents: {} points{interval}, \
         {} flips, McNemar exact p = {}",
        run.name,
        against.baseline,
        paired.n_shared,
        points(paired.difference),
        paired.flips.len(),
        fixed(paired.mcnemar_p, 3),
    ))
}

/// Each category of one run in a row: truth, estimate, interval, error.
pub fn categories_table(run: &RunEvaluation, tolerance: f64) -> Table {
    let columns = vec![
        Column::words("category", "as the ground truth names it"),
        Column::numbers("truth", "published share, in the unit of the ground truth"),
        Column::numbers("estimate", "estimated share, in the unit that the caption names"),
        Column::words("interval", "interval of the estimate at the run's level"),
        Column::numbers("error", "estimate minus truth, in percentage points"),
        Column::words("within", "whether the error is within the tolerance"),
    ];
    let unit = run.unit.map_or("unit not stated".to_owned(), |unit| format!("shares of {unit}"));
    let mut table = Table::new(format!("Categories of {}, {unit}", run.name), columns);
    for (index, name) in run.scheme.categories.iter().enumerate() {
        let (truth, estimate) = (run.ground_truth[index], run.estimate[index]);
        let interval = run
            .intervals
            .as_ref()
            .map_or_else(Cell::empty, |intervals| percent_interval(intervals[index]));
        let within = (estimate - truth).abs() <= tolerance;
        table.rows.push(vec![
            Cell::text(name),
            Cell::percent(truth),
            Cell::percent(estimate),
            interval,
            Cell::points(estimate - truth),
            Cell::text(if within { "yes" } else { "no" }),
        ]);
    }
    table
}

/// The share of members in each category of a membership run; none for another run.
pub fn member_shares_table(run: &RunEvaluation) -> Option<Table> {
    member_shares::table(&run.name, &run.member_shares)
}

/// The runs on one line each, short enough for a terminal.
pub fn terminal_table(evaluation: &Evaluation) -> Table {
    let full = runs_table(evaluation);
    let keep = [
        "run",
        "Acc",
        "Δ Acc",
        "Δ interval",
        "95 % interval",
        "skill",
        "L1",
        "KL",
        "MAE",
        "within",
        "covered",
    ];
    let kept: Vec<usize> = keep
        .iter()
        .chain(&["uniform", "largest", "others"])
        .filter_map(|title| full.columns.iter().position(|column| column.title == *title))
        .collect();
    let columns = kept.iter().map(|&index| full.columns[index].clone()).collect();
    let mut table = Table::new(full.caption, columns);
    for row in &full.rows {
        table.rows.push(kept.iter().map(|&index| row[index].clone()).collect());
    }
    table
}

/// The whole evaluation in Markdown: what was compared, the tables, the doubts, the definitions.
pub fn markdown(evaluation: &Evaluation) -> String {
    let mut text = format!("# {}\n\n", markdown_escape(&title(evaluation)));
    let finding = Finding::of(evaluation);
    for line in finding.verdict_lines() {
        let _ = write!(text, "**{}**\n\n", markdown_escape(&line));
    }
    let _ = write!(text, "{}\n\n", markdown_escape(&finding.text));
    for line in provenance(&evaluation.spec) {
        let _ = writeln!(text, "- {}", markdown_escape(&line));
    }
    let _ =
        writeln!(text, "- tolerance: {} percentage points", percent_points(evaluation.tolerance));
    let runs = runs_table(evaluation);
    if !evaluation.runs.is_empty() {
        let _ = write!(text, "\n## Runs\n\n{}", runs.to_markdown());
    }
    for run in &evaluation.runs {
        let _ = write!(text, "\n## {}\n\n", markdown_escape(&run.name));
        for merged in &run.scheme.merged {
            let from = merged.from.join(" + ");
            let sentence = format!("{from} are counted together as {}.", merged.into);
            let _ = writeln!(text, "{}\n", markdown_escape(&sentence));
        }
        text.push_str(&categories_table(run, evaluation.tolerance).to_markdown());
        if let Some(table) = member_shares_table(run) {
            let _ = write!(text, "\n{}", table.to_markdown());
        }
        if let Some(sentence) = classifiers_sentence(run) {
            let _ = writeln!(text, "\n- {}", markdown_escape(&sentence));
        }
        markdown_diagnostics(&mut text, &run.diagnostics);
        text.push_str(&accounts::markdown(&run.name, &run.account));
    }
    for run in &evaluation.unidentified {
        let _ = write!(text, "\n## {}\n\n", markdown_escape(&run.name));
        for sentence in run.sentences() {
            let _ = writeln!(text, "- {}", markdown_escape(&sentence));
        }
        if let Some(table) = run.member_shares_table() {
            let _ = write!(text, "\n{}", table.to_markdown());
        }
        markdown_diagnostics(&mut text, &run.diagnostics);
        text.push_str(&accounts::markdown(&run.name, &run.account));
    }
    text.push_str("\n## Definitions\n\n");
    for column in runs.columns.iter().skip(1) {
        let _ = writeln!(text, "- {}: {}", column.title, markdown_escape(&column.definition));
    }
    let _ = writeln!(text, "\n{}", closing_line(&evaluation.tool));
    text
}

fn markdown_diagnostics(text: &mut String, diagnostics: &[Diagnostic]) {
    if diagnostics.is_empty() {
        return;
    }
    text.push('\n');
    for diagnostic in diagnostics {
        let _ = writeln!(text, "- {}", markdown_escape(&diagnostic_line(diagnostic)));
    }
}

/// A doubt as one line.
pub fn diagnostic_line(diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Warning => "warning",
        Severity::Note => "note",
        Severity::Passed => "passed",
    };
    let (message, code) = (printable(&diagnostic.message), printable(&diagnostic.code));
    format!("{severity}: {message} ({code})")
}

/// Doubts, and the run they are about.
#[derive(Debug, Clone, PartialEq)]
pub struct DoubtGroup<'evaluation> {
    /// The run's name; `all runs` for what is said of each of several.
    pub title: &'evaluation str,
    /// The doubts, warnings first.
    pub doubts: Vec<&'evaluation Diagnostic>,
}

/// The doubts of every run that has any; those that all runs share stand first, and once.
pub fn doubt_groups(evaluation: &Evaluation) -> Vec<DoubtGroup<'_>> {
    let runs = &evaluation.runs;
    let first = runs.first().filter(|_| runs.len() > 1);
    let shared: Vec<&Diagnostic> = first
        .iter()
        .flat_map(|run| &run.diagnostics)
        .filter(|doubt| runs.iter().all(|run| run.diagnostics.contains(doubt)))
        .collect();
    let own = runs.iter().map(|run| {
        let doubts = run.diagnostics.iter().filter(|doubt| !shared.contains(doubt)).collect();
        DoubtGroup { title: &run.name, doubts }
    });
    let mut groups = vec![DoubtGroup { title: "all runs", doubts: shared.clone() }];
    groups.extend(own);
    let unidentified = evaluation.unidentified.iter();
    groups.extend(
        unidentified
            .map(|run| DoubtGroup { title: &run.name, doubts: run.diagnostics.iter().collect() }),
    );
    groups.retain(|group| !group.doubts.is_empty());
    for group in &mut groups {
        group.doubts.sort_by_key(|doubt| std::cmp::Reverse(doubt.severity));
    }
    groups
}

/// The evaluation's heading.
pub fn title(evaluation: &Evaluation) -> String {
    let n_runs = evaluation.runs.len();
    let counted = |n| if n == 1 { "1 run".to_owned() } else { format!("{n} runs") };
    let truth = printable(&evaluation.spec.name);
    match (n_runs, evaluation.unidentified.len()) {
        (0, n) if n > 0 => format!("{} without a mixture", counted(n)),
        (_, 0) => format!("{} against the training mixture of {truth}", counted(n_runs)),
        (_, n) => format!(
            "{} against the training mixture of {truth}, {} without a mixture",
            counted(n_runs),
            counted(n)
        ),
    }
}

/// What published shares are shares of: `shares of tokens`.
pub fn shares_of(spec: &SpecView) -> String {
    spec.unit.map_or_else(|| "unit not stated".to_owned(), |unit| format!("shares of {unit}"))
}

/// Where the ground truth comes from, a sentence a line.
pub fn provenance(spec: &SpecView) -> Vec<String> {
    let mut lines = vec![format!("ground truth: {} ({})", spec.name, spec.id)];
    if let Some(source) = &spec.source {
        let table = source.table.as_ref().map(|table| format!(", {table}")).unwrap_or_default();
        lines.push(format!("source: {}{table}, {}", source.title, source.url));
    }
    lines.push(shares_of(spec));
    if let Some(share) = spec.not_covered {
        let percent = fixed(100.0 * share, 1);
        lines.push(format!("not covered by these categories: {percent} % of the training data"));
    }
    if let Some(notes) = &spec.notes {
        lines.push(format!("notes: {notes}"));
    }
    lines.push(format!("SHA-256 of the spec: {}", spec.sha256));
    lines.iter().map(|line| printable(&line.replace('\n', " ")).into_owned()).collect()
}

/// Who computed this.
pub fn closing_line(tool: &Tool) -> String {
    format!("Computed by {} {}.", tool.name, tool.version)
}

/// `tolerance` in percentage points.
pub fn percent_points(tolerance: f64) -> String {
    // Shortest form of what is in most cases a whole number.
    let points = (tolerance * 1e6).round() / 1e4;
    format!("{points}")
}

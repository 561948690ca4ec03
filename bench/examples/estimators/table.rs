//! The results as Markdown.

use std::fmt::Write;

use super::measured::{METHODS, Measured};
use super::suite::Kind;
use data_anatomy_core::label_shift::calibration::CalibrationMethod;

/// A table of accuracies and one of intervals, by kind and half.
pub(crate) fn markdown(all: &[Measured]) -> String {
    let mut text = String::from(
        "Mean Acc (`1 - L1 / 2`), the half that chose / the half that is reported:\n\n",
    );
    let methods: Vec<String> = METHODS.iter().map(column).collect();
    let _ =
        writeln!(text, "| problems | {} | pacc if a test fails | seconds |", methods.join(" | "));
    let _ = writeln!(text, "|---{}|---|---|", "|---".repeat(METHODS.len()));
    for (label, rows) in groups(all) {
        let mut cells: Vec<String> =
            (0..METHODS.len()).map(|at| halves(&rows, |one| one.accuracies[at])).collect();
        cells.push(halves(&rows, |one| one.switched));
        let seconds = mean(rows.iter().map(|one| one.seconds));
        let _ =
            writeln!(text, "| {label} ({}) | {} | {seconds:.3} |", rows.len(), cells.join(" | "));
    }
    text.push_str("\nIntervals of 95 % of `em`:\n\n");
    text.push_str("| problems | hold the truth, as shown | by chance alone | width | dispersion | error | error expected |\n|---|---|---|---|---|---|---|\n");
    for (label, rows) in groups(all) {
        let cells = [
            halves(&rows, |one| one.coverage),
            halves(&rows, |one| one.coverage_of_chance),
            halves(&rows, |one| one.width),
            halves(&rows, |one| one.dispersion),
            halves(&rows, |one| 1.0 - one.accuracies[0]),
            halves(&rows, |one| one.expected_error),
        ];
        let _ = writeln!(text, "| {label} ({}) | {} |", rows.len(), cells.join(" | "));
    }
    text
}

fn column((estimator, calibration): &(impl ToString, CalibrationMethod)) -> String {
    let calibration = match calibration {
        CalibrationMethod::BiasCorrected => "",
        CalibrationMethod::Temperature => ", temperature",
        CalibrationMethod::None => ", raw",
    };
    format!("{}{calibration}", estimator.to_string())
}

/// The results of each kind, and of each way in which label shift is violated.
fn groups(all: &[Measured]) -> Vec<(String, Vec<&Measured>)> {
    let mut groups: Vec<(String, Vec<&Measured>)> = Vec::new();
    let mut add = |label: String, one| match groups.iter_mut().find(|group| group.0 == label) {
        Some(group) => group.1.push(one),
        None => groups.push((label, vec![one])),
    };
    for kind in Kind::ALL {
        for one in all.iter().filter(|one| one.kind == kind) {
            add(kind.name().to_owned(), one);
        }
    }
    for one in all.iter().filter(|one| one.kind == Kind::Violated) {
        add(one.name.rsplit(", ").next().unwrap_or_default().to_owned(), one);
    }
    for one in all.iter().filter(|one| one.kind == Kind::LanguageModel) {
        add(one.name.clone(), one);
    }
    groups
}

/// The means of the first and the second half, problems dealt to them in turn.
fn halves(rows: &[&Measured], value: impl Fn(&Measured) -> f64) -> String {
    let of = |half: usize| {
        let own = rows.iter().enumerate().filter(|(at, _)| at % 2 == half);
        mean(own.map(|(_, one)| value(one)))
    };
    if rows.len() < 2 {
        format!("{:.3}", value(rows[0]))
    } else {
        format!("{:.3} / {:.3}", of(0), of(1))
    }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut total, mut n) = (0.0, 0.0);
    for value in values {
        total += value;
        n += 1.0;
    }
    total / n
}

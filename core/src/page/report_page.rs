//! A report as one HTML file: the page itself with results put in, readable without JavaScript.
//!
//! The command line and the page build the same bytes: both take the page as a template and fill
//! its two slots through [`fill`].

use serde::{Deserialize, Serialize};

use crate::account::run_account::RunAccount;
use crate::evaluate::estimates::{Estimates, RunEstimate};
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::finding::Finding;
use crate::evaluate::unidentified::UnidentifiedView;
use crate::evaluate::{accounts, report};
use crate::label_shift::inspection::Inspection;
use crate::messages::diagnostic::Diagnostic;
use crate::messages::printable::printable;
use crate::shares::unit::Unit;
use crate::show::figure::Figure;
use crate::show::table::html_escape;

/// The slot for the data, empty as it stands in the template.
pub const DATA_SLOT: &str = "<script type=\"application/json\" id=\"data\"></script>";

/// The slot for the readable part, empty as it stands in the template.
pub const STATIC_SLOT: &str = "<main id=\"static\"></main>";

/// The version of [`ReportData`].
pub const DATA_VERSION: u64 = 1;

/// What a report carries so that the page can compute everything again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportData {
    /// Version of this form.
    pub version: u64,
    /// The summaries and specs, as they were read.
    pub files: Vec<ReportFile>,
    /// The choices made: ground truth, tolerance, merges and the like.
    pub options: ViewOptions,
}

/// One input file of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportFile {
    /// Its name, at most with the folder it lies in.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The choices that decide what an evaluation shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ViewOptions {
    /// Id of the ground truth; empty: no ground truth; none: the one that was opened, if only one fits.
    pub spec: Option<String>,
    /// The error of a share that counts as within tolerance.
    pub tolerance: f64,
    /// Coarser views, each as `A+B=AB`.
    pub merge: Vec<String>,
    /// Count categories that a run lacks as 0.
    pub missing_as_zero: bool,
    /// Name of the run that the others are compared with.
    pub baseline: Option<String>,
    /// The unit to score runs in, whatever the ground truth counts; none: that of the ground truth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
}

impl Default for ViewOptions {
    fn default() -> Self {
        Self {
            spec: None,
            tolerance: crate::evaluate::evaluation::DEFAULT_TOLERANCE,
            merge: Vec::new(),
            missing_as_zero: false,
            baseline: None,
            unit: None,
        }
    }
}

/// What the readable part of a report tells of a run's texts.
#[derive(Debug, Clone, PartialEq)]
pub struct RunInspection {
    /// The run's name.
    pub run: String,
    /// Its texts.
    pub inspection: Inspection,
}

/// What a report shows.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// Runs against a ground truth.
    Scored(&'a Evaluation),
    /// Runs by themselves.
    Estimated(&'a Estimates),
}

impl Shown<'_> {
    fn title(self) -> String {
        match self {
            Self::Scored(evaluation) => report::title(evaluation),
            Self::Estimated(estimates) => estimates.title(),
        }
    }

    fn finding(self) -> Finding {
        match self {
            Self::Scored(evaluation) => Finding::of(evaluation),
            Self::Estimated(estimates) => estimates.finding(),
        }
    }
}

/// Why a page cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FillError {
    /// The template has no such slot, or more than one.
    #[error("the page has {found} slots `{slot}`, expected 1")]
    Slot {
        /// The slot.
        slot: &'static str,
        /// How many there are.
        found: usize,
    },
}

/// The page `template` with data and readable part filled in.
///
/// # Errors
/// If the template lacks a slot, as a page that is already filled does.
pub fn fill(
    template: &str,
    data: &ReportData,
    shown: Shown<'_>,
    figures: &[Figure],
    inspections: &[RunInspection],
) -> Result<String, FillError> {
    for slot in [DATA_SLOT, STATIC_SLOT] {
        let found = template.matches(slot).count();
        if found != 1 {
            return Err(FillError::Slot { slot, found });
        }
    }
    let readable = readable_part(shown, figures, inspections);
    let filled_static = STATIC_SLOT.replace("></", &format!(">{readable}</"));
    let filled_data = DATA_SLOT.replace("></", &format!(">{}</", json_for_script(data)));
    Ok(template.replacen(STATIC_SLOT, &filled_static, 1).replacen(DATA_SLOT, &filled_data, 1))
}

/// A page of the readable part alone, for a build without the page: nothing in it computes.
pub fn standalone(shown: Shown<'_>, figures: &[Figure], inspections: &[RunInspection]) -> String {
    let title = html_escape(&shown.title());
    let readable = readable_part(shown, figures, inspections);
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'unsafe-inline'\"><title>{title}</title><style>{STANDALONE_STYLE}</style></head>\
         <body><main id=\"static\">{readable}</main></body></html>\n"
    )
}

const STANDALONE_STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;\
margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}table{border-collapse:collapse;\
margin:1rem 0}caption{text-align:left;font-weight:600;padding:.3rem 0}th,td{text-align:left;\
padding:.25rem .6rem;border-bottom:1px solid #ddd}.number{text-align:right;\
font-variant-numeric:tabular-nums}figure{margin:1rem 0}svg{max-width:100%;height:auto}";

fn readable_part(shown: Shown<'_>, figures: &[Figure], inspections: &[RunInspection]) -> String {
    let mut html = format!("<h1>{}</h1>", html_escape(&shown.title()));
    let finding = shown.finding();
    for line in finding.verdict_lines() {
        html.push_str(&format!("<p><strong>{}</strong></p>", html_escape(&line)));
    }
    html.push_str(&format!("<p>{}</p>", html_escape(&finding.text)));
    let tool = match shown {
        Shown::Scored(evaluation) => {
            html.push_str(&scored_part(evaluation, figures, inspections));
            html.extend(evaluation.unidentified.iter().map(unidentified_part));
            &evaluation.tool
        }
        Shown::Estimated(estimates) => {
            html.push_str(&figures_part(figures));
            for run in &estimates.runs {
                html.push_str(&estimate_part(run, inspections));
            }
            html.extend(estimates.unidentified.iter().map(unidentified_part));
            &estimates.tool
        }
    };
    html.push_str(&format!("<p>{}</p>", html_escape(&report::closing_line(tool))));
    html
}

fn scored_part(
    evaluation: &Evaluation,
    figures: &[Figure],
    inspections: &[RunInspection],
) -> String {
    let mut html = "<ul>".to_owned();
    for line in report::provenance(&evaluation.spec) {
        html.push_str(&format!("<li>{}</li>", html_escape(&line)));
    }
    let points = report::percent_points(evaluation.tolerance);
    html.push_str(&format!("<li>tolerance: {points} percentage points</li></ul>"));
    if !evaluation.runs.is_empty() {
        html.push_str("<h2>Runs</h2>");
        html.push_str(&report::runs_table(evaluation).to_html());
    }
    html.push_str(&figures_part(figures));
    for run in &evaluation.runs {
        html.push_str(&run_head(&run.name, run.method.as_ref(), run.unit));
        html.push_str(&report::categories_table(run, evaluation.tolerance).to_html());
        if let Some(table) = report::member_shares_table(run) {
            html.push_str(&table.to_html());
        }
        if let Some(sentence) = report::classifiers_sentence(run) {
            html.push_str(&format!("<p>{}</p>", html_escape(&sentence)));
        }
        let told = (&run.account, run.diagnostics.as_slice());
        html.push_str(&run_end(&run.name, told, inspections));
    }
    html
}

/// A run by itself: its shares and what is to be known of them.
fn estimate_part(run: &RunEstimate, inspections: &[RunInspection]) -> String {
    let members = run.members_table().map_or_else(String::new, |table| table.to_html());
    let head = run_head(&run.name, run.method.as_ref(), run.unit);
    let end = run_end(&run.name, (&run.account, &run.diagnostics), inspections);
    format!("{head}{}{members}{end}", run.table().to_html())
}

fn figures_part(figures: &[Figure]) -> String {
    let of = |figure: &Figure| {
        let (svg, caption) = (&figure.svg, html_escape(&figure.caption));
        format!("<figure>{svg}<figcaption>{caption}</figcaption></figure>")
    };
    figures.iter().map(of).collect()
}

/// A run's name, how it was made and what it counts, so that runs of one model can be told apart.
fn run_head(name: &str, method: Option<&String>, unit: Option<Unit>) -> String {
    let method = method.map(|method| format!("method: {}", printable(method)));
    let unit = unit.map_or("unit not stated".to_owned(), |unit| format!("shares of {unit}"));
    let known: Vec<String> = method.into_iter().chain(std::iter::once(unit)).collect();
    format!("<h2>{}</h2><p>{}</p>", html_escape(name), html_escape(&known.join("; ")))
}

/// A run that found no mixture.
fn unidentified_part(run: &UnidentifiedView) -> String {
    let head = format!("<h2>{}</h2>", html_escape(&run.name));
    let sentences = list(run.sentences().into_iter());
    let members = run.member_shares_table().map_or_else(String::new, |table| table.to_html());
    let end = run_end(&run.name, (&run.account, &run.diagnostics), &[]);
    format!("{head}{sentences}{members}{end}")
}

/// Lines as a list; nothing where there are none.
fn list(lines: impl Iterator<Item = String>) -> String {
    let items: String = lines.map(|line| format!("<li>{}</li>", html_escape(&line))).collect();
    if items.is_empty() { items } else { format!("<ul>{items}</ul>") }
}

/// A run's doubts, what was run, and texts.
fn run_end(
    name: &str,
    (account, diagnostics): (&RunAccount, &[Diagnostic]),
    inspections: &[RunInspection],
) -> String {
    let mut html = list(diagnostics.iter().map(report::diagnostic_line));
    html.push_str(&accounts::html(name, account));
    if let Some(seen) = inspections.iter().find(|seen| seen.run == name) {
        html.push_str(&inspection_part(&seen.inspection));
    }
    html
}

/// Texts and confusions, folded away.
fn inspection_part(inspection: &Inspection) -> String {
    let mut html = "<details><summary>What the classifier saw</summary>".to_owned();
    if !inspection.confusions.is_empty() {
        html.push_str(&inspection.confusions_table().to_html());
    }
    for category in inspection.categories.iter().filter(|category| category.n_texts > 0) {
        html.push_str(&Inspection::texts_table(category).to_html());
    }
    html.push_str("</details>");
    html
}

/// `value` as JSON that cannot end the script element it stands in, nor break a line in it.
pub fn json_for_script(value: &impl Serialize) -> String {
    // These types have string keys alone, so that writing cannot fail.
    let json = serde_json::to_string(value).unwrap_or_default();
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

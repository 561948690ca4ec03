//! Estimates as they are, without a ground truth: what most models have.

use serde::{Deserialize, Serialize};

use crate::account::run_account::RunAccount;
use crate::evaluate::evaluation::{SCHEMA_VERSION, Tool};
use crate::evaluate::finding::Finding;
use crate::evaluate::member_shares::{self, percent_interval};
use crate::evaluate::unidentified::UnidentifiedView;
use crate::evaluate::verdicts::RunVerdict;
use crate::files::record::json_text;
use crate::files::run::{MemberShare, Run, UnidentifiedRun, free_name};
use crate::messages::diagnostic::Diagnostic;
use crate::messages::verdict::Verdict;
use crate::numeric::interval::Interval;
use crate::shares::unit::Unit;
use crate::show::figure::Figure;
use crate::show::plot::{GroupedBars, Series};
use crate::show::table::{Cell, Column, Table, fixed};

/// One run's estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunEstimate {
    /// Name of the run.
    pub name: String,
    /// The method that made it, where the file says so.
    pub method: Option<String>,
    /// What the shares are shares of, where the file says so.
    pub unit: Option<Unit>,
    /// What the run says that its result is good for; none where its file does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// SHA-256 of the run's file.
    pub sha256: String,
    /// The categories.
    pub categories: Vec<String>,
    /// The estimate, in category order.
    pub estimate: Vec<f64>,
    /// Its intervals, where the run has any.
    pub intervals: Option<Vec<Interval>>,
    /// Their level, where the run says so.
    pub level: Option<f64>,
    /// The share of members in each category, for a membership run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_shares: Vec<MemberShare>,
    /// What was run.
    #[serde(default)]
    pub account: RunAccount,
    /// The doubts that the run recorded.
    pub diagnostics: Vec<Diagnostic>,
}

/// Estimates of runs that nothing is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Estimates {
    /// Version of this form.
    pub schema_version: u64,
    /// The program that wrote it.
    pub tool: Tool,
    /// The runs, in the order given.
    pub runs: Vec<RunEstimate>,
    /// Runs that found no mixture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unidentified: Vec<UnidentifiedView>,
}

impl Estimates {
    /// The estimates of these runs.
    pub fn of<'run>(runs: impl Iterator<Item = &'run Run>) -> Self {
        let mut found: Vec<RunEstimate> = Vec::new();
        for run in runs {
            let name = free_name(run, |name| found.iter().any(|other| other.name == name));
            found.push(RunEstimate::of(run, name));
        }
        let unidentified = Vec::new();
        Self { schema_version: SCHEMA_VERSION, tool: Tool::this(), runs: found, unidentified }
    }

    /// The same with runs that found no mixture.
    pub fn and_unidentified<'run>(
        mut self,
        runs: impl Iterator<Item = &'run UnidentifiedRun>,
    ) -> Self {
        for run in runs {
            let is_taken = |name: &str| {
                self.runs.iter().any(|other| other.name == name)
                    || self.unidentified.iter().any(|other| other.name == name)
            };
            let view = UnidentifiedView::named_apart(run, is_taken);
            self.unidentified.push(view);
        }
        self
    }

    /// The JSON text, two-space indented, ending in a new line.
    pub fn to_json(&self) -> String {
        json_text(self)
    }

    /// The heading.
    pub fn title(&self) -> String {
        match self.runs.len() {
            0 => "No mixture found".to_owned(),
            1 => "Estimated training mixture".to_owned(),
            n => format!("Estimated training mixtures of {n} runs"),
        }
    }

    /// The largest share of each run, with its unit; of three runs at most.
    pub fn finding(&self) -> Finding {
        let mut sentences: Vec<String> =
            self.runs.iter().take(3).filter_map(RunEstimate::sentence).collect();
        sentences.extend(self.unidentified.iter().map(UnidentifiedView::sentence));
        if !self.runs.is_empty() {
            sentences.push("No ground truth is chosen, so nothing is scored.".to_owned());
        }
        let estimated = self.runs.iter().map(|run| (&run.name, run.verdict.as_ref()));
        let others = self.unidentified.iter().map(|run| (&run.name, run.verdict.as_ref()));
        let verdicts =
            estimated.chain(others).map(|(name, verdict)| RunVerdict::of(name, verdict)).collect();
        Finding { verdicts, heading: self.title(), text: sentences.join(" ") }
    }
}

impl RunEstimate {
    fn of(run: &Run, name: String) -> Self {
        Self {
            name,
            method: run.method.clone(),
            unit: run.unit,
            verdict: run.verdict.clone(),
            sha256: run.sha256.clone(),
            categories: run.taxonomy.names().to_vec(),
            estimate: run.estimate.shares().to_vec(),
            intervals: run.intervals.clone(),
            level: run.level,
            member_shares: run.member_shares.clone(),
            account: RunAccount::of(&run.provenance),
            diagnostics: run.diagnostics.clone(),
        }
    }

    /// What its shares are shares of: `share of tokens`.
    pub fn share_name(&self) -> String {
        self.unit
            .map_or_else(|| "share, unit not stated".to_owned(), |unit| format!("share of {unit}"))
    }

    fn sentence(&self) -> Option<String> {
        let shares = self.estimate.iter().enumerate();
        let (at, share) = shares.max_by(|one, other| one.1.total_cmp(other.1))?;
        let ends = self
            .intervals
            .as_ref()
            .map_or_else(String::new, |all| format!(" ({})", percent_interval(all[at]).shown()));
        let unit =
            self.unit.map_or_else(|| "of an unknown unit".to_owned(), |unit| format!("of {unit}"));
        let (name, largest) = (&self.name, &self.categories[at]);
        Some(format!(
            "“{name}” puts most in {largest}: {} % {unit}{ends}.",
            fixed(100.0 * share, 1)
        ))
    }

    /// The shares with their intervals.
    pub fn table(&self) -> Table {
        let share = self.share_name();
        let columns = vec![
            Column::words("category", "as the run names it"),
            Column::numbers(&share, "estimated share"),
            Column::words("interval", "its interval at the run's level"),
        ];
        let mut table = Table::new(format!("Estimate of {}, {share}", self.name), columns);
        for (index, name) in self.categories.iter().enumerate() {
            let interval = self.intervals.as_ref().map(|all| percent_interval(all[index]));
            let cells = [Cell::percent(self.estimate[index]), interval.unwrap_or_else(Cell::empty)];
            table.rows.push(std::iter::once(Cell::text(name)).chain(cells).collect());
        }
        table
    }

    /// The share of members in each category of a membership run; none for another run.
    pub fn members_table(&self) -> Option<Table> {
        member_shares::table(&self.name, &self.member_shares)
    }

    /// The shares as bars.
    pub fn plot(&self) -> GroupedBars {
        let intervals = self.intervals.as_deref();
        GroupedBars {
            title: format!("Estimated mixture: {}", self.name),
            axis_title: self.share_name(),
            categories: self.categories.clone(),
            truth: None,
            series: vec![Series::estimated("estimate", self.estimate.clone(), intervals)],
            tolerance: None,
        }
    }
}

/// A figure of each run, in their order.
pub fn figures(estimates: &Estimates) -> Vec<Figure> {
    estimates.runs.iter().map(|run| Figure::of(&run.plot())).collect()
}

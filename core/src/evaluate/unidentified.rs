//! A run that found no mixture, as reports show it: nothing to score, and something to read.

use serde::{Deserialize, Serialize};

use super::member_shares;
use crate::account::run_account::RunAccount;
use crate::files::run::{MemberShare, UnidentifiedRun};
use crate::messages::diagnostic::Diagnostic;
use crate::messages::printable::{printable, shortened};
use crate::messages::verdict::Verdict;
use crate::show::table::Table;

/// The most that is shown of one reason.
const MAX_CHARS: usize = 2_000;

/// A run that found no mixture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnidentifiedView {
    /// Name of the run; a number is added where two runs have the same.
    pub name: String,
    /// The method.
    pub method: String,
    /// SHA-256 of the run's file.
    pub sha256: String,
    /// The finding, in one sentence.
    pub finding: String,
    /// What the run says of its result; none where its file does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Why, a sentence each.
    pub reasons: Vec<String>,
    /// What can be done about it.
    pub remedy: Option<String>,
    /// The share of members in each category, for a membership run: some may be known, of others bounds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub member_shares: Vec<MemberShare>,
    /// What was run.
    pub account: RunAccount,
    /// What the run says beside its reasons.
    pub diagnostics: Vec<Diagnostic>,
}

impl UnidentifiedView {
    /// What there is to read of this run, under its name, or that with a number where the name is taken.
    pub fn named_apart(run: &UnidentifiedRun, is_taken: impl Fn(&str) -> bool) -> Self {
        let numbered = (2_u64..).map(|number| format!("{} {number}", run.name));
        let names = std::iter::once(run.name.clone()).chain(numbered);
        let free = names.into_iter().find(|name| !is_taken(name));
        Self::of(run, free.unwrap_or_default())
    }

    fn of(run: &UnidentifiedRun, name: String) -> Self {
        let beside = |doubt: &&Diagnostic| !run.reasons.contains(&doubt.message);
        Self {
            name,
            method: shown(&run.method),
            sha256: run.sha256.clone(),
            finding: finding(run),
            verdict: run.verdict.clone(),
            reasons: run.reasons.iter().map(|reason| shown(reason)).collect(),
            remedy: run.why.hint(),
            member_shares: run.member_shares.clone(),
            account: RunAccount::of(&run.provenance),
            diagnostics: run.diagnostics.iter().filter(beside).cloned().collect(),
        }
    }

    /// The share of members in each category; none for another method.
    pub fn member_shares_table(&self) -> Option<Table> {
        member_shares::table(&self.name, &self.member_shares)
    }

    /// The finding as a sentence for a headline: `“attack”: no mixture was found: ….`
    pub fn sentence(&self) -> String {
        format!("“{}”: {}.", self.name, self.finding)
    }

    /// The finding, the reasons and the remedy, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let remedy = self.remedy.iter().map(|remedy| format!("what to do: {remedy}"));
        let first = std::iter::once(self.finding.clone());
        first.chain(self.reasons.iter().cloned()).chain(remedy).collect()
    }
}

fn shown(text: &str) -> String {
    shortened(&printable(text), MAX_CHARS).into_owned()
}

/// What the run found in place of a mixture.
fn finding(run: &UnidentifiedRun) -> String {
    let method = shown(&run.method);
    let is_known = |row: &MemberShare| row.share.is_some();
    if run.member_shares.is_empty() {
        format!("no mixture was found: its shares are not identifiable by {method}")
    } else if run.member_shares.iter().all(is_known) {
        "no mixture was found: no category has members".to_owned()
    } else {
        format!(
            "no mixture was found: not every category's share of members is identifiable by {method}"
        )
    }
}

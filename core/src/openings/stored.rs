//! `openings.jsonl`: the evidence of a run, from which everything is estimated again without the model.
//!
//! One object per line: first the cells, then nuisances, references and expectations in any order. Shares are
//! kept to seven digits; estimates are made from the stored values, so that they can be made again to the last bit.

use serde::{Deserialize, Serialize};

use super::evidence::{Evidence, Expectation, Nuisances, References};
use crate::files::json::json_error;
use crate::files::text;
use crate::messages::input_error::{InputError, Problem};
use crate::shares::taxonomy::Taxonomy;

/// Ten to the number of significant digits of a stored share: seven.
const POWER_OF_DIGITS: f64 = 1e7;

/// Smaller shares are stored as 0.
const LEAST_SHARE: f64 = 1e-12;

/// How far stored shares may be from summing to 1: a million of them, each cut to seven digits, pass.
const SUM_TOLERANCE: f64 = 1e-3;

/// The most cells of a file that are read.
const MAX_CELLS: usize = 1 << 20;

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// What first tokens are told apart by.
    Cells { cells: Vec<String> },
    /// A distribution that belongs to no category.
    Nuisance { name: NuisanceName, shares: Vec<f64> },
    /// The reference documents of a category.
    Reference { category: String, n_tokens: f64, counts: Vec<(usize, f64)>, anywhere: Vec<f64> },
    /// What the model expects, after documents of a category or after none.
    Expectation {
        after: Option<String>,
        n_leads: f64,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        leads: Vec<String>,
        shares: Vec<f64>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NuisanceName {
    Uniform,
    Anywhere,
    LineStarts,
}

/// The share as it is stored: its first digits, the number that is nearest to them.
pub fn stored_share(share: f64) -> f64 {
    // Far below anything that could matter, and short in the file.
    if share < LEAST_SHARE {
        return 0.0;
    }
    let mut scale = POWER_OF_DIGITS;
    while share * scale < 0.1 * POWER_OF_DIGITS {
        scale *= 10.0;
    }
    // Whole numbers and these powers of ten are exact, so that the quotient is what the written digits are read as.
    (share * scale).round() / scale
}

fn stored_shares(shares: &[f64]) -> Vec<f64> {
    shares.iter().copied().map(stored_share).collect()
}

impl Evidence {
    /// The lines of the file that tell all but expectations, each with its end.
    pub fn head_lines(&self) -> String {
        let nuisance =
            |name, shares: &[f64]| Line::Nuisance { name, shares: stored_shares(shares) };
        let mut lines = vec![
            Line::Cells { cells: self.cells.clone() },
            nuisance(NuisanceName::Uniform, &self.nuisances.uniform),
            nuisance(NuisanceName::Anywhere, &self.nuisances.anywhere),
            nuisance(NuisanceName::LineStarts, &self.nuisances.line_starts),
        ];
        for (category, references) in self.taxonomy.names().iter().zip(&self.references) {
            let counts = references.counts.iter().copied().enumerate();
            lines.push(Line::Reference {
                category: category.clone(),
                n_tokens: references.n_tokens,
                counts: counts.filter(|(_, count)| *count > 0.0).collect(),
                anywhere: stored_shares(&references.anywhere),
            });
        }
        lines.iter().map(Line::text).collect()
    }

    /// The line of one expectation, with its end.
    pub fn expectation_line(&self, expectation: &Expectation) -> String {
        let name = |category: usize| self.taxonomy.names()[category].clone();
        Line::Expectation {
            after: expectation.after.map(name),
            n_leads: expectation.n_leads,
            leads: expectation.leads.clone(),
            shares: stored_shares(&expectation.shares),
        }
        .text()
    }

    /// The evidence in the bytes of a file, which `path` names in errors.
    ///
    /// # Errors
    /// If a line is malformed, lists differ in length, shares are none, or something is missing.
    pub fn parse(path: &str, bytes: &[u8]) -> Result<Self, InputError> {
        let text = text::decode(path, bytes)?;
        let mut reader = Reader::new(path);
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let number = index + 1;
            let parsed: Line = serde_json::from_str(line).map_err(|error| {
                let mut found = json_error(path, line, &error);
                found.place = format!("{number}:{}", error.column());
                found
            })?;
            reader.add(number, parsed)?;
        }
        reader.finish()
    }
}

impl Line {
    fn text(&self) -> String {
        // Strings and finite numbers: writing them cannot fail.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// An expectation as its line has it.
struct ReadExpectation {
    line: usize,
    after: Option<String>,
    n_leads: f64,
    leads: Vec<String>,
    shares: Vec<f64>,
}

/// What was read so far.
struct Reader<'path> {
    path: &'path str,
    cells: Vec<String>,
    uniform: Option<Vec<f64>>,
    anywhere: Option<Vec<f64>>,
    line_starts: Option<Vec<f64>>,
    names: Vec<String>,
    references: Vec<References>,
    expectations: Vec<ReadExpectation>,
}

impl<'path> Reader<'path> {
    fn new(path: &'path str) -> Self {
        Self {
            path,
            cells: Vec::new(),
            uniform: None,
            anywhere: None,
            line_starts: None,
            names: Vec::new(),
            references: Vec::new(),
            expectations: Vec::new(),
        }
    }

    fn refuse(&self, number: usize, detail: String) -> InputError {
        InputError::new(self.path, format!("{number}:1"), Problem::Syntax { detail })
    }

    fn add(&mut self, number: usize, line: Line) -> Result<(), InputError> {
        if self.cells.is_empty() != matches!(line, Line::Cells { .. }) {
            let detail = "expected one line of `cells`, before all others".to_owned();
            return Err(self.refuse(number, detail));
        }
        match line {
            Line::Cells { cells } if cells.is_empty() || cells.len() > MAX_CELLS => {
                let found = cells.len();
                Err(self.refuse(number, format!("expected 1 to {MAX_CELLS} cells, found {found}")))
            }
            Line::Cells { cells } => {
                self.cells = cells;
                Ok(())
            }
            Line::Nuisance { name, shares } => {
                self.check_shares(number, &shares)?;
                let place = match name {
                    NuisanceName::Uniform => &mut self.uniform,
                    NuisanceName::Anywhere => &mut self.anywhere,
                    NuisanceName::LineStarts => &mut self.line_starts,
                };
                *place = Some(shares);
                Ok(())
            }
            Line::Reference { category, n_tokens, counts, anywhere } => {
                self.check_shares(number, &anywhere)?;
                let counts = self.counts(number, &counts)?;
                if !(n_tokens > 0.0 && n_tokens.is_finite()) {
                    let detail = format!("expected a number of tokens above 0, found {n_tokens}");
                    return Err(self.refuse(number, detail));
                }
                self.names.push(category);
                self.references.push(References { counts, anywhere, n_tokens });
                Ok(())
            }
            Line::Expectation { after, n_leads, leads, shares } => {
                self.check_shares(number, &shares)?;
                if !(n_leads > 0.0 && n_leads.is_finite()) {
                    let detail = format!("expected one lead-in or more, found {n_leads}");
                    return Err(self.refuse(number, detail));
                }
                self.expectations.push(ReadExpectation {
                    line: number,
                    after,
                    n_leads,
                    leads,
                    shares,
                });
                Ok(())
            }
        }
    }

    fn check_shares(&self, number: usize, shares: &[f64]) -> Result<(), InputError> {
        let (found, expected) = (shares.len(), self.cells.len());
        if found != expected {
            let detail = format!("expected {expected} shares, one for each cell, found {found}");
            return Err(self.refuse(number, detail));
        }
        let sum: f64 = shares.iter().sum();
        let are_shares = shares.iter().all(|share| (0.0..=1.0).contains(share));
        if are_shares && (sum - 1.0).abs() <= SUM_TOLERANCE {
            return Ok(());
        }
        Err(self.refuse(number, format!("expected shares from 0 to 1 that sum to 1, not to {sum}")))
    }

    fn counts(&self, number: usize, counts: &[(usize, f64)]) -> Result<Vec<f64>, InputError> {
        let mut all = vec![0.0; self.cells.len()];
        for &(cell, count) in counts {
            let is_count = count > 0.0 && count <= 1e12;
            match all.get_mut(cell).filter(|slot| is_count && **slot == 0.0) {
                Some(slot) => *slot = count,
                None => {
                    let detail = format!(
                        "expected each cell (from 0 to {}) once with a count above 0, found cell {cell} with {count}",
                        self.cells.len() - 1
                    );
                    return Err(self.refuse(number, detail));
                }
            }
        }
        if counts.is_empty() {
            return Err(
                self.refuse(number, "expected the beginnings of documents, found none".to_owned())
            );
        }
        Ok(all)
    }

    fn finish(self) -> Result<Evidence, InputError> {
        let lacks = |expected: &str| {
            let expected = expected.to_owned();
            InputError::new(self.path, "", Problem::MissingField { expected })
        };
        let taxonomy = Taxonomy::new(self.names.iter().cloned())
            .map_err(|error| InputError::new(self.path, "", Problem::Taxonomy(error)))?;
        let mut expectations = Vec::new();
        for read in &self.expectations {
            let position = read.after.as_ref().map(|name| taxonomy.position(name));
            if position == Some(None) {
                let detail = format!(
                    "expected `after` to name a category of the file, found `{}`",
                    read.after.as_deref().unwrap_or_default()
                );
                return Err(self.refuse(read.line, detail));
            }
            expectations.push(Expectation {
                after: position.flatten(),
                n_leads: read.n_leads,
                leads: read.leads.clone(),
                shares: read.shares.clone(),
            });
        }
        let is_known = |after| expectations.iter().any(|one| one.after == after);
        let has_lead_ins = expectations.iter().any(|one| one.after.is_some());
        let lacking = (0..taxonomy.len()).find(|&category| !is_known(Some(category)));
        match (has_lead_ins, lacking, is_known(None)) {
            (true, None, false) | (false, _, true) => {}
            (true, Some(category), _) => {
                let name = &taxonomy.names()[category];
                return Err(lacks(&format!("an expectation after documents of `{name}`")));
            }
            _ => return Err(lacks("expectations, all after documents or all after none")),
        }
        let missing = || lacks("the nuisances `uniform`, `anywhere` and `line_starts`");
        Ok(Evidence {
            path: self.path.to_owned(),
            nuisances: Nuisances {
                uniform: self.uniform.clone().ok_or_else(missing)?,
                anywhere: self.anywhere.clone().ok_or_else(missing)?,
                line_starts: self.line_starts.clone().ok_or_else(missing)?,
            },
            cells: self.cells.clone(),
            references: self.references.clone(),
            taxonomy,
            expectations,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::numeric::math;
    use crate::openings::planted::PlantedOpenings;

    fn lines() -> String {
        let evidence = PlantedOpenings::default().evidence(1);
        let expectations: String =
            evidence.expectations.iter().map(|one| evidence.expectation_line(one)).collect();
        evidence.head_lines() + &expectations
    }

    proptest! {
        #[test]
        fn shares_are_stored_as_their_first_seven_digits_are_read(
            share in (-12.0..0.0_f64).prop_map(|power| math::pow(10.0, power)),
        ) {
            let (stored, digits) = (stored_share(share), format!("{share:.6e}"));
            let nearest: f64 = digits.parse().unwrap();
            // Halfway between two of them either is as near.
            let digit = (math::ln(share) / std::f64::consts::LN_10).floor();
            let step = 1e-6 * math::pow(10.0, digit);
            prop_assert!(stored == nearest || (stored - share).abs() <= 0.500_001 * step, "{stored:e} {digits}");
            prop_assert_eq!(format!("{stored:.6e}").parse::<f64>().unwrap(), stored);
            prop_assert_eq!(stored_share(stored), stored);
        }
    }

    #[test]
    fn what_is_stored_is_read_and_stored_the_same() {
        let first = Evidence::parse("openings.jsonl", lines().as_bytes()).unwrap();
        let again: String =
            first.expectations.iter().map(|one| first.expectation_line(one)).collect();
        assert_eq!(first.head_lines() + &again, lines());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let error = |text: &str| Evidence::parse("o.jsonl", text.as_bytes()).unwrap_err().message();
        let whole = lines();
        let first = whole.lines().next().unwrap();
        assert_eq!(
            error(whole.split_once('\n').unwrap().1),
            "o.jsonl:1:1: expected one line of `cells`, before all others"
        );
        assert!(error(&format!("{first}\n{first}")).contains("2:1: expected one line of `cells`"));
        let short =
            format!("{first}\n{{\"kind\":\"nuisance\",\"name\":\"uniform\",\"shares\":[1.0]}}");
        assert!(
            error(&short).contains("o.jsonl:2:1: expected 40 shares, one for each cell, found 1")
        );
        let n_lines = whole.lines().count();
        let cut: String =
            whole.lines().take(n_lines - 10).map(|line| line.to_owned() + "\n").collect();
        assert!(error(&cut).contains("an expectation after documents of `d`"), "{}", error(&cut));
        assert!(
            error(&whole[..whole.len() - 40]).contains("truncated")
                || error(&whole[..whole.len() - 40]).contains("ends")
        );
        let bad = whole.replacen("\"n_leads\":20.0", "\"n_leads\":-1", 1);
        assert!(error(&bad).contains("expected one lead-in or more, found -1"), "{}", error(&bad));
    }
}

//! Ground truths that can be chosen, and which of them fit the open runs.

use serde::Serialize;

use super::choices::evaluate_options;
use super::report_page::ViewOptions;
use super::workspace::Workspace;
use crate::evaluate::alignment::align;
use crate::evaluate::evaluation::EvaluateOptions;
use crate::evaluate::units;
use crate::files::bundled_specs;
use crate::files::run::Run;
use crate::files::spec::Spec;
use crate::messages::input_error::{InputError, Problem};

/// A spec that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpecChoice {
    /// Id to choose it by.
    pub id: String,
    /// Name of the model.
    pub name: String,
    /// How many categories it has.
    pub n_categories: usize,
    /// Whether it travels with the program.
    pub bundled: bool,
    /// Why none of the open runs can be scored against it; none where one can, or none is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfit: Option<String>,
}

impl Workspace {
    /// Every spec that can be chosen: those opened first, then the bundled ones, with variants.
    ///
    /// # Errors
    /// If the options are malformed.
    pub fn spec_choices(&self, options: &ViewOptions) -> Result<Vec<SpecChoice>, InputError> {
        let resolved = evaluate_options(options)?;
        let opened = self.specs.iter().map(|open| (&open.parsed, false));
        let bundled = bundled_specs::all().iter().map(|file| (file, true));
        let all = opened
            .chain(bundled)
            .flat_map(|(file, bundled)| file.all().map(move |spec| (spec, bundled)));
        let choice = |(spec, bundled): (&Spec, bool)| SpecChoice {
            id: spec.id.clone(),
            name: spec.name.clone(),
            n_categories: spec.taxonomy.len(),
            bundled,
            unfit: self.unfit(spec, &resolved),
        };
        Ok(all.map(choice).collect())
    }

    /// The only one of the opened ground truths that a run can be scored against. Opening one is choosing it; a
    /// bundled one is never chosen unasked.
    pub(super) fn only_opened_spec(&self, options: &EvaluateOptions) -> Option<&Spec> {
        let opened = self.specs.iter().map(|open| &open.parsed.main);
        let mut fitting = opened.filter(|spec| self.unfit(spec, options).is_none());
        fitting.next().filter(|_| fitting.next().is_none())
    }

    /// Why no open run can be scored against this spec: what is wrong with the first.
    fn unfit(&self, spec: &Spec, options: &EvaluateOptions) -> Option<String> {
        let mut reasons = self.runs.iter().map(|open| misfit(&open.parsed, spec, options));
        let first = reasons.next()??;
        reasons.all(|reason| reason.is_some()).then_some(first)
    }
}

/// The most names of categories in a reason.
const MOST_NAMES: usize = 3;

/// Why this run cannot be scored against this spec, in a few words; none if it can.
fn misfit(run: &Run, spec: &Spec, options: &EvaluateOptions) -> Option<String> {
    let seen = match units::in_unit_of(spec, run, options.unit) {
        Ok(seen) => align(&seen.run, spec, &options.align),
        Err(error) => Err(error),
    };
    Some(match seen.err()?.problem {
        Problem::UnknownCategories { names, .. } => format!("lacks {}", listed(&names)),
        Problem::MissingCategories { names, .. } => format!("the run lacks {}", listed(&names)),
        Problem::Unit { found, expected, .. } => {
            format!("counts {expected}, the run {found} alone")
        }
        other => other.to_string(),
    })
}

fn listed(names: &[String]) -> String {
    let shown = names[..names.len().min(MOST_NAMES)].join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(workspace: &mut Workspace, path: &str, text: &str) {
        workspace.add(path, text.as_bytes());
    }

    fn run(categories: &str) -> String {
        format!(
            "{{\"schema_version\": 1, \"unit\": \"tokens\", \"categories\": {categories}, \
             \"priors\": {{\"point\": [0.5, 0.5]}}}}"
        )
    }

    fn spec(unit: &str) -> String {
        format!(
            "schema: category-mixture-v1\nname: M\nunit: {unit}\ncategories: [a, b]\ncategory_weights: {{a: 1, b: 1}}\n"
        )
    }

    fn unfit(workspace: &Workspace, id: &str) -> Option<String> {
        let choices = workspace.spec_choices(&ViewOptions::default()).unwrap();
        choices.into_iter().find(|choice| choice.id == id).unwrap().unfit
    }

    #[test]
    fn a_truth_that_fits_no_run_says_why() {
        let mut workspace = Workspace::new();
        assert_eq!(unfit(&workspace, "amber"), None);
        add(&mut workspace, "one/summary.json", &run("[\"a\", \"b\"]"));
        assert_eq!(unfit(&workspace, "amber").as_deref(), Some("lacks a, b"));
        add(&mut workspace, "tokens.yaml", &spec("tokens"));
        add(&mut workspace, "documents.yaml", &spec("documents"));
        assert_eq!(unfit(&workspace, "tokens"), None);
        assert_eq!(
            unfit(&workspace, "documents").as_deref(),
            Some("counts documents, the run tokens alone")
        );
    }

    #[test]
    fn no_truth_is_chosen_that_was_not_opened() {
        let mut workspace = Workspace::new();
        let chosen = |workspace: &Workspace| -> Option<String> {
            let options = ViewOptions::default();
            workspace.resolve(&options).unwrap().0.map(|spec| spec.id.clone())
        };
        // Its categories and its model are those of a bundled one.
        let amber = bundled_specs::find("amber").unwrap();
        let shares: Vec<f64> = amber.mixture.shares().to_vec();
        let summary = serde_json::json!({
            "schema_version": 1, "unit": "tokens", "config": {"target_model": amber.tokenizer_name},
            "categories": amber.taxonomy.names(), "priors": {"point": shares},
        });
        add(&mut workspace, "own/summary.json", &summary.to_string());
        assert_eq!(unfit(&workspace, "amber"), None);
        assert_eq!(chosen(&workspace), None);
        add(&mut workspace, "one/summary.json", &run("[\"a\", \"b\"]"));
        add(&mut workspace, "tokens.yaml", &spec("tokens"));
        assert_eq!(chosen(&workspace).as_deref(), Some("tokens"));
        let none = ViewOptions { spec: Some(String::new()), ..ViewOptions::default() };
        assert!(workspace.resolve(&none).unwrap().0.is_none());
        add(&mut workspace, "other.yaml", &spec("tokens"));
        assert_eq!(chosen(&workspace), None, "two were opened");
    }
}

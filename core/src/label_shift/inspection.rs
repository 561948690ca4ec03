//! What the classifier made of the texts, for a reader to look at: examples and confusions.

use serde::Serialize;

use crate::files::predictions::Prediction;
use crate::label_shift::verdicts::Verdicts;
use crate::show::table::{Cell, Column, Table};

/// Texts shown at each end of a category.
const N_SHOWN: usize = 3;
/// Confusions shown in all.
const N_CONFUSIONS: usize = 12;

/// Examples of every category, and the most frequent confusions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Inspection {
    /// The categories, in order.
    pub categories: Vec<CategoryTexts>,
    /// Pairs of categories that are taken for each other, the most frequent first.
    pub confusions: Vec<Confusion>,
}

/// The generated texts that the classifier takes for one category.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CategoryTexts {
    /// The category.
    pub name: String,
    /// How many texts there are.
    pub n_texts: usize,
    /// Those of which it is most certain, the most certain first.
    pub most_certain: Vec<SeenText>,
    /// Those of which it is least certain, the least certain first; none that stand above.
    pub least_certain: Vec<SeenText>,
}

/// One text and what the classifier makes of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SeenText {
    /// Its id.
    pub id: String,
    /// The prompt it is from, where known.
    pub prompt_id: Option<String>,
    /// The classifier's own probability of the category, before calibration.
    pub probability: f64,
    /// The next most probable category, where there are two or more.
    pub runner_up: Option<String>,
    /// The beginning of the text, safe to show; none where the file has no texts.
    pub snippet: Option<String>,
}

/// Validation documents of one category that are taken for another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confusion {
    /// Their category.
    pub truth: String,
    /// What they are taken for.
    pub predicted: String,
    /// How many there are.
    pub n_docs: usize,
    /// Their share of the category's documents.
    pub share: f64,
}

impl Inspection {
    /// The inspection of these verdicts.
    pub fn of(verdicts: &Verdicts) -> Self {
        let names = verdicts.taxonomy.names();
        let mut texts: Vec<Vec<(&Prediction, Ranked)>> = vec![Vec::new(); names.len()];
        for text in verdicts.generations() {
            let ranked = Ranked::of(&text.probabilities);
            texts[ranked.best].push((text, ranked));
        }
        let categories = names.iter().zip(texts).map(|(name, mut texts)| {
            texts.sort_by(|(left, own), (right, other)| {
                other.probability.total_cmp(&own.probability).then_with(|| left.id.cmp(&right.id))
            });
            let seen = |(text, ranked): &(&Prediction, Ranked)| seen(text, *ranked, names);
            let (most, rest) = texts.split_at(texts.len().min(N_SHOWN));
            CategoryTexts {
                name: name.clone(),
                n_texts: texts.len(),
                most_certain: most.iter().map(seen).collect(),
                least_certain: rest.iter().rev().take(N_SHOWN).map(seen).collect(),
            }
        });
        Self { categories: categories.collect(), confusions: confusions(verdicts) }
    }

    /// The confusions as a table.
    pub fn confusions_table(&self) -> Table {
        let columns = vec![
            Column::words("documents of", "the true category"),
            Column::words("taken for", "what the classifier decides"),
            Column::numbers("documents", "how many validation documents"),
            Column::numbers("share", "of the category's validation documents"),
        ];
        let mut table = Table::new("What is confused with what", columns);
        for confusion in &self.confusions {
            table.rows.push(vec![
                Cell::text(&confusion.truth),
                Cell::text(&confusion.predicted),
                Cell::text(confusion.n_docs.to_string()),
                Cell::percent(confusion.share),
            ]);
        }
        table
    }

    /// The texts of a category as a table: the most certain, then the least certain.
    pub fn texts_table(category: &CategoryTexts) -> Table {
        let columns = vec![
            Column::words("certainty", "most or least certain"),
            Column::words("id", "the text's id"),
            Column::numbers("probability", "the classifier's own, before calibration"),
            Column::words("next", "the next most probable category"),
            Column::words("text", "its beginning"),
        ];
        let caption = format!("{}: {} texts", category.name, category.n_texts);
        let mut table = Table::new(caption, columns);
        let most = category.most_certain.iter().map(|text| ("most", text));
        let least = category.least_certain.iter().map(|text| ("least", text));
        for (certainty, text) in most.chain(least) {
            table.rows.push(vec![
                Cell::text(certainty),
                Cell::text(&text.id),
                Cell::percent(text.probability),
                text.runner_up.as_ref().map_or_else(Cell::empty, Cell::text),
                text.snippet.as_ref().map_or_else(Cell::empty, Cell::text),
            ]);
        }
        table
    }
}

/// The most and the next most probable category of a text.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    best: usize,
    next: Option<usize>,
    probability: f64,
}

impl Ranked {
    fn of(probabilities: &[f64]) -> Self {
        let best_but = |left_out: Option<usize>| {
            (0..probabilities.len()).filter(|&class| Some(class) != left_out).fold(
                None,
                |best: Option<usize>, class| match best {
                    Some(held) if probabilities[held] >= probabilities[class] => Some(held),
                    _ => Some(class),
                },
            )
        };
        let best = best_but(None).unwrap_or_default();
        Self { best, next: best_but(Some(best)), probability: probabilities[best] }
    }
}

fn seen(text: &Prediction, ranked: Ranked, names: &[String]) -> SeenText {
    SeenText {
        id: text.id.clone(),
        prompt_id: text.prompt_id.clone(),
        probability: ranked.probability,
        runner_up: ranked.next.map(|class| names[class].clone()),
        // The file may come from anywhere: what it calls a snippet is made one.
        snippet: text.snippet.as_deref().map(crate::files::predictions::snippet),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of documents")]
fn confusions(verdicts: &Verdicts) -> Vec<Confusion> {
    let names = verdicts.taxonomy.names();
    let mut counts = vec![vec![0_usize; names.len()]; names.len()];
    for document in verdicts.validation() {
        let truth = document.true_class.as_ref().and_then(|name| verdicts.taxonomy.position(name));
        if let Some(truth) = truth {
            counts[truth][Ranked::of(&document.probabilities).best] += 1;
        }
    }
    let mut confusions = Vec::new();
    for (truth, row) in counts.iter().enumerate() {
        let total: usize = row.iter().sum();
        for (predicted, &n_docs) in row.iter().enumerate() {
            if predicted != truth && n_docs > 0 {
                confusions.push(Confusion {
                    truth: names[truth].clone(),
                    predicted: names[predicted].clone(),
                    n_docs,
                    share: n_docs as f64 / total as f64,
                });
            }
        }
    }
    confusions.sort_by(|left, right| right.share.total_cmp(&left.share));
    confusions.truncate(N_CONFUSIONS);
    confusions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::predictions::Origin;
    use crate::shares::taxonomy::Taxonomy;

    fn verdict(kind: Origin, id: usize, truth: Option<&str>, first: f64) -> Prediction {
        Prediction {
            kind,
            id: id.to_string(),
            prompt_id: None,
            true_class: truth.map(str::to_owned),
            fold: truth.map(|_| 0),
            categories: None,
            snippet: Some(format!("<b>\u{1b}{id}")),
            probabilities: vec![first, 1.0 - first],
        }
    }

    #[test]
    fn texts_are_ordered_by_certainty_and_none_is_shown_twice() {
        let mut predictions: Vec<Prediction> = [0.9, 0.6, 0.99, 0.7, 0.8]
            .iter()
            .enumerate()
            .map(|(id, &first)| verdict(Origin::Generation, id, None, first))
            .collect();
        predictions.push(verdict(Origin::Validation, 0, Some("a"), 0.8));
        predictions.push(verdict(Origin::Validation, 1, Some("b"), 0.7));
        predictions.push(verdict(Origin::Validation, 2, Some("b"), 0.2));
        let taxonomy = Taxonomy::new(["a", "b"]).unwrap();
        let verdicts = Verdicts { path: String::new(), taxonomy, predictions };
        let inspection = Inspection::of(&verdicts);
        let ids = |texts: &[SeenText]| texts.iter().map(|text| text.id.clone()).collect::<Vec<_>>();
        let first = &inspection.categories[0];
        assert_eq!(ids(&first.most_certain), ["2", "0", "4"]);
        assert_eq!(ids(&first.least_certain), ["1", "3"]);
        assert_eq!(first.most_certain[0].snippet.as_deref(), Some("<b>\\u{1b}2"));
        assert_eq!(first.most_certain[0].runner_up.as_deref(), Some("b"));
        assert_eq!(inspection.categories[1].n_texts, 0);
        let [only] = inspection.confusions.as_slice() else { panic!("one confusion") };
        assert_eq!((only.truth.as_str(), only.predicted.as_str(), only.n_docs), ("b", "a", 1));
        assert!((only.share - 0.5).abs() < 1e-15);
        let html = Inspection::texts_table(first).to_html();
        assert!(html.contains("&lt;b&gt;") && !html.contains("<b>"), "{html}");
    }
}

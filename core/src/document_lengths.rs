//! How long whole documents of each category are: what turns shares of documents into shares of
//! tokens.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::input_error::{InputError, Problem};
use crate::math;
use crate::rng::RandomStream;
use crate::run::{check_object, json_error};
use crate::taxonomy::Taxonomy;
use crate::text;

/// What lengths are measured in; only their ratios matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    /// Tokens of the model.
    #[default]
    Tokens,
    /// Unicode characters: as good as tokens where all categories have as many of them to a token.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

impl Measure {
    /// The name used in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Characters => "characters",
            Self::Bytes => "bytes",
        }
    }
}

/// The lengths of the documents of one category that were measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CategoryLengths {
    /// How many documents; at least 1.
    pub n: u64,
    /// Their mean length; above 0.
    pub mean: f64,
    /// The standard deviation of their lengths; at least 0.
    pub sd: f64,
}

/// Lengths of whole documents, one entry per category in the order of a taxonomy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentLengths {
    /// What they are measured in.
    pub measure: Measure,
    /// The lengths, in category order.
    pub categories: Vec<CategoryLengths>,
}

impl CategoryLengths {
    /// The lengths of these documents; none where there is no document or all are empty.
    #[expect(clippy::cast_precision_loss, reason = "a count of documents")]
    pub fn of(lengths: &[u64]) -> Option<Self> {
        let n = lengths.len() as f64;
        let total: f64 = lengths.iter().map(|&length| length as f64).sum();
        if !(total > 0.0) {
            return None;
        }
        let mean = total / n;
        let squares: f64 = lengths.iter().map(|&length| math::square(length as f64 - mean)).sum();
        let sd = if lengths.len() > 1 { (squares / (n - 1.0)).sqrt() } else { 0.0 };
        Some(Self { n: lengths.len() as u64, mean, sd })
    }

    /// The standard error of the mean.
    #[expect(clippy::cast_precision_loss, reason = "a count of documents")]
    pub fn standard_error(&self) -> f64 {
        self.sd / (self.n as f64).sqrt()
    }

    /// The mean as another sample of as many documents might have had it: a Gamma variable with this
    /// mean and standard error, so that it is positive.
    fn draw_mean(&self, stream: &mut RandomStream) -> f64 {
        let relative = self.standard_error() / self.mean;
        if !(relative > 0.0) {
            return self.mean;
        }
        let shape = 1.0 / (relative * relative);
        self.mean * stream.gamma(shape) / shape
    }

    /// The lengths of a whole of parts, each with its share of the whole's documents.
    #[expect(clippy::cast_precision_loss, reason = "a count of documents")]
    fn mixed(parts: &[(f64, Self)]) -> Self {
        let mean: f64 = parts.iter().map(|(share, part)| share * part.mean).sum();
        let spread = |part: &Self| math::square(part.sd) + math::square(part.mean - mean);
        let variance: f64 = parts.iter().map(|(share, part)| share * spread(part)).sum();
        let error: f64 =
            parts.iter().map(|(share, part)| math::square(share * part.standard_error())).sum();
        // As many documents as give the mean the standard error that its parts have.
        let n = if error > 0.0 {
            variance / error
        } else {
            parts.iter().map(|(_, part)| part.n as f64).sum()
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 1 and the number of documents"
        )]
        let n = n.round().clamp(1.0, 9.0e15) as u64;
        Self { n, mean, sd: variance.sqrt() }
    }
}

impl DocumentLengths {
    /// The mean lengths, in category order.
    pub fn means(&self) -> Vec<f64> {
        self.categories.iter().map(|category| category.mean).collect()
    }

    /// The means as another sample might have had them.
    pub fn draw_means(&self, stream: &mut RandomStream) -> Vec<f64> {
        self.categories.iter().map(|category| category.draw_mean(stream)).collect()
    }

    /// The lengths of joined categories: `groups` lists for each the positions of its parts, and
    /// `weights` says how many documents of each part make up the whole.
    pub fn merged(&self, groups: &[Vec<usize>], weights: &[f64]) -> Self {
        let of_group = |group: &Vec<usize>| {
            let total: f64 = group.iter().map(|&at| weights[at]).sum();
            let parts: Vec<(f64, CategoryLengths)> =
                group.iter().map(|&at| (weights[at] / total, self.categories[at])).collect();
            if let [(_, only)] = parts.as_slice() { *only } else { CategoryLengths::mixed(&parts) }
        };
        Self { measure: self.measure, categories: groups.iter().map(of_group).collect() }
    }

    /// The lengths that a summary of these categories records.
    ///
    /// # Errors
    /// If they are not one per category, or a number is impossible.
    pub(crate) fn recorded(
        path: &str,
        lengths: &Value,
        taxonomy: &Taxonomy,
    ) -> Result<Self, InputError> {
        let reader = Reader { path, taxonomy };
        let place = "document_lengths";
        let parsed: Option<Self> = serde_json::from_value(lengths.clone()).ok();
        let Some(recorded) = parsed.filter(|found| found.categories.len() == taxonomy.len()) else {
            let detail = "expected a `measure` and one entry of `n`, `mean` and `sd` per category";
            return Err(reader.refuse(place, detail));
        };
        for category in &recorded.categories {
            reader.possible(place, *category)?;
        }
        Ok(recorded)
    }

    /// The lengths in the bytes of a file, for the categories of `taxonomy`; others in the file are
    /// passed over. The file is either of
    ///
    /// ```text
    /// {"books": {"n": 900, "mean": 81000, "sd": 60000}, …}
    /// {"measure": "characters", "lengths": {"books": {…}, …}}
    /// ```
    ///
    /// or the `manifest.json` of `sample`, whose lengths are those of all documents it saw.
    ///
    /// # Errors
    /// If the file is not such JSON, a category is missing, or a number is impossible.
    pub fn parse(path: &str, bytes: &[u8], taxonomy: &Taxonomy) -> Result<Self, InputError> {
        let text = text::decode(path, bytes)?;
        check_object(path, text)?;
        let file: Value =
            serde_json::from_str(text).map_err(|error| json_error(path, text, &error))?;
        let reader = Reader { path, taxonomy };
        if file.get("categories").is_some_and(Value::is_array) {
            return reader.manifest(&file);
        }
        match file.get("lengths") {
            Some(lengths) => {
                let measure = file.get("measure").cloned().unwrap_or_else(|| "tokens".into());
                let measure = serde_json::from_value(measure).map_err(|_| {
                    reader.refuse("measure", "expected `tokens`, `characters` or `bytes`")
                })?;
                reader.map("lengths", lengths, measure)
            }
            None => reader.map("", &file, Measure::default()),
        }
    }
}

/// Turns the JSON of a file into checked lengths, naming the place of what is wrong.
struct Reader<'file> {
    path: &'file str,
    taxonomy: &'file Taxonomy,
}

impl Reader<'_> {
    fn refuse(&self, place: &str, detail: &str) -> InputError {
        InputError::new(self.path, place, Problem::Syntax { detail: detail.to_owned() })
    }

    fn map(
        &self,
        place: &str,
        lengths: &Value,
        measure: Measure,
    ) -> Result<DocumentLengths, InputError> {
        let Some(entries) = lengths.as_object() else {
            return Err(self.refuse(place, "expected lengths by category (an object in braces)"));
        };
        let place_of = |name: &str| match place {
            "" => name.to_owned(),
            outer => format!("{outer}.{name}"),
        };
        let entries = entries.iter().map(|(name, entry)| (name.as_str(), place_of(name), entry));
        self.in_order(entries, measure)
    }

    fn manifest(&self, file: &Value) -> Result<DocumentLengths, InputError> {
        let empty = Vec::new();
        let categories = file["categories"].as_array().unwrap_or(&empty);
        let entries = categories.iter().enumerate().map(|(index, category)| {
            let place = format!("categories[{index}].document_chars.seen");
            (category["name"].as_str().unwrap_or(""), place, &category["document_chars"]["seen"])
        });
        self.in_order(entries, Measure::Characters)
    }

    /// One entry per category of the taxonomy, in its order.
    fn in_order<'file>(
        &self,
        entries: impl Iterator<Item = (&'file str, String, &'file Value)>,
        measure: Measure,
    ) -> Result<DocumentLengths, InputError> {
        let mut found = vec![None; self.taxonomy.len()];
        let mut known = Vec::new();
        for (name, place, entry) in entries {
            known.push(name.to_owned());
            if let Some(position) = self.taxonomy.position(name) {
                if found[position].is_some() {
                    return Err(self.refuse(&place, "expected each category once, found it twice"));
                }
                found[position] = Some(self.entry(&place, entry)?);
            }
        }
        let mut categories = Vec::with_capacity(found.len());
        for (name, entry) in self.taxonomy.names().iter().zip(found) {
            let missing = || {
                let problem = Problem::NotFound {
                    what: "category with document lengths",
                    name: name.clone(),
                    known: known.clone(),
                };
                InputError::new(self.path, "", problem)
            };
            categories.push(entry.ok_or_else(missing)?);
        }
        Ok(DocumentLengths { measure, categories })
    }

    fn entry(&self, place: &str, entry: &Value) -> Result<CategoryLengths, InputError> {
        let lengths: CategoryLengths = serde_json::from_value(entry.clone()).map_err(|_| {
            self.refuse(place, "expected numbers `n`, `mean` and `sd`, such as {\"n\": 900, \"mean\": 81000, \"sd\": 60000}")
        })?;
        self.possible(place, lengths)
    }

    fn possible(
        &self,
        place: &str,
        lengths: CategoryLengths,
    ) -> Result<CategoryLengths, InputError> {
        let possible = lengths.n > 0
            && (lengths.mean > 0.0 && lengths.mean.is_finite())
            && (lengths.sd >= 0.0 && lengths.sd.is_finite());
        if !possible {
            let CategoryLengths { n, mean, sd } = lengths;
            let detail = format!(
                "expected `n` of at least 1, `mean` above 0 and `sd` of at least 0, found {n}, {mean} and {sd}"
            );
            return Err(self.refuse(place, &detail));
        }
        Ok(lengths)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<DocumentLengths, String> {
        let taxonomy = Taxonomy::new(["Books", "web"]).unwrap();
        DocumentLengths::parse("l.json", text.as_bytes(), &taxonomy).map_err(|e| e.message())
    }

    #[test]
    fn three_forms_of_files_are_read() {
        let books = CategoryLengths { n: 4, mean: 80.0, sd: 8.0 };
        let web = CategoryLengths { n: 9, mean: 5.0, sd: 3.0 };
        let map = r#"{"web": {"n": 9, "mean": 5, "sd": 3}, "books": {"n": 4, "mean": 80, "sd": 8}, "x": 1}"#;
        let found = parse(map).unwrap();
        assert_eq!(
            found,
            DocumentLengths { measure: Measure::Tokens, categories: vec![books, web] }
        );
        let named = parse(&format!(r#"{{"measure": "bytes", "lengths": {map}}}"#)).unwrap();
        assert_eq!(named.measure, Measure::Bytes);
        let manifest = r#"{"categories": [
            {"name": "Web", "document_chars": {"seen": {"n": 9, "mean": 5, "sd": 3, "min": 1}}},
            {"name": "Books", "document_chars": {"seen": {"n": 4, "mean": 80, "sd": 8}}}]}"#;
        assert_eq!(parse(manifest).unwrap().categories, [books, web]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(
            parse(r#"{"web": {"n": 9, "mean": 5, "sd": 3}}"#).unwrap_err(),
            "l.json: no category with document lengths is named `Books`"
        );
        assert_eq!(
            parse(r#"{"web": {"n": 9, "mean": 0, "sd": 3}}"#).unwrap_err(),
            "l.json:web: expected `n` of at least 1, `mean` above 0 and `sd` of at least 0, found 9, 0 and 3"
        );
        assert_eq!(
            parse(r#"{"web": {"n": 9, "mean": 5}}"#).unwrap_err(),
            "l.json:web: expected numbers `n`, `mean` and `sd`, such as {\"n\": 900, \"mean\": 81000, \"sd\": 60000}"
        );
        assert_eq!(
            parse(r#"{"lengths": 3}"#).unwrap_err(),
            "l.json:lengths: expected lengths by category (an object in braces)"
        );
        assert!(parse("[1]").is_err() && parse(r#"{"web": "#).is_err());
    }

    #[test]
    fn drawn_means_have_the_standard_error() {
        let lengths = CategoryLengths { n: 25, mean: 100.0, sd: 50.0 };
        let mut stream = RandomStream::new(3, 0);
        let drawn: Vec<f64> = (0..4000).map(|_| lengths.draw_mean(&mut stream)).collect();
        let mean = drawn.iter().sum::<f64>() / 4000.0;
        let sd = (drawn.iter().map(|x| math::square(x - mean)).sum::<f64>() / 3999.0).sqrt();
        // Standard errors of mean and deviation: 10 / sqrt(4000) = .16 and .11; four of them.
        assert!((mean - 100.0).abs() < 0.64 && (sd - 10.0).abs() < 0.45, "{mean} {sd}");
    }

    #[test]
    fn joined_categories_have_the_mean_of_their_parts() {
        let part = |n, mean, sd| CategoryLengths { n, mean, sd };
        let lengths = DocumentLengths {
            measure: Measure::Tokens,
            categories: vec![part(100, 10.0, 2.0), part(50, 40.0, 4.0), part(7, 1.0, 0.0)],
        };
        let merged = lengths.merged(&[vec![0, 1], vec![2]], &[3.0, 1.0, 5.0]);
        assert_eq!(merged.categories[1], part(7, 1.0, 0.0));
        let whole = merged.categories[0];
        // Mean 3/4 10 + 1/4 40; error sqrt((.75 * .2)^2 + (.25 * 4 / sqrt(50))^2).
        assert!((whole.mean - 17.5).abs() < 1e-12);
        let error = (0.15_f64 * 0.15 + 0.02).sqrt();
        assert!((whole.standard_error() - error).abs() < 0.01 * error, "{whole:?}");
        assert_eq!(CategoryLengths::of(&[2, 4]).unwrap().mean, 3.0);
        assert_eq!(CategoryLengths::of(&[0]), None);
    }
}

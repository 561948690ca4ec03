//! Lengths of whole documents, read from a file of one's own, from the manifest of a sample, or from a
//! run's summary.

use serde_json::Value;

use super::json::{check_object, json_error};
use super::text;
use crate::messages::input_error::{InputError, Problem};
use crate::shares::document_lengths::{CategoryLengths, DocumentLengths, Measure};
use crate::shares::taxonomy::Taxonomy;

impl DocumentLengths {
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
}

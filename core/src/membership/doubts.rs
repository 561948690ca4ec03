//! What a reader must know of categories: said once of all that it holds of.

use crate::messages::diagnostic::Diagnostic;

/// What a reader must know of one category, before it is joined with what is said of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryDoubt {
    /// What kind it is, in snake case.
    pub code: &'static str,
    /// What is so, in words that fit every category that it is so of.
    pub sentence: String,
    /// Numbers of this category alone.
    pub detail: Option<String>,
}

impl CategoryDoubt {
    /// A doubt without numbers of its own.
    pub(super) fn plain(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), detail: None }
    }

    /// A doubt with numbers of its own.
    pub(super) fn detailed(code: &'static str, sentence: &str, detail: String) -> Self {
        Self { code, sentence: sentence.to_owned(), detail: Some(detail) }
    }

    /// Whether both say the same, but for their numbers.
    fn says_the_same(&self, other: &Self) -> bool {
        self.code == other.code && self.sentence == other.sentence
    }
}

/// A category's name and a doubt about it.
pub type NamedDoubt = (String, CategoryDoubt);

/// The doubts about the categories of a run, each kind once and in the order in which it first occurs; a run has
/// `n_categories` of them. `Web (0.0 to 83.1 %), Books (1.2 to 95.0 %): the share …`.
pub fn of_categories(doubts: &[NamedDoubt], n_categories: usize) -> Vec<Diagnostic> {
    let kinds = distinct(doubts.iter().map(|(_, doubt)| doubt));
    let told = kinds.into_iter().map(|kind| {
        let own = doubts.iter().filter(|(_, doubt)| doubt.says_the_same(kind));
        let named: Vec<String> = own
            .clone()
            .map(|(name, doubt)| match &doubt.detail {
                Some(detail) => format!("{name} ({detail})"),
                None => name.clone(),
            })
            .collect();
        let details = own.clone().any(|(_, doubt)| doubt.detail.is_some());
        let whom = if details { named.join(", ") } else { names(&named, n_categories) };
        Diagnostic::warning(kind.code, format!("{whom}: {}", kind.sentence))
    });
    told.collect()
}

/// What is to be told of several attacks on the same categories, each thing once: `attacks` are their titles with
/// what each says of the whole run and of its categories. Numbers are left to the tables.
pub fn of_attacks(
    attacks: &[(&str, &[Diagnostic], &[NamedDoubt])],
    n_categories: usize,
) -> Vec<Diagnostic> {
    let mut told: Vec<Diagnostic> = Vec::new();
    let mut whole: Vec<&Diagnostic> = Vec::new();
    for doubt in attacks.iter().flat_map(|(_, doubts, _)| *doubts) {
        if !whole.contains(&doubt) {
            whole.push(doubt);
        }
    }
    for doubt in whole {
        let own = attacks.iter().filter(|(_, doubts, _)| doubts.contains(doubt));
        let titles: Vec<&str> = own.map(|(title, ..)| *title).collect();
        let message = match titles.len() == attacks.len() {
            true => doubt.message.clone(),
            false => format!("{}: {}", titles.join(", "), doubt.message),
        };
        told.push(Diagnostic { message, ..doubt.clone() });
    }
    let all = attacks.iter().flat_map(|(_, _, doubts)| doubts.iter().map(|(_, doubt)| doubt));
    told.extend(distinct(all).into_iter().map(|kind| {
        let whom = whom(attacks, kind, n_categories);
        Diagnostic::warning(kind.code, format!("{whom}: {}", kind.sentence))
    }));
    told
}

/// By which attacks something is said of which categories; attacks that say it of the same ones stand together.
fn whom(
    attacks: &[(&str, &[Diagnostic], &[NamedDoubt])],
    kind: &CategoryDoubt,
    n_categories: usize,
) -> String {
    let mut groups: Vec<(Vec<&str>, Vec<String>)> = Vec::new();
    for (title, _, doubts) in attacks {
        let own = doubts.iter().filter(|(_, doubt)| doubt.says_the_same(kind));
        let categories: Vec<String> = own.map(|(name, _)| name.clone()).collect();
        if categories.is_empty() {
            continue;
        }
        match groups.iter_mut().find(|(_, known)| *known == categories) {
            Some((titles, _)) => titles.push(title),
            None => groups.push((vec![title], categories)),
        }
    }
    let parts = groups.iter().map(|(titles, categories)| {
        let categories = names(categories, n_categories);
        match titles.len() == attacks.len() {
            true => categories,
            false => format!("{} on {categories}", titles.join(", ")),
        }
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// The names, or that it is all of them.
fn names(names: &[String], n_categories: usize) -> String {
    if names.len() > 1 && names.len() == n_categories {
        return format!("all {n_categories} categories");
    }
    names.join(", ")
}

/// Each kind once.
fn distinct<'d>(doubts: impl Iterator<Item = &'d CategoryDoubt>) -> Vec<&'d CategoryDoubt> {
    let mut kinds: Vec<&CategoryDoubt> = Vec::new();
    for doubt in doubts {
        if !kinds.iter().any(|kind| kind.says_the_same(doubt)) {
            kinds.push(doubt);
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

    fn alike(sentence: &str, names: &[&str]) -> Vec<NamedDoubt> {
        let doubt = CategoryDoubt::plain("not_identifiable", sentence);
        names.iter().map(|name| ((*name).to_owned(), doubt.clone())).collect()
    }

    fn messages(told: &[Diagnostic]) -> Vec<&str> {
        told.iter().map(|doubt| doubt.message.as_str()).collect()
    }

    #[test]
    fn what_holds_of_all_categories_is_said_once() {
        let told = of_categories(&alike("nothing is known", &NAMES), 8);
        assert_eq!(messages(&told), ["all 8 categories: nothing is known"]);
        let told = of_categories(&alike("nothing is known", &NAMES[..2]), 8);
        assert_eq!(messages(&told), ["a, b: nothing is known"]);
        assert_eq!(messages(&of_categories(&alike("x", &["a"]), 1)), ["a: x"]);
        assert_eq!(of_categories(&[], 3), []);
    }

    #[test]
    fn numbers_stay_beside_their_category() {
        let bounds =
            |detail: &str| CategoryDoubt::detailed("code", "anything fits", detail.to_owned());
        let mut doubts =
            vec![("a".to_owned(), bounds("0 to 80 %")), ("b".to_owned(), bounds("0 to 90 %"))];
        doubts.extend(alike("something else", &["b"]));
        let told = of_categories(&doubts, 2);
        let expected = ["a (0 to 80 %), b (0 to 90 %): anything fits", "b: something else"];
        assert_eq!(messages(&told), expected);
    }

    /// Three attacks on eight categories: 24 doubts, and 3 of the whole.
    #[test]
    fn three_attacks_that_say_the_same_say_it_once() {
        let (whole, doubts) = ([Diagnostic::warning("w", "no mixture")], alike("nothing", &NAMES));
        let attacks = ["Loss", "Min-K%", "zlib"].map(|title| (title, &whole[..], &doubts[..]));
        let told = of_attacks(&attacks, 8);
        assert_eq!(messages(&told), ["no mixture", "all 8 categories: nothing"]);
    }

    #[test]
    fn attacks_that_say_different_things_are_named() {
        let whole = [Diagnostic::note("w", "no mixture")];
        let (all, some) = (alike("nothing", &NAMES), alike("nothing", &NAMES[..1]));
        let attacks: [(&str, &[Diagnostic], &[NamedDoubt]); 4] = [
            ("Loss", &whole, &all),
            ("Min-K%", &[], &some),
            ("zlib", &whole, &all),
            ("ReCaLL", &[], &[]),
        ];
        let expected =
            ["Loss, zlib: no mixture", "Loss, zlib on all 8 categories; Min-K% on a: nothing"];
        assert_eq!(messages(&of_attacks(&attacks, 8)), expected);
    }
}

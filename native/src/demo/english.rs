//! English word forms, as far as the topics need them.

/// The words behind `a` or `an`.
pub(super) fn with_article(words: &str) -> String {
    let vowel = words.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
    format!("{} {words}", if vowel { "an" } else { "a" })
}

/// The words with a capital first letter.
pub(super) fn capital(words: &str) -> String {
    let mut characters = words.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The plural of a noun.
pub(super) fn plural(noun: &str) -> String {
    let ends_in = |endings: &[&str]| endings.iter().any(|ending| noun.ends_with(ending));
    let stem = &noun[..noun.len() - 1];
    if noun.ends_with("loaf") {
        format!("{stem}ves")
    } else if noun.ends_with('y') && !stem.ends_with(['a', 'e', 'o', 'u']) {
        format!("{stem}ies")
    } else if ends_in(&["s", "x", "ch", "sh"]) {
        format!("{noun}es")
    } else {
        format!("{noun}s")
    }
}

/// The verb phrase with `ing` or `ed` on its verb.
pub(super) fn inflected(phrase: &str, ending: &str) -> String {
    const DOUBLING: &[&str] = &["trap", "map", "crop", "plot", "scan", "model", "label", "signal"];
    let (verb, object) = phrase.split_once(' ').unwrap_or((phrase, ""));
    let (stem, last) = verb.split_at(verb.len() - 1);
    let verb = match (verb, ending) {
        ("split", "ed") => verb.to_owned(),
        ("split", _) => "splitting".to_owned(),
        ("feed", "ed") => "fed".to_owned(),
        _ if DOUBLING.contains(&verb) => format!("{verb}{last}{ending}"),
        _ if last == "e" => format!("{stem}{ending}"),
        (_, "ed") if last == "y" && !stem.ends_with(['a', 'e', 'o']) => format!("{stem}ied"),
        _ => format!("{verb}{ending}"),
    };
    format!("{verb} {object}").trim_end().to_owned()
}

/// The first two telling words as a name in a program.
pub(super) fn identifier(words: &str, joint: &str, first_capital: bool, capitals: bool) -> String {
    let lower = words.to_lowercase();
    let mut parts: Vec<String> = lower
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|part| {
            !part.is_empty() && !["the", "a", "and", "of", "to", "for", "up", "on"].contains(part)
        })
        .map(str::to_owned)
        .collect();
    let extra = parts.len().saturating_sub(2);
    parts.truncate(parts.len() - extra);
    for (position, part) in parts.iter_mut().enumerate() {
        if capitals && (position > 0 || first_capital) {
            *part = capital(part);
        }
    }
    parts.join(joint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_a_dictionary() {
        assert_eq!(with_article("old hive"), "an old hive");
        assert_eq!(with_article("brood frame"), "a brood frame");
        for (noun, expected) in [
            ("loaf", "loaves"),
            ("colony", "colonies"),
            ("tide key", "tide keys"),
            ("rose bush", "rose bushes"),
            ("index", "indexes"),
            ("viaduct", "viaducts"),
        ] {
            assert_eq!(plural(noun), expected);
        }
        for (phrase, doing, done) in [
            ("prune the roses", "pruning the roses", "pruned the roses"),
            ("split a strong colony", "splitting a strong colony", "split a strong colony"),
            ("electrify the branch", "electrifying the branch", "electrified the branch"),
            ("survey the banks", "surveying the banks", "surveyed the banks"),
            ("castle early", "castling early", "castled early"),
            ("map the route", "mapping the route", "mapped the route"),
            ("feed the starter", "feeding the starter", "fed the starter"),
            ("label", "labelling", "labelled"),
        ] {
            assert_eq!(inflected(phrase, "ing"), doing);
            assert_eq!(inflected(phrase, "ed"), done);
        }
        assert_eq!(identifier("Vacuum the table slowly", "_", false, false), "vacuum_table");
        assert_eq!(identifier("cache hit rate", "", false, true), "cacheHit");
        assert_eq!(identifier("log file", "", true, true), "LogFile");
        assert_eq!(capital("épée"), "Épée");
    }
}

//! A path as code writes it.

use syn::buffer::{Cursor, TokenBuffer};
use syn::ext::IdentExt as _;

/// `a::b::c`, or `::a::b::c`, which begins at a crate whatever else is called `a`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedPath {
    pub(crate) of_crate: bool,
    pub(crate) segments: Vec<String>,
}

impl NamedPath {
    /// The segments of a path, without the types in angle brackets.
    pub(crate) fn of(path: &syn::Path) -> NamedPath {
        NamedPath {
            of_crate: path.leading_colon.is_some(),
            segments: path.segments.iter().map(|one| one.ident.unraw().to_string()).collect(),
        }
    }

    /// Every path among the tokens that a macro is given, and every text that is one if asked.
    ///
    /// What `self.` reaches is told as `Self::`; other names after a dot are fields and methods.
    pub(crate) fn all_in(tokens: &TokenBuffer, texts_too: bool) -> Vec<NamedPath> {
        let mut found = Vec::new();
        collect(tokens.begin(), texts_too, &mut found);
        found
    }
}

fn collect(mut cursor: Cursor<'_>, texts_too: bool, found: &mut Vec<NamedPath>) {
    let mut of_crate = false;
    while !cursor.eof() {
        if let Some((inside, _, _, after)) = cursor.any_group() {
            collect(inside, texts_too, found);
            cursor = after;
        } else if let Some((_, after)) = member_at(cursor) {
            cursor = after;
        } else if let Some((path, after)) = path_at(cursor, of_crate) {
            found.push(path);
            cursor = after;
        } else if let Some(after) = double_colon(cursor) {
            of_crate = true;
            cursor = after;
            continue;
        } else if let Some((literal, after)) = cursor.literal() {
            found.extend(path_in_text(&literal.to_string()).filter(|_| texts_too));
            cursor = after;
        } else {
            cursor = cursor.token_tree().map_or(Cursor::empty(), |(_, after)| after);
        }
        of_crate = false;
    }
}

/// The path that begins here, and what follows it.
fn path_at(cursor: Cursor<'_>, of_crate: bool) -> Option<(NamedPath, Cursor<'_>)> {
    let (first, mut after) = cursor.ident()?;
    let mut segments = vec![first.unraw().to_string()];
    if segments[0] == "self"
        && let Some((member, end)) = member_at(after)
    {
        return Some((NamedPath { of_crate, segments: vec!["Self".to_owned(), member] }, end));
    }
    while let Some((segment, end)) = double_colon(after).and_then(Cursor::ident) {
        segments.push(segment.unraw().to_string());
        after = end;
    }
    Some((NamedPath { of_crate, segments }, after))
}

/// The field or method that a dot leads to, and what follows it.
fn member_at(cursor: Cursor<'_>) -> Option<(String, Cursor<'_>)> {
    let (name, after) = mark(cursor, '.')?.ident()?;
    Some((name.unraw().to_string(), after))
}

fn double_colon(cursor: Cursor<'_>) -> Option<Cursor<'_>> {
    mark(mark(cursor, ':')?, ':')
}

/// What follows one character of punctuation, if it comes next.
fn mark(cursor: Cursor<'_>, expected: char) -> Option<Cursor<'_>> {
    let (mark, after) = cursor.punct()?;
    (mark.as_char() == expected).then_some(after)
}

/// The path that a text in quotes is, as in `#[serde(with = "crate::a::b")]`.
fn path_in_text(literal: &str) -> Option<NamedPath> {
    let path: syn::Path = syn::parse_str(literal.trim_matches('"')).ok()?;
    (path.segments.len() > 1).then(|| NamedPath::of(&path))
}

//! Tokens of a JavaScript file: enough to find imports, exports and top-level names for certain,
//! and to tell code from strings, templates, regular expressions and comments.

use anyhow::{Result, bail};

/// What a token is; code the bundler never looks into is still told apart from text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// One character of punctuation.
    Punct,
    /// A quoted string, quotes included.
    Text,
    /// A piece of a template literal between backquotes and substitutions, these included.
    Template,
    /// A regular expression with its flags.
    Regex,
    /// A line or block comment.
    Comment,
}

/// One token: a slice of the source and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'source> {
    pub(crate) kind: Kind,
    pub(crate) text: &'source str,
    /// Byte offset of the first character.
    pub(crate) start: usize,
    /// Line number, from 1.
    pub(crate) line: usize,
    /// How many brackets, braces and substitutions are open around the token.
    pub(crate) depth: usize,
}

impl Token<'_> {
    /// Byte offset just past the last character.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Whether this is code (not text or a comment) spelled `text`.
    pub(crate) fn is(&self, text: &str) -> bool {
        matches!(self.kind, Kind::Word | Kind::Punct) && self.text == text
    }
}

/// Returns the tokens of `source` in order; `file` is only named in errors.
///
/// A slash after `)`, `]` or `}` is read as a division: write `(/…/)` for a regular expression
/// there.
///
/// # Errors
/// Text or brackets that are not closed, with file and line.
pub(crate) fn tokenise<'source>(file: &str, source: &'source str) -> Result<Vec<Token<'source>>> {
    let mut lexer = Lexer { file, source, at: 0, line: 1, open: Vec::new(), tokens: Vec::new() };
    while lexer.at < source.len() {
        lexer.step()?;
    }
    if let Some((bracket, line)) = lexer.open.last() {
        bail!("{file}:{line}: `{bracket}` is never closed");
    }
    Ok(lexer.tokens)
}

struct Lexer<'source, 'file> {
    file: &'file str,
    source: &'source str,
    at: usize,
    line: usize,
    /// Open brackets with their lines; a backquote stands for a template's substitution.
    open: Vec<(char, usize)>,
    tokens: Vec<Token<'source>>,
}

impl<'source> Lexer<'source, '_> {
    fn rest(&self) -> &'source str {
        &self.source[self.at..]
    }

    fn step(&mut self) -> Result<()> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(()) };
        match first {
            '\n' => {
                self.line += 1;
                self.at += 1;
            }
            _ if first.is_whitespace() => self.at += first.len_utf8(),
            '/' if rest.starts_with("//") => {
                self.push(Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
            }
            '/' if rest.starts_with("/*") => match rest[2..].find("*/") {
                Some(length) => self.push(Kind::Comment, length + 4),
                None => bail!("{}:{}: the comment is never closed", self.file, self.line),
            },
            '/' if self.regex_may_start() => self.regex()?,
            '"' | '\'' => self.text(first)?,
            '`' => self.template()?,
            '(' | '[' | '{' => self.opening(first),
            ')' | ']' | '}' => self.closing(first)?,
            _ if is_word(first) => self.word(first),
            _ => self.push(Kind::Punct, first.len_utf8()),
        }
        Ok(())
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let text = &self.rest()[..length];
        let depth = self.open.len();
        self.tokens.push(Token { kind, text, start: self.at, line: self.line, depth });
        self.line += text.matches('\n').count();
        self.at += length;
    }

    fn word(&mut self, first: char) {
        let number = first.is_ascii_digit();
        let is_part = |c: char| is_word(c) || (number && c == '.');
        let length = self.rest().find(|c: char| !is_part(c)).unwrap_or(self.rest().len());
        self.push(Kind::Word, length);
    }

    fn opening(&mut self, bracket: char) {
        self.push(Kind::Punct, 1);
        self.open.push((bracket, self.line));
    }

    fn closing(&mut self, bracket: char) -> Result<()> {
        let Some((opened, line)) = self.open.pop() else {
            bail!("{}:{}: `{bracket}` closes nothing", self.file, self.line);
        };
        match (opened, bracket) {
            ('`', '}') => self.template(),
            ('(', ')') | ('[', ']') | ('{', '}') => {
                self.push(Kind::Punct, 1);
                Ok(())
            }
            _ => bail!("{}:{}: `{bracket}` meets `{opened}` of line {line}", self.file, self.line),
        }
    }

    fn text(&mut self, quote: char) -> Result<()> {
        let rest = self.rest();
        let mut characters = rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => drop(characters.next()),
                '\n' => break,
                _ if character == quote => {
                    self.push(Kind::Text, at + 1);
                    return Ok(());
                }
                _ => {}
            }
        }
        bail!("{}:{}: the string is never closed", self.file, self.line)
    }

    /// Reads from a backquote, or from the brace that ends a substitution, to the next
    /// substitution or the closing backquote.
    fn template(&mut self) -> Result<()> {
        let rest = self.rest();
        let mut characters = rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => drop(characters.next()),
                '`' => {
                    self.push(Kind::Template, at + 1);
                    return Ok(());
                }
                '$' if rest[at..].starts_with("${") => {
                    self.push(Kind::Template, at + 2);
                    self.open.push(('`', self.line));
                    return Ok(());
                }
                _ => {}
            }
        }
        bail!("{}:{}: the template literal is never closed", self.file, self.line)
    }

    fn regex_may_start(&self) -> bool {
        const BEFORE_REGEX: [&str; 14] = [
            "return",
            "typeof",
            "case",
            "in",
            "of",
            "delete",
            "void",
            "throw",
            "new",
            "else",
            "do",
            "instanceof",
            "await",
            "yield",
        ];
        let Some(last) = self.tokens.iter().rev().find(|token| token.kind != Kind::Comment) else {
            return true;
        };
        match last.kind {
            Kind::Punct => !matches!(last.text, ")" | "]" | "}"),
            Kind::Word => BEFORE_REGEX.contains(&last.text),
            Kind::Template => last.text.ends_with("${"),
            Kind::Text | Kind::Regex | Kind::Comment => false,
        }
    }

    fn regex(&mut self) -> Result<()> {
        let rest = self.rest();
        let mut in_class = false;
        let mut characters = rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => drop(characters.next()),
                '\n' => break,
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => {
                    let flags = &rest[at + 1..];
                    let n_flags = flags.find(|c: char| !is_word(c)).unwrap_or(flags.len());
                    self.push(Kind::Regex, at + 1 + n_flags);
                    return Ok(());
                }
                _ => {}
            }
        }
        bail!("{}:{}: the regular expression is never closed", self.file, self.line)
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(source: &str) -> Vec<(Kind, &str)> {
        tokenise("a.js", source).unwrap().iter().map(|token| (token.kind, token.text)).collect()
    }

    #[test]
    fn tells_division_from_regular_expression() {
        let source = "a / b; f(/[/'\"]\\//g) / 2; return /x/;";
        let regexes: Vec<&str> = kinds(source)
            .into_iter()
            .filter(|(kind, _)| *kind == Kind::Regex)
            .map(|(_, text)| text)
            .collect();
        assert_eq!(regexes, ["/[/'\"]\\//g", "/x/"]);
    }

    #[test]
    fn nested_templates_are_cut_at_their_substitutions() {
        let pieces: Vec<&str> = kinds("`a${ {b: `c${d}`} }e`")
            .into_iter()
            .filter(|(kind, _)| *kind == Kind::Template)
            .map(|(_, text)| text)
            .collect();
        assert_eq!(pieces, ["`a${", "`c${", "}`", "}e`"]);
    }

    #[test]
    fn brackets_in_text_and_comments_do_not_count() {
        let tokens = tokenise("a.js", "x('}', `{`, /[)]/) // }\n/* ( */ y").unwrap();
        let last = tokens.last().unwrap();
        assert_eq!((last.text, last.line, last.depth), ("y", 2, 0));
    }

    #[test]
    fn numbers_with_a_point_do_not_start_a_regular_expression() {
        assert_eq!(kinds("1./2"), [(Kind::Word, "1."), (Kind::Punct, "/"), (Kind::Word, "2")]);
    }

    #[test]
    fn names_the_line_of_what_is_never_closed() {
        for (source, message) in [
            ("a\n(", "a.js:2: `(` is never closed"),
            ("a\n}", "a.js:2: `}` closes nothing"),
            ("(\n]", "a.js:2: `]` meets `(` of line 1"),
            ("'a\n'", "a.js:1: the string is never closed"),
            ("`a${b}", "a.js:1: the template literal is never closed"),
            ("x = /a", "a.js:1: the regular expression is never closed"),
            ("/* a", "a.js:1: the comment is never closed"),
        ] {
            assert_eq!(tokenise("a.js", source).unwrap_err().to_string(), message);
        }
    }
}

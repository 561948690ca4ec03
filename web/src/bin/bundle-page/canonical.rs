//! The template of the page, written as a browser would write it.
//!
//! A page that saves a copy of itself writes `'<!doctype html>' + documentElement.outerHTML`. If
//! the file is already spelled that way, the copy is the file, byte for byte, and can be compared
//! and hashed. This module brings hand-written HTML to that spelling; implied tags (a table
//! without `<tbody>`, a list item left open) it does not know, which the browser test tells.

use anyhow::{Result, bail};

/// Elements without content, which are written without an end tag.
const VOID: [&str; 13] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];

/// A start tag as it stands in the template.
#[derive(Debug, PartialEq)]
pub(crate) struct StartTag {
    pub(crate) name: String,
    /// Names with their values, still escaped; a bare name has an empty value.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) line: usize,
}

/// The template in canonical spelling, with all its start tags.
#[derive(Debug, PartialEq)]
pub(crate) struct Template {
    pub(crate) html: String,
    pub(crate) tags: Vec<StartTag>,
}

/// Returns `source` in canonical spelling; `file` is only named in errors.
///
/// # Errors
/// Text that is not HTML as a careful author writes it, with file and line.
pub(crate) fn canonicalise(file: &str, source: &str) -> Result<Template> {
    let source = source.replace("\r\n", "\n");
    let doctype = "<!doctype html>";
    let Some(body) = source.get(doctype.len()..).filter(|_| {
        source.get(..doctype.len()).is_some_and(|start| start.eq_ignore_ascii_case(doctype))
    }) else {
        bail!("{file}:1: the first line must be `{doctype}`");
    };
    let mut writer =
        Writer { file, source: &source, rest: body, html: doctype.into(), tags: vec![] };
    writer.skip_space();
    while !writer.rest.is_empty() {
        writer.step()?;
    }
    let html = writer.html.trim_end().to_owned();
    Ok(Template { html, tags: writer.tags })
}

struct Writer<'source> {
    file: &'source str,
    source: &'source str,
    rest: &'source str,
    html: String,
    tags: Vec<StartTag>,
}

impl<'source> Writer<'source> {
    fn line(&self) -> usize {
        let done = self.source.len() - self.rest.len();
        1 + self.source[..done].matches('\n').count()
    }

    fn refuse<T>(&self, what: &str) -> Result<T> {
        bail!("{}:{}: {what}", self.file, self.line())
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Takes what stands before `end`, and `end` itself.
    fn take_past(&mut self, end: &str) -> Result<&'source str> {
        let Some(length) = self.rest.find(end) else {
            return self.refuse(&format!("`{end}` is missing"));
        };
        let taken = &self.rest[..length + end.len()];
        self.rest = &self.rest[length + end.len()..];
        Ok(taken)
    }

    fn step(&mut self) -> Result<()> {
        if self.rest.starts_with("<!--") {
            let comment = self.take_past("-->")?;
            self.html.push_str(comment);
        } else if self.rest.starts_with("</") {
            self.end_tag()?;
        } else if self.rest.starts_with('<') {
            self.start_tag()?;
        } else {
            let length = self.rest.find('<').unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(length);
            let text = self.escaped(text, &["amp", "lt", "gt", "nbsp"])?;
            self.html.push_str(&text);
            self.rest = rest;
        }
        Ok(())
    }

    /// The parser drops space before `head`, and moves space after `body` into it.
    fn end_tag(&mut self) -> Result<()> {
        let tag = self.take_past(">")?;
        let name = tag[2..tag.len() - 1].trim_end();
        if matches!(name, "body" | "html") {
            self.html.truncate(self.html.trim_end().len());
        }
        self.html.push_str(&format!("</{name}>"));
        Ok(())
    }

    fn start_tag(&mut self) -> Result<()> {
        let line = self.line();
        self.rest = &self.rest[1..];
        let name = self.take_name();
        if name.is_empty() {
            return self.refuse("write `&lt;` for a `<` that starts no tag");
        }
        let mut attributes = Vec::new();
        let closed = loop {
            self.skip_space();
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                break true;
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                break false;
            }
            attributes.push(self.attribute(&name)?);
        };
        self.write_start(&name, &attributes, closed);
        if name == "noscript" {
            let content = self.take_past("</noscript>")?;
            self.html.push_str(content);
        }
        if name == "html" {
            self.skip_space();
        }
        self.tags.push(StartTag { name, attributes, line });
        Ok(())
    }

    fn take_name(&mut self) -> String {
        let length = self.rest.find(|c: char| c.is_whitespace() || "/>=\"'<".contains(c));
        let (name, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        self.rest = rest;
        name.to_owned()
    }

    fn attribute(&mut self, tag: &str) -> Result<(String, String)> {
        let name = self.take_name();
        if name.is_empty() {
            return self.refuse(&format!("the tag `<{tag}` is not well formed"));
        }
        let Some(rest) = self.rest.strip_prefix('=') else { return Ok((name, String::new())) };
        let Some(quote) = rest.chars().next().filter(|first| matches!(first, '"' | '\'')) else {
            return self.refuse(&format!("the value of `{name}` needs quotes"));
        };
        self.rest = &rest[1..];
        let end = quote.to_string();
        let value = self.take_past(&end)?;
        let value =
            self.escaped(&value[..value.len() - 1], &["amp", "quot", "lt", "gt", "nbsp"])?;
        Ok((name, value.replace('"', "&quot;")))
    }

    /// Returns `text` with the characters escaped that a browser escapes.
    fn escaped(&self, text: &str, entities: &[&str]) -> Result<String> {
        let mut pieces = text.split('&');
        let mut escaped = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let entity = piece.split_once(';').map_or("", |(entity, _)| entity);
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '#';
            if entities.contains(&entity) {
                escaped.push('&');
            } else if entity.is_empty() || !entity.chars().all(is_name) {
                escaped.push_str("&amp;");
            } else {
                return self.refuse(&format!("write the character itself for `&{entity};`"));
            }
            escaped.push_str(piece);
        }
        Ok(escaped.replace('\u{a0}', "&nbsp;").replace('>', "&gt;").replace('<', "&lt;"))
    }

    fn write_start(&mut self, name: &str, attributes: &[(String, String)], closed: bool) {
        self.html.push('<');
        self.html.push_str(name);
        for (attribute, value) in attributes {
            self.html.push_str(&format!(" {attribute}=\"{value}\""));
        }
        self.html.push('>');
        if closed && !VOID.contains(&name) {
            self.html.push_str(&format!("</{name}>"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(source: &str) -> String {
        canonicalise("index.html", source).unwrap().html
    }

    #[test]
    fn hand_written_html_becomes_what_a_browser_writes() {
        let source = "<!DOCTYPE html>\n<html lang='en'>\n<head>\n<meta charset=\"utf-8\" />\n</head>\n\
                      <body>\n<input\n  disabled id=\"a\"><p title='say \"x\" & <y>'>1 > 0 & 2&nbsp;3</p>\n\
                      <svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg>\n\
                      <noscript><p>a & b</p></noscript></body>\n</html>\n";
        assert_eq!(
            html(source),
            "<!doctype html><html lang=\"en\"><head>\n<meta charset=\"utf-8\">\n</head>\n\
             <body>\n<input disabled=\"\" id=\"a\">\
             <p title=\"say &quot;x&quot; &amp; &lt;y&gt;\">1 &gt; 0 &amp; 2&nbsp;3</p>\n\
             <svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"></path></svg>\n\
             <noscript><p>a & b</p></noscript></body></html>"
        );
    }

    #[test]
    fn canonical_html_is_left_alone() {
        let canonical = "<!doctype html><html><head></head><body><!-- a --><p class=\"b\">\u{2019}&lt;</p></body></html>";
        assert_eq!(html(canonical), canonical);
    }

    #[test]
    fn start_tags_are_listed_with_their_lines() {
        let template = canonicalise("index.html", "<!doctype html>\n<a\nhref='#x'>b</a>").unwrap();
        let href = ("href".to_owned(), "#x".to_owned());
        let tag = StartTag { name: "a".into(), attributes: vec![href], line: 2 };
        assert_eq!(template.tags, [tag]);
    }

    #[test]
    fn refuses_what_browsers_would_respell_with_file_and_line() {
        for (source, message) in [
            ("<html>", "index.html:1: the first line must be `<!doctype html>`"),
            ("<!doctype html>\n<p id=a>", "index.html:2: the value of `id` needs quotes"),
            ("<!doctype html>\n&mdash;", "index.html:2: write the character itself for `&mdash;`"),
            ("<!doctype html>\n\n<!-- a", "index.html:3: `-->` is missing"),
            ("<!doctype html>1 < 2", "index.html:1: write `&lt;` for a `<` that starts no tag"),
        ] {
            assert_eq!(canonicalise("index.html", source).unwrap_err().to_string(), message);
        }
    }
}

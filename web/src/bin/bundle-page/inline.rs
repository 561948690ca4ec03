//! Escaping of scripts and styles that are put inside an HTML file.

use anyhow::{Result, bail};

use crate::tokens::{Kind, tokenise};

/// What ends a script element, or changes how its end is looked for.
const MARKUP: [&str; 3] = ["</script", "<script", "<!--"];

/// Returns `script` with the same meaning and nothing that HTML would take for markup.
///
/// # Errors
/// Such markup in code rather than in text, where it cannot be escaped, with file and line.
pub(crate) fn escape_script(file: &str, script: &str) -> Result<String> {
    let mut escaped = String::with_capacity(script.len());
    let mut done = 0;
    for token in tokenise(file, script)? {
        if matches!(token.kind, Kind::Word | Kind::Punct) {
            continue;
        }
        refuse_markup(file, script, done..token.start)?;
        escaped.push_str(&script[done..token.start]);
        escaped.push_str(&escape_text(token.text));
        done = token.end();
    }
    refuse_markup(file, script, done..script.len())?;
    escaped.push_str(&script[done..]);
    Ok(escaped)
}

fn refuse_markup(file: &str, script: &str, code: std::ops::Range<usize>) -> Result<()> {
    let lower = script[code.clone()].to_ascii_lowercase();
    for markup in MARKUP {
        if let Some(at) = lower.find(markup) {
            let line = 1 + script[..code.start + at].matches('\n').count();
            bail!("{file}:{line}: put a space into `{markup}`, which HTML reads as markup");
        }
    }
    Ok(())
}

fn escape_text(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut escaped = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let starts_markup =
            character == '<' && MARKUP.iter().any(|markup| lower[at..].starts_with(markup));
        if starts_markup {
            escaped.push_str("\\x3C");
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// Returns `style` if it can stand inside the page as it is.
///
/// # Errors
/// A style that loads something from elsewhere or would end its element.
pub(crate) fn check_style<'style>(file: &str, style: &'style str) -> Result<&'style str> {
    let lower = style.to_ascii_lowercase();
    let refuse = |at: usize, what: &str| -> Result<&'style str> {
        bail!("{file}:{}: {what}", 1 + style[..at].matches('\n').count())
    };
    if let Some(at) = lower.find("</style") {
        return refuse(at, "`</style` would end the style early");
    }
    if let Some(at) = lower.find("@import") {
        return refuse(at, "`@import` loads another file, which the page must not");
    }
    for (at, found) in lower.match_indices("url(") {
        let target = lower[at + found.len()..].trim_start_matches(['"', '\'', ' ']);
        if !target.starts_with("data:") && !target.starts_with('#') {
            return refuse(at, "`url(…)` may only hold a data: address");
        }
    }
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_text_is_escaped_and_code_is_not_touched() {
        let script =
            "a = '</SCRIPT>' + `<!--${b}<script` + /<script/u; // </script>\nif (a < b) {}";
        assert_eq!(
            escape_script("a.js", script).unwrap(),
            "a = '\\x3C/SCRIPT>' + `\\x3C!--${b}\\x3Cscript` + /\\x3Cscript/u; \
             // \\x3C/script>\nif (a < b) {}"
        );
    }

    #[test]
    fn markup_in_code_is_refused() {
        for (script, markup) in [("a;\nb<!--c", "<!--"), ("\na<script", "<script")] {
            assert_eq!(
                escape_script("a.js", script).unwrap_err().to_string(),
                format!("a.js:2: put a space into `{markup}`, which HTML reads as markup")
            );
        }
    }

    #[test]
    fn style_may_not_load_or_end_early() {
        assert!(check_style("s.css", "a { b: url( 'data:,x') url(#clip) }").is_ok());
        for (style, what) in [
            ("\n@import 'x'", "s.css:2: `@import` loads another file, which the page must not"),
            ("a { b: url(x.png) }", "s.css:1: `url(…)` may only hold a data: address"),
            ("/* </STYLE> */", "s.css:1: `</style` would end the style early"),
        ] {
            assert_eq!(check_style("s.css", style).unwrap_err().to_string(), what);
        }
    }
}

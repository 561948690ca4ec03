//! The one file: template, policy and everything inlined.

use anyhow::{Result, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::canonical::{StartTag, canonicalise};
use crate::inline::{check_style, escape_script};

/// Attributes that make a browser load something. `href` loads nothing on `<a>`.
const LOADING: [&str; 9] =
    ["src", "srcset", "href", "xlink:href", "poster", "data", "action", "formaction", "background"];

/// Largest page, in bytes.
pub(crate) const MAX_PAGE_BYTES: usize = 1_500_000;

/// What goes into the template.
#[derive(Debug)]
pub(crate) struct Parts<'text> {
    /// `index.html`, with its name for errors.
    pub(crate) template: (&'text str, &'text str),
    /// `style.css`, with its name for errors.
    pub(crate) style: (&'text str, &'text str),
    /// The script of the page.
    pub(crate) script: &'text str,
    /// The script of its worker, if it has one.
    pub(crate) worker: Option<&'text str>,
    /// The compiled core: base64 of gzip.
    pub(crate) wasm: &'text str,
}

/// Returns the page: canonical HTML that loads nothing.
///
/// # Errors
/// A template that lacks a placeholder, loads something or carries code of its own; inlined text
/// that HTML would misread; a page above [`MAX_PAGE_BYTES`].
pub(crate) fn assemble(parts: &Parts<'_>) -> Result<String> {
    let (file, source) = parts.template;
    let template = canonicalise(file, source)?;
    for tag in &template.tags {
        check_tag(file, tag)?;
    }
    let style = check_style(parts.style.0, parts.style.1)?;
    let script = escape_script("the page's script", parts.script)?;
    check_order(file, &template.html)?;
    let mut html = template.html;
    fill(file, &mut html, "{{csp}}", &policy(&script, style))?;
    fill(file, &mut html, "<!-- style -->", &format!("<style>{style}</style>"))?;
    fill(file, &mut html, "<!-- data -->", &block("application/json", "data", ""))?;
    let wasm = block("application/octet-stream;base64", "wasm", parts.wasm);
    fill(file, &mut html, "<!-- wasm -->", &wasm)?;
    if let Some(worker) = parts.worker {
        let source = escape_script("the worker's script", worker)?;
        fill(file, &mut html, "<!-- worker -->", &block("text/plain", "worker-source", &source))?;
    }
    fill(file, &mut html, "<!-- script -->", &format!("<script>{script}</script>"))?;
    check_page(&html)?;
    Ok(html)
}

/// A block that the browser keeps as text and never runs.
fn block(kind: &str, id: &str, text: &str) -> String {
    format!("<script type=\"{kind}\" id=\"{id}\">{text}</script>")
}

fn fill(file: &str, html: &mut String, placeholder: &str, content: &str) -> Result<()> {
    let n_places = html.matches(placeholder).count();
    ensure!(n_places == 1, "{file}: `{placeholder}` must occur once, not {n_places} times");
    *html = html.replace(placeholder, content);
    Ok(())
}

/// A policy in a meta element binds only what stands below it; a script sees, and can save, only
/// what stands above it.
fn check_order(file: &str, html: &str) -> Result<()> {
    let script_is_last = html
        .split_once("<!-- script -->")
        .is_none_or(|(_, after)| after.trim_start() == "</body></html>");
    if !script_is_last {
        bail!("{file}: `<!-- script -->` must be the last thing in the body");
    }
    let Some(policy) = html.find("{{csp}}") else { return Ok(()) };
    if html.find("<!-- style -->").is_some_and(|at| at < policy) {
        bail!("{file}: `{{{{csp}}}}` must stand above `<!-- style -->`");
    }
    Ok(())
}

/// Returns a policy under which the page can run its own code and reach nothing else.
fn policy(script: &str, style: &str) -> String {
    format!(
        "default-src 'none'; script-src '{}' 'wasm-unsafe-eval'; style-src '{}'; \
         style-src-attr 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src 'none'; \
         worker-src blob:; base-uri 'none'; form-action 'none'",
        source_hash(script),
        source_hash(style)
    )
}

/// Returns the hash of an inline script or style, as policies write it.
fn source_hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

fn check_tag(file: &str, tag: &StartTag) -> Result<()> {
    let StartTag { name, attributes, line } = tag;
    if matches!(name.as_str(), "script" | "style") {
        bail!("{file}:{line}: `<{name}>` does not belong into the template: use its placeholder");
    }
    for (attribute, value) in attributes {
        let lower = attribute.to_ascii_lowercase();
        if lower.starts_with("on") || lower == "srcdoc" {
            bail!("{file}:{line}: `{attribute}` is code, which the page's policy forbids");
        }
        let loads = LOADING.contains(&lower.as_str()) && name != "a";
        let inside = value.is_empty() || value.starts_with('#') || value.starts_with("data:");
        if loads && !inside {
            bail!("{file}:{line}: `<{name} {attribute}=\"{value}\">` would load another file");
        }
    }
    Ok(())
}

fn check_page(html: &str) -> Result<()> {
    if html.to_ascii_lowercase().contains("'unsafe-eval'") {
        bail!("the page must not allow 'unsafe-eval'");
    }
    ensure!(
        html.len() <= MAX_PAGE_BYTES,
        "the page has {} bytes; at most {MAX_PAGE_BYTES} are allowed",
        html.len()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
        <meta http-equiv=\"Content-Security-Policy\" content=\"{{csp}}\">\n<!-- style -->\n</head>\n\
        <body>\n<!-- data --><!-- wasm --><!-- worker --><!-- script -->\n</body>\n</html>\n";

    fn parts(template: &str) -> Parts<'_> {
        Parts {
            template: ("index.html", template),
            style: ("style.css", "p{}"),
            script: "f('</script>')",
            worker: Some("g()"),
            wasm: "QUJD",
        }
    }

    fn refusal(template: &str) -> String {
        assemble(&parts(template)).unwrap_err().to_string()
    }

    #[test]
    fn everything_is_inlined_under_the_hashes_of_the_policy() {
        // Hashes by: printf 'p{}' | openssl dgst -sha256 -binary | base64
        let script_hash = "H90R5DVssyR5GdeDXxaf2kFqLueYuPwOwieTsiWES38=";
        let style_hash = "gG2yISYereRMiG2lMXrbiUgi0Ubw9p7QCeWcroOvy9Y=";
        let page = assemble(&parts(TEMPLATE)).unwrap();
        assert_eq!(
            page,
            format!(
                "<!doctype html><html lang=\"en\"><head>\n<meta charset=\"utf-8\">\n\
                 <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
                 script-src 'sha256-{script_hash}' 'wasm-unsafe-eval'; \
                 style-src 'sha256-{style_hash}'; style-src-attr 'unsafe-inline'; \
                 img-src data: blob:; font-src data:; connect-src 'none'; worker-src blob:; \
                 base-uri 'none'; form-action 'none'\">\n<style>p{{}}</style>\n</head>\n<body>\n\
                 <script type=\"application/json\" id=\"data\"></script>\
                 <script type=\"application/octet-stream;base64\" id=\"wasm\">QUJD</script>\
                 <script type=\"text/plain\" id=\"worker-source\">g()</script>\
                 <script>f('\\x3C/script>')</script></body></html>"
            )
        );
    }

    #[test]
    fn each_placeholder_occurs_once() {
        let placeholders =
            ["{{csp}}", "<!-- style -->", "<!-- data -->", "<!-- wasm -->", "<!-- worker -->"];
        for placeholder in placeholders {
            let message = format!("index.html: `{placeholder}` must occur once, not 0 times");
            assert_eq!(refusal(&TEMPLATE.replace(placeholder, "")), message);
        }
        let early = TEMPLATE.replace("<body>", "<!-- script --><body>");
        assert_eq!(
            refusal(&early),
            "index.html: `<!-- script -->` must be the last thing in the body"
        );
        let above = TEMPLATE.replace("<html", "<!-- style --><html");
        assert_eq!(refusal(&above), "index.html: `{{csp}}` must stand above `<!-- style -->`");
    }

    #[test]
    fn a_template_that_loads_or_carries_code_is_refused() {
        for (tag, message) in [
            (
                "<img src='https://a.b/c.png'>",
                "`<img src=\"https://a.b/c.png\">` would load another file",
            ),
            ("<link rel='icon' href='i.svg'>", "`<link href=\"i.svg\">` would load another file"),
            ("<form action='//a.b'>", "`<form action=\"//a.b\">` would load another file"),
            ("<p onclick='f()'>", "`onclick` is code, which the page's policy forbids"),
            (
                "<script>f()</script>",
                "`<script>` does not belong into the template: use its placeholder",
            ),
        ] {
            let template = TEMPLATE.replace("<body>", &format!("<body>{tag}"));
            assert_eq!(refusal(&template), format!("index.html:8: {message}"));
        }
    }

    #[test]
    fn links_and_embedded_pictures_are_no_loads() {
        let tags = "<a href='https://a.b'>x</a><img alt='' src='data:,'><use href='#y'></use>";
        assert!(assemble(&parts(&TEMPLATE.replace("<body>", &format!("<body>{tags}")))).is_ok());
    }

    #[test]
    fn a_page_above_the_limit_is_refused() {
        let wasm = "A".repeat(MAX_PAGE_BYTES);
        let error = assemble(&Parts { wasm: &wasm, ..parts(TEMPLATE) }).unwrap_err().to_string();
        assert!(error.ends_with("at most 1500000 are allowed"), "{error}");
    }
}

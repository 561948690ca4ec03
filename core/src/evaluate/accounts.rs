//! What was run, as the parts of a report.

use std::fmt::Write as _;

use crate::account::run_account::RunAccount;
use crate::show::table::{html_escape, markdown_escape};

/// What was run, for a terminal: the facts, and the paragraph for a paper with what it cites.
pub fn text(run: &str, account: &RunAccount) -> String {
    let mut text = format!("What was run\n{}", account.table(run).to_text());
    if !account.methods.is_empty() {
        let _ = write!(text, "\nFor a paper: {}\n", account.methods);
        for reference in &account.references {
            let _ = writeln!(text, "  {reference}");
        }
    }
    text
}

/// The same in Markdown, under headings of the third level.
pub fn markdown(run: &str, account: &RunAccount) -> String {
    let mut text = format!("\n### What was run\n\n{}", account.table(run).to_markdown());
    if !account.methods.is_empty() {
        let _ =
            write!(text, "\n### Methods, for a paper\n\n{}\n", markdown_escape(&account.methods));
        if !account.references.is_empty() {
            text.push('\n');
        }
        for reference in &account.references {
            let _ = writeln!(text, "- {}", markdown_escape(reference));
        }
    }
    text
}

/// The same in HTML, the paragraph folded away.
pub fn html(run: &str, account: &RunAccount) -> String {
    let mut html = account.table(run).to_html();
    if !account.methods.is_empty() {
        let paragraph = html_escape(&account.methods);
        let _ =
            write!(html, "<details><summary>Methods, for a paper</summary><p>{paragraph}</p><ul>");
        for reference in &account.references {
            let _ = write!(html, "<li>{}</li>", html_escape(reference));
        }
        html.push_str("</ul></details>");
    }
    html
}

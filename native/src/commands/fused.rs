//! Two kinds of evidence on one model, together, for a terminal.

use std::io::Write as _;

use data_anatomy_core::evaluate::report;

use crate::together::Together;

/// The fused estimate, which is the headline, where there is one.
pub(super) fn print(together: Option<&Together>) -> anyhow::Result<()> {
    let Some((fused, folder)) = together.and_then(|together| together.fused.as_ref()) else {
        return Ok(());
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "openings and label shift together ({}):", folder.display())?;
    writeln!(out, "{}.\n", fused.verdict)?;
    write!(out, "{}", fused.shares_table().table().to_text())?;
    for diagnostic in &fused.diagnostics {
        writeln!(out, "{}", report::diagnostic_line(diagnostic))?;
    }
    writeln!(out, "\nthis run alone:")?;
    Ok(())
}

//! Cells of tables that people open with a spreadsheet.

/// A cell. A leading sign that a spreadsheet would run as a formula is defused.
pub(crate) fn cell(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

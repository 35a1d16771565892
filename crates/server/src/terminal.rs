//! What commands print: numbers, wrapped sentences, tables that fit a terminal of 80 columns.

use std::{fmt::Write, io::Write as _};

/// Columns of a terminal.
pub const WIDTH: usize = 80;

/// Prints a line. Whoever reads may have seen enough (`headway import … | head`): what a command does goes on.
pub fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A number with separated thousands: `3,036`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (ix, digit) in digits.chars().enumerate() {
        if ix > 0 && (digits.len() - ix).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 item`, `3,036 items`.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A text on lines of at most [`WIDTH`] columns; every line but the first begins with `indent` blanks.
pub fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut column = 0;
    for word in text.split_inclusive(' ') {
        let length = word.trim_end().chars().count();
        if column > indent && column + length > WIDTH {
            lines.truncate(lines.trim_end().len());
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            column = indent;
        }
        lines.push_str(word);
        column += word.chars().count();
    }
    lines
}

/// A text in at most `width` columns, cut with an ellipsis.
pub fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Rows with aligned columns, the first to the left and the others to the right. A first column that is too wide is
/// cut.
pub fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|it| it.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let others: usize = widths.iter().skip(1).map(|it| it + 2).sum();
    if let Some(first) = widths.first_mut() {
        *first = (*first).min(WIDTH.saturating_sub(others + 2).max(8));
    }
    let mut text = String::new();
    let head: Vec<String> = head.iter().map(|it| (*it).to_owned()).collect();
    for row in std::iter::once(&head).chain(rows) {
        let mut line = String::from("  ");
        for (ix, (cell, width)) in row.iter().zip(&widths).enumerate() {
            if ix == 0 {
                let cell = cut(cell, *width);
                line.push_str(&cell);
                line.push_str(&" ".repeat(width - cell.chars().count()));
            } else {
                line.push_str(&" ".repeat(2 + width.saturating_sub(cell.chars().count())));
                line.push_str(cell);
            }
        }
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(
            [0, 999, 1_000, 3_036, 1_000_000].map(number),
            ["0", "999", "1,000", "3,036", "1,000,000"]
        );
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let text = "seven words of some length stand here ".repeat(9);
        let lines = wrapped(&text, 4);
        assert!(lines.lines().count() > 3);
        assert!(lines.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(lines.lines().skip(1).all(|line| line.starts_with("    ") && !line.starts_with("     ")));
    }

    #[test]
    fn tables_are_aligned_and_cut() {
        let rows = vec![vec!["a".repeat(200), "1".to_owned()], vec!["b".to_owned(), "1,000".to_owned()]];
        let text = table(&["name", "items"], &rows);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(text.lines().nth(2).unwrap().ends_with(" 1,000"));
    }
}

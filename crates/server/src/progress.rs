//! How far a long command has come, on a terminal: one line that is written over.

use std::io::{IsTerminal, Write};

use crate::terminal::{cut, number};

/// A line on standard error; nothing where that is not a terminal.
pub struct ProgressLine {
    is_terminal: bool,
    is_written: bool,
}

impl ProgressLine {
    pub fn new() -> Self {
        ProgressLine { is_terminal: std::io::stderr().is_terminal(), is_written: false }
    }

    /// Says what is being done, and how much of it is done.
    pub fn say(&mut self, what: &str, done: u64, of: u64) {
        if !self.is_terminal {
            return;
        }
        let text =
            if of == 0 { what.to_owned() } else { format!("{what}  {} of {}", number(done), number(of)) };
        // A terminal that is gone does not stop the work.
        let _ = write!(std::io::stderr(), "\r\x1b[K{}", cut(&text, 79));
        self.is_written = true;
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.is_written {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

//! JSON files far larger than memory: one value at a time.
//!
//! What trackers export is a list: an array, pages of arrays, or one object a line. [`Values`] walks the outer
//! levels and hands out the raw text of one element after the other, so that memory holds one element, never the
//! file. It only counts brackets and quotes; whether an element is sound says the parser that gets it.
//!
//! After something broken it goes on where the next element can be told for sure: at the next line of a file with
//! one object a line, or at the next line that starts like the elements before. Otherwise the file ends there.

mod chunk;

use std::io::{self, BufRead};

use memchr::memchr;

use self::chunk::{fill, skip_string};
use crate::container::LONGEST_RECORD;

/// Deeper nesting is a hostile file.
const DEEPEST: usize = 10_000;

/// What comes next in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A value, an element of this member of the page, or of the file itself.
    Value(Option<&'static str>),
    /// An object of what a page says beside its arrays; in parts when arrays stand in between.
    Rest,
    /// The place can't be read, and why.
    Broken(String),
}

/// Where the reader stands.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// In an array: the member that it is, and the indentation of elements that start lines of their own.
    Array { member: Option<&'static str>, indent: Option<usize> },
    /// In an object whose members are looked at; whether one of its arrays was opened.
    Object { opened: bool },
}

/// Why reading stopped inside a value.
enum Fault {
    Io(io::Error),
    /// The file ends here.
    Ends,
    /// The line ends here.
    Cut,
    /// A bracket or a sign that can't stand here.
    Grammar,
    /// More levels than anything sound has.
    TooDeep,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Fault::Io(error)
    }
}

/// The values of a file.
pub(crate) struct Values {
    reader: Box<dyn BufRead + Send>,
    /// Names of members that are opened when they are arrays.
    arrays: &'static [&'static str],
    frames: Vec<Frame>,
    value: Vec<u8>,
    /// Whether `value` was given up because it is too large.
    too_large: bool,
    /// The line that is being read, counted from 1.
    line: u64,
    /// The line that the value started at.
    started: u64,
    records: u64,
    /// Whether the file holds one object a line.
    by_line: bool,
    /// Blanks since the last line feed, if there was one since the last sign.
    indent: Option<usize>,
    is_over: bool,
}

impl Values {
    /// Reads a file; `arrays` names the members of pages whose elements are wanted one by one.
    pub(crate) fn new(reader: Box<dyn BufRead + Send>, arrays: &'static [&'static str]) -> Self {
        let mut values = Values {
            reader,
            arrays,
            frames: Vec::new(),
            value: Vec::new(),
            too_large: false,
            line: 1,
            started: 1,
            records: 0,
            by_line: false,
            indent: None,
            is_over: false,
        };
        if let Ok(chunk) = fill(&mut values.reader) {
            let end = memchr(b'\n', chunk);
            values.by_line = chunk.first() == Some(&b'{')
                && end.is_some_and(|end| end > 1 && chunk.get(end + 1) == Some(&b'{'));
        }
        values
    }

    /// The raw text of the value that came last.
    pub(crate) fn text(&self) -> &[u8] {
        &self.value
    }

    /// Where the value that came last stands: its line in a file with one object a line, its number otherwise.
    pub(crate) fn line(&self) -> u64 {
        if self.by_line { self.started } else { self.records.max(1) }
    }

    /// What comes next; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Piece> {
        while !self.is_over {
            match self.step() {
                Ok(None) => {}
                Ok(Some(_)) if std::mem::take(&mut self.too_large) => {
                    self.value.clear();
                    return Some(Piece::Broken("a single record is larger than 64 MB".to_owned()));
                }
                Ok(Some(piece)) => return Some(piece),
                Err(fault) => return Some(Piece::Broken(self.recover(&fault))),
            }
        }
        None
    }

    /// One step: to the next value, or over something that is none.
    fn step(&mut self) -> Result<Option<Piece>, Fault> {
        match self.frames.last().copied() {
            None => self.step_outside(),
            Some(Frame::Array { member, .. }) => self.step_in_array(member),
            Some(Frame::Object { .. }) => self.walk_object(),
        }
    }

    fn step_outside(&mut self) -> Result<Option<Piece>, Fault> {
        match self.skip_blanks(b",\x1e\xef\xbb\xbf")? {
            None => {
                self.is_over = true;
                Ok(None)
            }
            Some(b'[') => {
                self.reader.consume(1);
                self.frames.push(Frame::Array { member: None, indent: None });
                Ok(None)
            }
            Some(b'{') => {
                // Two objects, each on one line, the second on the next: the file has one object a line.
                if self.indent == Some(0) && self.records == 1 && self.line == self.started + 1 {
                    self.by_line = true;
                }
                self.begin_object();
                self.walk_object()
            }
            Some(_) => {
                self.begin_value();
                self.take_scalar()?;
                if self.value == b"null" {
                    self.records -= 1;
                    return Ok(None);
                }
                Err(Fault::Grammar)
            }
        }
    }

    fn step_in_array(&mut self, member: Option<&'static str>) -> Result<Option<Piece>, Fault> {
        match self.skip_blanks(b",")? {
            None => Err(Fault::Ends),
            Some(b']') => {
                self.reader.consume(1);
                self.frames.pop();
                self.value.clear();
                self.value.push(b'{');
                Ok(None)
            }
            Some(sign) => {
                if let (Some(Frame::Array { indent, .. }), Some(blanks)) =
                    (self.frames.last_mut(), self.indent)
                {
                    *indent = Some(blanks);
                }
                match (sign, member) {
                    (b'{', None) => {
                        self.begin_object();
                        self.walk_object()
                    }
                    (b'[', None) if self.frames.len() < 4 => {
                        self.reader.consume(1);
                        self.frames.push(Frame::Array { member: None, indent: None });
                        Ok(None)
                    }
                    _ => {
                        self.begin_value();
                        self.take_value()?;
                        Ok(Some(Piece::Value(member)))
                    }
                }
            }
        }
    }

    fn begin_value(&mut self) {
        self.value.clear();
        self.too_large = false;
        self.started = self.line;
        self.records += 1;
    }

    fn begin_object(&mut self) {
        self.begin_value();
        self.reader.consume(1);
        self.value.push(b'{');
        self.frames.push(Frame::Object { opened: false });
    }

    /// Goes through the members of an object. Arrays that are wanted are opened, everything else is kept.
    fn walk_object(&mut self) -> Result<Option<Piece>, Fault> {
        loop {
            match self.skip_blanks(b"")? {
                None => return Err(Fault::Ends),
                Some(b',') => {
                    self.reader.consume(1);
                    if self.value.len() > 1 {
                        self.value.push(b',');
                    }
                }
                Some(b'}') => {
                    self.reader.consume(1);
                    self.close_object();
                    let frame = self.frames.pop();
                    return Ok(match frame {
                        Some(Frame::Object { opened: true }) if self.value.len() <= 2 => None,
                        Some(Frame::Object { opened: true }) => Some(Piece::Rest),
                        _ => Some(Piece::Value(None)),
                    });
                }
                Some(b'"') => {
                    let start = self.value.len();
                    self.take_string()?;
                    let name = self.value.get(start + 1..self.value.len().saturating_sub(1));
                    let wanted = self.arrays.iter().find(|it| Some(it.as_bytes()) == name);
                    if self.skip_blanks(b"")? != Some(b':') {
                        return Err(Fault::Grammar);
                    }
                    self.reader.consume(1);
                    self.value.push(b':');
                    let sign = self.skip_blanks(b"")?;
                    if let (Some(b'['), Some(member), false) = (sign, wanted, self.too_large) {
                        self.reader.consume(1);
                        self.value.truncate(start);
                        return Ok(self.open_array(member));
                    }
                    self.take_value()?;
                }
                Some(_) => return Err(Fault::Grammar),
            }
        }
    }

    fn close_object(&mut self) {
        if self.value.last() == Some(&b',') {
            self.value.pop();
        }
        self.value.push(b'}');
    }

    fn open_array(&mut self, member: &'static str) -> Option<Piece> {
        self.close_object();
        if let Some(Frame::Object { opened }) = self.frames.last_mut() {
            if !*opened {
                // The page was counted as a value; its elements are.
                self.records -= 1;
            }
            *opened = true;
        }
        self.frames.push(Frame::Array { member: Some(member), indent: None });
        (self.value.len() > 2).then_some(Piece::Rest)
    }

    /// Skips blanks and the given signs; the next sign, which is not consumed.
    fn skip_blanks(&mut self, also: &[u8]) -> Result<Option<u8>, Fault> {
        self.indent = None;
        loop {
            let chunk = fill(&mut self.reader)?;
            let Some(sign) = chunk.first().copied() else { return Ok(None) };
            match sign {
                b'\n' => {
                    if self.by_line && !self.frames.is_empty() {
                        return Err(Fault::Cut);
                    }
                    self.line += 1;
                    self.indent = Some(0);
                }
                b' ' | b'\t' | b'\r' => self.indent = self.indent.map(|it| it + 1),
                _ if also.contains(&sign) => {}
                _ => return Ok(Some(sign)),
            }
            self.reader.consume(1);
        }
    }

    fn keep(&mut self, count: usize) -> io::Result<()> {
        if self.value.len() + count > LONGEST_RECORD {
            self.too_large = true;
        }
        if self.too_large {
            // One byte stays, so that an object still has a beginning.
            self.value.truncate(1);
        } else {
            let chunk = fill(&mut self.reader)?;
            self.value.extend_from_slice(&chunk[..count]);
        }
        self.reader.consume(count);
        Ok(())
    }

    fn take_value(&mut self) -> Result<(), Fault> {
        match fill(&mut self.reader)?.first() {
            None => Err(Fault::Ends),
            Some(b'{' | b'[') => self.take_nested(),
            Some(b'"') => self.take_string(),
            Some(_) => self.take_scalar(),
        }
    }

    fn take_scalar(&mut self) -> Result<(), Fault> {
        let mut length = 0;
        loop {
            let chunk = fill(&mut self.reader)?;
            let end = chunk.iter().position(|sign| b",]}[{:\" \t\r\n".contains(sign));
            let count = end.unwrap_or(chunk.len());
            length += count;
            let is_end = chunk.is_empty() || end.is_some();
            self.keep(count)?;
            if is_end {
                return if length == 0 { Err(Fault::Grammar) } else { Ok(()) };
            }
        }
    }

    fn take_string(&mut self) -> Result<(), Fault> {
        self.keep(1)?;
        let mut escaped = false;
        loop {
            let chunk = fill(&mut self.reader)?;
            if chunk.is_empty() {
                return Err(Fault::Ends);
            }
            let mut at = 0;
            let closed = skip_string(chunk, &mut at, &mut escaped)?;
            self.keep(at)?;
            if closed {
                return Ok(());
            }
        }
    }

    fn take_nested(&mut self) -> Result<(), Fault> {
        let mut stack: Vec<u8> = Vec::new();
        let (mut in_string, mut escaped) = (false, false);
        loop {
            let by_line = self.by_line;
            let chunk = fill(&mut self.reader)?;
            if chunk.is_empty() {
                return Err(Fault::Ends);
            }
            let mut lines = 0;
            let mut at = 0;
            let mut closed = false;
            while at < chunk.len() && !closed {
                if in_string {
                    in_string = !skip_string(chunk, &mut at, &mut escaped)?;
                    continue;
                }
                match chunk[at] {
                    b'"' => in_string = true,
                    open @ (b'{' | b'[') => {
                        if stack.len() == DEEPEST {
                            return Err(Fault::TooDeep);
                        }
                        stack.push(open);
                    }
                    close @ (b'}' | b']') => {
                        // In ASCII a closing bracket stands two behind its opening one.
                        if stack.pop() != Some(close - 2) {
                            return Err(Fault::Grammar);
                        }
                        closed = stack.is_empty();
                    }
                    b'\n' if by_line => return Err(Fault::Cut),
                    b'\n' => lines += 1,
                    _ => {}
                }
                at += 1;
            }
            self.line += lines;
            self.keep(at)?;
            if closed {
                return Ok(());
            }
        }
    }

    /// Looks for the next element after a fault; the reason for the report.
    fn recover(&mut self, fault: &Fault) -> String {
        let what = match fault {
            Fault::Io(error) => {
                self.is_over = true;
                return format!("the file can't be read further: {error}");
            }
            Fault::Ends if !self.by_line || self.frames.is_empty() => {
                self.is_over = true;
                return "the file ends in the middle of a record; it may have been cut off when it was saved"
                    .to_owned();
            }
            Fault::Ends => "the file ends in the middle of this line",
            Fault::Cut => "the line ends in the middle of a record",
            Fault::Grammar => "this is not JSON: a bracket or a sign stands where none may",
            Fault::TooDeep => "this is nested too deeply to be a record",
        };
        self.too_large = false;
        if self.by_line {
            self.frames.clear();
            self.skip_line();
            return what.to_owned();
        }
        while let Some(frame) = self.frames.last() {
            if let Frame::Array { indent: Some(indent), .. } = *frame
                && self.skip_to_indent(indent)
            {
                return what.to_owned();
            }
            self.frames.pop();
        }
        self.is_over = true;
        format!("{what}; nothing behind it could be read")
    }

    fn skip_line(&mut self) {
        while let Ok(chunk) = fill(&mut self.reader) {
            let end = memchr(b'\n', chunk);
            let (count, is_end) = (end.map_or(chunk.len(), |end| end + 1), chunk.is_empty() || end.is_some());
            self.reader.consume(count);
            if is_end {
                break;
            }
        }
        self.line += 1;
    }

    /// Goes to the next line that starts with so many blanks and an object.
    fn skip_to_indent(&mut self, wanted: usize) -> bool {
        loop {
            self.skip_line();
            let mut blanks = 0;
            loop {
                match fill(&mut self.reader).ok().and_then(|chunk| chunk.first().copied()) {
                    None => return false,
                    Some(b' ' | b'\t' | b'\r') => {
                        blanks += 1;
                        self.reader.consume(1);
                    }
                    Some(b'{') if blanks == wanted => return true,
                    Some(_) => break,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;

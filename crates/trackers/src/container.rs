//! Files, gzip and archives: from an [`Input`](crate::Input) to named streams of text, and the start of each to recognise it by.
//!
//! # How a format module plugs in
//!
//! A module of a format has two functions, and one line in the list `FORMATS` of `recognition`:
//!
//! ```ignore
//! /// What this is, if it is this format. Sees the decoded start of the file (at most [`SAMPLE_BYTES`]).
//! pub fn recognise(sample: &Sample) -> Option<Recognised>;
//! /// The rows. `reader` gives UTF-8 whatever the file's encoding was: the byte order mark is gone, and what was
//! /// not valid is U+FFFD (report it as `Oddity::InvalidText`). `file` goes into every `Location`.
//! pub fn rows(reader: Box<dyn BufRead + Send>, file: String, dialect: &Dialect) -> Rows;
//! ```
//!
//! `rows` knows nothing but the dialect, so it detects again what it needs from the stream ([`Table`] has its head,
//! its first rows and the kind of each column). Members of an archive that are of one format are read one after
//! the other through the same function. Lines come bounded from [`read_line`], cells from [`Table`].
//! A format that knows a file and knows that there is nothing to import in it says so through `LEFT_OUT`.
//!
//! [`Table`]: crate::table::Table

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use encoding_rs::Decoder;
use flate2::bufread::MultiGzDecoder;
use headway_domain::work::Problem;

use crate::{Dialect, dialect, table, table::TableSample};

/// How much of a file is looked at to recognise it.
pub const SAMPLE_BYTES: usize = 1 << 20;

/// The longest line or record that is read; more is a broken or hostile file.
pub const LONGEST_RECORD: usize = 64 << 20;

/// Members that an archive may have.
const MOST_MEMBERS: usize = 200_000;

/// The start of a file.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The name of the file, or the path of the member inside its archive.
    pub name: String,
    /// The start as text, at most [`SAMPLE_BYTES`]; it may end in the middle of a word.
    pub text: String,
    /// Whether `text` is all there is.
    pub is_whole: bool,
    /// Encoding, delimiter and dates as detected; recognisers hand it on, corrected where the format knows better.
    pub dialect: Dialect,
    /// The head and the first rows, if the text reads as a table of at least one column.
    pub table: Option<TableSample>,
}

impl Sample {
    /// The sample of a file that starts with these bytes (unpacked); `is_whole` says that nothing follows.
    pub fn new(name: &str, start: &[u8], is_whole: bool) -> Self {
        let encoding = dialect::encoding_of(start);
        let (text, ..) = encoding.decode(start);
        let lines = match text.rfind('\n') {
            Some(end) if !is_whole => &text[..=end],
            _ => &text,
        };
        let dialect = dialect::detect(lines, encoding);
        let table = table::sample_of(lines, &dialect);
        Sample { name: name.to_owned(), text: text.into_owned(), is_whole, dialect, table }
    }
}

/// Reads one line without its end into `line` (cleared first): `Ok(false)` at the end of the stream, an error when
/// the line is longer than [`LONGEST_RECORD`] or the stream breaks.
pub fn read_line(reader: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let mut found = false;
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if available.is_empty() {
            return Ok(found);
        }
        found = true;
        let end = memchr::memchr(b'\n', available);
        let take = end.unwrap_or(available.len());
        if line.len() + take > LONGEST_RECORD {
            return Err(too_long());
        }
        line.extend_from_slice(&available[..take]);
        reader.consume(end.map_or(take, |end| end + 1));
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(true);
        }
    }
}

fn too_long() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        "a line or record is longer than 64 MB; is a quote or bracket left open?",
    )
}

/// The problem that a stream broke; nothing behind it can be read.
pub fn broken(error: &io::Error) -> Problem {
    let reason = if error.kind() == io::ErrorKind::UnexpectedEof {
        "the file breaks off here; fetch it again, it was not copied whole".to_owned()
    } else {
        format!("the file can't be read on from here: {error}")
    };
    Problem { key: None, reason }
}

/// A stream of which one record may take no more than [`LONGEST_RECORD`].
pub(crate) struct Bounded<'a> {
    inner: Box<dyn BufRead + Send + 'a>,
    left: usize,
    /// Bytes given out, and the last of them.
    given: u64,
    last: u8,
}

impl<'a> Bounded<'a> {
    pub(crate) fn new(inner: Box<dyn BufRead + Send + 'a>) -> Self {
        Bounded { inner, left: LONGEST_RECORD, given: 0, last: 0 }
    }

    /// Whether what was read so far ends at this byte, and with a line that has no end.
    pub(crate) fn stops_without_newline_at(&self, byte: u64) -> bool {
        self.given == byte && self.last != b'\n'
    }

    /// A new record begins.
    pub(crate) fn begin_record(&mut self) {
        self.left = LONGEST_RECORD;
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read).ok_or_else(too_long)?;
        self.given += read as u64;
        if let Some(last) = buffer[..read].last() {
            self.last = *last;
        }
        Ok(read)
    }
}

impl BufRead for Bounded<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(too_long());
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.left = self.left.saturating_sub(amount);
        self.inner.consume(amount);
    }
}

/// A stream as UTF-8 without byte order mark; what is not valid in its encoding is U+FFFD.
pub(crate) struct Utf8<R> {
    inner: R,
    decoder: Decoder,
    text: Vec<u8>,
    position: usize,
    is_over: bool,
}

impl<R: BufRead> Utf8<R> {
    pub(crate) fn new(inner: R, dialect: &Dialect) -> Self {
        let decoder = dialect.decoder().new_decoder();
        Utf8 { inner, decoder, text: Vec::new(), position: 0, is_over: false }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.position = 0;
        self.text.clear();
        while self.text.is_empty() && !self.is_over {
            let input = match self.inner.fill_buf() {
                Ok(input) => &input[..input.len().min(1 << 16)],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let last = input.is_empty();
            // Three bytes of UTF-8 for each byte at most, and a replacement for what was begun.
            self.text.resize(input.len() * 3 + 32, 0);
            let (result, read, written, _) = self.decoder.decode_to_utf8(input, &mut self.text, last);
            self.text.truncate(written);
            self.inner.consume(read);
            self.is_over = last && result == encoding_rs::CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Utf8<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let read = available.len().min(buffer.len());
        buffer[..read].copy_from_slice(&available[..read]);
        self.consume(read);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Utf8<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position >= self.text.len() {
            self.refill()?;
        }
        Ok(&self.text[self.position..])
    }

    fn consume(&mut self, amount: usize) {
        self.position = (self.position + amount).min(self.text.len());
    }
}

/// A stream of bytes.
pub(crate) type Bytes = Box<dyn BufRead + Send>;

/// The unpacked bytes of a file.
pub(crate) fn open(path: &Path) -> io::Result<Bytes> {
    unpacked(Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)))
}

/// The bytes behind gzip, which is found by its first bytes; a file packed twice is unpacked twice.
pub(crate) fn unpacked(mut bytes: Bytes) -> io::Result<Bytes> {
    for _ in 0..2 {
        let (start, whole) = peek(bytes, 3)?;
        if start != [0x1f, 0x8b, 8] {
            return Ok(whole);
        }
        bytes = Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(whole)));
    }
    Ok(bytes)
}

/// The first bytes (fewer if there are no more), and the stream as if they had not been read.
pub(crate) fn peek(mut bytes: Bytes, count: usize) -> io::Result<(Vec<u8>, Bytes)> {
    let mut start = Vec::new();
    (&mut bytes).take(count as u64).read_to_end(&mut start)?;
    let whole = Cursor::new(start.clone()).chain(bytes);
    Ok((start, Box::new(whole)))
}

/// Whether unpacked bytes start like a tar archive.
pub(crate) fn is_tar(start: &[u8]) -> bool {
    start.len() >= 512 && &start[257..262] == b"ustar"
}

/// A file inside an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) path: String,
    offset: u64,
    size: u64,
}

/// Visits the files of an archive in its order. The visitor reads as much of each as it wants.
pub(crate) fn each_member(bytes: Bytes, mut visit: impl FnMut(Member, &mut dyn Read)) -> io::Result<()> {
    let mut archive = tar::Archive::new(bytes);
    for entry in archive.entries()?.take(MOST_MEMBERS) {
        let mut entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let path = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_owned();
        // What macOS adds beside each file.
        if path.rsplit('/').next().is_some_and(|name| name.starts_with("._") || name == ".DS_Store") {
            continue;
        }
        visit(Member { path, offset: entry.raw_file_position(), size: entry.size() }, &mut entry);
    }
    Ok(())
}

/// Reads members of an archive one after the other, in one pass.
pub(crate) struct MemberStream(Arc<Mutex<(Bytes, u64)>>);

impl MemberStream {
    pub(crate) fn new(bytes: Bytes) -> Self {
        MemberStream(Arc::new(Mutex::new((bytes, 0))))
    }

    /// The bytes of a member, which lies behind all that were read before.
    pub(crate) fn open(&self, member: &Member) -> io::Result<Bytes> {
        {
            let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let (bytes, position) = &mut *stream;
            let gap = member.offset.saturating_sub(*position);
            let skipped = io::copy(&mut bytes.take(gap), &mut io::sink())?;
            *position += skipped;
            if skipped < gap {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let member = MemberReader { stream: Arc::clone(&self.0), left: member.size };
        unpacked(Box::new(BufReader::with_capacity(1 << 16, member)))
    }
}

struct MemberReader {
    stream: Arc<Mutex<(Bytes, u64)>>,
    left: u64,
}

impl Read for MemberReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let read = stream.0.read(&mut buffer[..most])?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        stream.1 += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    fn text(bytes: &[u8], encoding: &str) -> String {
        let dialect = Dialect { encoding: encoding.to_owned(), ..Dialect::plain() };
        let mut text = String::new();
        Utf8::new(bytes, &dialect).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn gzip_is_found_by_its_first_bytes_even_twice() {
        let packed = gzip(&gzip(b"hello"));
        let mut out = String::new();
        unpacked(Box::new(Cursor::new(packed))).unwrap().read_to_string(&mut out).unwrap();
        assert_eq!(out, "hello");
    }

    #[test]
    fn text_is_utf_8_whatever_it_was() {
        assert_eq!(text(b"\xef\xbb\xbfZ\xc3\xbcrich", "UTF-8"), "Z\u{fc}rich");
        assert_eq!(text(b"Z\xfcrich", "windows-1252"), "Z\u{fc}rich");
        assert_eq!(text(b"\xff\xfeZ\0\xfc\0", "UTF-16LE"), "Z\u{fc}");
        assert_eq!(text(b"a\xffb\xc3", "UTF-8"), "a\u{fffd}b\u{fffd}");
        let long = "\u{fc}".repeat(100_001);
        assert_eq!(text(format!("x{long}").as_bytes(), "UTF-8"), format!("x{long}"));
    }

    #[test]
    fn members_are_read_in_one_pass() {
        let mut builder = tar::Builder::new(Vec::new());
        for (path, content) in [("a.txt", "one"), ("b/._a.txt", "junk"), ("b/c.txt", "two")] {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, content.as_bytes()).unwrap();
        }
        let archive = builder.into_inner().unwrap();
        let mut members = Vec::new();
        each_member(Box::new(Cursor::new(archive.clone())), |member, _| members.push(member)).unwrap();
        assert_eq!(members.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["a.txt", "b/c.txt"]);
        let stream = MemberStream::new(Box::new(Cursor::new(gzip(&archive))));
        assert!(stream.open(&members[1]).is_err(), "the stream is still packed");
        let stream = MemberStream::new(Box::new(Cursor::new(archive)));
        let read = |member| io::read_to_string(stream.open(member).unwrap()).unwrap();
        assert_eq!(members.iter().map(read).collect::<Vec<_>>(), ["one", "two"]);
    }

    #[test]
    fn a_record_is_bounded() {
        let endless: Bytes = Box::new(BufReader::new(io::repeat(b'x')));
        let mut line = Vec::new();
        assert!(read_line(&mut Bounded::new(endless), &mut line).is_err());
    }
}

//! The spool: everything an import's files hold, put together item by item and kept on disk.
//!
//! Files are read once, when they are checked. What comes out is sorted by key and merged, so that a table of
//! tickets and a table of their changes, or the pages of a search, become whole items; a dry run and a run read the
//! spool and nothing else, and a run that was interrupted goes on at the entry it had reached. Memory stays flat:
//! at most [`SORT_MEMORY`] bytes are sorted at a time, the rest waits in files that are merged at the end.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use headway_domain::work::{Location, Record};

use super::neutral;

/// How much is sorted in memory at a time.
const SORT_MEMORY: usize = 48 << 20;

/// The largest entry that is believed when reading; a larger one means that the spool is damaged.
const LARGEST_ENTRY: u32 = 1 << 30;

/// One entry: where it stood first, and what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where it stood first.
    pub location: Location,
    /// What the files say, parts of one item put together.
    pub record: Record,
    /// How many rows it was put together from.
    pub parts: u32,
    /// Whether whole items of this key occurred more than once.
    pub is_repeated: bool,
}

/// Iterations, deployments and commits come before items, so that an item's iterations are there when it comes.
type SortKey = (u8, String, u64);

fn sort_key(record: &Record, sequence: u64) -> SortKey {
    match record {
        Record::Iteration(it) => (0, it.key.clone(), sequence),
        Record::Deployment(it) => (1, it.key.clone(), sequence),
        Record::Commit(it) => (2, it.key.clone(), sequence),
        Record::Item(it) => (3, it.key.clone(), sequence),
    }
}

/// Writes a spool.
pub struct Writer {
    folder: PathBuf,
    pending: Vec<(SortKey, Vec<u8>)>,
    pending_bytes: usize,
    sequence: u64,
    runs: Vec<PathBuf>,
}

impl Writer {
    /// A writer whose files lie in `folder`.
    pub fn new(folder: &Path) -> Self {
        Writer {
            folder: folder.to_owned(),
            pending: Vec::new(),
            pending_bytes: 0,
            sequence: 0,
            runs: Vec::new(),
        }
    }

    /// Adds a record.
    pub fn push(&mut self, location: &Location, record: &Record) -> io::Result<()> {
        let key = sort_key(record, self.sequence);
        self.sequence += 1;
        let bytes = neutral::encode(location, record)?;
        self.pending_bytes += bytes.len() + key.1.len() + 64;
        self.pending.push((key, bytes));
        if self.pending_bytes > SORT_MEMORY { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.pending.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let path = self.folder.join(format!("run-{}", self.runs.len()));
        let mut out = BufWriter::new(File::create(&path)?);
        for ((rank, key, sequence), bytes) in self.pending.drain(..) {
            out.write_all(&[rank])?;
            out.write_all(&sequence.to_le_bytes())?;
            write_block(&mut out, key.as_bytes())?;
            write_block(&mut out, &bytes)?;
        }
        out.flush()?;
        self.runs.push(path);
        self.pending_bytes = 0;
        Ok(())
    }

    /// Puts everything together into `spool`. Every whole entry goes through `each`, which may change it or leave it
    /// out; returns how many are kept.
    pub fn finish(
        mut self,
        spool: &Path,
        mut each: impl FnMut(Entry) -> io::Result<Option<Entry>>,
    ) -> io::Result<u64> {
        let mut out = BufWriter::new(File::create(spool)?);
        let mut count = 0;
        let mut whole: Option<(u8, Entry)> = None;
        let mut write = |entry: Entry| -> io::Result<()> {
            if let Some(entry) = each(entry)? {
                count += 1;
                write_entry(&mut out, &entry)?;
            }
            Ok(())
        };
        let mut take = |(rank, _, _): SortKey, bytes: &[u8]| -> io::Result<()> {
            let (location, record) = neutral::decode(bytes)?;
            match &mut whole {
                Some((same, entry)) if *same == rank && key_of(&entry.record) == key_of(&record) => {
                    absorb(entry, record);
                }
                _ => {
                    let entry = Entry { location, record, parts: 1, is_repeated: false };
                    if let Some((_, done)) = whole.replace((rank, entry)) {
                        write(done)?;
                    }
                }
            }
            Ok(())
        };
        if self.runs.is_empty() {
            self.pending.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            for (key, bytes) in self.pending.drain(..) {
                take(key, &bytes)?;
            }
        } else {
            self.spill()?;
            merge(&self.runs, &mut take)?;
            for run in &self.runs {
                std::fs::remove_file(run)?;
            }
        }
        if let Some((_, done)) = whole {
            write(done)?;
        }
        out.flush()?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        Ok(count)
    }
}

fn key_of(record: &Record) -> &str {
    match record {
        Record::Iteration(it) => &it.key,
        Record::Deployment(it) => &it.key,
        Record::Commit(it) => &it.key,
        Record::Item(it) => &it.key,
    }
}

/// Puts a further record of the same key into the entry.
fn absorb(entry: &mut Entry, record: Record) {
    entry.parts += 1;
    match (&mut entry.record, record) {
        (Record::Item(mine), Record::Item(theirs)) => {
            // Two records that both say when the item was created are the item twice, not two parts of it: the
            // later one is kept, with the changes that only the earlier one has.
            if mine.created_at.is_some()
                && theirs.created_at.is_some()
                && mine.state.is_some()
                && theirs.state.is_some()
            {
                entry.is_repeated = true;
                let known: std::collections::HashSet<_> = theirs.changes.iter().cloned().collect();
                mine.changes.retain(|change| !known.contains(change));
            }
            mine.absorb(*theirs);
        }
        (mine, theirs) => {
            entry.is_repeated = true;
            *mine = theirs;
        }
    }
}

struct Run {
    reader: BufReader<File>,
}

impl Run {
    fn next(&mut self) -> io::Result<Option<(SortKey, Vec<u8>)>> {
        let mut rank = [0];
        if self.reader.read(&mut rank)? == 0 {
            return Ok(None);
        }
        let mut sequence = [0; 8];
        self.reader.read_exact(&mut sequence)?;
        let key = String::from_utf8(read_block(&mut self.reader)?).map_err(damaged)?;
        let bytes = read_block(&mut self.reader)?;
        Ok(Some(((rank[0], key, u64::from_le_bytes(sequence)), bytes)))
    }
}

fn merge(runs: &[PathBuf], take: &mut impl FnMut(SortKey, &[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut open = Vec::new();
    let mut heap = BinaryHeap::new();
    for (ix, path) in runs.iter().enumerate() {
        let mut run = Run { reader: BufReader::with_capacity(1 << 16, File::open(path)?) };
        if let Some((key, bytes)) = run.next()? {
            heap.push(Reverse((key, ix, bytes)));
        }
        open.push(run);
    }
    while let Some(Reverse((key, ix, bytes))) = heap.pop() {
        take(key, &bytes)?;
        if let Some((key, bytes)) = open[ix].next()? {
            heap.push(Reverse((key, ix, bytes)));
        }
    }
    Ok(())
}

/// Reads a spool, entry by entry.
pub struct Reader {
    reader: BufReader<File>,
}

impl Reader {
    /// Opens a spool behind its first `skip` entries.
    pub fn open(spool: &Path, skip: u64) -> io::Result<Self> {
        let mut reader = Reader { reader: BufReader::with_capacity(1 << 18, File::open(spool)?) };
        for _ in 0..skip {
            reader.skip_entry()?;
        }
        Ok(reader)
    }

    fn skip_entry(&mut self) -> io::Result<()> {
        let mut head = [0; 5];
        self.reader.read_exact(&mut head)?;
        let length = block_length(&mut self.reader)?;
        self.reader.seek_relative(i64::from(length))
    }

    /// The next entry with its bytes, which are equal when what the tracker says is equal.
    pub fn next_entry(&mut self) -> io::Result<Option<(Entry, Vec<u8>)>> {
        let mut head = [0; 5];
        if self.reader.read(&mut head[..1])? == 0 {
            return Ok(None);
        }
        self.reader.read_exact(&mut head[1..])?;
        let bytes = read_block(&mut self.reader)?;
        let (location, record) = neutral::decode(&bytes)?;
        let parts = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
        Ok(Some((Entry { location, record, parts, is_repeated: head[0] == 1 }, bytes)))
    }
}

fn write_entry(out: &mut impl Write, entry: &Entry) -> io::Result<()> {
    out.write_all(&[u8::from(entry.is_repeated)])?;
    out.write_all(&entry.parts.to_le_bytes())?;
    write_block(out, &neutral::encode(&entry.location, &entry.record)?)
}

fn write_block(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(damaged)?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)
}

fn block_length(reader: &mut impl Read) -> io::Result<u32> {
    let mut length = [0; 4];
    reader.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > LARGEST_ENTRY { Err(damaged("entry too large")) } else { Ok(length) }
}

fn read_block(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = block_length(reader)?;
    let mut bytes = vec![0; length as usize];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn damaged(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, cause)
}

#[cfg(test)]
mod tests {
    use headway_domain::{
        time::Instant,
        work::{Change, Field, ItemRecord},
    };

    use super::*;

    fn place(line: u64) -> Location {
        Location { file: "a.csv".to_owned(), line }
    }

    fn ticket(key: &str, at: i64) -> Record {
        Record::Item(Box::new(ItemRecord {
            key: key.to_owned(),
            created_at: Some(Instant(at)),
            state: Some("open".to_owned()),
            ..ItemRecord::default()
        }))
    }

    fn change(key: &str, at: i64) -> Record {
        Record::Item(Box::new(ItemRecord {
            key: key.to_owned(),
            changes: vec![Change { at: Instant(at), field: Field::Activity, from: None, to: None }],
            ..ItemRecord::default()
        }))
    }

    fn all(spool: &Path, skip: u64) -> Vec<Entry> {
        let mut reader = Reader::open(spool, skip).unwrap();
        std::iter::from_fn(|| reader.next_entry().unwrap().map(|(entry, _)| entry)).collect()
    }

    #[test]
    fn parts_in_any_order_become_whole_items() {
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("spool");
        let mut writer = Writer::new(folder.path());
        let parts = [change("B", 5), ticket("A", 1), change("A", 9), ticket("B", 2), change("B", 3)];
        for (line, part) in parts.iter().enumerate() {
            writer.push(&place(line as u64 + 1), part).unwrap();
            if line == 2 {
                writer.spill().unwrap();
            }
        }
        let mut seen = 0;
        let count = writer
            .finish(&spool, |entry| {
                seen += 1;
                Ok(Some(entry))
            })
            .unwrap();
        assert_eq!((count, seen), (2, 2));
        let entries = all(&spool, 0);
        let item = |entry: &Entry| match &entry.record {
            Record::Item(item) => Some((item.key.clone(), item.created_at, item.changes.len())),
            _ => None,
        };
        let shape: Vec<_> = entries.iter().filter_map(item).collect();
        assert_eq!(shape, [("A".to_owned(), Some(Instant(1)), 1), ("B".to_owned(), Some(Instant(2)), 2)]);
        assert_eq!((entries[1].parts, entries[1].is_repeated), (3, false));
        assert_eq!(all(&spool, 1), entries[1..]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "the runs are gone");
    }

    #[test]
    fn an_item_that_comes_twice_is_kept_once() {
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("spool");
        let mut writer = Writer::new(folder.path());
        writer.push(&place(1), &ticket("A", 1)).unwrap();
        writer.push(&place(2), &ticket("A", 1)).unwrap();
        writer.finish(&spool, |entry| Ok(Some(entry))).unwrap();
        let entries = all(&spool, 0);
        assert_eq!((entries.len(), entries[0].is_repeated), (1, true));
    }
}

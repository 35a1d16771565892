//! Reading an archive. Every byte of it is accounted for: what is not exactly as it was written is damage.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Take},
    path::{Path, PathBuf},
};

use super::{
    BLOCK, Damage, Digesting, FORMAT, FORMAT_VERSION, MANIFEST, Manifest, SUMS, header, padding, sum_line,
};

/// The longest line that is read: what a batch of an import replaced stands in one.
const LONGEST_LINE: u64 = 1 << 30;
/// The longest manifest.
const LONGEST_MANIFEST: u64 = 1 << 26;

/// What later versions of the format will have, too.
#[derive(serde::Deserialize)]
struct Kind {
    format: String,
    format_version: u32,
}

/// Where a member lies.
#[derive(Clone, Copy)]
struct Extent {
    start: u64,
    size: u64,
}

/// An archive whose outline is sound.
pub(crate) struct Archive {
    path: PathBuf,
    /// In the order of the file.
    members: Vec<(String, Extent)>,
    sums: BTreeMap<String, String>,
}

impl Archive {
    /// Reads the outline: headers, order, length, and the list of sums.
    pub(crate) fn open(path: &Path) -> Result<Self, Damage> {
        let at_file = |error: io::Error| Damage::new(path.display().to_string(), error.to_string());
        let mut file = BufReader::new(File::open(path).map_err(at_file)?);
        let length = file.get_ref().metadata().map_err(at_file)?.len();
        let members = outline(&mut file, length)?;
        let mut archive = Archive { path: path.to_owned(), members, sums: BTreeMap::new() };
        if archive.members.last().is_none_or(|(name, _)| name != SUMS) {
            return Err(Damage::new(SUMS, "it is missing: this is no archive of Headway, or it was cut off"));
        }
        let text = archive.text(SUMS)?;
        for line in text.lines() {
            let Some((sum, name)) = line.split_once("  ") else {
                return Err(Damage::new(SUMS, format!("{line:?} is not a sum and a name")));
            };
            archive.sums.insert(name.to_owned(), sum.to_owned());
        }
        Ok(archive)
    }

    /// What is not as the list of sums says: reads everything.
    pub(crate) fn damage(&self) -> io::Result<Vec<Damage>> {
        let (mut damage, mut expected) = (Vec::new(), String::new());
        for (name, _) in self.members.iter().filter(|(name, _)| name != SUMS) {
            let mut stored = self.stored(name)?;
            io::copy(&mut stored, &mut io::sink())?;
            let (sum, _) = stored.end();
            expected.push_str(&sum_line(&sum, name));
            match self.sums.get(name) {
                Some(said) if *said == sum => {}
                Some(_) => damage.push(Damage::new(name, "its bytes are not those that were written")),
                None => damage.push(Damage::new(name, format!("{SUMS} does not know it"))),
            }
        }
        for name in self.sums.keys().filter(|name| !self.members.iter().any(|it| it.0 == **name)) {
            damage.push(Damage::new(name, "it is missing"));
        }
        // What is left is an odd way to write the same.
        if damage.is_empty() && self.text(SUMS).ok().as_ref() != Some(&expected) {
            damage.push(Damage::new(SUMS, "its bytes are not those that were written"));
        }
        Ok(damage)
    }

    /// The manifest, of a format that this version can read.
    pub(crate) fn manifest(&self) -> Result<Manifest, Damage> {
        let text = self.text(MANIFEST)?;
        let broken = |error: serde_json::Error| Damage::new(MANIFEST, error.to_string());
        let kind: Kind = serde_json::from_str(&text).map_err(broken)?;
        if kind.format != FORMAT || kind.format_version > FORMAT_VERSION {
            let what = format!(
                "it describes a {} {}; this version of Headway reads {FORMAT} up to {FORMAT_VERSION}",
                kind.format, kind.format_version
            );
            return Err(Damage::new(MANIFEST, what));
        }
        serde_json::from_str(&text).map_err(broken)
    }

    /// The names of the members that hold data.
    pub(crate) fn data_members(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_str()).filter(|name| ![MANIFEST, SUMS].contains(name))
    }

    /// What a member holds, decompressed.
    pub(crate) fn content(&self, name: &str) -> io::Result<Content<'_>> {
        let stored = BufReader::with_capacity(1 << 17, self.stored(name)?);
        let decoder = zstd::Decoder::with_buffer(stored)?.single_frame();
        Ok(Content { archive: self, name: name.to_owned(), held: BufReader::new(Digesting::new(decoder)) })
    }

    /// A member's bytes as they are stored.
    fn stored(&self, name: &str) -> io::Result<Stored> {
        let member = self.members.iter().find(|(member, _)| member == name);
        let (_, extent) =
            member.ok_or_else(|| io::Error::new(ErrorKind::NotFound, format!("{name} is missing")))?;
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(extent.start))?;
        Ok(Digesting::new(file.take(extent.size)))
    }

    fn text(&self, name: &str) -> Result<String, Damage> {
        let read = |name| -> io::Result<String> {
            let mut text = String::new();
            self.stored(name)?.take(LONGEST_MANIFEST).read_to_string(&mut text)?;
            Ok(text)
        };
        read(name).map_err(|error| Damage::new(name, error.to_string()))
    }
}

/// Goes from header to header to the end.
fn outline(file: &mut BufReader<File>, length: u64) -> Result<Vec<(String, Extent)>, Damage> {
    let mut members = Vec::new();
    let mut at = 0;
    loop {
        let here = |what: &str| Damage::new(format!("byte {at}"), what);
        let mut block = [0; BLOCK as usize];
        file.read_exact(&mut block).map_err(|_| here("the file ends too early: it was cut off"))?;
        if block == [0; BLOCK as usize] {
            break;
        }
        let (name, size) = member_of(&block).ok_or_else(|| here("the header of a member is damaged"))?;
        let start = at + BLOCK;
        let end = start.saturating_add(size);
        let next = end.saturating_add(padding(size.min(length)));
        if next > length {
            return Err(Damage::new(name, "the file ends before it does: it was cut off"));
        }
        let mut rest = [0; BLOCK as usize];
        let rest = &mut rest[..(next - end) as usize];
        file.seek_relative(size as i64).map_err(|error| here(&error.to_string()))?;
        file.read_exact(rest).map_err(|error| here(&error.to_string()))?;
        if rest.iter().any(|byte| *byte != 0) {
            return Err(Damage::new(name, "something stands behind its end"));
        }
        members.push((name, Extent { start, size }));
        at = next;
    }
    let mut last = Vec::new();
    let read = file.take(BLOCK + 1).read_to_end(&mut last);
    if read.is_err() || last != [0; BLOCK as usize] {
        return Err(Damage::new(format!("byte {}", at + BLOCK), "the end is damaged or cut off"));
    }
    Ok(members)
}

/// The name and size of a member, if its header is exactly as it is written.
fn member_of(block: &[u8; BLOCK as usize]) -> Option<(String, u64)> {
    let read = tar::Header::from_byte_slice(block);
    let name = read.path().ok()?.to_str()?.to_owned();
    let size = read.entry_size().ok()?;
    let written = header(&name, size).ok()?;
    (written.as_bytes() == block).then_some((name, size))
}

/// The bytes of a member.
type Stored = Digesting<Take<File>>;
/// What they hold.
type Held = Digesting<zstd::Decoder<'static, BufReader<Stored>>>;

/// What a member holds, as it is read.
pub(crate) struct Content<'a> {
    archive: &'a Archive,
    name: String,
    held: BufReader<Held>,
}

impl Content<'_> {
    /// The next line, without its end.
    pub(crate) fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        if (&mut self.held).take(LONGEST_LINE).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        if line.pop() != Some('\n') {
            return Err(io::Error::new(ErrorKind::InvalidData, "a line has no end"));
        }
        Ok(Some(line))
    }

    /// Reads to the end. Says the SHA-256 and the number of bytes of what it holds, if what is stored is what was
    /// written.
    pub(crate) fn end(mut self) -> Result<(String, u64), Damage> {
        let damage = |what: String| Damage::new(&self.name, what);
        io::copy(&mut self.held, &mut io::sink()).map_err(|error| damage(error.to_string()))?;
        let (decoder, content) = self.held.into_inner().into_parts();
        let mut stored = decoder.finish().into_inner();
        io::copy(&mut stored, &mut io::sink()).map_err(|error| Damage::new(&self.name, error.to_string()))?;
        let (sum, _) = stored.end();
        if self.archive.sums.get(&self.name) != Some(&sum) {
            return Err(Damage::new(&self.name, "its bytes are not those that were written"));
        }
        Ok(content)
    }
}

impl Read for Content<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.held.read(bytes)
    }
}

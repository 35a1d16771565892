//! One file that holds everything: what `backup` and `export` write, and `restore` and `import-all` read.
//!
//! It is a plain tar file. Each table is a member `tables/NAME.jsonl.zst`, a line of JSON a row; each file of an
//! unfinished import is a member `files/PATH.zst`; `manifest.json` describes them; `SHA256SUMS`, the last member, is
//! what `sha256sum --check` reads. Nothing in it depends on the moment or the machine it is written on, but for what
//! a backup says about itself: the same content gives the same bytes. Documented in `docs/guide/export.md`.

mod manifest;
mod read;
mod write;

use std::{
    fmt::Write as _,
    io::{self, Read, Write},
};

pub use manifest::{BackupNote, FileEntry, Manifest, TableEntry};
pub(super) use manifest::{FORMAT, FORMAT_VERSION};
pub(super) use read::Archive;
use sha2::{Digest, Sha256};
pub(super) use write::{Partial, Writer, sync_folder};

/// The unit of a tar file.
const BLOCK: u64 = 512;
const MANIFEST: &str = "manifest.json";
const SUMS: &str = "SHA256SUMS";

/// Something in an archive that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Where: a member, or a place in the file.
    pub at: String,
    /// What is wrong.
    pub what: String,
}

impl Damage {
    pub(super) fn new(at: impl Into<String>, what: impl Into<String>) -> Self {
        Damage { at: at.into(), what: what.into() }
    }
}

/// The name of the member that holds a table's rows.
pub(super) fn table_member(table: &str) -> String {
    format!("tables/{table}.jsonl.zst")
}

/// The name of the member that holds a file of the data folder; `path` is relative, with `/` between its parts.
pub(super) fn file_member(path: &str) -> String {
    format!("files/{path}.zst")
}

/// The header of a member: nobody's, of no time.
fn header(name: &str, size: u64) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(0);
    header.set_cksum();
    Ok(header)
}

/// How much of a member's last block it leaves empty.
fn padding(size: u64) -> u64 {
    size.next_multiple_of(BLOCK) - size
}

/// A line of `SHA256SUMS`.
fn sum_line(sum: &str, name: &str) -> String {
    format!("{sum}  {name}\n")
}

/// Counts and digests what passes through.
pub(super) struct Digesting<S> {
    inner: S,
    digest: Sha256,
    bytes: u64,
}

impl<S> Digesting<S> {
    pub(super) fn new(inner: S) -> Self {
        Digesting { inner, digest: Sha256::new(), bytes: 0 }
    }

    fn note(&mut self, passed: &[u8]) {
        self.digest.update(passed);
        self.bytes += passed.len() as u64;
    }

    /// The digest in hexadecimal digits, and how many bytes passed.
    pub(super) fn end(self) -> (String, u64) {
        self.into_parts().1
    }

    /// What it stands around, and what [`Digesting::end`] says.
    fn into_parts(self) -> (S, (String, u64)) {
        let mut text = String::with_capacity(64);
        for byte in self.digest.finalize() {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        (self.inner, (text, self.bytes))
    }
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.note(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(bytes)?;
        self.note(&bytes[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        io::{Cursor, Seek, SeekFrom},
        path::Path,
    };

    use super::*;

    const LINES: &str = "{\"key\":\"a\"}\n{\"key\":\"b\"}\n";

    /// An archive with a table, a file and a manifest that says nothing.
    fn sample(folder: &Path) -> std::path::PathBuf {
        let partial = Partial::create(folder).unwrap();
        let mut writer = Writer::new(partial.file().unwrap());
        for name in ["tables/setting.jsonl.zst", "files/imports/1/spool.zst"] {
            let mut member = writer.member(name).unwrap();
            member.write_all(LINES.as_bytes()).unwrap();
            assert_eq!(member.end().unwrap().1, LINES.len() as u64);
        }
        writer.finish("{}").unwrap();
        let target = folder.join("a.tar");
        partial.keep(&target).unwrap();
        target
    }

    #[test]
    fn an_archive_is_an_ordinary_tar_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut tar = tar::Archive::new(fs::File::open(sample(folder.path())).unwrap());
        let mut found = Vec::new();
        for entry in tar.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            found.push((entry.path().unwrap().display().to_string(), bytes));
        }
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["tables/setting.jsonl.zst", "files/imports/1/spool.zst", MANIFEST, SUMS]);
        assert_eq!(zstd::decode_all(found[0].1.as_slice()).unwrap(), LINES.as_bytes());
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let target = sample(folder.path());
        let sound = fs::read(&target).unwrap();
        assert_eq!(Archive::open(&target).unwrap().damage().unwrap(), []);
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x20;
            fs::write(&target, &bytes).unwrap();
            let damage = match Archive::open(&target) {
                Ok(archive) => archive.damage().unwrap(),
                Err(damage) => vec![damage],
            };
            assert!(!damage.is_empty(), "byte {at} of {} was changed", sound.len());
        }
        for length in [0, 1, 511, 512, 700, sound.len() - 512, sound.len() - 1] {
            fs::write(&target, &sound[..length]).unwrap();
            assert!(Archive::open(&target).is_err(), "cut off at {length}");
        }
        fs::write(&target, [sound.as_slice(), b"more"].concat()).unwrap();
        assert!(Archive::open(&target).is_err(), "something behind the end");
    }

    /// A disk that is full after some bytes.
    struct Small {
        inner: Cursor<Vec<u8>>,
        room: u64,
    }

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.inner.position() + bytes.len() as u64 > self.room {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.inner.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Small {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.inner.seek(to)
        }
    }

    #[test]
    fn a_full_disk_is_an_error_wherever_it_comes() {
        let write = |room| -> io::Result<()> {
            let mut writer = Writer::new(Small { inner: Cursor::default(), room });
            let mut member = writer.member("tables/setting.jsonl.zst")?;
            member.write_all(LINES.as_bytes())?;
            member.end()?;
            writer.finish("{}")
        };
        let mut room = 0;
        while let Err(error) = write(room) {
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{error} with room for {room}");
            room += 100;
        }
        assert!(room > 2_000, "it fits into {room} bytes");
    }

    #[test]
    fn what_is_not_kept_goes() {
        let folder = tempfile::tempdir().unwrap();
        let partial = Partial::create(folder.path()).unwrap();
        assert!(Partial::create(folder.path()).is_err(), "two at a time");
        drop(partial);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        // What a killed process left is written over.
        fs::write(folder.path().join(".headway.partial"), "left over").unwrap();
        let target = folder.path().join("kept");
        Partial::create(folder.path()).unwrap().keep(&target).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"");
        assert!(Partial::create(folder.path()).unwrap().keep(&target).is_err(), "it is there already");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}

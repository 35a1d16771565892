//! Writing an archive: members one after the other, each as long as it turns out to be.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use super::{BLOCK, Digesting, MANIFEST, SUMS, header, padding, sum_line};

/// A file on its way: it gets its name when it is whole, and goes when it is dropped before.
pub(crate) struct Partial {
    file: File,
    path: PathBuf,
    is_kept: bool,
}

impl Partial {
    /// Begins a file in a folder. Only one at a time: the name is always the same, so that what a killed process left
    /// is written over and not left for ever.
    pub(crate) fn create(folder: &Path) -> io::Result<Self> {
        let path = folder.join(".headway.partial");
        let mut options = OpenOptions::new();
        // Nobody else may read it: it holds everything.
        let file = options.write(true).create(true).truncate(false).mode(0o600).open(&path)?;
        file.try_lock().map_err(|_| {
            io::Error::new(
                ErrorKind::ResourceBusy,
                "another backup or export is being written into this folder",
            )
        })?;
        // The one that had it may have given it its name between the two steps: that file is not ours to empty.
        if fs::metadata(&path).map(|it| it.ino()).ok() != Some(file.metadata()?.ino()) {
            return Err(io::Error::new(
                ErrorKind::ResourceBusy,
                "another backup was just finished; try again",
            ));
        }
        file.set_len(0)?;
        Ok(Partial { file, path, is_kept: false })
    }

    /// The file, to write into.
    pub(crate) fn file(&self) -> io::Result<BufWriter<File>> {
        Ok(BufWriter::with_capacity(1 << 20, self.file.try_clone()?))
    }

    /// Makes it durable and gives it its name, which nothing may have yet. Says its size.
    pub(crate) fn keep(mut self, target: &Path) -> io::Result<u64> {
        self.file.sync_all()?;
        if target.exists() {
            return Err(io::Error::new(ErrorKind::AlreadyExists, "there is such a file already"));
        }
        fs::rename(&self.path, target)?;
        self.is_kept = true;
        sync_folder(target)?;
        Ok(self.file.metadata()?.len())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_kept {
            // It is only disk space, and the next one takes its place.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Makes the name of a file durable.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// An archive being written.
pub(crate) struct Writer<W: Write + Seek> {
    out: W,
    sums: String,
}

impl<W: Write + Seek> Writer<W> {
    pub(crate) fn new(out: W) -> Self {
        Writer { out, sums: String::new() }
    }

    /// Begins a member that is compressed. Its header is written when its size is known.
    pub(crate) fn member(&mut self, name: &str) -> io::Result<Member<'_, W>> {
        let start = self.out.stream_position()?;
        self.out.write_all(&[0; BLOCK as usize])?;
        let stored = Digesting::new(&mut self.out);
        let encoder = zstd::Encoder::new(stored, 0)?;
        Ok(Member { name: name.to_owned(), start, content: Digesting::new(encoder), sums: &mut self.sums })
    }

    fn plain(&mut self, name: &str, text: &str) -> io::Result<()> {
        let mut digest = Digesting::new(io::sink());
        digest.write_all(text.as_bytes())?;
        self.sums.push_str(&sum_line(&digest.end().0, name));
        let size = text.len() as u64;
        self.out.write_all(header(name, size)?.as_bytes())?;
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(&vec![0; padding(size) as usize])
    }

    /// Adds the manifest and the sums, and ends the archive.
    pub(crate) fn finish(mut self, manifest: &str) -> io::Result<()> {
        self.plain(MANIFEST, manifest)?;
        let sums = self.sums.clone();
        self.plain(SUMS, &sums)?;
        self.out.write_all(&[0; 2 * BLOCK as usize])?;
        self.out.flush()
    }
}

/// A member being written: what goes in is compressed.
pub(crate) struct Member<'a, W: Write + Seek> {
    name: String,
    start: u64,
    content: Digesting<zstd::Encoder<'static, Digesting<&'a mut W>>>,
    sums: &'a mut String,
}

impl<W: Write + Seek> Member<'_, W> {
    /// Ends the member. Says the SHA-256 and the number of bytes of what went in.
    pub(crate) fn end(self) -> io::Result<(String, u64)> {
        let (encoder, content) = self.content.into_parts();
        let (out, stored) = encoder.finish()?.into_parts();
        let (sum, size) = stored;
        out.write_all(&vec![0; padding(size) as usize])?;
        let end = out.stream_position()?;
        out.seek(SeekFrom::Start(self.start))?;
        out.write_all(header(&self.name, size)?.as_bytes())?;
        out.seek(SeekFrom::Start(end))?;
        self.sums.push_str(&sum_line(&sum, &self.name));
        Ok(content)
    }
}

impl<W: Write + Seek> Write for Member<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.content.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.content.flush()
    }
}

//! Bringing an archive back, into a place that holds nothing. What is there stays as it is until the archive is in
//! completely; a restore that is killed is noticed by the next start.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Component, Path, PathBuf},
};

use headway_store::{Db, Resting, Table, Tx};

use super::{
    Progress,
    archive::{Archive, Damage, Manifest, TableEntry, file_member, sync_folder, table_member},
    at, free_bytes,
    place::{Place, beside, is_blank},
    told, verify,
};
use crate::{Error, OpContext, Permission, Result};

/// What to do with what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occupied {
    /// Refuse.
    Refuse,
    /// Set it aside under another name. Only where the database is a file.
    SetAside,
}

/// Which archives are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// Backups: they have the files of unfinished imports.
    Backups,
    /// Exports too.
    Everything,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the archive says about itself.
    pub manifest: Manifest,
    /// What is broken in it now. It was so when the archive was written.
    pub broken: Vec<Damage>,
    /// What was there before, under the name it has now.
    pub set_aside: Vec<PathBuf>,
}

/// Loads an archive into a place that holds nothing, and checks the database then.
pub async fn restore(
    ctx: &OpContext,
    path: &Path,
    place: &Place,
    accept: Accept,
    occupied: Occupied,
    progress: &mut Progress<'_>,
) -> Result<Restored> {
    ctx.authorise(Permission::Administer)?;
    let archive = Archive::open(path)?;
    let manifest = archive.manifest()?;
    if accept == Accept::Backups && manifest.backup.is_none() {
        let message = "this is an export; load it with `headway import-all`".to_owned();
        return Err(Error::Conflict(message));
    }
    if let Some(damage) = verify::schema_damage(&manifest).await?.into_iter().next() {
        return Err(damage.into());
    }
    fs::create_dir_all(&place.data).map_err(at(&place.data))?;
    refuse_occupied(place, occupied).await?;
    let free = free_bytes(&place.data).map_err(at(&place.data))?;
    if place.sqlite_file().is_some() && free < manifest.bytes() {
        return Err(Error::Conflict(format!(
            "{} has {} MB free, and about {} MB are needed",
            place.data.display(),
            free >> 20,
            (manifest.bytes() >> 20) + 1
        )));
    }

    clear(place).map_err(at(&place.data))?;
    let coming = Coming { ctx, archive: &archive, manifest: &manifest, place };
    let done = coming.bring(path, progress).await;
    match done {
        Ok((found, set_aside)) => Ok(Restored { manifest, broken: found, set_aside }),
        Err(error) => {
            // As if nothing had been begun, unless it was nearly over: then the next start does the rest. What can't
            // be removed now is said by that start, too.
            if place.sqlite_file().is_some() || is_blank(&place.url()).await.unwrap_or(false) {
                let _ = clear(place);
            }
            Err(error)
        }
    }
}

impl From<Damage> for Error {
    fn from(damage: Damage) -> Self {
        Error::Conflict(format!(
            "the archive is broken at {}: {}; `headway verify` says more",
            damage.at, damage.what
        ))
    }
}

/// Refuses a place that holds something.
async fn refuse_occupied(place: &Place, occupied: Occupied) -> Result<()> {
    match place.sqlite_file() {
        Some(file) if file.exists() => {
            if occupied == Occupied::Refuse {
                return Err(Error::Conflict(format!(
                    "{} is there already; restore into another data folder (--data), or set it aside with --force",
                    file.display()
                )));
            }
            // Brings everything into the one file, and fails when somebody has it open.
            Db::settle_file(&place.url()).await.map_err(|error| {
                Error::Conflict(format!(
                    "{} is in use; stop the server first ({})",
                    file.display(),
                    told(error)
                ))
            })?;
        }
        Some(_) => {}
        None if is_blank(&place.url()).await? => {}
        None => {
            return Err(Error::Conflict(
                "the database holds something already; create an empty one (`createdb headway2`) and name it with \
                 --database"
                    .to_owned(),
            ));
        }
    }
    let is_used = fs::read_dir(place.imports()).is_ok_and(|mut entries| entries.next().is_some());
    if is_used && occupied == Occupied::Refuse {
        return Err(Error::Conflict(format!(
            "{} holds files of imports; restore into another data folder (--data), or set them aside with --force",
            place.imports().display()
        )));
    }
    Ok(())
}

/// Removes what an earlier restore left that did not come to its end.
fn clear(place: &Place) -> io::Result<()> {
    let gone = |done: io::Result<()>| match done {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    gone(fs::remove_dir_all(place.coming_imports()))?;
    // Last: as long as it is there, the next start knows.
    gone(fs::remove_file(place.marker()))
}

/// A restore under way.
struct Coming<'a> {
    ctx: &'a OpContext,
    archive: &'a Archive,
    manifest: &'a Manifest,
    place: &'a Place,
}

impl Coming<'_> {
    /// Brings everything in. Says what is broken and what was set aside.
    async fn bring(&self, path: &Path, progress: &mut Progress<'_>) -> Result<(Vec<Damage>, Vec<PathBuf>)> {
        let marker = self.place.marker();
        let is_file = self.place.sqlite_file().is_some();
        let url = if is_file {
            format!("sqlite:{}", marker.display())
        } else {
            let text = format!("restoring {} since {}\n", path.display(), self.ctx.now());
            fs::write(&marker, text).and_then(|()| sync_folder(&marker)).map_err(at(&marker))?;
            self.place.url()
        };
        self.bring_files(progress)?;
        let db = Db::open_to_load(&url, self.manifest.schema_version).await.map_err(told)?;
        let found = self.bring_rows(&db, progress).await;
        db.close().await;
        let found = found?;

        let mut set_aside = Vec::new();
        if let Some(file) = self.place.sqlite_file() {
            File::open(&marker).and_then(|file| file.sync_all()).map_err(at(&marker))?;
            self.set_aside(&file, &mut set_aside)?;
        }
        self.set_aside(&self.place.imports(), &mut set_aside)?;
        self.place.end_restore().map_err(at(&self.place.data))?;
        if let Some(file) = self.place.sqlite_file() {
            // From here on it is restored.
            fs::rename(&marker, &file).and_then(|()| sync_folder(&file)).map_err(at(&file))?;
        }
        Ok((found, set_aside))
    }

    /// Gives what is there another name.
    fn set_aside(&self, path: &Path, set_aside: &mut Vec<PathBuf>) -> Result<()> {
        if fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none()) {
            return fs::remove_dir(path).map_err(at(path));
        }
        if path.exists() {
            let stamp: String =
                self.ctx.now().to_string().chars().filter(char::is_ascii_digit).take(14).collect();
            let aside = beside(path, &format!("before-restore-{stamp}"));
            fs::rename(path, &aside).map_err(at(path))?;
            set_aside.push(aside);
        }
        Ok(())
    }

    async fn bring_rows(&self, db: &Db, progress: &mut Progress<'_>) -> Result<Vec<Damage>> {
        let mut tx = db.begin().await.map_err(told)?;
        let tables = tx.tables().await.map_err(told)?;
        let resting: Resting = tx.begin_load(&tables).await.map_err(told)?;
        for entry in &self.manifest.tables {
            let table = tables.iter().find(|table| table.name == entry.table.name);
            let table =
                table.ok_or_else(|| Error::Conflict(format!("there is no table {}", entry.table.name)))?;
            self.bring_table(&mut tx, table, entry, progress).await?;
        }
        tx.end_load(&tables, resting).await.map_err(told)?;
        tx.commit().await.map_err(told)?;
        progress("check", 0, 0);
        db.migrate().await.map_err(told)?;
        let found = db.snapshot().await.map_err(told)?.verify().await.map_err(told)?;
        Ok(found.into_iter().map(Damage::from).collect())
    }

    async fn bring_table(
        &self,
        tx: &mut Tx,
        table: &Table,
        entry: &TableEntry,
        progress: &mut Progress<'_>,
    ) -> Result<()> {
        let name = table_member(&table.name);
        let unreadable = |error: io::Error| Error::from(Damage::new(&name, error.to_string()));
        let mut content = self.archive.content(&name).map_err(unreadable)?;
        let (mut rows, mut lines, mut bytes) = (0, Vec::new(), 0);
        loop {
            let line = content.line().map_err(unreadable)?;
            let is_last = line.is_none();
            if let Some(line) = line {
                bytes += line.len();
                lines.push(line);
            }
            if is_last || lines.len() == MOST_LINES || bytes > MOST_BYTES {
                progress(&table.name, rows, entry.rows);
                tx.load_lines(table, rows + 1, &lines).await.map_err(told)?;
                rows += lines.len() as u64;
                lines.clear();
                bytes = 0;
            }
            if is_last {
                break;
            }
        }
        if rows != entry.rows {
            let what = format!("it has {rows} rows where the manifest says {}", entry.rows);
            return Err(Damage::new(&name, what).into());
        }
        let found = content.end()?;
        Ok(verify::compare(&name, &found, (&entry.sha256, entry.bytes))?)
    }

    fn bring_files(&self, progress: &mut Progress<'_>) -> Result<()> {
        for entry in self.manifest.backup.iter().flat_map(|note| &note.files) {
            progress(&entry.path, 0, entry.bytes);
            let name = file_member(&entry.path);
            let inside = inside_imports(&entry.path)
                .ok_or_else(|| Damage::new(&name, "it would lie outside of the folder of imports"))?;
            let path = self.place.coming_imports().join(inside);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(at(folder))?;
            }
            let unreadable = |error: io::Error| Error::from(Damage::new(&name, error.to_string()));
            let mut content = self.archive.content(&name).map_err(unreadable)?;
            let mut file = File::create_new(&path).map_err(at(&path))?;
            io::copy(&mut content, &mut file).map_err(at(&path))?;
            file.flush().and_then(|()| file.sync_all()).map_err(at(&path))?;
            let found = content.end()?;
            verify::compare(&name, &found, (&entry.sha256, entry.bytes))?;
        }
        Ok(())
    }
}

/// So many rows, or so many bytes of them, are loaded at once.
const MOST_LINES: usize = 1_000;
const MOST_BYTES: usize = 4 << 20;

/// The part of a path behind `imports/`; `None` when it leads elsewhere.
fn inside_imports(path: &str) -> Option<&Path> {
    let inside = Path::new(path).strip_prefix("imports").ok()?;
    let is_plain = inside.components().all(|part| matches!(part, Component::Normal(_)));
    (is_plain && inside.components().next().is_some()).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stay_inside_their_folder() {
        assert_eq!(inside_imports("imports/1/spool"), Some(Path::new("1/spool")));
        for path in
            ["imports", "imports/", "headway.sqlite", "imports/../x", "/etc/passwd", "imports/a/../../b"]
        {
            assert_eq!(inside_imports(path), None, "{path}");
        }
    }
}

//! Writing everything into one file, while others go on writing into the database.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use futures::TryStreamExt;
use headway_store::{Reader, Table, newest_schema};

use super::{
    Progress,
    archive::{
        BackupNote, FORMAT, FORMAT_VERSION, FileEntry, Manifest, Partial, TableEntry, Writer, file_member,
        table_member,
    },
    at, free_bytes, told,
};
use crate::{App, Error, OpContext, Permission, Result, work::import};

/// What was written.
#[derive(Clone, Debug)]
pub struct Archived {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// What it says about itself.
    pub manifest: Manifest,
    /// Files of unfinished imports that went away while it was written.
    pub missing: Vec<String>,
}

/// Writes a backup: everything in the database as it is now, and the files of unfinished imports. `to` is a file that
/// is not there yet, or a folder.
pub async fn back_up(ctx: &OpContext, app: &App, to: &Path, progress: &mut Progress<'_>) -> Result<Archived> {
    ctx.authorise(Permission::Administer)?;
    let note = BackupNote {
        created_at: ctx.now().to_string(),
        engine: super::engine(app).to_owned(),
        files: Vec::new(),
    };
    write(ctx, app, to, Some(note), progress).await
}

/// Writes an export: everything in the database as it is now, in the same form whatever the engine and the day.
pub async fn export(ctx: &OpContext, app: &App, to: &Path, progress: &mut Progress<'_>) -> Result<Archived> {
    ctx.authorise(Permission::Administer)?;
    write(ctx, app, to, None, progress).await
}

async fn write(
    ctx: &OpContext,
    app: &App,
    to: &Path,
    note: Option<BackupNote>,
    progress: &mut Progress<'_>,
) -> Result<Archived> {
    let target = target(ctx, to, if note.is_some() { "backup" } else { "export" })?;
    let folder = target.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut reader = app.db.snapshot().await.map_err(told)?;
    let schema_version = reader.schema_version().await.map_err(told)?;
    if schema_version == 0 {
        return Err(Error::Conflict("there is nothing in this database yet".to_owned()));
    }
    if schema_version > newest_schema() {
        return Err(Error::Conflict(format!(
            "the database is of a newer version (schema {schema_version}) than this program (schema {}); use that \
             version's `headway`",
            newest_schema()
        )));
    }
    let files = match note {
        Some(_) => import::unfinished_files(&mut reader, &app.config.data).await?,
        None => Vec::new(),
    };
    let needed =
        reader.database_bytes().await.map_err(told)? / LEAST_PART + files.iter().map(|it| it.1).sum::<u64>();
    let free = free_bytes(folder).map_err(at(folder))?;
    if free < needed {
        return Err(Error::Conflict(format!(
            "{} has {} MB free, and about {} MB are needed; choose another place",
            folder.display(),
            free >> 20,
            (needed >> 20) + 1
        )));
    }

    let partial = Partial::create(folder).map_err(at(folder))?;
    let mut writer = Writer::new(partial.file().map_err(at(folder))?);
    let mut manifest = Manifest {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        product_version: env!("CARGO_PKG_VERSION").to_owned(),
        schema_version,
        event_position: reader.last_event_seq().await.map_err(told)?,
        audit_head: None,
        tables: Vec::new(),
        backup: note,
    };
    for table in reader.tables().await.map_err(told)? {
        let (entry, last) = write_table(&mut reader, &mut writer, table, &target, progress).await?;
        if entry.table.name == "audit" {
            manifest.audit_head = last.as_deref().and_then(digest_of);
        }
        manifest.tables.push(entry);
    }
    // The snapshot is let go before the files: SQLite keeps everything that was written since it was taken.
    drop(reader);
    let mut missing = Vec::new();
    if let Some(note) = &mut manifest.backup {
        for (path, bytes) in files {
            progress(&path, 0, bytes);
            match write_file(&mut writer, &app.config.data, &path).map_err(at(&target))? {
                Some(entry) => note.files.push(entry),
                None => missing.push(path),
            }
        }
    }
    let text = serde_json::to_string_pretty(&manifest).map_err(Error::internal)?;
    writer.finish(&text).map_err(at(&target))?;
    let bytes = partial.keep(&target).map_err(at(&target))?;
    Ok(Archived { path: target, bytes, manifest, missing })
}

/// Where less than this part of the database's size is free, nothing is begun: rows take about a sixth.
const LEAST_PART: u64 = 6;

/// The file to write.
fn target(ctx: &OpContext, to: &Path, what: &str) -> Result<PathBuf> {
    let target = if to.is_dir() {
        let now = ctx.now().to_string();
        let stamp: String =
            now.split('.').next().unwrap_or_default().chars().filter(|it| !"-:Z".contains(*it)).collect();
        to.join(format!("headway-{what}-{stamp}Z.tar"))
    } else {
        to.to_owned()
    };
    if target.exists() {
        let message = format!("{} is there already; name another file, or a folder", target.display());
        return Err(Error::invalid("to", message));
    }
    Ok(target)
}

/// Writes the rows of a table. Gives the last line with them.
async fn write_table<W: Write + std::io::Seek>(
    reader: &mut Reader,
    writer: &mut Writer<W>,
    table: Table,
    target: &Path,
    progress: &mut Progress<'_>,
) -> Result<(TableEntry, Option<String>)> {
    let total = reader.count_rows(&table).await.map_err(told)?;
    let mut member = writer.member(&table_member(&table.name)).map_err(at(target))?;
    let (mut rows, mut last) = (0, None);
    let mut lines = reader.lines(&table);
    while let Some(line) = lines.try_next().await.map_err(told)? {
        if rows % 1_000 == 0 {
            progress(&table.name, rows, total);
        }
        rows += 1;
        let mut line = line.json;
        line.push('\n');
        member.write_all(line.as_bytes()).map_err(at(target))?;
        last = Some(line);
    }
    drop(lines);
    let (sha256, bytes) = member.end().map_err(at(target))?;
    Ok((TableEntry { rows, bytes, sha256, table }, last))
}

/// The digest of an entry of the audit log, as it stands in the line.
fn digest_of(line: &str) -> Option<String> {
    let entry: serde_json::Value = serde_json::from_str(line).ok()?;
    entry.get("digest")?.as_str().map(str::to_owned)
}

/// Writes a file of the data folder; `None` when it is not there any more.
fn write_file<W: Write + std::io::Seek>(
    writer: &mut Writer<W>,
    data: &Path,
    path: &str,
) -> std::io::Result<Option<FileEntry>> {
    let Ok(mut file) = std::fs::File::open(data.join(path)) else { return Ok(None) };
    let mut member = writer.member(&file_member(path))?;
    std::io::copy(&mut file, &mut member)?;
    let (sha256, bytes) = member.end()?;
    Ok(Some(FileEntry { path: path.to_owned(), bytes, sha256 }))
}

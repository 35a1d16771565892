//! The files of an import: where they lie, what was recognised, what a person corrected.

use std::{
    fs::File,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use headway_domain::{
    id::ImportId,
    time::{Instant, Zone},
};
use headway_store::Reader;
use headway_trackers::{DateOrder, Dialect, Format, Input, Source};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{App, Error, OpContext, Permission, Result};

/// A file that somebody chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its name, as people know it.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// What was found in a file, or in the members of one format of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// The position of the file among the uploads.
    pub upload: usize,
    /// The file's name, with the members of an archive where only some are meant.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its format; `None` when there is nothing to import.
    pub format: Option<String>,
    /// How it is written.
    pub dialect: Option<DialectChoice>,
    /// What can be read.
    pub can: Vec<String>,
    /// What it cannot give.
    pub cannot: Vec<String>,
    /// Why there is nothing to import.
    pub reason: Option<String>,
}

/// How a file is written, detected or chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialectChoice {
    /// Between cells.
    pub delimiter: Option<u8>,
    /// The encoding.
    pub encoding: String,
    /// `year_first`, `day_first` or `month_first`.
    pub date_order: String,
    /// Whether the data left no doubt.
    pub date_order_is_certain: bool,
    /// The zone of dates without offset.
    pub zone: String,
}

impl DialectChoice {
    /// The choice of exactly this dialect.
    pub fn of(dialect: &Dialect) -> Self {
        let date_order = match dialect.date_order {
            DateOrder::YearFirst => "year_first",
            DateOrder::DayFirst => "day_first",
            DateOrder::MonthFirst => "month_first",
        };
        DialectChoice {
            delimiter: dialect.delimiter,
            encoding: dialect.encoding.clone(),
            date_order: date_order.to_owned(),
            date_order_is_certain: dialect.date_order_is_certain,
            zone: dialect.zone.name().to_owned(),
        }
    }

    /// The dialect it names.
    pub fn to_dialect(&self) -> Result<Dialect> {
        let date_order = match self.date_order.as_str() {
            "year_first" => DateOrder::YearFirst,
            "day_first" => DateOrder::DayFirst,
            "month_first" => DateOrder::MonthFirst,
            other => {
                let message = format!("{other:?} is not year_first, day_first or month_first");
                return Err(Error::invalid("date_order", message));
            }
        };
        Ok(Dialect {
            delimiter: self.delimiter,
            encoding: self.encoding.clone(),
            date_order,
            date_order_is_certain: true,
            zone: Zone::named(&self.zone).map_err(|error| Error::invalid("zone", error.to_string()))?,
        })
    }
}

/// The stable code of a format.
pub fn format_code(format: Format) -> &'static str {
    match format {
        Format::JiraJson => "jira_json",
        Format::JiraCsv => "jira_csv",
        Format::GithubJson => "github_json",
        Format::GitlabExport => "gitlab_export",
        Format::AzureCsv => "azure_csv",
        Format::AzureJson => "azure_json",
        Format::RedmineJson => "redmine_json",
        Format::TrelloJson => "trello_json",
        Format::ChangeTable => "change_table",
        Format::StageDates => "stage_dates",
        Format::ItemTable => "item_table",
        Format::Xes => "xes",
        Format::GitRepository => "git_repository",
        Format::GitFastExport => "git_fast_export",
        Format::DevlakeRaw => "devlake_raw",
        Format::SprintTable => "sprint_table",
    }
}

/// What was chosen beside the mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Options {
    /// The files.
    pub(super) uploads: Vec<Upload>,
    /// How files are written, where a person corrected that.
    pub(super) dialects: Vec<Correction>,
}

/// How what one upload holds in one format is written, corrected by a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Correction {
    upload: usize,
    format: String,
    dialect: DialectChoice,
}

impl Options {
    pub(super) fn new(uploads: Vec<Upload>) -> Self {
        Options { dialects: Vec::new(), uploads }
    }

    /// With paths that mean the same when the data folder lies elsewhere. Files outside of it stay where they are.
    pub(super) fn within(mut self, data: &Path) -> Self {
        for upload in &mut self.uploads {
            if let Ok(inside) = upload.path.strip_prefix(data) {
                upload.path = inside.to_owned();
            }
        }
        self
    }

    /// With paths from the root of the disk: the reverse of [`Options::within`].
    pub(super) fn located(mut self, data: &Path) -> Self {
        for upload in &mut self.uploads {
            upload.path = data.join(&upload.path);
        }
        self
    }

    pub(super) fn to_value(&self) -> Result<Value> {
        serde_json::to_value(self).map_err(Error::internal)
    }

    pub(super) fn from_value(value: &Value) -> Result<Self> {
        serde_json::from_value(value.clone()).map_err(Error::internal)
    }

    /// Takes over what was chosen for each reported file.
    pub(super) fn choose(&mut self, files: &[FileReport], choices: Vec<Option<DialectChoice>>) {
        for (file, choice) in files.iter().zip(choices) {
            if let (Some(dialect), Some(format)) = (choice, file.format.clone()) {
                self.dialects.retain(|it| (it.upload, &it.format) != (file.upload, &format));
                self.dialects.push(Correction { upload: file.upload, format, dialect });
            }
        }
    }

    /// How what this upload holds in this format is written, if somebody has corrected that.
    pub(super) fn correction(&self, upload: usize, format: Format) -> Option<&DialectChoice> {
        let format = format_code(format);
        self.dialects.iter().find(|it| it.upload == upload && it.format == format).map(|it| &it.dialect)
    }

    /// Reads all files from end to end, and fails when the disk does: then it is not what they hold that can't be
    /// read, and trying again may help.
    pub(super) fn read_through(&self) -> std::io::Result<()> {
        for upload in self.uploads.iter().filter(|upload| !upload.path.is_dir()) {
            let read =
                File::open(&upload.path).and_then(|mut file| std::io::copy(&mut file, &mut std::io::sink()));
            match read {
                // Of this the person who chose the file has to know.
                Err(error) if error.kind() == ErrorKind::PermissionDenied => {}
                read => read.map(drop)?,
            }
        }
        Ok(())
    }

    pub(super) fn input(&self, upload: usize) -> Option<Input> {
        let upload = self.uploads.get(upload)?;
        Some(Input { name: upload.name.clone(), path: upload.path.clone() })
    }
}

impl FileReport {
    /// The report of a source that is looked at by itself.
    pub fn of(source: &Source) -> Self {
        let bytes = std::fs::metadata(&source.input.path).map_or(0, |it| it.len());
        FileReport::readable(0, bytes, source)
    }

    pub(super) fn readable(upload: usize, bytes: u64, source: &Source) -> Self {
        let recognised = &source.recognised;
        let name = match source.members.as_slice() {
            [] => source.input.name.clone(),
            [member] => format!("{}: {member}", source.input.name),
            members => format!("{}: {} files such as {}", source.input.name, members.len(), members[0]),
        };
        FileReport {
            upload,
            name,
            bytes,
            format: Some(format_code(recognised.format).to_owned()),
            dialect: Some(DialectChoice::of(&recognised.dialect)),
            can: recognised.can.clone(),
            cannot: recognised.cannot.clone(),
            reason: None,
        }
    }

    pub(super) fn unreadable(upload: usize, bytes: u64, name: String, reason: String) -> Self {
        FileReport {
            upload,
            name,
            bytes,
            format: None,
            dialect: None,
            can: Vec::new(),
            cannot: Vec::new(),
            reason: Some(reason),
        }
    }
}

pub(super) fn to_value(files: &[FileReport]) -> Result<Value> {
    serde_json::to_value(files).map_err(Error::internal)
}

pub(super) fn from_value(value: &Value) -> Result<Vec<FileReport>> {
    serde_json::from_value(value.clone()).map_err(Error::internal)
}

/// A tracker's name from a file's: `jira-export.json.gz` becomes `jira-export`.
pub(super) fn tracker_name(file: &str) -> String {
    let base = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = base.split('.').find(|part| !part.is_empty()).unwrap_or("import");
    stem.to_owned()
}

/// An id for an import whose files are being uploaded.
pub fn new_upload_id(ctx: &OpContext) -> Result<ImportId> {
    ctx.authorise_somewhere(Permission::Import)?;
    Ok(ImportId(ctx.new_id()))
}

/// The folder of an import: uploaded files and the spool.
pub fn folder_for(app: &App, id: ImportId) -> PathBuf {
    app.config.data.join("imports").join(id.to_string())
}

pub(super) fn spool_of(app: &App, id: ImportId) -> PathBuf {
    folder_for(app, id).join("spool")
}

/// Removes what an import kept on disk. What cannot be removed is left; it is only disk space.
pub async fn discard(app: &App, id: ImportId) {
    let folder = folder_for(app, id);
    if let Err(error) = tokio::fs::remove_dir_all(&folder).await
        && Path::exists(&folder)
    {
        tracing::warn!(%error, folder = %folder.display(), "failed to remove the files of an import");
    }
}

/// Removes what lies in the folder of imports and is needed no more: folders of imports that are over or are not
/// there, when nothing in them was written since `before`. Says how many.
pub(crate) async fn sweep(app: &App, before: Instant) -> Result<u64> {
    let Ok(mut folders) = tokio::fs::read_dir(app.config.data.join("imports")).await else { return Ok(0) };
    let mut removed = 0;
    while let Some(folder) = folders.next_entry().await? {
        let Ok(id) = folder.file_name().to_string_lossy().parse::<ImportId>() else { continue };
        let import = app.db.read().await?.import(id).await?;
        if import.is_none_or(|import| import.state.is_over()) && last_written(&folder.path()).await? < before
        {
            discard(app, id).await;
            removed += 1;
        }
    }
    Ok(removed)
}

/// The files that imports under way still need, by their paths in the data folder, with their sizes.
pub(crate) async fn unfinished_files(reader: &mut Reader, data: &Path) -> Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    let Ok(folders) = std::fs::read_dir(data.join("imports")) else { return Ok(found) };
    for folder in folders {
        let folder = folder?;
        let Ok(id) = folder.file_name().to_string_lossy().parse::<ImportId>() else { continue };
        if reader.import(id).await?.is_none_or(|import| import.state.is_over()) {
            continue;
        }
        for entry in std::fs::read_dir(folder.path())? {
            let entry = entry?;
            let (name, metadata) = (entry.file_name(), entry.metadata()?);
            if let (Some(name), true) = (name.to_str(), metadata.is_file()) {
                found.push((format!("imports/{id}/{name}"), metadata.len()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// When anything in a folder was written last.
async fn last_written(folder: &Path) -> std::io::Result<Instant> {
    let mut last = written(&tokio::fs::metadata(folder).await?)?;
    let mut entries = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = entries.next_entry().await? {
        last = last.max(written(&entry.metadata().await?)?);
    }
    Ok(last)
}

fn written(metadata: &std::fs::Metadata) -> std::io::Result<Instant> {
    let since_1970 = metadata.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Ok(Instant(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correction_is_for_one_format_of_one_upload() {
        let upload = |name: &str| Upload { name: name.to_owned(), path: PathBuf::new(), bytes: 0 };
        let mut options = Options::new(vec![upload("a.tar"), upload("b.tar")]);
        let dialect =
            |zone: &str| DialectChoice { zone: zone.to_owned(), ..DialectChoice::of(&Dialect::plain()) };
        let report = |upload, format| FileReport {
            format: Some(format_code(format).to_owned()),
            dialect: Some(dialect("UTC")),
            ..FileReport::unreadable(upload, 0, String::new(), String::new())
        };
        let left_out = FileReport::unreadable(0, 0, "picture.png".to_owned(), "it is an image".to_owned());
        let files = [
            report(0, Format::ItemTable),
            left_out,
            report(0, Format::ChangeTable),
            report(1, Format::ItemTable),
        ];
        let zone = |options: &Options, upload, format| {
            options.correction(upload, format).map(|dialect| dialect.zone.clone())
        };
        options.choose(&files, vec![None, None, Some(dialect("Europe/Zurich"))]);
        options.choose(&files, vec![None, None, Some(dialect("Asia/Tokyo"))]);
        assert_eq!(zone(&options, 0, Format::ChangeTable).as_deref(), Some("Asia/Tokyo"));
        assert_eq!(zone(&options, 0, Format::ItemTable), None);
        assert_eq!(zone(&options, 1, Format::ItemTable), None);
    }
}

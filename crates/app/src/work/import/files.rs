//! The files of an import: where they lie, what was recognised, what a person corrected.

use std::path::{Path, PathBuf};

use headway_domain::{id::ImportId, time::Zone};
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
    /// For each file, how it is written, where a person corrected that.
    pub(super) dialects: Vec<Option<DialectChoice>>,
}

impl Options {
    pub(super) fn new(uploads: Vec<Upload>) -> Self {
        Options { dialects: vec![None; uploads.len()], uploads }
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
            if let (Some(choice), Some(slot)) = (choice, self.dialects.get_mut(file.upload)) {
                *slot = Some(choice);
            }
        }
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
    ctx.authorise(Permission::Import)?;
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

//! Opening the application: where its data lies and which database it uses.

use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use headway_app::{App, platform::Place};
use headway_store::Db;

use crate::{
    config::{Config, Flags, flags},
    sample::SampleOrganisation,
};

/// Where data is kept.
#[derive(Args, Clone)]
pub struct DataOptions {
    /// The folder for the database and uploaded files [default: headway-data].
    #[arg(long, value_name = "FOLDER")]
    data: Option<String>,
    /// `postgres://…` to use PostgreSQL; SQLite in the data folder when missing.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// How long a job runner may be silent before another takes its job over.
    #[arg(long, hide = true)]
    lease: Option<String>,
}

impl DataOptions {
    /// What was said on the command line.
    pub fn flags(&self) -> Flags {
        flags([("data_dir", &self.data), ("database", &self.database), ("lease", &self.lease)])
    }
}

/// Opens the application, creating what is missing.
pub async fn open(config: &Config) -> Result<App> {
    let folder = &config.data_dir;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("failed to create the data folder {}", folder.display()))?;
    // Paths of uploads are stored, and must mean the same wherever the next process starts.
    let data = folder.canonicalize().with_context(|| format!("failed to find {}", folder.display()))?;
    let place = Place { data, ..config.place() };
    place.refuse_half_restored().await?;
    let db = Db::open(&place.url()).await.map_err(|error| cannot_open(&place, error))?;
    let public_url = config.site.public_url().map(str::to_owned);
    let app_config =
        headway_app::Config { lease: config.lease, public_url, ..headway_app::Config::new(place.data) };
    Ok(App::new(db, app_config, Some(Arc::new(SampleOrganisation))))
}

/// Opens the application on a database that is there, and changes nothing in it: another version of the program may be
/// at work in it.
pub async fn open_as_it_is(config: &Config) -> Result<App> {
    let place = config.place();
    if let Some(file) = place.sqlite_file().filter(|file| !file.exists()) {
        bail!("there is no database at {}; name the data folder with --data", file.display());
    }
    place.refuse_half_restored().await?;
    let db = Db::open_as_it_is(&place.url()).await.map_err(|error| cannot_open(&place, error))?;
    let data = std::path::absolute(&place.data)?;
    Ok(App::new(db, headway_app::Config::new(data), None))
}

fn cannot_open(place: &Place, error: headway_store::Error) -> anyhow::Error {
    // The address of a server may hold a password.
    let what = place
        .sqlite_file()
        .map_or_else(|| "the database named by --database".to_owned(), |file| file.display().to_string());
    anyhow::Error::from(error).context(format!("failed to open {what}"))
}

//! Opening the application: where its data lies and which database it uses.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use clap::Args;
use headway_app::{App, Config};
use headway_store::Db;

use crate::sample::SampleOrganisation;

/// Where data is kept.
#[derive(Args, Clone)]
pub struct DataOptions {
    /// The folder for the database and uploaded files.
    #[arg(long, env = "HEADWAY_DATA_DIR", default_value = "headway-data")]
    pub data: PathBuf,
    /// `postgres://…` to use PostgreSQL; SQLite in the data folder when missing.
    #[arg(long, env = "HEADWAY_DATABASE")]
    pub database: Option<String>,
    /// How long a job runner may be silent before another takes its job over, in seconds.
    #[arg(long, env = "HEADWAY_LEASE", default_value_t = 15.0, hide = true)]
    lease: f64,
}

impl DataOptions {
    /// Opens the application, creating what is missing.
    pub async fn open(&self) -> Result<App> {
        std::fs::create_dir_all(&self.data)
            .with_context(|| format!("failed to create the data folder {}", self.data.display()))?;
        // Paths of uploads are stored, and must mean the same wherever the next process starts.
        let data =
            self.data.canonicalize().with_context(|| format!("failed to find {}", self.data.display()))?;
        let url = match &self.database {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.data.join("headway.sqlite").display()),
        };
        let db = Db::open(&url).await.map_err(|error| {
            let what = if self.database.is_some() { "the database named by --database" } else { &url };
            anyhow::Error::from(error).context(format!("failed to open {what}"))
        })?;
        let lease = Duration::try_from_secs_f64(self.lease).context("failed to read --lease")?;
        let config = Config { lease, ..Config::new(data) };
        Ok(App::new(db, config, Some(Arc::new(SampleOrganisation))))
    }
}

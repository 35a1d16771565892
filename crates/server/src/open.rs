//! Opening the application: where its data lies and which database it uses.

use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use headway_app::App;
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
    let url = config.database_url(&data);
    let db = Db::open(&url).await.map_err(|error| {
        let what = if config.database.is_some() { "the database named by --database" } else { &url };
        anyhow::Error::from(error).context(format!("failed to open {what}"))
    })?;
    let public_url = config.site.public_url().map(str::to_owned);
    let app_config =
        headway_app::Config { lease: config.lease, public_url, ..headway_app::Config::new(data) };
    Ok(App::new(db, app_config, Some(Arc::new(SampleOrganisation))))
}

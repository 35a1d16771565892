//! Opening the application: where its data lies and which database it uses.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path, sync::Arc};

use anyhow::{Context, Result, bail};
use clap::Args;
use headway_app::{App, IdSource, organisation::SecretKey, platform::Place};
use headway_store::Db;

use crate::{
    config::{Config, Flags, flags},
    edge::SystemIds,
    outbound::WayOut,
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
    fs::create_dir_all(folder)
        .with_context(|| format!("failed to create the data folder {}", folder.display()))?;
    // Paths of uploads are stored, and must mean the same wherever the next process starts.
    let data = folder.canonicalize().with_context(|| format!("failed to find {}", folder.display()))?;
    let place = Place { data, ..config.place() };
    place.refuse_half_restored().await?;
    let db = Db::open(&place.url()).await.map_err(|error| cannot_open(&place, error))?;
    let db = match &config.database_replica {
        Some(url) => db.with_replica(url.expose()).context("failed to read database_replica")?,
        None => db,
    };
    let public_url = config.site.public_url().map(str::to_owned);
    let usual = headway_app::Config::new(place.data, secret_key(&config.secret_key_file)?);
    let app_config = headway_app::Config { lease: config.lease, public_url, ..usual };
    let mut app = App::new(db, app_config, Some(Arc::new(SampleOrganisation)));
    app.outbound = Arc::new(WayOut::new(&config.allowed_networks));
    Ok(app)
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
    let file = &config.secret_key_file;
    // Without its file nothing sealed can be read, and nothing of it has to be.
    let key = if file.exists() { secret_key(file)? } else { SecretKey::new(SystemIds.secret()) };
    Ok(App::new(db, headway_app::Config::new(data, key), None))
}

fn cannot_open(place: &Place, error: headway_store::Error) -> anyhow::Error {
    // The address of a server may hold a password.
    let what = place
        .sqlite_file()
        .map_or_else(|| "the database named by --database".to_owned(), |file| file.display().to_string());
    anyhow::Error::from(error).context(format!("failed to open {what}"))
}

const KEY_BYTES: usize = 32;

/// The key in this file, which is made when it is not there yet.
fn secret_key(file: &Path) -> Result<SecretKey> {
    if !file.exists() {
        make_secret_key(file).with_context(|| format!("failed to make the secret key {}", file.display()))?;
    }
    let bytes =
        fs::read(file).with_context(|| format!("failed to read the secret key {}", file.display()))?;
    let Ok(bytes) = <[u8; KEY_BYTES]>::try_from(bytes) else {
        bail!(
            "the secret key {} has not {KEY_BYTES} bytes; put back the one from your backup",
            file.display()
        );
    };
    Ok(SecretKey::new(bytes))
}

/// Writes a new key, for its owner's eyes only. It gets its name when it is whole; when another process was faster,
/// the other's key stays.
fn make_secret_key(file: &Path) -> Result<()> {
    let whole = file.with_extension(format!("new-{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    let mut new = options.write(true).create(true).truncate(true).mode(0o600).open(&whole)?;
    new.write_all(&SystemIds.secret())?;
    new.sync_all()?;
    let named = fs::hard_link(&whole, file);
    fs::remove_file(&whole)?;
    match named {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_secret_key_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        let made = secret_key(&file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(secret_key(&file).unwrap() == made);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        fs::write(&file, "short").unwrap();
        assert!(secret_key(&file).is_err());
    }
}

//! `headway config check`: reads everything and tries what can be tried.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpStream, ToSocketAddrs},
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use headway_store::{Db, newest_schema};

use super::{Config, Mail, MailTls, Sources, command::shown};

/// How long somebody else's server may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Prints the configuration and what is wrong with it. With `connect` it greets the mail server, too.
pub async fn check(sources: &mut Sources, connect: bool) -> Result<()> {
    let config = Config::read(sources);
    print!("{}", shown(sources));
    let mut problems = std::mem::take(&mut sources.problems);
    let mut notes = std::mem::take(&mut sources.doubts);
    if let Ok(config) = config
        && problems.is_empty()
    {
        for tried in
            [data_folder(&config.data_dir), secret_key(&config.secret_key_file), database(&config).await]
        {
            match tried {
                Ok(note) => notes.push(note),
                Err(problem) => problems.push(format!("{problem:#}")),
            }
        }
        match &config.mail {
            Some(mail) if connect => match greet(mail) {
                Ok(note) => notes.push(note),
                Err(problem) => problems.push(format!("mail: {problem:#}")),
            },
            Some(mail) => {
                notes.push(format!("mail: goes to {} as {}; --connect greets it", mail.host, mail.from));
            }
            None => notes.push("mail: none is sent".to_owned()),
        }
    }
    println!();
    for note in &notes {
        println!("note: {note}");
    }
    for problem in &problems {
        println!("problem: {problem}");
    }
    if !problems.is_empty() {
        bail!("the configuration has problems: {}", problems.len());
    }
    println!("The configuration can be used.");
    Ok(())
}

/// The folder, or the nearest one above it that exists, has to be one to write into.
fn data_folder(folder: &Path) -> Result<String> {
    let full = std::path::absolute(folder)?;
    let existing = full.ancestors().find(|it| it.exists()).context("data_dir: there is no such folder")?;
    if !existing.is_dir() {
        bail!("data_dir: {} is no folder", existing.display());
    }
    tempfile::tempfile_in(existing)
        .with_context(|| format!("data_dir: failed to write into {}", existing.display()))?;
    let state = if existing == full { "can be written to" } else { "will be created" };
    Ok(format!("data_dir: {} {state}", full.display()))
}

/// Whoever reads the key can read what it protects.
fn secret_key(file: &Path) -> Result<String> {
    let Ok(metadata) = std::fs::metadata(file) else {
        return Ok(format!("secret_key_file: {} is not there yet", file.display()));
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = metadata.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            bail!("secret_key_file: others may read {} (mode {mode:o}); use chmod 600", file.display());
        }
    }
    std::fs::File::open(file)
        .with_context(|| format!("secret_key_file: failed to read {}", file.display()))?;
    Ok(format!("secret_key_file: {} can be read by this user only", file.display()))
}

/// Looks at the database and changes nothing in it.
async fn database(config: &Config) -> Result<String> {
    let place = config.place();
    if let Some(file) = place.sqlite_file().filter(|file| !file.exists()) {
        return Ok(format!("database: {} will be created", file.display()));
    }
    let opened = tokio::time::timeout(PATIENCE, Db::open_as_it_is(&place.url())).await;
    let db = opened.context("database: it does not answer")?.context("database: failed to open it")?;
    let version = async { db.read().await?.schema_version().await }.await;
    db.close().await;
    let version = version.context("database: failed to read its version")?;
    let newest = newest_schema();
    let engine = if place.sqlite_file().is_some() { "SQLite" } else { "PostgreSQL" };
    match version {
        version if version > newest => {
            bail!(
                "database: its tables are of version {version}, of a later program; this one knows {newest}"
            )
        }
        version if version < newest => Ok(format!(
            "database: {engine} answers; its tables are of version {version} and will be brought to {newest}"
        )),
        version => {
            Ok(format!("database: {engine} answers; its tables are of version {version}, as they should be"))
        }
    }
}

/// Greets the mail server, and goes. Nobody signs in, and nothing is sent.
fn greet(mail: &Mail) -> Result<String> {
    let place = format!("{}:{}", mail.host, mail.port);
    let address = place.to_socket_addrs().with_context(|| format!("failed to find {}", mail.host))?.next();
    let address = address.with_context(|| format!("{} has no address", mail.host))?;
    let stream = TcpStream::connect_timeout(&address, PATIENCE);
    let mut stream = stream.with_context(|| format!("failed to connect to {place}"))?;
    if mail.tls == MailTls::Tls {
        // What comes first is the client's greeting in TLS; that somebody is there has to do.
        return Ok(format!("mail: {place} takes connections"));
    }
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut reply = move || -> Result<String> {
        let mut text = String::new();
        for line in lines.by_ref() {
            let line = line?;
            text.push_str(&line);
            text.push('\n');
            // A line whose code is followed by a hyphen is not the last.
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(text);
            }
        }
        bail!("the server hung up")
    };
    let greeting = reply().with_context(|| format!("{place} does not greet"))?;
    if !greeting.starts_with("220") {
        bail!("{place} does not want to talk: {}", greeting.trim());
    }
    stream.write_all(b"EHLO localhost\r\n")?;
    let offers = reply().with_context(|| format!("{place} does not answer"))?;
    // It hears it or it does not.
    let _ = stream.write_all(b"QUIT\r\n");
    if mail.tls == MailTls::StartTls && !offers.to_uppercase().contains("STARTTLS") {
        bail!("{place} does not offer STARTTLS; set mail.tls to tls or none");
    }
    if mail.user.is_some() && mail.tls == MailTls::None {
        bail!("mail.user would send its password to {place} in the open; set mail.tls to starttls or tls");
    }
    Ok(format!("mail: {place} answers"))
}

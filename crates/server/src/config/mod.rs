//! Configuration: what the server was told, by flags, environment variables and one file.
//!
//! [`SETTINGS`] lists every setting; [`Config::read`] turns what was given into values that the program uses.

mod check;
mod command;
mod settings;
mod sources;
#[cfg(test)]
mod tests;
mod values;

use std::{fmt::Write as _, net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::{Result, bail};
use clap::Args;
use headway_app::platform::Place;
use headway_http::{Limits, Site};

pub use command::{Command, config};
pub use sources::Sources;
use sources::{Noted, Read};
pub use values::{LogFormat, MailTls, Network, Secret};

use values::{Length, Ratio, Size};

/// Where a configuration is looked for when nobody names one; the first that exists counts.
const PLACES: [&str; 2] = ["/etc/headway/headway.toml", "headway.toml"];

/// How the program is told its settings; for every command.
#[derive(Args)]
pub struct Options {
    /// The configuration file; otherwise /etc/headway/headway.toml or headway.toml, if there is one.
    #[arg(long, global = true, env = "HEADWAY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// What to log, such as `info` or `headway_app=debug`.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
    /// How to log: `text`, or `json` for one object a line.
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

/// What was said on the command line, by the names of settings.
pub type Flags = Vec<(&'static str, String)>;

/// The flags that were given.
pub fn flags<const N: usize>(given: [(&'static str, &Option<String>); N]) -> Flags {
    given.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))).collect()
}

impl Options {
    /// Everything that was given for a command with these flags of its own.
    pub fn sources(&self, own: Flags) -> Result<Sources> {
        let mut sources = Sources::default();
        let found =
            self.config.clone().or_else(|| PLACES.map(PathBuf::from).into_iter().find(|it| it.is_file()));
        if let Some(path) = found {
            match std::fs::read_to_string(&path) {
                Ok(text) => sources.add_file(&path, &text),
                Err(error) => bail!("failed to read the configuration {}: {error}", path.display()),
            }
        }
        Ok(self.add_outer(sources, own))
    }

    /// The same without a file, for commands that need nothing but a log.
    pub fn sources_without_file(&self, own: Flags) -> Sources {
        self.add_outer(Sources::default(), own)
    }

    fn add_outer(&self, mut sources: Sources, own: Flags) -> Sources {
        // Others' variables may be no text; ours are named in it.
        let variables = std::env::vars_os();
        let variables =
            variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        sources.add_environment(variables);
        sources.add_flags(flags([("log", &self.log), ("log_format", &self.log_format)]));
        sources.add_flags(own);
        sources
    }
}

/// What the program was told.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder for the database and uploaded files.
    pub data_dir: PathBuf,
    /// The address of a PostgreSQL database.
    pub database: Option<Secret>,
    /// The address of a read-only copy of it.
    pub database_replica: Option<Secret>,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The names, the proxies and the limits of the server.
    pub site: Site,
    /// The file with the key that protects stored secrets.
    pub secret_key_file: PathBuf,
    /// How long a job runner may be silent.
    pub lease: Duration,
    /// How long `/readyz` says no before the server stops.
    pub drain: Duration,
    /// What is logged, and how.
    pub log: Log,
    /// Where metrics are served.
    pub metrics: Metrics,
    /// Where traces go, if anywhere.
    pub otlp: Option<Otlp>,
    /// How mail is sent, if at all.
    pub mail: Option<Mail>,
    /// Private networks that webhooks may reach.
    pub allowed_networks: Vec<Network>,
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct Log {
    /// By part and level.
    pub filter: String,
    /// Its form.
    pub format: LogFormat,
}

/// Where metrics are served.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// At an address of their own.
    pub listen: Option<SocketAddr>,
    /// At the main address, to whoever has this.
    pub token: Option<Secret>,
}

/// Where traces go.
#[derive(Clone, Debug)]
pub struct Otlp {
    /// The base address of the collector.
    pub endpoint: String,
    /// Headers: `name=value`, separated by commas.
    pub headers: Option<Secret>,
    /// The share of requests that are traced.
    pub sample_ratio: f64,
}

/// How mail is sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The SMTP server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailTls,
    /// Who signs in there.
    pub user: Option<String>,
    /// With this.
    #[cfg_attr(not(test), expect(dead_code, reason = "the first mail is sent by what comes next"))]
    pub password: Option<Secret>,
    /// The sender.
    pub from: String,
}

impl Config {
    /// What was given, as values; every problem in one error otherwise.
    pub fn load(sources: &mut Sources) -> Result<Config> {
        match Config::read(sources) {
            Ok(config) if sources.problems.is_empty() => Ok(config),
            _ => bail!("{}", all(&sources.problems)),
        }
    }

    /// Reads every setting.
    fn read(given: &mut Sources) -> Read<Config> {
        let data_dir = given.required::<PathBuf>("data_dir");
        let database = given.secret("database");
        let database_replica = given.secret("database_replica");
        let listen = given.required("listen");
        let site = read_site(given);
        let secret_key_file = given.optional::<PathBuf>("secret_key_file");
        let lease = given.required::<Length>("lease");
        let drain = given.required::<Length>("drain");
        let log = (given.required("log"), given.required("log_format"));
        let metrics = (given.optional("metrics.listen"), given.secret("metrics.token"));
        let otlp = read_otlp(given);
        let mail = read_mail(given);
        let allowed_networks = given.list("outbound.allowed_networks");

        let data_dir = data_dir?;
        let config = Config {
            secret_key_file: secret_key_file?.unwrap_or_else(|| data_dir.join("secret.key")),
            data_dir,
            database: database?,
            database_replica: database_replica?,
            listen: listen?,
            site: site?,
            lease: lease?.0,
            drain: drain?.0,
            log: Log { filter: log.0?, format: log.1? },
            metrics: Metrics { listen: metrics.0?, token: metrics.1? },
            otlp: otlp?,
            mail: mail?,
            allowed_networks: allowed_networks?,
        };
        config.find_contradictions(given);
        Ok(config)
    }

    /// What can't be true together.
    fn find_contradictions(&self, given: &mut Sources) {
        if self.lease.is_zero() {
            given.problems.push("lease has to be longer than nothing".to_owned());
        }
        if self.database_replica.is_some() && self.database.is_none() {
            given.problems.push("database_replica needs a PostgreSQL database in database".to_owned());
        }
        if self.metrics.listen.is_some_and(|it| it == self.listen && it.port() != 0) {
            given.problems.push("metrics.listen is the same address as listen".to_owned());
        }
    }

    /// Where the data is: on SQLite in the data folder when no database was named.
    pub fn place(&self) -> Place {
        let database = self.database.as_ref().map(|url| url.expose().to_owned());
        Place { data: self.data_dir.clone(), database }
    }
}

fn read_site(given: &mut Sources) -> Read<Site> {
    let public_url = given.optional("public_url");
    let allowed_hosts = given.list("allowed_hosts");
    let trusted_proxies = given.list("trusted_proxies");
    let body = given.required::<Size>("limits.body");
    let header_time = given.required::<Length>("limits.header_time");
    let body_time = given.required::<Length>("limits.body_time");
    let request_time = given.required::<Length>("limits.request_time");
    let connections = given.required("limits.connections");
    let requests_per_minute = given.required("limits.requests_per_minute");
    let limits = Limits {
        body: body?.0,
        header_time: header_time?.0,
        body_time: body_time?.0,
        request_time: request_time?.0,
        connections: connections?,
        requests_per_minute: requests_per_minute?,
    };
    Ok(Site {
        public_url: public_url?,
        allowed_hosts: allowed_hosts?,
        trusted_proxies: trusted_proxies?,
        limits,
    })
}

fn read_otlp(given: &mut Sources) -> Read<Option<Otlp>> {
    let endpoint = given.optional("otlp.endpoint");
    let headers = given.secret("otlp.headers");
    let sample_ratio = given.required::<Ratio>("otlp.sample_ratio");
    let (endpoint, headers, sample_ratio) = (endpoint?, headers?, sample_ratio?.0);
    Ok(endpoint.map(|endpoint| Otlp { endpoint, headers, sample_ratio }))
}

fn read_mail(given: &mut Sources) -> Read<Option<Mail>> {
    let host = given.optional("mail.host");
    let port = given.required("mail.port");
    let tls = given.required("mail.tls");
    let user = given.optional("mail.user");
    let password = given.secret("mail.password");
    let from: Read<Option<String>> = given.optional("mail.from");
    let (host, from) = (host?, from?);
    if host.is_some() && from.is_none() {
        given.problems.push("mail.from is missing; mail needs a sender".to_owned());
        return Err(Noted);
    }
    let (port, tls, user, password) = (port?, tls?, user?, password?);
    Ok(host.zip(from).map(|(host, from)| Mail { host, port, tls, user, password, from }))
}

/// Several sentences as one error.
fn all(problems: &[String]) -> String {
    match problems {
        [one] => format!("the configuration is wrong: {one}"),
        many => many.iter().fold(
            format!("the configuration is wrong in {} places:", many.len()),
            |mut text, problem| {
                // Writing into a text cannot fail.
                let _ = write!(text, "\n  {problem}");
                text
            },
        ),
    }
}

//! Runs every test.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    conformance, deny,
    tools::{cargo, find, need_chromium, need_postgres, root, run, server_program, sh, want_haproxy},
    web,
};

/// Which tests to leave out.
#[derive(Args)]
pub struct Options {
    /// Leaves out the journeys in a browser.
    #[arg(long)]
    no_browser: bool,
}

/// Runs every test, the quick ones first.
pub fn test(options: &Options) -> Result<()> {
    let postgres = need_postgres()?;
    want_haproxy();
    let chromium = if options.no_browser { None } else { Some(need_chromium()?) };
    web::build()?;

    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    deny::check()?;

    let cluster = Cluster::start(&postgres)?;
    let nextest = find("cargo-nextest").is_some();
    let arguments: &[&str] = if nextest {
        &["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--workspace", "--no-fail-fast"]
    };
    run(cargo().args(arguments).env("HEADWAY_TEST_POSTGRES", &cluster.url))?;
    if nextest {
        run(cargo().args(["test", "--workspace", "--doc", "--quiet"]))?;
    }

    for script in ["check", "lint", "test"] {
        sh("web", "npm", &["run", script])?;
    }
    conformance::check()?;
    if let Some(chromium) = chromium {
        run(Command::new("npm")
            .args(["run", "test:e2e"])
            .current_dir(root().join("web"))
            .env("HEADWAY_CHROMIUM", chromium)
            .env("HEADWAY_SERVER", server_program()?)
            .env("HEADWAY_TEST_POSTGRES", &cluster.url))?;
    }
    Ok(())
}

/// A PostgreSQL of our own, thrown away at the end.
struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    as_postgres: bool,
    url: String,
}

impl Cluster {
    /// Starts one in a temporary folder, on a free port of the loopback interface.
    fn start(programs: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("headway-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        // PostgreSQL refuses to run as root.
        let as_postgres = Path::new("/etc/debian_version").exists() && is_root();
        if as_postgres {
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let cluster = Cluster {
            programs: programs.to_owned(),
            folder,
            as_postgres,
            url: format!("postgres://headway@127.0.0.1:{port}/postgres"),
        };
        let data = cluster.folder.join("data");
        let data = data.to_string_lossy();
        cluster.program(
            "initdb",
            &["-D", &data, "-U", "headway", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
        )?;
        let log = cluster.folder.join("log");
        let settings = format!(
            "-p {port} -h 127.0.0.1 -k '' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
             -c max_connections=300"
        );
        cluster.program(
            "pg_ctl",
            &["-D", &data, "-w", "-o", &settings, "-l", &log.to_string_lossy(), "start"],
        )?;
        Ok(cluster)
    }

    fn program(&self, name: &str, arguments: &[&str]) -> Result<()> {
        let path = self.programs.join(name);
        let mut command = if self.as_postgres {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        let status = command.args(arguments).current_dir(&self.folder).stdout(Stdio::null()).status()?;
        if !status.success() {
            bail!("{name} of PostgreSQL failed ({status}); its log is in {}", self.folder.display());
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let stopped = self.program("pg_ctl", &["-D", &data.to_string_lossy(), "-m", "immediate", "stop"]);
        if stopped.is_ok() {
            // What cannot be removed is a few files in the temporary folder.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

//! The PostgreSQL server of the tests: the one that `HEADWAY_TEST_POSTGRES` names, or a throw-away one that ends with
//! this process, however it ends.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use headway_store::Db;
use tokio::sync::OnceCell;

/// A server on which tests create databases.
pub(super) struct Cluster {
    /// Where the programs of PostgreSQL are.
    programs: PathBuf,
    /// The server's address up to the name of a database, and what follows it.
    address: (String, String),
    /// Whether it outlives this process, so that we have to tidy up.
    is_foreign: bool,
    template: OnceCell<String>,
}

const MISSING: &str = "the tests need PostgreSQL: install it (Debian and Ubuntu: `apt-get install postgresql`), or \
                       name a server with HEADWAY_TEST_POSTGRES=postgres://user:password@host/postgres";

impl Cluster {
    /// The server; started when this is called for the first time.
    pub(super) fn get() -> &'static Cluster {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(|| {
            let programs = postgres_programs();
            let foreign = std::env::var("HEADWAY_TEST_POSTGRES").ok();
            let is_foreign = foreign.is_some();
            let url = foreign.unwrap_or_else(|| start(&programs));
            Cluster { programs, address: split_address(&url), is_foreign, template: OnceCell::new() }
        })
    }

    pub(super) fn url(&self, database: &str) -> String {
        format!("{}{database}{}", self.address.0, self.address.1)
    }

    /// Creates a migrated database.
    pub(super) async fn create(&self, name: &str) {
        let template = self.template.get_or_init(|| self.make_template()).await;
        let sql = format!("create database {name} template {template}");
        // A server refuses to copy a database while the last connection to it is still ending.
        for _ in 0..50 {
            match self.psql(&sql) {
                Ok(()) => return,
                Err(error) if error.contains("being accessed by other users") => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Err(error) => panic!("failed to create a test database: {error}"),
            }
        }
        panic!("failed to create a test database: the template {template} stays in use");
    }

    pub(super) fn drop_database(&self, name: &str) {
        if let Err(error) = self.psql(&format!("drop database if exists {name} with (force)")) {
            eprintln!("failed to drop the test database {name}: {error}");
        }
    }

    /// Migrates a database once for all tests of this process.
    async fn make_template(&self) -> String {
        let name = format!("headway_template_{}", std::process::id());
        self.psql(&format!("create database {name}"))
            .unwrap_or_else(|error| panic!("failed to create a test database: {error}"));
        let db =
            Db::open(&self.url(&name)).await.unwrap_or_else(|error| panic!("failed to migrate: {error:?}"));
        db.close().await;
        if self.is_foreign {
            let mut drop_it = Command::new(self.programs.join("psql"));
            drop_it
                .arg("--command")
                .arg(format!("drop database {name} with (force)"))
                .arg(self.url("postgres"));
            when_this_process_ends(&drop_it, None);
        }
        name
    }

    fn psql(&self, sql: &str) -> Result<(), String> {
        let mut command = Command::new(self.programs.join("psql"));
        command.args(["--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--command", sql]);
        run(command.arg(self.url("postgres")))
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// The folder with the programs of PostgreSQL.
pub fn postgres_programs() -> PathBuf {
    find_programs().unwrap_or_else(|| panic!("{MISSING}"))
}

/// The folder of the newest installed version's programs.
fn find_programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| folder.join("initdb").exists())
        .collect();
    folders.sort();
    let on_path = std::env::var_os("PATH")
        .and_then(|path| std::env::split_paths(&path).find(|folder| folder.join("initdb").exists()));
    folders.pop().map(|(_, folder)| folder).or(on_path)
}

/// Before and behind the name of the database: `postgres://…/` and `?…`.
fn split_address(url: &str) -> (String, String) {
    let (start, query) =
        url.split_once('?').map_or((url, String::new()), |(start, query)| (start, format!("?{query}")));
    let host = start.find("://").map_or(0, |at| at + 3);
    let end = start[host..].find('/').map_or(start.len(), |at| host + at);
    (format!("{}/", &start[..end]), query)
}

/// Starts a server of its own in a temporary folder, reachable by a socket in it, and says its address.
fn start(programs: &Path) -> String {
    let folder = tempfile::Builder::new()
        .prefix("headway-postgres-")
        .tempdir_in("/tmp")
        .expect("a folder for the test server can be made")
        .keep();
    // PostgreSQL refuses to run as root; the folder is then its own user's.
    let user = postgres_user();
    if let Some(user) = &user {
        let owner = std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755));
        owner.expect("the folder of the test server is ours");
        run(Command::new("chown").arg(user).arg(&folder)).unwrap_or_else(|error| panic!("{error}"));
    }
    let as_user = |program: &Path| match &user {
        Some(user) => {
            let mut command = Command::new("runuser");
            command.args(["-u", user, "--"]).arg(program);
            command
        }
        None => Command::new(program),
    };
    let data = folder.join("data");
    let mut initdb = as_user(&programs.join("initdb"));
    initdb.args(["--auth=trust", "--username=headway", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
    run(initdb.arg("--pgdata").arg(&data).current_dir(&folder))
        .unwrap_or_else(|error| panic!("failed to set up a PostgreSQL server for the tests: {error}"));
    let options = format!(
        "-k {} -c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
         -c max_connections=200",
        folder.display()
    );
    let pg_ctl = programs.join("pg_ctl");
    let mut begin = as_user(&pg_ctl);
    begin.arg("start").arg("--wait").arg("--pgdata").arg(&data).arg("--log").arg(folder.join("log"));
    begin.arg("--options").arg(options).current_dir(&folder);
    // The server must not inherit our output, or whoever reads it waits for the server.
    begin.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = begin.status().expect("pg_ctl can be run");
    if !status.success() {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("failed to start a PostgreSQL server for the tests: {log}");
    }
    let mut stop = as_user(&pg_ctl);
    stop.args(["stop", "--mode=immediate", "--pgdata"]).arg(&data);
    when_this_process_ends(&stop, Some(&folder));
    format!("postgres://headway@localhost/postgres?host={}", folder.display())
}

/// Leaves a process behind that waits for the end of ours (its standard input closes then), runs a command, and
/// removes a folder.
fn when_this_process_ends(command: &Command, folder: Option<&Path>) {
    let mut clear_up = Command::new("sh");
    clear_up.arg("-c").arg(
        "trap '' HUP INT TERM; cat >/dev/null; folder=$1; shift; \"$@\" >/dev/null 2>&1; \
         test -z \"$folder\" || rm -rf \"$folder\"",
    );
    clear_up.arg("clear-up").arg(folder.unwrap_or(Path::new("")));
    clear_up.arg(command.get_program()).args(command.get_args());
    clear_up.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/tmp");
    let child = clear_up.spawn().expect("sh can be run");
    // Keeps our end of the pipe open until this process ends.
    std::mem::forget(child);
}

/// The user to run a PostgreSQL server as, when we are root.
pub fn postgres_user() -> Option<String> {
    let is_root =
        std::fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0);
    if !is_root {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let exists = |name: &&str| users.lines().any(|line| line.split(':').next() == Some(name));
    ["postgres", "nobody"].into_iter().find(exists).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_split_around_the_name_of_the_database() {
        let parts = |url| split_address(url);
        assert_eq!(parts("postgres://u:p@h:1/postgres?a=b"), ("postgres://u:p@h:1/".into(), "?a=b".into()));
        assert_eq!(parts("postgres://h"), ("postgres://h/".into(), String::new()));
    }
}

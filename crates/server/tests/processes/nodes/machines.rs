//! What two nodes need around them: a PostgreSQL with a standby, and a proxy in front of both.

use std::{
    fs,
    io::{Read, Write as _},
    net::{SocketAddr, TcpListener},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use headway_testkit::database::{postgres_programs, postgres_user};
use tempfile::TempDir;

/// An address of this machine that nobody listens on.
pub fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn succeed(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A PostgreSQL server and its standby, which has every commit that was acknowledged.
pub struct Pair {
    programs: PathBuf,
    folder: TempDir,
    pub primary: SocketAddr,
    pub standby: SocketAddr,
}

impl Pair {
    pub fn start() -> Self {
        let programs = postgres_programs();
        let folder = tempfile::Builder::new().prefix("headway-pair-").tempdir_in("/tmp").unwrap();
        if let Some(user) = postgres_user() {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
            succeed(Command::new("chown").arg(user).arg(folder.path()));
        }
        let pair = Pair { programs, folder, primary: free_address(), standby: free_address() };
        let data = pair.data("primary");
        let mut initdb = pair.program("initdb");
        initdb.args([
            "--auth=trust",
            "--username=headway",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        succeed(initdb.arg("--pgdata").arg(&data));
        pair.begin("primary", pair.primary);
        let mut copy = pair.program("pg_basebackup");
        copy.args(["--username=headway", "--host=127.0.0.1", "--write-recovery-conf", "--checkpoint=fast"]);
        copy.arg(format!("--port={}", pair.primary.port())).arg("--pgdata").arg(pair.data("standby"));
        succeed(&mut copy);
        pair.begin("standby", pair.standby);
        // From here on a commit is acknowledged when the standby has it as well.
        pair.sql("alter system set synchronous_standby_names = '*'");
        pair.sql("select pg_reload_conf()");
        pair.sql("create database headway");
        pair
    }

    /// The primary dies without a word, and the standby takes over.
    pub fn fail_over(&self) {
        let mut stop = self.program("pg_ctl");
        succeed(stop.args(["stop", "--mode=immediate", "--pgdata"]).arg(self.data("primary")));
        let mut promote = self.program("pg_ctl");
        succeed(promote.args(["promote", "--wait", "--pgdata"]).arg(self.data("standby")));
    }

    fn begin(&self, name: &str, address: SocketAddr) {
        let options = format!(
            "-k {} -c listen_addresses=127.0.0.1 -c port={} -c fsync=off -c max_connections=100 -c hot_standby=on",
            self.folder.path().display(),
            address.port()
        );
        let mut begin = self.program("pg_ctl");
        begin.args(["start", "--wait", "--pgdata"]).arg(self.data(name));
        begin.arg("--log").arg(self.folder.path().join(format!("{name}.log"))).arg("--options").arg(options);
        // The server must not inherit our output, or whoever reads it waits for the server.
        let status = begin.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        let log = fs::read_to_string(self.folder.path().join(format!("{name}.log"))).unwrap_or_default();
        assert!(status.success(), "{name} does not start: {log}");
    }

    fn sql(&self, sql: &str) {
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--quiet", "--host=127.0.0.1", "--username=headway", "--dbname=postgres"]);
        succeed(psql.arg(format!("--port={}", self.primary.port())).args(["--command", sql]));
    }

    fn data(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = match postgres_user() {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", &user, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for name in ["primary", "standby"] {
            let mut stop = self.program("pg_ctl");
            // One of them is down already, as a rule.
            let _ = stop.args(["stop", "--mode=immediate", "--pgdata"]).arg(self.data(name)).output();
        }
    }
}

/// HAProxy in front of the nodes and of the database.
pub struct Proxy {
    process: Child,
    folder: TempDir,
    /// Where people and programs go.
    pub web: SocketAddr,
    /// Where the nodes find the database.
    pub database: SocketAddr,
}

/// Whether there is a proxy to test with.
pub fn has_proxy() -> bool {
    Command::new("haproxy").arg("-v").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

impl Proxy {
    pub fn start(nodes: &[SocketAddr; 2], pair: &Pair) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (web, database) = (free_address(), free_address());
        let text = format!(
            "global
  stats socket {socket} mode 600 level admin
  maxconn 8000
defaults
  timeout connect 2s
  timeout client 5m
  timeout server 5m
frontend web
  mode http
  bind {web}
  default_backend nodes
backend nodes
  mode http
  option httpchk
  http-check send meth GET uri /health ver HTTP/1.1 hdr Host localhost
  option redispatch
  retries 3
  default-server check inter 200ms fall 1 rise 1
  server a {a}
  server b {b}
listen database
  mode tcp
  bind {database}
  server primary {primary} on-marked-down shutdown-sessions
  server standby {standby} disabled
",
            socket = folder.path().join("socket").display(),
            a = nodes[0],
            b = nodes[1],
            primary = pair.primary,
            standby = pair.standby,
        );
        let config = folder.path().join("haproxy.cfg");
        fs::write(&config, text).unwrap();
        let process =
            Command::new("haproxy").arg("-f").arg(&config).stdin(Stdio::null()).stderr(Stdio::null()).spawn();
        let proxy = Proxy { process: process.unwrap(), folder, web, database };
        let began = Instant::now();
        while !proxy.folder.path().join("socket").exists() {
            assert!(began.elapsed() < Duration::from_secs(10), "the proxy does not start");
            thread::sleep(Duration::from_millis(20));
        }
        proxy
    }

    /// Leads the nodes to the standby, as whoever watches over the database would.
    pub fn lead_to_standby(&self) {
        self.order("set server database/primary state maint");
        self.order("shutdown sessions server database/primary");
        self.order("set server database/standby state ready");
    }

    fn order(&self, order: &str) {
        let mut socket = UnixStream::connect(self.folder.path().join("socket")).unwrap();
        writeln!(socket, "{order}").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        assert!(answer.trim().is_empty(), "{order}: {answer}");
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Lets this process and those it starts hold this many connections.
pub fn allow_connections(count: u32) {
    let id = std::process::id().to_string();
    succeed(Command::new("prlimit").args(["--pid", &id, &format!("--nofile={count}:")]));
}

/// The folder of a node.
pub fn node_folder(folder: &Path, name: &str) -> PathBuf {
    let node = folder.join(name);
    fs::create_dir_all(&node).unwrap();
    node
}

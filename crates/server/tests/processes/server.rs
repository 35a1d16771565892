//! A server in a process of its own, and the plainest client there can be.
//!
//! `HEADWAY_SERVER` names the program (the one that was built with these tests when missing).

use std::{
    env,
    fmt::Write as _,
    fs::File,
    io::{BufRead, BufReader, Read, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use serde_json::Value;

fn program() -> Command {
    Command::new(env::var("HEADWAY_SERVER").unwrap_or_else(|_| env!("CARGO_BIN_EXE_headway").to_owned()))
}

/// Creates an owner, and says a token of theirs.
pub fn owner_token(database: &str, data: &Path) -> String {
    let run = |arguments: &[&str]| {
        let mut command = program();
        command.arg("people").args(["--database", database, "--data"]).arg(data).args(arguments);
        let output = command.env("HEADWAY_LOG", "warn").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    run(&["add", "--email", "olga@example.org", "--name", "Olga", "--role", "owner"]);
    run(&["token", "olga@example.org"])
}

/// A server in a process of its own.
pub struct Server {
    process: Arc<Mutex<Child>>,
    pub address: SocketAddr,
    token: String,
    /// Whether it is going to be killed.
    pub is_doomed: bool,
}

impl Server {
    /// Starts a server with these arguments.
    pub fn start(database: &str, data: &Path, token: &str, arguments: &[&str]) -> Self {
        let log = File::options().create(true).append(true).open(data.join("log")).unwrap();
        let mut process = program()
            .args(["serve", "--database", database, "--data"])
            .arg(data)
            .args(arguments)
            .env("HEADWAY_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        // Whatever else it says must not stop it for want of a reader.
        thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let address = line.trim().strip_prefix("Headway is at http://").and_then(|it| it.strip_suffix('/'));
        let address = address
            .unwrap_or_else(|| panic!("the server does not start; see {}", data.join("log").display()));
        Server {
            address: address.parse().unwrap(),
            process: Arc::new(Mutex::new(process)),
            token: token.to_owned(),
            is_doomed: false,
        }
    }

    /// Kills it after a while, whatever it is doing then.
    pub fn kill_after(&mut self, wait: Duration) {
        self.is_doomed = true;
        let process = Arc::clone(&self.process);
        thread::spawn(move || {
            thread::sleep(wait);
            // It may be gone already.
            let _ = process.lock().unwrap().kill();
        });
    }

    pub fn kill(&self) {
        let mut process = self.process.lock().unwrap();
        let _ = process.kill();
        process.wait().unwrap();
    }

    pub fn is_dead(&self) -> bool {
        self.process.lock().unwrap().try_wait().unwrap().is_some()
    }

    /// The memory it holds, in bytes.
    pub fn resident_bytes(&self) -> u64 {
        let id = self.process.lock().unwrap().id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
    }

    pub fn get(&self, path: &str) -> Option<Value> {
        ask(self.address, &self.token, "GET", path, "application/json", b"").map(|(_, body)| body)
    }

    pub fn post(&self, path: &str, body: &Value) -> Option<(u16, Value)> {
        ask(self.address, &self.token, "POST", path, "application/json", body.to_string().as_bytes())
    }

    pub fn upload(&self, files: &[(&str, String)]) -> Option<(u16, Value)> {
        let mut body = String::new();
        for (name, text) in files {
            write!(
                body,
                "--seam\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{text}\r\n"
            )
            .unwrap();
        }
        body.push_str("--seam--\r\n");
        ask(
            self.address,
            &self.token,
            "POST",
            "imports?unit=works&tracker=Tracker",
            "multipart/form-data; boundary=seam",
            body.as_bytes(),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A test that fails leaves no process behind.
        let _ = self.process.lock().map(|mut process| process.kill());
    }
}

/// An answer; nothing when whoever was asked died meanwhile.
pub fn ask(
    address: SocketAddr,
    token: &str,
    method: &str,
    path: &str,
    kind: &str,
    body: &[u8],
) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_mins(1))).ok()?;
    // The old protocol ends an answer with the connection, which is all that is needed here.
    let head = format!(
        "{method} /api/v1/{path} HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}

//! `headway serve` as a process with real sockets: clients that are slow, large or many, and what those who run the
//! server are told.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod limits;
mod telemetry;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// Nothing here takes longer on a machine that does other work as well.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server in a process of its own.
struct Server {
    process: Child,
    address: SocketAddr,
    /// What it said on standard output and standard error.
    said: Arc<Mutex<String>>,
    _folder: TempDir,
}

impl Server {
    /// Starts one with these settings, given as environment variables without `HEADWAY_`.
    fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_headway"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(folder.path());
        for (name, value) in settings {
            command.env(format!("HEADWAY_{name}"), value);
        }
        command.current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(process.stdout.take().unwrap()), Box::new(process.stderr.take().unwrap())];
        for output in outputs {
            let said = Arc::clone(&said);
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    let mut said = said.lock().unwrap();
                    said.push_str(&line);
                    said.push('\n');
                }
            });
        }
        let address = wait_for(&said, "Headway is at http://");
        let address = address.trim_end_matches('/').parse().unwrap();
        Server { process, address, said, _folder: folder }
    }

    fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Sends a request as it stands here and returns the whole answer.
    fn send(&self, request: &str) -> String {
        send(self.address, request)
    }

    fn get(&self, path: &str) -> String {
        self.send(&get(path, ""))
    }

    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Asks it to end, as a supervisor does.
    fn terminate(&self) {
        let pid = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    }

    /// Waits until it has ended, and says how.
    fn ended(&mut self) -> Option<i32> {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            assert!(begin.elapsed() < PATIENCE, "the server ends when it is asked to");
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits until a line with this beginning was said, and returns the rest of it.
fn wait_for(said: &Mutex<String>, beginning: &str) -> String {
    let begin = Instant::now();
    loop {
        let text = said.lock().unwrap().clone();
        if let Some(rest) = text.lines().find_map(|line| line.strip_prefix(beginning)) {
            return rest.to_owned();
        }
        assert!(begin.elapsed() < PATIENCE, "the server said only:\n{text}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn send(address: SocketAddr, request: &str) -> String {
    let mut stream = connect(address);
    // The server may have answered and closed before it has read everything.
    let _ = stream.write_all(request.as_bytes());
    read(&mut stream)
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}connection: close\r\n\r\n")
}

/// Everything until the other side closes.
fn read(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    // A connection that is reset has said all it will.
    while let Ok(count @ 1..) = stream.read(&mut part) {
        answer.extend_from_slice(&part[..count]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

//! A server under measurement, and the one client that asks it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{cost, table::percentile};
use crate::tools::owner_token;

/// A server is given so long to answer for the first time.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long one address is asked.
const SPAN: Duration = Duration::from_secs(3);
const MOST: usize = 3_000;
const FEWEST: usize = 30;

/// A running server; it ends with this value.
pub struct Server {
    child: Child,
    base: String,
    /// What shows that its owner asks.
    authorization: String,
    /// Milliseconds from start to the first answer.
    pub started_in: f64,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What asking one address over and over gave.
pub struct Asked {
    /// Milliseconds on the clock, ascending.
    pub millis: Vec<f64>,
    /// Milliseconds of the server's processor time a request.
    pub cpu_millis: f64,
    /// Bytes of the answer.
    pub bytes: usize,
}

impl Asked {
    /// A percentile of the times.
    pub fn at(&self, percent: usize) -> f64 {
        percentile(&self.millis, percent)
    }
}

impl Server {
    /// Starts the product on a data folder.
    pub fn product(program: &Path, data: &Path) -> Result<Self> {
        let authorization = format!("Bearer {}", owner_token(program, data)?);
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(program);
        command.args(["serve", "--listen", &address, "--data"]).arg(data);
        let clock = Instant::now();
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut server = Server { child, base: format!("http://{address}"), authorization, started_in: 0.0 };
        while server.get("/api/v1/start").is_err() {
            if clock.elapsed() > PATIENCE {
                bail!("the server did not answer on {address}");
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        server.started_in = clock.elapsed().as_secs_f64() * 1e3;
        Ok(server)
    }

    /// Starts the floor on a database.
    pub fn floor(database: &Path) -> Result<Self> {
        let clock = Instant::now();
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.args(["floor", "serve"]).arg(database).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("the floor's output can be read")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let mut server =
            Server { child, base: line.trim().to_owned(), authorization: "none".to_owned(), started_in: 0.0 };
        server.get("/bytes?size=1")?;
        server.started_in = clock.elapsed().as_secs_f64() * 1e3;
        Ok(server)
    }

    /// The answer of an address, as text.
    pub fn get(&self, path: &str) -> Result<String> {
        let mut response =
            ureq::get(format!("{}{path}", self.base)).header("authorization", &self.authorization).call()?;
        let mut body = String::new();
        response.body_mut().as_reader().read_to_string(&mut body)?;
        Ok(body)
    }

    /// The answer of an address, as JSON.
    pub fn json(&self, path: &str) -> Result<Value> {
        serde_json::from_str(&self.get(path)?).with_context(|| format!("{path} does not answer with JSON"))
    }

    /// Replaces what stands at an address.
    pub fn put(&self, path: &str, body: &Value) -> Result<()> {
        ureq::put(format!("{}{path}", self.base))
            .header("content-type", "application/json")
            .header("authorization", &self.authorization)
            .send(body.to_string())
            .with_context(|| format!("failed to change {path}"))?;
        Ok(())
    }

    /// Asks an address again and again, one request after the other on one connection.
    pub fn ask(&self, path: &str) -> Result<Asked> {
        let agent = ureq::Agent::new_with_defaults();
        let url = format!("{}{path}", self.base);
        let mut body = Vec::new();
        let mut once = || -> Result<f64> {
            body.clear();
            let clock = Instant::now();
            agent
                .get(&url)
                .header("authorization", &self.authorization)
                .call()
                .with_context(|| format!("failed to get {path}"))?
                .into_body()
                .into_reader()
                .read_to_end(&mut body)?;
            Ok(clock.elapsed().as_secs_f64() * 1e3)
        };
        for _ in 0..5 {
            once()?;
        }
        let before = cost::cpu_seconds_of(self.child.id());
        let clock = Instant::now();
        let mut millis = Vec::new();
        while millis.len() < FEWEST || (clock.elapsed() < SPAN && millis.len() < MOST) {
            millis.push(once()?);
        }
        let cpu =
            cost::cpu_seconds_of(self.child.id()).zip(before).map_or(f64::NAN, |(now, before)| now - before);
        let cpu_millis = cpu * 1e3 / millis.len() as f64;
        millis.sort_unstable_by(f64::total_cmp);
        Ok(Asked { millis, cpu_millis, bytes: body.len() })
    }

    /// Opens the event stream. The head of the answer has been read when this returns.
    pub fn events(&self) -> Result<BufReader<TcpStream>> {
        let host = self.base.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let token = &self.authorization;
        write!(
            stream,
            "GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nAccept: text/event-stream\r\n\r\n"
        )?;
        let mut reader = BufReader::with_capacity(512, stream);
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                bail!("the event stream ended before it began");
            }
        }
        Ok(reader)
    }

    /// Its memory in bytes, files that it only maps left out.
    pub fn memory(&self) -> f64 {
        cost::private_memory(self.child.id()).unwrap_or(0) as f64
    }
}

//! Two nodes behind a proxy on one PostgreSQL: either is killed under load, and the database fails over. What was
//! acknowledged is there, and every listener has heard of it once.

mod machines;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::server::{Server, ask, owner_token};
use machines::{Pair, Proxy, allow_connections, free_address, has_proxy, node_folder};

/// How many people change something at the same time.
const WRITERS: u32 = 4;
/// How many listen to each node at the end.
const STREAMS: usize = 1_000;
/// How much more a node may hold then than before.
const MOST_BYTES: u64 = 60_000_000;
/// So long after the database is back, nobody may be refused any more.
const GRACE: Duration = Duration::from_secs(10);

/// What happened to one request of a writer.
struct Tried {
    at: Instant,
    /// The id of the team, when it was acknowledged.
    made: Option<String>,
    status: u16,
}

/// People who create teams through the proxy, one after the other, and give up nothing.
struct Writers {
    stop: Arc<AtomicBool>,
    tried: Arc<Mutex<Vec<Tried>>>,
    threads: Vec<thread::JoinHandle<()>>,
}

impl Writers {
    fn start(proxy: SocketAddr, token: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let tried = Arc::new(Mutex::new(Vec::new()));
        let count = Arc::new(AtomicU32::new(0));
        let begin = |_| {
            let (stop, tried, count) = (Arc::clone(&stop), Arc::clone(&tried), Arc::clone(&count));
            let token = token.to_owned();
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let name = format!("Team {}", count.fetch_add(1, Ordering::Relaxed));
                    let body = json!({ "name": name, "kind": "team" }).to_string();
                    let answer = ask(proxy, &token, "POST", "units", "application/json", body.as_bytes());
                    let (status, body) = answer.unwrap_or((0, Value::Null));
                    let made = (status == 201).then(|| body["id"].as_str().unwrap().to_owned());
                    tried.lock().unwrap().push(Tried { at: Instant::now(), made, status });
                    thread::sleep(Duration::from_millis(20));
                }
            })
        };
        Writers { threads: (0..WRITERS).map(begin).collect(), stop, tried }
    }

    /// The ids of what was acknowledged so far.
    fn acknowledged(&self) -> Vec<String> {
        self.tried.lock().unwrap().iter().filter_map(|tried| tried.made.clone()).collect()
    }

    /// Waits until this many more requests were acknowledged.
    fn wait_for(&self, more: usize) {
        let (before, began) = (self.acknowledged().len(), Instant::now());
        while self.acknowledged().len() < before + more {
            assert!(began.elapsed() < Duration::from_mins(1), "nothing is acknowledged any more");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn end(self) -> Vec<Tried> {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().unwrap();
        }
        Arc::into_inner(self.tried).unwrap().into_inner().unwrap()
    }
}

/// Somebody who listens, and goes on behind the last event when the stream breaks.
struct Listener {
    stop: Arc<AtomicBool>,
    heard: Arc<Mutex<Vec<(i64, String, Value)>>>,
    thread: thread::JoinHandle<()>,
}

impl Listener {
    fn start(address: SocketAddr, token: &str, after: i64) -> Self {
        let (stop, heard) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let thread = {
            let (stop, heard, token) = (Arc::clone(&stop), Arc::clone(&heard), token.to_owned());
            thread::spawn(move || {
                let mut after = after;
                while !stop.load(Ordering::Relaxed) {
                    listen(address, &token, &mut after, &stop, &heard);
                    thread::sleep(Duration::from_millis(100));
                }
            })
        };
        Listener { stop, heard, thread }
    }

    fn last(&self) -> i64 {
        self.heard.lock().unwrap().last().map_or(0, |heard| heard.0)
    }

    fn end(self) -> Vec<(i64, String, Value)> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().unwrap();
        Arc::into_inner(self.heard).unwrap().into_inner().unwrap()
    }
}

fn open_stream(address: SocketAddr, token: &str, after: i64) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(address).ok()?;
    let head = format!(
        "GET /api/v1/events HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Last-Event-ID: {after}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    Some(stream)
}

/// Reads a stream until it breaks.
fn listen(
    address: SocketAddr,
    token: &str,
    after: &mut i64,
    stop: &AtomicBool,
    heard: &Mutex<Vec<(i64, String, Value)>>,
) {
    let Some(stream) = open_stream(address, token, *after) else { return };
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let mut lines = BufReader::new(stream);
    let (mut seq, mut kind, mut line) = (0, String::new(), Vec::new());
    while !stop.load(Ordering::Relaxed) {
        match lines.read_until(b'\n', &mut line) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error)
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                continue;
            }
            Err(_) => return,
        }
        let text = String::from_utf8_lossy(&std::mem::take(&mut line)).trim().to_owned();
        if let Some(id) = text.strip_prefix("id:") {
            seq = id.trim().parse().unwrap();
        } else if let Some(name) = text.strip_prefix("event:") {
            name.trim().clone_into(&mut kind);
        } else if let Some(data) = text.strip_prefix("data:") {
            *after = seq;
            let data = serde_json::from_str(data).unwrap();
            heard.lock().unwrap().push((seq, kind.clone(), data));
        }
    }
}

fn node(database: &str, folder: &Path, name: &str, address: SocketAddr, token: &str) -> Server {
    let listen = address.to_string();
    Server::start(database, &node_folder(folder, name), token, &["--listen", &listen, "--lease", "1"])
}

/// That every listener has heard of everything that was acknowledged, once, in order and without a gap.
fn check_heard(name: &str, heard: &[(i64, String, Value)], acknowledged: &[String]) {
    for pair in heard.windows(2) {
        assert_eq!(pair[1].0, pair[0].0 + 1, "{name}: a gap behind {:?}", pair[0]);
    }
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, kind, data) in heard {
        assert_ne!(kind, "reload", "{name} missed something");
        for id in data["unit_ids"].as_array().into_iter().flatten() {
            *counts.entry(id.as_str().unwrap()).or_default() += 1;
        }
    }
    for id in acknowledged {
        assert_eq!(counts.get(id.as_str()), Some(&1), "{name}: {id}");
    }
}

#[test]
fn nodes_and_the_database_may_die() {
    if !has_proxy() {
        println!("skipped: there is no haproxy (Debian and Ubuntu: apt-get install haproxy)");
        return;
    }
    allow_connections(8_192);
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::start();
    let addresses = [free_address(), free_address()];
    let proxy = Proxy::start(&addresses, &pair);
    let database = format!("postgres://headway@{}/headway", proxy.database);
    let token = owner_token(&database, &node_folder(folder.path(), "a"));
    // Both begin at once, with nothing but an empty database: one of them makes the tables.
    let start = |ix: usize| node(&database, folder.path(), ["a", "b"][ix], addresses[ix], &token);
    let mut nodes = [start(0), start(1)];

    let after = 0;
    let listeners = [
        ("on a", Listener::start(addresses[0], &token, after)),
        ("on b", Listener::start(addresses[1], &token, after)),
        ("through the proxy", Listener::start(proxy.web, &token, after)),
    ];
    let writers = Writers::start(proxy.web, &token);
    writers.wait_for(50);
    for ix in [0, 1, 0] {
        nodes[ix].kill();
        writers.wait_for(30);
        nodes[ix] = start(ix);
        writers.wait_for(30);
    }
    let failed_at = Instant::now();
    pair.fail_over();
    proxy.lead_to_standby();
    let back_at = Instant::now();
    writers.wait_for(50);
    thread::sleep(GRACE + Duration::from_secs(2));
    writers.wait_for(50);
    let tried = writers.end();

    let acknowledged: Vec<String> = tried.iter().filter_map(|tried| tried.made.clone()).collect();
    let refused = tried.iter().filter(|tried| tried.made.is_none());
    let refused: Vec<&Tried> = refused.filter(|tried| tried.at >= failed_at).collect();
    let last = refused.iter().map(|tried| tried.at - failed_at).max().unwrap_or_default();
    println!(
        "{} of {} writes acknowledged; the database was away for {:?}, refused {} times, last {last:?} after it died",
        acknowledged.len(),
        tried.len(),
        back_at - failed_at,
        refused.len(),
    );
    for tried in &refused {
        assert!(tried.at < back_at + GRACE, "refused with {} long after the database was back", tried.status);
        assert!([0, 500, 502, 503, 504].contains(&tried.status), "refused with {}", tried.status);
    }

    // Nothing that was acknowledged is lost, on either node.
    for node in &nodes {
        let units = node.get("units").unwrap();
        let there: Vec<&str> =
            units["units"].as_array().unwrap().iter().map(|unit| unit["id"].as_str().unwrap()).collect();
        for id in &acknowledged {
            assert!(there.contains(&id.as_str()), "{id} is lost");
        }
    }
    let newest = listeners.iter().map(|(_, listener)| listener.last()).max().unwrap();
    let began = Instant::now();
    while listeners.iter().any(|(_, listener)| listener.last() < newest) {
        assert!(began.elapsed() < Duration::from_secs(20), "a listener hears nothing any more");
        thread::sleep(Duration::from_millis(100));
    }
    for (name, listener) in listeners {
        check_heard(name, &listener.end(), &acknowledged);
    }
    many_listen(&nodes, proxy.web, &token);
}

/// A thousand streams on each node: all hear of a change, and the nodes stay small.
fn many_listen(nodes: &[Server; 2], proxy: SocketAddr, token: &str) {
    let before = nodes.each_ref().map(Server::resident_bytes);
    // All begin at the end; those that have said their first line are open.
    let mut streams: Vec<TcpStream> = Vec::new();
    for node in nodes {
        for _ in 0..STREAMS {
            let mut stream = TcpStream::connect(node.address).unwrap();
            let head = format!(
                "GET /api/v1/events HTTP/1.0\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
            streams.push(stream);
        }
    }
    let read_until = |stream: &mut TcpStream, wanted: &str| {
        let (mut text, mut buffer) = (String::new(), [0; 4_096]);
        while !text.contains(wanted) {
            let count = stream.read(&mut buffer).unwrap();
            assert!(count > 0, "a stream broke");
            text.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    };
    for stream in &mut streams {
        read_until(stream, ": open");
    }
    let body = json!({ "name": "Heard by all", "kind": "portfolio" }).to_string();
    let began = Instant::now();
    let (status, unit) = ask(proxy, token, "POST", "units", "application/json", body.as_bytes()).unwrap();
    assert_eq!(status, 201);
    for stream in &mut streams {
        read_until(stream, unit["id"].as_str().unwrap());
    }
    let after = nodes.each_ref().map(Server::resident_bytes);
    println!(
        "{} streams heard of a change within {:?}; nodes hold {before:?} and then {after:?} bytes",
        streams.len(),
        began.elapsed()
    );
    for (before, after) in before.into_iter().zip(after) {
        let bytes = after.saturating_sub(before);
        assert!(bytes < MOST_BYTES, "{STREAMS} streams take {bytes} bytes");
    }
}

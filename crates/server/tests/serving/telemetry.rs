//! What those who run the server are told: readiness, metrics, log, traces.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use crate::{PATIENCE, Server, get, send, status, wait_for};

#[test]
fn a_server_that_is_about_to_stop_says_so_first() {
    let mut server = Server::start(&[("DRAIN", "2s")]);
    let ready = server.get("/readyz");
    assert_eq!(status(&ready), "200", "{ready}");
    server.terminate();
    let mut answer = server.get("/readyz");
    for _ in 0..100 {
        if status(&answer) == "503" {
            break;
        }
        thread::sleep(Duration::from_millis(10));
        answer = server.get("/readyz");
    }
    assert_eq!(status(&answer), "503", "{answer}");
    assert!(answer.contains("about to stop") && answer.contains("not_ready"), "{answer}");
    // Everything else goes on meanwhile.
    assert_eq!(status(&server.get("/livez")), "200");
    assert_eq!(server.ended(), Some(0));
}

#[test]
fn metrics_name_routes_and_never_addresses() {
    let server = Server::start(&[("METRICS_LISTEN", "127.0.0.1:0"), ("METRICS_TOKEN", "open-sesame")]);
    let own = wait_for(&server.said, "Metrics are at http://");
    let own = own.strip_suffix("/metrics").unwrap().parse().unwrap();
    server.get("/api/v1/search?q=confidential-words");
    server.get("/api/v1/units/confidential-unit");
    server.send("BREW /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let answer = send(own, &get("/metrics", ""));
    assert_eq!(status(&answer), "200", "{answer}");
    for expected in [
        "headway_http_requests_total{method=\"GET\",route=\"/api/v1/search\",status=\"4xx\"} 1",
        "headway_http_requests_total{method=\"OTHER\",route=\"/livez\",status=\"4xx\"} 1",
        "headway_http_request_duration_seconds_bucket{method=\"GET\",route=\"/api/v1/units/{unit}\",le=\"10\"} 1",
        "headway_jobs{kind=\"run_import\",state=\"waiting\"} 0",
        "headway_database_connections{pool=\"writer\",state=\"most\"} 1",
        "headway_facts_teams 0",
        "headway_import_items_total 0",
        "headway_build_info{",
        "process_resident_memory_bytes ",
        "# HELP headway_http_event_streams Event streams that are open",
    ] {
        assert!(answer.contains(expected), "{expected} is missing in\n{answer}");
    }
    assert!(!answer.contains("confidential"), "{answer}");

    // At the main address the token opens them, and nothing else does.
    assert_eq!(status(&server.get("/metrics")), "401");
    let wrong = server.send(&get("/metrics", "authorization: Bearer open-sesam\r\n"));
    assert_eq!(status(&wrong), "401");
    let right = server.send(&get("/metrics", "authorization: Bearer open-sesame\r\n"));
    assert_eq!(status(&right), "200");
    assert!(right.contains("headway_http_connections"), "{right}");
}

#[test]
fn the_log_names_requests_and_nothing_private() {
    let server = Server::start(&[("LOG_FORMAT", "json"), ("LOG", "warn,headway=debug")]);
    let answer = server.send(&get("/api/v1/search?q=confidential", "x-request-id: abc-123\r\n"));
    assert_eq!(status(&answer), "401", "{answer}");
    assert!(answer.contains("x-request-id: abc-123"), "{answer}");
    let other = server
        .send(&get("/livez", "x-request-id: kim@example.org\r\nauthorization: Bearer confidential\r\n"));
    assert!(other.contains("x-request-id: ") && !other.contains("kim@"), "{other}");
    let body = "{\"email\": \"confidential@example.org\", \"password\": \"confidential\"}";
    server.send(&format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    ));
    let line = wait_for_line(&server, "abc-123");
    let line: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["level"], "INFO");
    assert_eq!(line["route"], "/api/v1/search");
    assert_eq!(line["status"], 401);
    assert_eq!(line["span"]["request_id"], "abc-123");
    wait_for_line(&server, "/api/v1/session");
    let said = server.said();
    assert!(!said.contains("confidential") && !said.contains("kim@"), "{said}");
}

fn wait_for_line(server: &Server, word: &str) -> String {
    for _ in 0..500 {
        if let Some(line) = server.said().lines().find(|line| line.contains(word)) {
            return line.to_owned();
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("{word} is not in\n{}", server.said());
}

/// A collector that hands on what it receives.
fn collector() -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (hand_on, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let hand_on = hand_on.clone();
            thread::spawn(move || while receive(&stream).is_some_and(|it| hand_on.send(it).is_ok()) {});
        }
    });
    (address, received)
}

/// One request: its head and its body.
fn receive(mut stream: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut letter = [0];
        stream.read_exact(&mut letter).ok()?;
        head.push(letter[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length?];
    stream.read_exact(&mut body).ok()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    Some((head, body))
}

#[test]
fn spans_reach_a_collector_and_continue_the_callers_trace() {
    let (address, received) = collector();
    let settings = [("OTLP_ENDPOINT", address.as_str()), ("OTLP_HEADERS", "x-key=1234")];
    let mut server = Server::start(&settings);
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("traceparent: 00-{trace}-00f067aa0ba902b7-01\r\n");
    server.send(&get("/health?confidential", &parent));
    server.terminate();
    assert_eq!(server.ended(), Some(0));
    let mut all = Vec::new();
    while let Ok((head, body)) = received.recv_timeout(Duration::from_secs(2)) {
        assert!(head.starts_with("POST /v1/traces "), "{head}");
        assert!(head.to_lowercase().contains("x-key: 1234"), "{head}");
        all.extend(body);
    }
    let has = |part: &[u8]| all.windows(part.len()).any(|it| it == part);
    let bytes: Vec<u8> = (0..16).map(|n| u8::from_str_radix(&trace[n * 2..n * 2 + 2], 16).unwrap()).collect();
    for name in ["GET /health", "database read", "headway", "http.route"] {
        assert!(has(name.as_bytes()), "no span says {name}, within {PATIENCE:?}");
    }
    // The request and what it read from the database.
    let spans = all.windows(16).filter(|it| *it == bytes).count();
    assert!(spans >= 2, "{spans} spans continue the caller's trace");
    assert!(!has(b"confidential"));
}

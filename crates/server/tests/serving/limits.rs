//! Clients that are slow, large, or many.

use std::{
    io::{Read, Write},
    thread,
    time::{Duration, Instant},
};

use crate::{Server, get, read, status};

/// A second is long for a test and short for a person.
const SHORT: [(&str, &str); 2] = [("LIMITS_HEADER_TIME", "1s"), ("LIMITS_BODY_TIME", "1s")];

/// A request with a body of this length that is still to come.
fn post(path: &str, length: usize) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n"
    )
}

#[test]
fn a_head_that_does_not_come_ends_the_connection() {
    let server = Server::start(&SHORT);
    let begin = Instant::now();
    // One says nothing at all, one a letter now and then, one stops after its first answer.
    let mut silent = server.connect();
    let mut drip = server.connect();
    drip.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n").unwrap();
    let mut idle = server.connect();
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
    for letter in "x-slow: abcdefgh".bytes() {
        if drip.write_all(&[letter]).is_err() {
            break;
        }
        thread::sleep(Duration::from_millis(200));
    }
    assert_eq!(read(&mut silent), "");
    let dripped = read(&mut drip);
    assert!(!dripped.contains("200 OK"), "{dripped}");
    assert_eq!(status(&read(&mut idle)), "200");
    assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", begin.elapsed());
    assert_eq!(status(&server.get("/livez")), "200");
}

#[test]
fn a_body_that_stops_coming_is_given_up() {
    let server = Server::start(&SHORT);
    let mut stream = server.connect();
    stream.write_all(post("/api/v1/session", 1000).as_bytes()).unwrap();
    stream.write_all(b"{\"email\": \"").unwrap();
    let answer = read(&mut stream);
    assert_eq!(status(&answer), "408", "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let server = Server::start(&[("LIMITS_BODY", "64 KiB")]);
    // Announced, and not announced.
    let mut stream = server.connect();
    stream.write_all(post("/api/v1/session", 65 << 10).as_bytes()).unwrap();
    stream.write_all(b"{").unwrap();
    let answer = read(&mut stream);
    assert_eq!(status(&answer), "413", "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
    let head = "POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    let answer = server.send(&format!("{head}{}0\r\n\r\n", chunk.repeat(20)));
    assert_eq!(status(&answer), "413", "{answer}");

    let long = get(&format!("/api/v1/search?q={}", "x".repeat(9000)), "");
    let answer = server.send(&long);
    assert_eq!(status(&answer), "414", "{answer}");
    let large = get("/livez", &format!("x-large: {}\r\n", "x".repeat(40_000)));
    assert_eq!(status(&server.send(&large)), "431");
    let many = (0..200).fold(String::new(), |text, n| text + "x-" + &n.to_string() + ": 1\r\n");
    assert_eq!(status(&server.send(&get("/livez", &many))), "431");
    assert_eq!(status(&server.get("/livez")), "200");
}

#[test]
fn deeply_nested_json_is_refused() {
    let server = Server::start(&[]);
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let body = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let answer = server.send(&format!("{}{body}", post("/api/v1/session", body.len())));
        assert!(matches!(status(&answer), "400" | "422"), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    assert_eq!(status(&server.get("/livez")), "200");
}

#[test]
fn further_connections_wait_until_there_is_room() {
    let server = Server::start(&[("LIMITS_CONNECTIONS", "4"), ("LIMITS_HEADER_TIME", "5m")]);
    let mut held: Vec<_> = (0..4).map(|_| server.connect()).collect();
    // Each has been let in once it was answered.
    for stream in &mut held {
        stream.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut part = [0; 12];
        stream.read_exact(&mut part).unwrap();
        assert_eq!(&part, b"HTTP/1.1 200");
    }
    let mut waiting = server.connect();
    waiting.write_all(get("/livez", "").as_bytes()).unwrap();
    waiting.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    assert!(waiting.read(&mut [0]).is_err(), "a fifth connection is not served yet");
    waiting.set_read_timeout(Some(crate::PATIENCE)).unwrap();
    drop(held.pop());
    assert_eq!(status(&read(&mut waiting)), "200");
}

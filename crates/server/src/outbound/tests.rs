//! Requests to a server on this machine, and to networks that are refused.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

/// A server that says one thing to everybody, and where it is.
async fn server(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut begin = [0; 4096];
            let _ = stream.read(&mut begin).await;
            let _ = stream.write_all(answer).await;
        }
    });
    address
}

fn way_out(allowed: &[&str]) -> WayOut {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let allowed: Vec<Network> = allowed.iter().map(|net| net.parse().unwrap()).collect();
    WayOut::new(&allowed)
}

fn get(url: &str) -> Request<Vec<u8>> {
    let mut request = Request::new(Vec::new());
    *request.uri_mut() = url.parse().unwrap();
    request
}

const HELLO: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";

#[test]
fn every_private_network_is_one() {
    assert_eq!(Guard::new(&[]).private.len(), PRIVATE.len());
}

#[test]
fn what_not_everybody_can_reach_is_private() {
    let guard = Guard::new(&["10.20.0.0/16".parse().unwrap(), "fd00::5".parse().unwrap()]);
    for closed in [
        "0.0.0.0",
        "127.0.0.1",
        "127.9.9.9",
        "10.0.0.1",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.100.100.200",
        "255.255.255.255",
        "224.0.0.1",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1",
        "fd00:ec2::254",
        "fc00::1",
        "ff02::1",
    ] {
        assert!(!guard.lets(closed.parse().unwrap()), "{closed} is let through");
    }
    for open in ["1.1.1.1", "::ffff:1.1.1.1", "2606:4700::1111", "10.20.3.4", "::ffff:10.20.3.4", "fd00::5"] {
        assert!(guard.lets(open.parse().unwrap()), "{open} is not let through");
    }
}

#[tokio::test]
async fn an_administrator_reaches_the_own_network_and_others_do_not() {
    let port = server(HELLO).await.port();
    let out = way_out(&[]);
    for host in ["127.0.0.1", "localhost"] {
        let url = format!("http://{host}:{port}/");
        let answer = out.send(get(&url), Reach::Anywhere).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.body().as_slice()), (200, b"hello".as_slice()));
        assert_eq!(out.send(get(&url), Reach::PublicOnly).await.unwrap_err(), NoAnswer::Refused, "{url}");
    }
    for literal in ["[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "0"] {
        let refused = out.send(get(&format!("http://{literal}:{port}/")), Reach::PublicOnly).await;
        assert_eq!(refused.unwrap_err(), NoAnswer::Refused, "{literal}");
    }
}

#[tokio::test]
async fn a_network_can_be_allowed() {
    let port = server(HELLO).await.port();
    let out = way_out(&["127.0.0.0/8"]);
    for host in ["127.0.0.1", "localhost"] {
        let answer = out.send(get(&format!("http://{host}:{port}/")), Reach::PublicOnly).await.unwrap();
        assert_eq!(answer.body(), b"hello");
    }
}

#[tokio::test]
async fn redirects_are_handed_back() {
    let answer =
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let address = server(answer).await;
    let answer = way_out(&[]).send(get(&format!("http://{address}/")), Reach::Anywhere).await.unwrap();
    assert_eq!(answer.status().as_u16(), 302);
}

#[tokio::test]
async fn the_size_of_an_answer_is_bounded() {
    let endless: &'static [u8] = Vec::leak(
        [b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".as_slice(), &vec![b'x'; MOST + 1]].concat(),
    );
    let address = server(endless).await;
    let answer = way_out(&[]).send(get(&format!("http://{address}/")), Reach::Anywhere).await;
    assert_eq!(answer.unwrap_err(), NoAnswer::TooLarge);
}

#[tokio::test]
async fn only_the_web_is_spoken() {
    let out = way_out(&[]);
    for url in ["ftp://example.org/", "http://user:word@example.org/"] {
        assert_eq!(out.send(get(url), Reach::Anywhere).await.unwrap_err(), NoAnswer::BadAddress, "{url}");
    }
    let nowhere = out.send(get("http://nowhere.invalid/"), Reach::Anywhere).await.unwrap_err();
    assert_eq!(nowhere, NoAnswer::UnknownHost("nowhere.invalid".to_owned()));
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let silent = out.send(get(&format!("http://{address}/")), Reach::Anywhere).await.unwrap_err();
    assert!(matches!(silent, NoAnswer::Unreachable(_)), "{silent:?}");
}

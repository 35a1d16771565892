//! What is said of the network around the server: the address people use, names, proxies, how much is taken.

use std::{net::IpAddr, str::FromStr, time::Duration};

use axum::http::Uri;
use ipnet::IpNet;

/// How much is taken from anybody.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest body of an ordinary request, in bytes.
    pub body: usize,
    /// How long a client may take to send the head of a request.
    pub header_time: Duration,
    /// How long a client may pause while it sends a body.
    pub body_time: Duration,
    /// How long an answer may take.
    pub request_time: Duration,
    /// How many connections may be open at once.
    pub connections: usize,
    /// How many requests a caller may make in a minute.
    pub requests_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body: 4 << 20,
            header_time: Duration::from_secs(10),
            body_time: Duration::from_secs(30),
            request_time: Duration::from_mins(1),
            connections: 4096,
            requests_per_minute: 1200,
        }
    }
}

/// The address people use: scheme, name and port, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    host: String,
    is_https: bool,
}

impl PublicUrl {
    /// The address, without a slash at the end: a path can be put behind it.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// Its name, without the port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is one of HTTPS.
    pub fn is_https(&self) -> bool {
        self.is_https
    }
}

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected an address without a path, such as https://headway.example.org";
        let uri: Uri = text.parse().map_err(|_| EXPECTED)?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(EXPECTED);
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(EXPECTED);
        }
        Ok(PublicUrl {
            origin: format!("{scheme}://{}", authority.as_str().to_ascii_lowercase()),
            host: authority.host().to_ascii_lowercase(),
            is_https: scheme == "https",
        })
    }
}

/// A name under which the server may be asked, without a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// The name, in small letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected a name without a port, such as headway.internal";
        let authority: axum::http::uri::Authority = text.parse().map_err(|_| EXPECTED)?;
        if authority.host() != text {
            return Err(EXPECTED);
        }
        Ok(HostName(text.to_ascii_lowercase()))
    }
}

/// The addresses of a proxy: one, or a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyNet(IpNet);

impl ProxyNet {
    /// Whether this address is among them.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for ProxyNet {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let net = text.parse().ok().or_else(|| Some(IpNet::from(text.parse::<IpAddr>().ok()?)));
        net.map(ProxyNet).ok_or("expected an address such as 10.0.0.5 or a network such as 10.0.0.0/8")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_without_a_path_are_public() {
        for wrong in
            ["", "headway.example.org", "ftp://x", "https://x/y", "https://x?y", "https://u:p@x", "https://"]
        {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong}");
        }
        let local: PublicUrl = "http://127.0.0.1:8080".parse().unwrap();
        assert!(!local.is_https());
        assert_eq!((local.as_str(), local.host()), ("http://127.0.0.1:8080", "127.0.0.1"));
        for wrong in ["inner:80", "", "a b"] {
            assert!(wrong.parse::<HostName>().is_err(), "{wrong}");
        }
    }
}

//! Under which names this server is reached, and what that means for cookies and for pages of other sites.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method, header, uri::Authority};

use crate::network::{HostName, Limits, ProxyNet, PublicUrl};

/// Under which names this server is reached, through which proxies, and how much it takes from anybody.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The address that people use, if it was said.
    pub public_url: Option<PublicUrl>,
    /// Names that requests may be addressed to, besides that one and those of this machine itself.
    pub allowed_hosts: Vec<HostName>,
    /// The proxies that are believed.
    pub trusted_proxies: Vec<ProxyNet>,
    /// How much is taken.
    pub limits: Limits,
}

impl Site {
    /// The address that people use, when it is known, without a slash at its end.
    pub fn public_url(&self) -> Option<&str> {
        self.public_url.as_ref().map(PublicUrl::as_str)
    }

    /// Whether this address is that of a proxy that is believed.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted_proxies.iter().any(|proxy| proxy.contains(address))
    }

    /// Whether people reach it by https only, so that cookies need not travel otherwise.
    pub fn is_secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(PublicUrl::is_https)
    }

    /// The name of the cookie that keeps somebody signed in. The prefix makes browsers refuse one that another name
    /// of the same domain has set.
    pub fn session_cookie(&self) -> &'static str {
        if self.is_secure() { "__Host-headway_session" } else { "headway_session" }
    }

    /// Whether a request may be addressed to this `Host`. A page whose name is made to lead to this machine would
    /// otherwise count as this server's own.
    pub fn answers_to(&self, host: &str) -> bool {
        host_of(host).is_some_and(|name| {
            is_this_machine(&name)
                || self.public_url.as_ref().is_some_and(|public| public.host() == name)
                || self.allowed_hosts.iter().any(|allowed| allowed.as_str() == name)
        })
    }

    /// Whether a request that changes something comes from a page of this server, or from no page at all.
    pub fn is_own_request(&self, method: &Method, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
        if method.is_safe() {
            return true;
        }
        if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
            return matches!(site, "same-origin" | "none");
        }
        match text(header::ORIGIN) {
            Some(origin) => {
                let origin = origin.split_once("://").map(|(_, rest)| rest);
                origin.is_some() && origin == text(header::HOST)
            }
            // A browser sends one of the two; a program that sends neither must not bring a browser's cookie.
            None => !headers.contains_key(header::COOKIE),
        }
    }
}

/// The name in `name:port`, in small letters.
fn host_of(text: &str) -> Option<String> {
    let authority: Authority = text.parse().ok()?;
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    (!name.is_empty()).then(|| name.to_lowercase())
}

fn is_this_machine(name: &str) -> bool {
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_are_answered_to() {
        let site = Site {
            public_url: Some("https://headway.example.org/".parse().unwrap()),
            allowed_hosts: vec!["other.example.org".parse().unwrap()],
            ..Site::default()
        };
        for host in [
            "localhost",
            "LOCALHOST:4400",
            "127.0.0.1:4400",
            "127.3.2.1",
            "[::1]:4400",
            "headway.example.org",
            "Headway.Example.org:443",
            "other.example.org",
        ] {
            assert!(site.answers_to(host), "{host}");
        }
        for host in
            ["", "example.org", "localhost.example.org", "192.168.1.5:4400", "127.0.0.1.example.org", "[::2]"]
        {
            assert!(!site.answers_to(host), "{host}");
        }
    }

    #[test]
    fn changes_come_from_own_pages_or_from_programs() {
        let site = Site::default();
        let own = |pairs: &[(&'static str, &'static str)]| {
            let headers = pairs.iter().map(|(name, value)| {
                (header::HeaderName::from_static(name), header::HeaderValue::from_static(value))
            });
            site.is_own_request(&Method::POST, &headers.collect())
        };
        assert!(own(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]));
        assert!(own(&[("origin", "http://localhost:4400"), ("host", "localhost:4400"), ("cookie", "a=b")]));
        assert!(own(&[]));
        assert!(!own(&[("cookie", "a=b")]));
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("sec-fetch-site", "same-site")]));
        assert!(!own(&[("origin", "http://evil.example"), ("host", "localhost:4400")]));
        assert!(!own(&[("origin", "null"), ("host", "localhost:4400")]));
    }
}

//! Under which names this server is reached, and what that means for cookies and for pages of other sites.

use std::net::IpAddr;

use axum::http::{HeaderMap, Method, header, uri::Authority};

/// Under which names this server is reached.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The address that people use, such as `https://headway.example.org`, without a slash at its end.
    public_url: Option<String>,
    /// Names that requests may be addressed to, besides those of this machine itself.
    names: Vec<String>,
}

impl Site {
    /// A site at this address that also answers to these names.
    pub fn new(public_url: Option<&str>, names: &[String]) -> Self {
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        let own =
            public_url.as_deref().and_then(|url| url.split_once("://")).map(|(_, rest)| rest.to_owned());
        let names = own.iter().chain(names).filter_map(|name| host_of(name)).collect();
        Site { public_url, names }
    }

    /// The address that people use, when it is known.
    pub fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }

    /// Whether people reach it by https only, so that cookies need not travel otherwise.
    pub fn is_secure(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The name of the cookie that keeps somebody signed in. The prefix makes browsers refuse one that another name
    /// of the same domain has set.
    pub fn session_cookie(&self) -> &'static str {
        if self.is_secure() { "__Host-headway_session" } else { "headway_session" }
    }

    /// Whether a request may be addressed to this `Host`. A page whose name is made to lead to this machine would
    /// otherwise count as this server's own.
    pub fn answers_to(&self, host: &str) -> bool {
        host_of(host).is_some_and(|name| is_this_machine(&name) || self.names.contains(&name))
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
        let site = Site::new(Some("https://headway.example.org/"), &["other.example.org:8443".to_owned()]);
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

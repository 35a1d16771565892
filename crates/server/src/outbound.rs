//! The way out of this server, by reqwest.
//!
//! Which addresses are private is looked at after a name has been resolved, in the very list that is connected to: a
//! name that leads to one address when it is looked at and to another one a moment later gains nothing.

use std::{
    error::Error,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use headway_app::outbound::{NoAnswer, Outbound, Reach, Request, Response, Sending};
use ipnet::IpNet;
use reqwest::{
    Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};

use crate::config::Network;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the whole exchange may take.
const WHOLE: Duration = Duration::from_secs(15);
/// The most bytes of an answer.
const MOST: usize = 1 << 20;

/// Networks that not everybody can reach: this machine, private and shared ones, links, metadata of cloud machines,
/// those for examples and measurements, and forms in which IPv6 hides an address of IPv4.
const PRIVATE: [&str; 26] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    // The two of no address and of this machine, and the addresses of IPv4 that were once written like them.
    "::/96",
    "::ffff:0:0:0/96",
    "64:ff9b::/32",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
];

/// The way out.
pub struct WayOut {
    anywhere: Result<Client, String>,
    public_only: Result<Client, String>,
    guard: Guard,
}

impl WayOut {
    /// A way out that lets everybody reach these networks, besides public ones.
    pub fn new(allowed: &[Network]) -> Self {
        let guard = Guard::new(allowed);
        let client = || {
            let client = Client::builder().redirect(Policy::none()).connect_timeout(CONNECT).timeout(WHOLE);
            client.user_agent(concat!("Headway/", env!("CARGO_PKG_VERSION")))
        };
        // A proxy would resolve names by itself, out of the guard's sight.
        let public_only = client().no_proxy().dns_resolver(Arc::new(guard.clone())).build();
        WayOut {
            anywhere: client().build().map_err(|error| whole(&error)),
            public_only: public_only.map_err(|error| whole(&error)),
            guard,
        }
    }

    async fn exchange(&self, request: Request<Vec<u8>>, reach: Reach) -> Result<Response<Vec<u8>>, NoAnswer> {
        let client = match reach {
            Reach::Anywhere => &self.anywhere,
            Reach::PublicOnly => &self.public_only,
        };
        let client = client.as_ref().map_err(|error| NoAnswer::Unreachable(error.clone()))?;
        let url = Url::parse(&request.uri().to_string()).map_err(|_| NoAnswer::BadAddress)?;
        let is_plain = url.username().is_empty() && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !is_plain {
            return Err(NoAnswer::BadAddress);
        }
        // An address in place of a name is not resolved, so the guard of names does not see it.
        let literal = url.host_str().map(|host| host.trim_start_matches('[').trim_end_matches(']'));
        let literal: Option<IpAddr> = literal.and_then(|host| host.parse().ok());
        if reach == Reach::PublicOnly && literal.is_some_and(|address| !self.guard.lets(address)) {
            return Err(NoAnswer::Refused);
        }
        let (parts, body) = request.into_parts();
        let sent = client.request(parts.method, url).headers(parts.headers).body(body).send().await;
        let mut response = sent.map_err(|error| why(&error))?;
        let mut answer = Response::new(Vec::new());
        *answer.status_mut() = response.status();
        std::mem::swap(answer.headers_mut(), response.headers_mut());
        while let Some(chunk) = response.chunk().await.map_err(|error| why(&error))? {
            if answer.body().len() + chunk.len() > MOST {
                return Err(NoAnswer::TooLarge);
            }
            answer.body_mut().extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

impl Outbound for WayOut {
    fn send(&self, request: Request<Vec<u8>>, reach: Reach) -> Sending<'_> {
        Box::pin(self.exchange(request, reach))
    }
}

/// Lets through only what everybody can reach, and what the configuration allows.
#[derive(Clone, Debug)]
struct Guard {
    private: Vec<IpNet>,
    allowed: Vec<IpNet>,
}

impl Guard {
    fn new(allowed: &[Network]) -> Self {
        Guard {
            private: PRIVATE.iter().filter_map(|net| net.parse().ok()).collect(),
            allowed: allowed.iter().map(|net| net.0).collect(),
        }
    }

    fn lets(&self, address: IpAddr) -> bool {
        // An address of IPv4 in the clothes of IPv6 is what it is.
        let address = address.to_canonical();
        let within = |nets: &[IpNet]| nets.iter().any(|net| net.contains(&address));
        within(&self.allowed) || !(within(&self.private) || address == IpAddr::V4(Ipv4Addr::BROADCAST))
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let (open, closed): (Vec<_>, Vec<_>) = found.into_iter().partition(|it| guard.lets(it.ip()));
            if open.is_empty() && !closed.is_empty() {
                return Err(RefusedNetwork.into());
            }
            let open: Addrs = Box::new(open.into_iter());
            Ok(open)
        })
    }
}

/// A name leads into private networks only.
#[derive(Debug, thiserror::Error)]
#[error("the name leads into a private network")]
struct RefusedNetwork;

/// What an error of the client comes down to.
fn why(error: &reqwest::Error) -> NoAnswer {
    if causes(error).any(<dyn Error>::is::<RefusedNetwork>) {
        return NoAnswer::Refused;
    }
    if error.is_timeout() {
        return NoAnswer::TooSlow;
    }
    let text = whole(error);
    let host = || error.url().and_then(|url| url.host_str()).unwrap_or_default().to_owned();
    if text.contains("dns error") || text.contains("lookup address") {
        NoAnswer::UnknownHost(host())
    } else if ["certificate", "tls", "TLS", "handshake"].iter().any(|word| text.contains(word)) {
        NoAnswer::Insecure(text)
    } else {
        NoAnswer::Unreachable(text)
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

/// The innermost cause says what happened; what stands around it repeats the address.
fn whole(error: &reqwest::Error) -> String {
    let last = causes(error).last();
    last.map_or_else(|| error.to_string(), ToString::to_string)
}

#[cfg(test)]
mod tests;

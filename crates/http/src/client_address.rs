//! The address of whoever asks, also behind proxies.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{HeaderMap, request::Parts},
};

use crate::{ApiState, Site};

/// The address of whoever asks.
///
/// It is that of the other end of the connection; where that is a proxy that is believed, the one it names in
/// `X-Forwarded-For`, and so on along the chain. What a caller itself writes into the header is never believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl FromRef<ApiState> for Arc<Site> {
    fn from_ref(state: &ApiState) -> Self {
        Arc::clone(&state.site)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress
where
    Arc<Site>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Without a connection the request comes from this program itself.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
        Ok(client_address(peer, &parts.headers, &Arc::<Site>::from_ref(state)))
    }
}

/// Follows the chain of proxies from this end, for as long as each is believed.
pub fn client_address(peer: IpAddr, headers: &HeaderMap, site: &Site) -> ClientAddress {
    let mut address = peer.to_canonical();
    let named = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = named.flat_map(|value| value.split(',')).map(str::trim).collect();
    for name in named.iter().rev() {
        if !site.trusts(address) {
            break;
        }
        match read_address(name) {
            Some(next) => address = next,
            // What can't be read was not written by a proxy that we know; its sender is the last one we do.
            None => break,
        }
    }
    ClientAddress(address)
}

/// An address, with a port or without.
fn read_address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let address = bare.parse().ok().or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|it: IpAddr| it.to_canonical())
}

/// Whether the caller's connection was one of HTTPS, as far as a proxy that is believed says so.
pub fn came_by_https(peer: IpAddr, headers: &HeaderMap, site: &Site) -> bool {
    let said = headers.get_all("x-forwarded-proto").iter().next_back();
    site.trusts(peer.to_canonical()) && said.is_some_and(|scheme| scheme == "https")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let site = Site {
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()],
            ..Site::default()
        };
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        client_address(peer.parse().unwrap(), &headers, &site).0.to_string()
    }

    #[test]
    fn only_proxies_that_are_believed_name_the_caller() {
        // Somebody without a proxy, who pretends to come through one.
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        // The caller wrote the first address; the proxy appended the true one.
        assert_eq!(seen("10.0.0.1", &["127.0.0.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["127.0.0.1", "198.51.100.1, 10.2.3.4"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["rubbish"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["198.51.100.1:1234"]), "198.51.100.1");
        assert_eq!(seen("::1", &["[2001:db8::5]:80"]), "2001:db8::5");
        // An address of IPv4 that came by IPv6 is the same address.
        assert_eq!(seen("::ffff:10.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
    }

    #[test]
    fn only_a_proxy_that_is_believed_says_https() {
        let site = Site { trusted_proxies: vec!["10.0.0.1".parse().unwrap()], ..Site::default() };
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-proto", "https".parse().unwrap());
        assert!(came_by_https("10.0.0.1".parse().unwrap(), &headers, &site));
        assert!(!came_by_https("10.0.0.2".parse().unwrap(), &headers, &site));
    }
}

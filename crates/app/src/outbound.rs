//! Requests that leave this server: to providers of sign-in, to webhooks. The program brings the way out; tests
//! bring one that leads nowhere.

use std::{future::Future, pin::Pin};

pub use http::{Request, Response};

/// How far a request may reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Also into the network around the server: for addresses that an administrator has set.
    Anywhere,
    /// Only to addresses that everybody can reach, and networks that the configuration allows: for addresses that
    /// somebody else has chosen, who must not look into the network through this server.
    PublicOnly,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Not an address of http or https, or one with a name and password in it.
    #[error("expected an address that begins with https:// or http://")]
    BadAddress,
    /// The name leads into a network that the server may not look into.
    #[error(
        "the address leads into a private network; an administrator can allow it with outbound.allowed_networks"
    )]
    Refused,
    /// The name leads nowhere.
    #[error("there is no host of the name {0}")]
    UnknownHost(String),
    /// Nobody answers there.
    #[error("the host cannot be reached: {0}")]
    Unreachable(String),
    /// The connection is not to be trusted.
    #[error("the connection is not secure: {0}")]
    Insecure(String),
    /// It took too long.
    #[error("there was no answer in time")]
    TooSlow,
    /// The answer is larger than anything useful.
    #[error("the answer is too large")]
    TooLarge,
}

/// An answer on its way.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, NoAnswer>> + Send + 'a>>;

/// A way out of this server.
///
/// **Invariant:** redirects are not followed, since they lead where nobody has looked; the time and the size of an
/// answer are bounded; and the addresses that [`Reach`] speaks of are those that are connected to.
pub trait Outbound: Send + Sync {
    /// Sends a request and waits for the whole answer.
    fn send(&self, request: Request<Vec<u8>>, reach: Reach) -> Sending<'_>;
}

/// No way out, for programs that need none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWayOut;

impl Outbound for NoWayOut {
    fn send(&self, _: Request<Vec<u8>>, _: Reach) -> Sending<'_> {
        Box::pin(std::future::ready(Err(NoAnswer::Unreachable("this program sends nothing".to_owned()))))
    }
}

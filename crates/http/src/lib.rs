//! The HTTP interface: wire types, handlers, problem+json, OpenAPI, the event stream, the embedded web client.
//!
//! **Invariant:** a handler translates and delegates; it decides nothing. There is one way from an application
//! error to a response.
//!
//! Not here: rules (`headway-domain`), use cases (`headway-app`), numbers (`headway-flow`), SQL (`headway-store`).

mod assets;
mod client_address;
mod csv;
pub mod governance;
pub mod insight;
mod network;
pub mod observe;
pub mod organisation;
pub mod permission;
pub mod platform;
mod problem;
mod protect;
mod router;
mod site;
mod state;
pub mod work;

pub use assets::client_file;
pub use client_address::{ClientAddress, came_by_https, client_address};
pub use network::{HostName, Limits, ProxyNet, PublicUrl};
pub use router::{openapi_json, permissions_page, router};
pub use site::Site;
pub use state::{ApiState, Ctx};

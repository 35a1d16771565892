//! Taking connections: how many at once, how long a client may take to say what it wants, and how they end.
//!
//! Only HTTP/1.1 is spoken here: a proxy speaks newer versions with browsers, and one protocol has fewer ways to be
//! kept busy.

use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo};
use headway_http::Limits;
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::ServiceExt;

use crate::telemetry::metrics::CONNECTIONS;

/// The largest head of a request. A browser's is a few kilobytes.
const LARGEST_HEAD: usize = 32 << 10;

/// How long answers that are under way may take to end after the server was asked to.
const GRACE: Duration = Duration::from_secs(30);

/// How long to wait when the system has no room for a connection.
const NO_ROOM: Duration = Duration::from_millis(100);

/// Serves until `stop` is done and the answers that are under way then have ended.
pub async fn listen(listener: TcpListener, router: Router, limits: &Limits, stop: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_header_size(LARGEST_HEAD)
        .max_buf_size(4 * LARGEST_HEAD);
    let mut stop = pin!(stop);
    loop {
        // Without a free slot nobody is let in; who waits outside costs nothing.
        let accepted = async {
            let slot = Arc::clone(&slots).acquire_owned().await.ok();
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut stop => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "failed to take a connection");
                tokio::time::sleep(NO_ROOM).await;
                continue;
            }
        };
        let connection = graceful.watch(connect(&http, stream, peer, router.clone()));
        tokio::spawn(async move {
            metrics::gauge!(CONNECTIONS).increment(1);
            // A client that goes away or breaks off is no fault of ours.
            if let Err(error) = connection.await {
                tracing::trace!(%error, "connection ended");
            }
            metrics::gauge!(CONNECTIONS).decrement(1);
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("some answers did not end in time and were broken off");
    }
}

fn connect(
    http: &http1::Builder,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::HttpService<Incoming, ResBody = Body, Error = std::convert::Infallible, Future: Send>
    + Send
    + use<>,
> {
    // Events are small and are to arrive at once.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::trace!(%error, "failed to send small answers at once");
    }
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(Body::new)
    });
    http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
}

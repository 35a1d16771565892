//! `headway serve`: the server and the job runner.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result, bail};
use clap::Args;
use headway_app::{Actor, insight, jobs, sample};
use headway_http::ApiState;
use tokio::{net::TcpListener, signal, sync::watch};

use crate::{
    edge::{SystemClock, SystemIds, context},
    open::DataOptions,
};

/// How to serve.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// The address to listen on. Until people can sign in, only an address of this machine itself is accepted.
    #[arg(long, env = "HEADWAY_LISTEN", default_value = "127.0.0.1:4400")]
    listen: SocketAddr,
    /// Loads the sample organisation when there is no data yet.
    #[arg(long)]
    sample: bool,
}

/// Serves until the process is asked to end.
pub async fn serve(options: Options) -> Result<()> {
    if !options.listen.ip().is_loopback() {
        bail!(
            "refusing to listen on {}: people can't sign in yet, so everybody who reached this address could read and \
             change everything; use a loopback address such as 127.0.0.1:4400",
            options.listen
        );
    }
    let app = options.data.open().await?;
    let listener = TcpListener::bind(options.listen).await.with_context(|| {
        format!("failed to listen on {}; is another server running there?", options.listen)
    })?;
    let address = listener.local_addr()?;

    let owner = context(Actor::Owner);
    if options.sample && !insight::has_items(&owner, &app).await? {
        sample::request(&owner, &app).await?;
    }
    let (stop, stopped) = watch::channel(false);
    let stop = Arc::new(stop);
    let system = context(Actor::System);
    let runner = tokio::spawn({
        let (app, system, stopped) = (app.clone(), system.clone(), stopped.clone());
        let stop = Arc::clone(&stop);
        async move {
            let ended = jobs::run(&system, &app, until(stopped)).await;
            // A server that runs no jobs and follows no events must not look as if it did.
            stop.send_replace(true);
            ended
        }
    });
    let follower = tokio::spawn({
        let (app, stopped) = (app.clone(), stopped.clone());
        let stop = Arc::clone(&stop);
        async move {
            let ended = insight::keep_up(&system, &app, until(stopped)).await;
            stop.send_replace(true);
            ended
        }
    });

    let state = ApiState {
        app: app.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        anonymous: Actor::Owner,
    };
    let router = headway_http::router(state, until(stopped.clone()));
    println!("Headway is at http://{address}/");
    let served = axum::serve(listener, router.into_make_service())
        .with_graceful_shutdown(asked_to_end(stop, until(stopped)))
        .await;
    runner.await??;
    follower.await??;
    app.db.close().await;
    Ok(served?)
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is the end as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

async fn asked_to_end(stop: Arc<watch::Sender<bool>>, ended: impl Future<Output = ()>) {
    tokio::pin!(ended);
    let interrupt = signal::ctrl_c();
    match signal::unix::signal(signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
                () = ended => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
    stop.send_replace(true);
}

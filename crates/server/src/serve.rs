//! `headway serve`: the server and the job runner.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result, bail};
use clap::Args;
use headway_app::{Actor, insight, jobs, organisation, sample};
use headway_http::{ApiState, Site};
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
    /// The address to listen on.
    #[arg(long, env = "HEADWAY_LISTEN", default_value = "127.0.0.1:4400")]
    listen: SocketAddr,
    /// The address that people use, such as `https://headway.example.org`: for cookies, links and the check of names.
    #[arg(long, env = "HEADWAY_PUBLIC_URL")]
    public_url: Option<String>,
    /// Further names that requests may be addressed to.
    #[arg(long = "allowed-host", env = "HEADWAY_ALLOWED_HOSTS", value_delimiter = ',')]
    allowed_hosts: Vec<String>,
    /// Loads the sample organisation when there is no data yet.
    #[arg(long)]
    sample: bool,
}

/// Serves until the process is asked to end.
pub async fn serve(options: Options) -> Result<()> {
    if !options.listen.ip().is_loopback() && options.public_url.is_none() && options.allowed_hosts.is_empty()
    {
        bail!(
            "refusing to listen on {} without --public-url: the server answers only to names that it knows as its own",
            options.listen
        );
    }
    let site = Site::new(options.public_url.as_deref(), &options.allowed_hosts);
    let app = options.data.open().await?;
    let listener = TcpListener::bind(options.listen).await.with_context(|| {
        format!("failed to listen on {}; is another server running there?", options.listen)
    })?;
    let address = listener.local_addr()?;

    let owner = context(Actor::Operator);
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
        site: Arc::new(site),
    };
    let place = options.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
    let router = headway_http::router(state, until(stopped.clone()));
    println!("Headway is at {place}/");
    if organisation::needs_set_up(&app).await? {
        let code = organisation::new_set_up_code(&owner, &app).await?;
        // Behind the `#` a browser keeps it to itself: it is in no request line and no log.
        println!("Nobody owns this installation yet. Create the first account at {place}/set-up#{code}");
    }
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

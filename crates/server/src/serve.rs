//! `headway serve`: the server and the job runner.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use clap::Args;
use headway_app::{Actor, App, insight, jobs, organisation, sample};
use headway_http::ApiState;
use tokio::{net::TcpListener, signal, sync::watch};

use crate::{
    config::{Config, Flags, flags},
    edge::{SystemClock, SystemIds, context},
    listen::listen,
    open::{DataOptions, open},
    telemetry::{metrics::Metrics, supervisor, traces},
};

/// How to serve.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// The address to listen on [default: 127.0.0.1:4400].
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The address that people use, such as `https://headway.example.org`: for cookies, links and the check of names.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// A further name that requests may be addressed to; may be repeated.
    #[arg(long = "allowed-host", value_name = "NAME")]
    allowed_hosts: Vec<String>,
    /// Loads the sample organisation when there is no data yet.
    #[arg(long)]
    sample: bool,
}

impl Options {
    /// What was said on the command line.
    pub fn flags(&self) -> Flags {
        let hosts = (!self.allowed_hosts.is_empty()).then(|| self.allowed_hosts.join(","));
        let own =
            flags([("listen", &self.listen), ("public_url", &self.public_url), ("allowed_hosts", &hosts)]);
        [self.data.flags(), own].concat()
    }
}

/// Serves until the process is asked to end.
pub async fn serve(options: Options, config: &Config) -> Result<()> {
    let site = &config.site;
    if !config.listen.ip().is_loopback() && site.public_url.is_none() && site.allowed_hosts.is_empty() {
        bail!(
            "refusing to listen on {} without --public-url: the server answers only to names that it knows as its own",
            config.listen
        );
    }
    let app = open(config).await?;
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("failed to listen on {}; is another server running there?", config.listen)
    })?;
    let address = listener.local_addr()?;

    let metrics = Metrics::start(app.clone())?;
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
        site: Arc::new(site.clone()),
    };
    let place = site.public_url().map_or_else(|| format!("http://{address}"), str::to_owned);
    let guarded = metrics.guarded_router(config.metrics.token.clone(), state.clone());
    let mut router = headway_http::router(state, until(stopped.clone())).merge(guarded);
    if config.otlp.is_some() {
        router = router.layer(axum::middleware::from_fn(traces::take_up));
    }
    if let Some(address) = config.metrics.listen {
        let own = TcpListener::bind(address).await;
        let own = own.with_context(|| format!("failed to listen on {address} for metrics"))?;
        println!("Metrics are at http://{}/metrics", own.local_addr()?);
        let (open, limits, stopped) = (metrics.open_router(), site.limits.clone(), until(stopped.clone()));
        tokio::spawn(async move { listen(own, open, &limits, stopped).await });
    }
    println!("Headway is at {place}/");
    if organisation::needs_set_up(&app).await? {
        let code = organisation::new_set_up_code(&owner, &app).await?;
        // Behind the `#` a browser keeps it to itself: it is in no request line and no log.
        println!("Nobody owns this installation yet. Create the first account at {place}/set-up#{code}");
    }
    let informing = tokio::spawn(supervisor::keep_informed(app.clone()));
    let end = asked_to_end(app.clone(), config.drain, stop, until(stopped));
    listen(listener, router, &site.limits, end).await;
    informing.abort();
    runner.await??;
    follower.await??;
    app.db.close().await;
    Ok(())
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is the end as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Waits for the end. It is told to whoever sends requests before it comes, so that they can turn elsewhere.
async fn asked_to_end(
    app: App,
    drain: Duration,
    stop: Arc<watch::Sender<bool>>,
    ended: impl Future<Output = ()>,
) {
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
    app.health.begin_to_stop();
    supervisor::say_stopping();
    tokio::time::sleep(drain).await;
    stop.send_replace(true);
}

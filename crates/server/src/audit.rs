//! `headway audit`: whether the audit log is what it was.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use headway_app::{
    Actor, App, OpContext,
    governance::{self, Break, Head},
};

use crate::{
    config::Config,
    edge::context,
    open::{DataOptions, open_as_it_is},
};

/// What to do.
#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pub data: DataOptions,
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Checks every entry, and names the first that was changed or removed. The heads that were noted in
    /// audit-heads.log are compared as well, so that an end that was cut off is found.
    Verify {
        /// A head noted elsewhere, as `headway audit head` prints it. May be given several times.
        #[arg(long = "head", value_name = "SEQ:DIGEST")]
        heads: Vec<Head>,
    },
    /// Prints the last entry as SEQ:DIGEST, to be noted where a change of the database does not reach.
    Head,
}

/// Checks the log or prints its head.
pub async fn audit(options: Options, config: &Config) -> Result<()> {
    let app = open_as_it_is(config).await?;
    let done = act(&context(Actor::Operator), &app, options.act).await;
    app.db.close().await;
    done
}

async fn act(ctx: &OpContext, app: &App, act: Act) -> Result<()> {
    match act {
        Act::Verify { heads } => {
            let verdict =
                governance::verify(ctx, app, &heads).await.context("failed to check the audit log")?;
            if let Some(broken) = verdict.broken {
                bail!("the audit log is broken: {}", told(&broken));
            }
            println!("{} entries are what they were; the last is {}", verdict.checked, verdict.head);
        }
        Act::Head => match governance::head(ctx, app).await.context("failed to read the audit log")? {
            Some(head) => println!("{head}"),
            None => bail!("the audit log is empty"),
        },
    }
    Ok(())
}

/// What is known of the entry where the log breaks.
fn told(broken: &Break) -> String {
    // Writing to a string does not fail.
    let mut text = broken.why.clone();
    if let Some(stands) = &broken.stands {
        let entry = &stands.entry;
        let _ = write!(
            text,
            "; its row now says {} of {} {} at {}, by {}",
            entry.action,
            entry.subject_kind,
            entry.subject,
            entry.at,
            entry.doer.code()
        );
    }
    if let Some(after) = broken.after {
        let _ = write!(text, "; everything before it is whole, the last of it from {after}");
    }
    text
}

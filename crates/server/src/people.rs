//! `headway people`: accounts and tokens, from the machine of the database.

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use headway_app::{
    Actor, App, OpContext,
    organisation::{self, NewPerson, NewToken},
};
use headway_domain::organisation::{Limit, Role};

use crate::{
    config::Config,
    edge::context,
    open::{DataOptions, open},
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
    /// Creates an account. The password is read from the standard input when it is asked for.
    Add {
        /// The address; without one it is a service account, which never signs in.
        #[arg(long)]
        email: Option<String>,
        /// The name that others see.
        #[arg(long)]
        name: String,
        /// A role in the whole organisation: owner, administrator, pmo, lead, coach, member or viewer.
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        /// Reads a password, one line, from the standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Makes a token for the API, and prints it this once.
    Token {
        /// The address of the account.
        email: String,
        /// What it is for.
        #[arg(long, default_value = "command line")]
        name: String,
        /// It may do no more than this role.
        #[arg(long, value_parser = role, default_value = "owner")]
        role: Role,
        /// In so many days it ends.
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
}

fn role(code: &str) -> Result<Role, String> {
    Role::from_code(code).ok_or_else(|| {
        let codes: Vec<_> = Role::ALL.into_iter().map(Role::code).collect();
        format!("expected one of {}", codes.join(", "))
    })
}

/// Creates an account or a token.
pub async fn people(options: Options, config: &Config) -> Result<()> {
    let app = open(config).await?;
    let ctx = context(Actor::Operator);
    let done = act(&ctx, &app, options.act).await;
    app.db.close().await;
    done
}

async fn act(ctx: &OpContext, app: &App, act: Act) -> Result<()> {
    match act {
        Act::Add { email, name, role, password_stdin } => {
            let password = if password_stdin {
                let line = std::io::stdin().lines().next().transpose();
                Some(line.context("failed to read the password")?.unwrap_or_default())
            } else {
                None
            };
            let new = NewPerson { name, email, password, role };
            let person =
                organisation::create_person(ctx, app, new).await.context("failed to create the account")?;
            println!("{}", person.id);
        }
        Act::Token { email, name, role, days } => {
            let person = organisation::person_by_email(ctx, app, &email).await;
            let person = person.context("failed to find the account")?;
            let new = NewToken { name, limit: Limit { role, unit: None }, days };
            let made = organisation::create_token_for(ctx, app, person.id, new).await;
            println!("{}", made.context("failed to make the token")?.1);
        }
    }
    Ok(())
}

//! `headway config`: looks at the configuration.

use std::fmt::Write as _;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::{
    Flags, check,
    settings::{Kind, SETTINGS, Setting, variable},
    sources::{Sources, written},
};
use crate::open::DataOptions;

/// What to do with the configuration.
#[derive(Args)]
pub struct Command {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    data: DataOptions,
}

#[derive(Subcommand)]
enum What {
    /// Reads everything, says where each value comes from, and tries the database and the data folder.
    Check {
        /// Also greets the mail server.
        #[arg(long)]
        connect: bool,
    },
    /// Prints the configuration as it is in effect, with secrets masked.
    Show,
    /// Prints a file with every setting, explained.
    Example,
}

impl Command {
    /// What was said on the command line.
    pub fn flags(&self) -> Flags {
        self.data.flags()
    }
}

/// Does it.
pub async fn config(command: &Command, mut sources: Sources) -> Result<()> {
    match command.what {
        What::Check { connect } => check::check(&mut sources, connect).await?,
        What::Show => print!("{}", shown(&sources)),
        What::Example => print!("{}", example()),
    }
    Ok(())
}

/// The configuration in effect, in the form of the file, with the source of every value that is not the usual one.
pub fn shown(sources: &Sources) -> String {
    let mut page = Page::default();
    for setting in SETTINGS {
        page.open_table(setting);
        match sources.shown(setting) {
            Some((name, value)) => {
                let source = sources.source(setting.key);
                page.line(&format!("{} = {value}  # {source}", last(&name)));
            }
            None => page.line(&format!("# {} is not set", last(setting.key))),
        }
    }
    page.text
}

/// A file with every setting, explained; each is commented out.
pub fn example() -> String {
    let mut page = Page::default();
    page.line("# The configuration of Headway. Every setting is shown with its usual value, or with an example where it");
    page.line("# has none; take away the # before a setting to change it. A flag wins over an environment variable, and");
    page.line("# that over this file.");
    for setting in SETTINGS {
        page.open_table(setting);
        page.line("");
        for line in wrapped(setting.about) {
            page.line(&format!("# {line}"));
        }
        page.line(&format!("# Environment: {}", variable(setting.key)));
        let text = setting.usual.unwrap_or(setting.example);
        page.line(&format!("#{} = {}", last(setting.key), written(setting.kind, &[text.to_owned()])));
        if setting.kind == Kind::Secret {
            let name = last(setting.key);
            page.line(&format!(
                "#{name}_file = \"/run/secrets/{name}\"  # instead of {name}: a file that holds it"
            ));
        }
    }
    page.text
}

/// Lines, with the headings of tables where they begin.
#[derive(Default)]
struct Page {
    text: String,
    table: &'static str,
}

impl Page {
    fn line(&mut self, line: &str) {
        // Writing into a text cannot fail.
        let _ = writeln!(self.text, "{line}");
    }

    fn open_table(&mut self, setting: &Setting) {
        let table = setting.key.split_once('.').map_or("", |(table, _)| table);
        if table != self.table {
            self.table = table;
            self.line(&format!("\n[{table}]"));
        }
    }
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 110;
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().filter(|line| line.is_empty() || line.len() + word.len() < WIDTH);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

//! Whether the audit log is what it was: the chain from its first entry to its last, and the heads noted elsewhere.
//!
//! A chain alone does not tell that its end was cut off and the counter set back. So the number and the digest of the
//! last entry are noted once a day outside the database, in a file that only grows, and in the server's own log.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    io::Write as _,
    str::FromStr,
};

use futures::TryStreamExt;
use headway_domain::{
    governance::audit::{Broken, Checker, Digest, Stored},
    time::Instant,
};
use headway_store::{AuditFilter, Reader};
use serde_json::Value;

use crate::{App, Error, OpContext, Permission, Result};

/// The file with the heads, in the data folder.
const HEADS: &str = "audit-heads.log";
/// What the entry is called that explains where the log begins after its oldest part was cut off.
pub(crate) const CUT: &str = "audit.cut";

/// The last entry at some time: its number and its digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number.
    pub seq: i64,
    /// The digest.
    pub digest: Digest,
}

impl Head {
    /// The digest in hexadecimal digits.
    pub fn digits(&self) -> String {
        hex(&self.digest)
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, self.digits())
    }
}

/// Not a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected SEQ:DIGEST as `headway audit head` prints it")]
pub struct NotAHead;

impl FromStr for Head {
    type Err = NotAHead;

    fn from_str(text: &str) -> Result<Self, NotAHead> {
        let (seq, digest) = text.trim().split_once(':').ok_or(NotAHead)?;
        let seq = seq.parse().map_err(|_| NotAHead)?;
        Ok(Head { seq, digest: digest_from(digest).ok_or(NotAHead)? })
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How many entries were checked.
    pub checked: u64,
    /// The last entry that is what it was.
    pub head: Head,
    /// Where the log breaks first; `None` when it is whole.
    pub broken: Option<Break>,
}

/// The first entry that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// Its number.
    pub seq: i64,
    /// What is wrong.
    pub why: String,
    /// What the row says of itself, which may be what somebody wants us to believe.
    pub stands: Option<Stored>,
    /// When the last entry before it was made, which is still what it was.
    pub after: Option<Instant>,
}

/// Checks the whole log, and compares it with the heads that were noted.
pub async fn verify(ctx: &OpContext, app: &App, known: &[Head]) -> Result<Verdict> {
    ctx.authorise(Permission::Administer)?;
    let mut noted = noted_heads(app).await?;
    noted.extend(known);
    check(&mut app.db.read().await?, &noted).await
}

/// The last entry now.
pub async fn head(ctx: &OpContext, app: &App) -> Result<Option<Head>> {
    ctx.authorise(Permission::Administer)?;
    last(&mut app.db.read().await?).await
}

/// Notes the last entry where a change of the database does not reach.
pub(crate) async fn note_head(ctx: &OpContext, app: &App) -> Result<()> {
    ctx.authorise(Permission::RunJobs)?;
    let Some(head) = last(&mut app.db.read().await?).await? else { return Ok(()) };
    tracing::info!(%head, "the head of the audit log");
    let (path, line) = (app.config.data.join(HEADS), format!("{head} {}\n", ctx.now()));
    let write = move || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(line.as_bytes())?;
        file.sync_all()
    };
    tokio::task::spawn_blocking(write).await.map_err(Error::internal)??;
    Ok(())
}

async fn last(reader: &mut Reader) -> Result<Option<Head>> {
    let last = reader.audit(&AuditFilter::default(), None, 1).await?.into_iter().next();
    Ok(last.map(|last| Head { seq: last.entry.seq, digest: last.digest }))
}

async fn check(reader: &mut Reader, noted: &[Head]) -> Result<Verdict> {
    let count = reader.count_audit().await?;
    let mut checker = begin(reader).await?;
    let first = checker.head().0;
    let expected: BTreeMap<i64, Digest> =
        noted.iter().filter(|head| head.seq > first).map(|head| (head.seq, head.digest)).collect();
    let mut after = None;
    let mut chain = reader.audit_chain();
    let broken = loop {
        let next = match chain.try_next().await {
            Ok(Some(next)) => next,
            Ok(None) => break end(&checker, count, &expected, after),
            Err(headway_store::Error::Corrupt { .. }) => {
                let seq = checker.head().0 + 1;
                let why = format!("entry {seq} was changed: it cannot be read");
                break Some(Break { seq, why, stands: None, after });
            }
            Err(error) => return Err(error.into()),
        };
        let broken = match checker.check(&next) {
            Err(broken) => Some((broken.seq(), broken.to_string(), broken)),
            Ok(()) => expected.get(&next.entry.seq).filter(|digest| **digest != next.digest).map(|_| {
                let seq = next.entry.seq;
                let why =
                    format!("entry {seq} or one before it was written anew: its digest was noted before");
                (seq, why, Broken::Changed(seq))
            }),
        };
        if let Some((seq, why, kind)) = broken {
            let stands = matches!(kind, Broken::Changed(_)).then_some(next);
            break Some(Break { seq, why, stands, after });
        }
        after = Some(next.entry.at);
    };
    drop(chain);
    let (seq, digest) = checker.head();
    let checked = u64::try_from(seq - first).unwrap_or_default();
    Ok(Verdict { checked, head: Head { seq, digest }, broken })
}

/// Whether the end is where it was.
fn end(
    checker: &Checker,
    count: i64,
    expected: &BTreeMap<i64, Digest>,
    after: Option<Instant>,
) -> Option<Break> {
    let last = checker.head().0;
    if let Err(broken) = checker.end(count) {
        return Some(Break { seq: broken.seq(), why: broken.to_string(), stands: None, after });
    }
    let noted = expected.keys().next_back().copied().filter(|seq| *seq > last)?;
    let seq = last + 1;
    let why = format!("entry {seq} is missing: the end was cut off, entry {noted} was noted before");
    Some(Break { seq, why, stands: None, after })
}

/// Where the chain begins: at its first entry, or where an entry of the chain itself says that it was cut.
async fn begin(reader: &mut Reader) -> Result<Checker> {
    let cuts = AuditFilter { action: Some(CUT.to_owned()), ..AuditFilter::default() };
    let Some(cut) = reader.audit(&cuts, None, 1).await?.into_iter().next() else {
        return Ok(Checker::default());
    };
    let told: Value = serde_json::from_str(&cut.entry.detail).unwrap_or_default();
    let through = told.get("through").and_then(Value::as_i64);
    let digest = told.get("digest").and_then(Value::as_str).and_then(digest_from);
    Ok(through.zip(digest).map_or_else(Checker::default, |(seq, digest)| Checker::behind(seq, digest)))
}

async fn noted_heads(app: &App) -> Result<Vec<Head>> {
    match tokio::fs::read_to_string(app.config.data.join(HEADS)).await {
        // A line that was torn by a full disk says nothing.
        Ok(text) => Ok(text.lines().filter_map(|line| line.split(' ').next()?.parse().ok()).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// A digest as text.
pub(crate) fn hex(digest: &Digest) -> String {
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn digest_from(text: &str) -> Option<Digest> {
    let mut digest = Digest::default();
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_is_written() {
        let head = Head { seq: 17, digest: [0xa5; 32] };
        assert_eq!(head.to_string().parse(), Ok(head));
        for text in ["", "17", "17:", "x:00", "17:zz", &format!("17:{}", "é".repeat(32))] {
            assert_eq!(text.parse::<Head>(), Err(NotAHead), "{text}");
        }
    }
}

//! The audit log: a chain in which every entry holds the digest of the one before.
//!
//! Whoever changes or removes an entry breaks the chain at that place. Entries name people by their ids only, so that
//! erasing somebody's personal data leaves the chain whole, and they never say who did something anonymous.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::{id::UnitId, time::Instant};

/// The digest of an entry.
pub type Digest = [u8; 32];

/// What the first entry holds in place of a digest of the one before.
pub const BEGINNING: Digest = [0; 32];

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doer {
    /// A person or a service, with the session or token they used.
    Person {
        /// Who.
        person: Uuid,
        /// The session or the token.
        via: Option<Uuid>,
    },
    /// Whoever runs commands on the machine of the database.
    Operator,
    /// A job, as a consequence of something earlier.
    System,
    /// Somebody who had not signed in, or did something anonymous.
    Nobody,
}

impl Doer {
    /// The stable code used in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Doer::Person { .. } => "person",
            Doer::Operator => "operator",
            Doer::System => "system",
            Doer::Nobody => "nobody",
        }
    }
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log, from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Instant,
    /// By whom.
    pub doer: Doer,
    /// What, such as `unit.created`.
    pub action: String,
    /// What kind of thing it was done to, such as `unit`; empty for none.
    pub subject_kind: String,
    /// Which thing.
    pub subject: String,
    /// The unit it belongs to; `None` for what concerns the installation.
    pub unit: Option<UnitId>,
    /// What else there is to say, as JSON text, exactly as it is stored.
    pub detail: String,
}

impl Entry {
    /// Its digest, given that of the entry before.
    pub fn digest(&self, previous: &Digest) -> Digest {
        let mut hash = Sha256::new();
        hash.update(previous);
        let (person, via) = match self.doer {
            Doer::Person { person, via } => (Some(person), via),
            Doer::Operator | Doer::System | Doer::Nobody => (None, None),
        };
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let unit = id(self.unit.map(|unit| unit.0));
        for field in [
            &self.seq.to_string(),
            &self.at.0.to_string(),
            self.doer.code(),
            &id(person),
            &id(via),
            &self.action,
            &self.subject_kind,
            &self.subject,
            &unit,
            &self.detail,
        ] {
            // With the length in front no text can pass for the end of one field and the beginning of the next.
            hash.update((field.len() as u64).to_be_bytes());
            hash.update(field.as_bytes());
        }
        hash.finalize().into()
    }
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The entry.
    pub entry: Entry,
    /// The digest that stands beside it.
    pub digest: Digest,
}

/// What is wrong with a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// An entry is missing.
    #[error("entry {0} is missing")]
    Missing(i64),
    /// An entry, or the one before it, is not what it was.
    #[error("entry {0} was changed")]
    Changed(i64),
}

impl Broken {
    /// The entry at which the chain breaks.
    pub fn seq(self) -> i64 {
        match self {
            Broken::Missing(seq) | Broken::Changed(seq) => seq,
        }
    }
}

/// Checks a chain, entry by entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checker {
    last: i64,
    digest: Digest,
}

impl Default for Checker {
    fn default() -> Self {
        Checker { last: 0, digest: BEGINNING }
    }
}

impl Checker {
    /// Goes on behind an entry that has been cut off with everything before it.
    pub fn behind(seq: i64, digest: Digest) -> Self {
        Checker { last: seq, digest }
    }

    /// Takes the next entry.
    pub fn check(&mut self, next: &Stored) -> Result<(), Broken> {
        let expected = self.last + 1;
        if next.entry.seq > expected {
            return Err(Broken::Missing(expected));
        }
        if next.entry.seq < expected || next.entry.digest(&self.digest) != next.digest {
            return Err(Broken::Changed(expected));
        }
        self.last = expected;
        self.digest = next.digest;
        Ok(())
    }

    /// Takes the end: how many entries there have ever been.
    pub fn end(&self, count: i64) -> Result<(), Broken> {
        match self.last.cmp(&count) {
            std::cmp::Ordering::Less => Err(Broken::Missing(self.last + 1)),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(Broken::Changed(self.last)),
        }
    }

    /// The number and the digest of the last entry that was checked.
    pub fn head(&self) -> (i64, Digest) {
        (self.last, self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chain(length: i64) -> Vec<Stored> {
        let mut previous = BEGINNING;
        let entries = (1..=length).map(|seq| Entry {
            seq,
            at: Instant(seq * 1_000),
            doer: Doer::Person { person: Uuid::from_u128(seq.unsigned_abs().into()), via: None },
            action: "unit.created".to_owned(),
            subject_kind: "unit".to_owned(),
            subject: seq.to_string(),
            unit: None,
            detail: "{}".to_owned(),
        });
        let store = |entry: Entry| {
            previous = entry.digest(&previous);
            Stored { entry, digest: previous }
        };
        entries.map(store).collect()
    }

    fn verify(chain: &[Stored], count: i64) -> Result<(), Broken> {
        let mut checker = Checker::default();
        chain.iter().try_for_each(|stored| checker.check(stored))?;
        checker.end(count)
    }

    #[test]
    fn a_whole_chain_is_accepted() {
        assert_eq!(verify(&chain(5), 5), Ok(()));
        assert_eq!(verify(&[], 0), Ok(()));
    }

    #[test]
    fn a_removed_entry_is_named() {
        for gone in 1..=5_usize {
            let mut chain = chain(5);
            chain.remove(gone - 1);
            assert_eq!(verify(&chain, 5), Err(Broken::Missing(gone as i64)));
        }
    }

    #[test]
    fn a_changed_field_is_named() {
        type Change = fn(&mut Stored);
        let changes: [Change; 8] = [
            |it| it.entry.at = Instant(7),
            |it| it.entry.doer = Doer::Operator,
            |it| it.entry.action.push('x'),
            |it| it.entry.subject_kind.clear(),
            |it| it.entry.subject.push('0'),
            |it| it.entry.unit = Some(UnitId(Uuid::nil())),
            |it| it.entry.detail = "{ }".to_owned(),
            |it| it.digest[31] ^= 1,
        ];
        for change in changes {
            let mut chain = chain(5);
            change(&mut chain[2]);
            assert_eq!(verify(&chain, 5), Err(Broken::Changed(3)));
        }
    }

    #[test]
    fn an_entry_that_was_slipped_in_is_named() {
        let mut chain = chain(5);
        chain.insert(2, chain[1].clone());
        assert_eq!(verify(&chain, 5), Err(Broken::Changed(3)));
    }
}

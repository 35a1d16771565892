//! The report of an import: entries with file and line, counts of every oddity, and what each means.

use std::collections::BTreeMap;

use headway_domain::{
    id::ImportId,
    time::Day,
    work::{Counts, Location, Oddity, Problem, Severity},
};
use headway_store::{Finding, ReportEntry, ReportFilter};

use super::{authorised, check::unreadable};
use crate::{App, OpContext, Permission, Result};

/// How many entries of one oddity are listed; all of them are counted.
const MOST_ODD_ENTRIES: u64 = 2_000;
/// How many unreadable rows are listed.
const MOST_UNREADABLE_ENTRIES: u64 = 100_000;
/// How many entries are handed on at a time.
const AT_A_TIME: usize = 1_000;

/// Collects what is found until it is stored.
#[derive(Default)]
pub(super) struct Reporter {
    listed: BTreeMap<Finding, u64>,
    counts: BTreeMap<Finding, u64>,
    entries: Vec<ReportEntry>,
}

impl Reporter {
    pub(super) fn odd(&mut self, oddity: Oddity, location: &Location, key: Option<&str>) {
        let finding = Finding::Odd(oddity);
        if self.is_listed(finding, MOST_ODD_ENTRIES) {
            self.entries.push(ReportEntry {
                finding,
                location: Some(location.clone()),
                key: key.map(str::to_owned),
                text: meaning(finding).text.to_owned(),
            });
        }
    }

    pub(super) fn unreadable(&mut self, location: &Location, problem: &Problem) {
        if self.is_listed(Finding::Unreadable, MOST_UNREADABLE_ENTRIES) {
            self.entries.push(unreadable(location, problem));
        }
    }

    /// Something that is not odd about a row but about an item or the whole, in a sentence of its own.
    pub(super) fn note(&mut self, oddity: Oddity, key: Option<&str>, text: impl FnOnce() -> String) {
        let finding = Finding::Odd(oddity);
        if self.is_listed(finding, MOST_ODD_ENTRIES) {
            let key = key.map(str::to_owned);
            self.entries.push(ReportEntry { finding, location: None, key, text: text() });
        }
    }

    /// Counts a finding, and says whether it is also listed.
    fn is_listed(&mut self, finding: Finding, most: u64) -> bool {
        *self.counts.entry(finding).or_default() += 1;
        let listed = self.listed.entry(finding).or_default();
        *listed += 1;
        *listed <= most
    }

    /// Whether any row could not be read.
    pub(super) fn has_unreadable(&self) -> bool {
        self.listed.contains_key(&Finding::Unreadable)
    }

    /// What is to be stored now: when enough has come together, or everything at the end.
    pub(super) fn take(&mut self, is_last: bool) -> Option<(Vec<ReportEntry>, BTreeMap<Finding, u64>)> {
        let is_enough = self.entries.len() >= AT_A_TIME || is_last;
        (is_enough && !self.counts.is_empty())
            .then(|| (std::mem::take(&mut self.entries), std::mem::take(&mut self.counts)))
    }
}

/// What a finding means and how it was handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// How bad it is.
    pub severity: Severity,
    /// One sentence.
    pub text: &'static str,
}

/// What a finding means and how it was handled.
pub fn meaning(finding: Finding) -> Meaning {
    let text = match finding {
        Finding::Unreadable => "The row could not be read and was left out.",
        Finding::Odd(oddity) => match oddity {
            Oddity::MixedOffsets => {
                "Dates of this item carry different offsets from UTC; each was read with its own."
            }
            Oddity::NoOpChange => "A change from a value to the same value was dropped.",
            Oddity::MovedProject => {
                "The item moved between projects; its history was kept together under the tracker's id."
            }
            Oddity::CreatedInProgress => {
                "The item was created in progress; its clock starts with its creation."
            }
            Oddity::NeverStarted => {
                "The item went from not started straight to done; without a start it counts in throughput and stays out of cycle times."
            }
            Oddity::Reopened => "The item was done and came back; its finish is the last one.",
            Oddity::MovedBack => {
                "The item moved to an earlier stage; cumulative flow keeps the furthest stage it had reached."
            }
            Oddity::FinishBeforeStart => {
                "The item is finished before it begins; its duration is not counted."
            }
            Oddity::CreationInferred => {
                "The date of creation is missing and was taken from the tracker's id or the first change."
            }
            Oddity::HistoryTruncated => {
                "Older changes are missing from the export; times before its first change are unknown."
            }
            Oddity::HistoryIncomplete => {
                "The last change does not lead to the state the item is in; the state was kept."
            }
            Oddity::UnmappedState => "The item was in a state that is not mapped; it does not move there.",
            Oddity::UnquotedDelimiter => {
                "The row has more cells than the head; a text with an unquoted delimiter was put back together."
            }
            Oddity::DuplicateColumn => "Two columns have the same name; their values were put together.",
            Oddity::UnknownValue => "A value says \"unknown\"; it was read as empty.",
            Oddity::BulkClosed => {
                "Unusually many items were closed on one day, as in a clean-up; they count, and a forecast may look too good."
            }
            Oddity::RepeatedItem => "The item occurs more than once; the later one was kept.",
            Oddity::NamesDropped => "The item names who works on it; the name was not stored.",
            Oddity::OrphanChange => {
                "There are changes of this item but no item; what is known from the changes was kept."
            }
            Oddity::InvalidText => "Bytes that are no text in the file's encoding were replaced.",
            Oddity::TextCut => "A text was longer than is kept and was cut.",
            Oddity::ImplausibleDate => "A date lies in the future or before 1970; it was kept as it is.",
            Oddity::ChangedTeam => {
                "The item belongs to another team so far and moves to the one of this import. If the files come from another tracker, import them under a tracker name of their own."
            }
            Oddity::NewTeam => "The import creates this team.",
            Oddity::ManyTeams => {
                "The import creates unusually many teams; see in the mapping whether all of them are teams."
            }
        },
    };
    Meaning { severity: finding.severity(), text }
}

/// Part of the report, with the number of each entry; `after` is the number of the last entry before.
pub async fn report(
    ctx: &OpContext,
    app: &App,
    id: ImportId,
    filter: ReportFilter,
    after: i64,
    limit: u32,
) -> Result<Vec<(i64, ReportEntry)>> {
    let mut reader = app.db.read().await?;
    authorised(ctx, app, &mut reader, Permission::Read, id).await?;
    Ok(reader.report(id, filter, after, limit).await?)
}

/// Quality of an import's data.
#[derive(Clone, Debug)]
pub struct Quality {
    /// What the run did, or the dry run said.
    pub counts: Counts,
    /// Findings, most frequent first.
    pub findings: Vec<(Finding, u64)>,
    /// First and last day of the data.
    pub span: Option<(Day, Day)>,
}

/// Quality of an import's data.
pub async fn quality(ctx: &OpContext, app: &App, id: ImportId) -> Result<Quality> {
    let mut reader = app.db.read().await?;
    let run = authorised(ctx, app, &mut reader, Permission::Read, id).await?;
    let mut findings: Vec<_> = reader.oddities(id).await?.into_iter().collect();
    findings.sort_by_key(|(finding, count)| (std::cmp::Reverse(*count), *finding));
    let zone = headway_domain::time::Zone::utc();
    let span = run.census.and_then(|census| census.span);
    let counts =
        if run.import.counts.read == 0 { run.import.forecast.unwrap_or_default() } else { run.import.counts };
    Ok(Quality { counts, findings, span: span.map(|(first, last)| (zone.day_of(first), zone.day_of(last))) })
}

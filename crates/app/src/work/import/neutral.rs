//! The neutral records as bytes, for the spool and for telling whether an item is as it was.
//!
//! The form lives only as long as an import; the digest of an item's bytes is stored, so a change of the form
//! makes the next import of the same data report every item as updated once.

use std::io;

use headway_domain::{
    time::Instant,
    work::{
        Change, CommitRecord, DeploymentOutcome, DeploymentRecord, Field, GivenSums, HistoryExtent,
        ItemRecord, IterationRecord, Link, LinkKind, Location, Record,
    },
};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
enum RecordBytes {
    Item(Box<ItemBytes>),
    Iteration {
        key: String,
        name: String,
        group: Option<String>,
        starts_at: Option<i64>,
        ends_at: Option<i64>,
        completed_at: Option<i64>,
        given: Option<[f64; 8]>,
    },
    Deployment {
        key: String,
        group: Option<String>,
        finished_at: i64,
        outcome: u8,
        environment: String,
        is_proxy: bool,
    },
    Commit {
        key: String,
        group: Option<String>,
        authored_at: i64,
        committed_at: i64,
        deployment: Option<String>,
        is_repair: bool,
    },
}

#[derive(Serialize, Deserialize)]
struct ItemBytes {
    key: String,
    label: Option<String>,
    title: Option<String>,
    kind: Option<String>,
    group: Option<String>,
    state: Option<String>,
    resolution: Option<String>,
    created_at: Option<i64>,
    closed_at: Option<i64>,
    estimate: Option<f64>,
    parent: Option<String>,
    priority: Option<String>,
    labels: Vec<String>,
    iterations: Vec<String>,
    links: Vec<(u8, String)>,
    url: Option<String>,
    assignee: Option<String>,
    extent: Option<u8>,
    changes: Vec<(i64, u8, Option<String>, Option<String>)>,
}

/// A place and a record as bytes.
pub fn encode(location: &Location, record: &Record) -> io::Result<Vec<u8>> {
    let head = postcard::to_stdvec(&(&location.file, location.line)).map_err(io::Error::other)?;
    postcard::to_extend(&bytes_of(record), head).map_err(io::Error::other)
}

/// The place and the record in these bytes.
pub fn decode(bytes: &[u8]) -> io::Result<(Location, Record)> {
    let (location, rest) = split(bytes)?;
    let record = postcard::from_bytes(rest).map_err(io::Error::other)?;
    Ok((location, record_of(record)?))
}

/// The bytes of the record alone, without its place.
pub fn split(bytes: &[u8]) -> io::Result<(Location, &[u8])> {
    let ((file, line), rest) = postcard::take_from_bytes::<(String, u64)>(bytes).map_err(io::Error::other)?;
    Ok((Location { file, line }, rest))
}

const OUTCOMES: [DeploymentOutcome; 3] =
    [DeploymentOutcome::Succeeded, DeploymentOutcome::Failed, DeploymentOutcome::CausedFailure];
const EXTENTS: [HistoryExtent; 3] = [HistoryExtent::None, HistoryExtent::Partial, HistoryExtent::Complete];
const LINKS: [LinkKind; 3] = [LinkKind::BlockedBy, LinkKind::Blocks, LinkKind::Related];

fn code_of<T: PartialEq>(all: &[T], value: &T) -> u8 {
    all.iter().position(|it| it == value).and_then(|ix| u8::try_from(ix).ok()).unwrap_or_default()
}

fn of_code<T: Copy>(all: &[T], code: u8) -> io::Result<T> {
    all.get(usize::from(code)).copied().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

fn bytes_of(record: &Record) -> RecordBytes {
    match record.clone() {
        Record::Item(item) => RecordBytes::Item(Box::new(ItemBytes {
            key: item.key,
            label: item.label,
            title: item.title,
            kind: item.kind,
            group: item.group,
            state: item.state,
            resolution: item.resolution,
            created_at: item.created_at.map(|at| at.0),
            closed_at: item.closed_at.map(|at| at.0),
            estimate: item.estimate,
            parent: item.parent,
            priority: item.priority,
            labels: item.labels,
            iterations: item.iterations,
            links: item.links.into_iter().map(|link| (code_of(&LINKS, &link.kind), link.to)).collect(),
            url: item.url,
            assignee: item.assignee,
            extent: item.extent.map(|extent| code_of(&EXTENTS, &extent)),
            changes: item
                .changes
                .into_iter()
                .map(|it| (it.at.0, code_of(&Field::ALL, &it.field), it.from, it.to))
                .collect(),
        })),
        Record::Iteration(it) => RecordBytes::Iteration {
            key: it.key,
            name: it.name,
            group: it.group,
            starts_at: it.starts_at.map(|at| at.0),
            ends_at: it.ends_at.map(|at| at.0),
            completed_at: it.completed_at.map(|at| at.0),
            given: it.given.map(|sums| {
                [
                    sums.committed_items,
                    sums.committed_estimate,
                    sums.added_items,
                    sums.added_estimate,
                    sums.removed_items,
                    sums.removed_estimate,
                    sums.completed_items,
                    sums.completed_estimate,
                ]
            }),
        },
        Record::Deployment(it) => RecordBytes::Deployment {
            key: it.key,
            group: it.group,
            finished_at: it.finished_at.0,
            outcome: code_of(&OUTCOMES, &it.outcome),
            environment: it.environment,
            is_proxy: it.is_proxy,
        },
        Record::Commit(it) => RecordBytes::Commit {
            key: it.key,
            group: it.group,
            authored_at: it.authored_at.0,
            committed_at: it.committed_at.0,
            deployment: it.deployment,
            is_repair: it.is_repair,
        },
    }
}

fn record_of(bytes: RecordBytes) -> io::Result<Record> {
    Ok(match bytes {
        RecordBytes::Item(item) => Record::Item(Box::new(ItemRecord {
            key: item.key,
            label: item.label,
            title: item.title,
            kind: item.kind,
            group: item.group,
            state: item.state,
            resolution: item.resolution,
            created_at: item.created_at.map(Instant),
            closed_at: item.closed_at.map(Instant),
            estimate: item.estimate,
            parent: item.parent,
            priority: item.priority,
            labels: item.labels,
            iterations: item.iterations,
            links: item
                .links
                .into_iter()
                .map(|(kind, to)| Ok(Link { kind: of_code(&LINKS, kind)?, to }))
                .collect::<io::Result<_>>()?,
            url: item.url,
            assignee: item.assignee,
            extent: item.extent.map(|code| of_code(&EXTENTS, code)).transpose()?,
            changes: item
                .changes
                .into_iter()
                .map(|(at, field, from, to)| {
                    Ok(Change { at: Instant(at), field: of_code(&Field::ALL, field)?, from, to })
                })
                .collect::<io::Result<_>>()?,
        })),
        RecordBytes::Iteration { key, name, group, starts_at, ends_at, completed_at, given } => {
            Record::Iteration(IterationRecord {
                key,
                name,
                group,
                starts_at: starts_at.map(Instant),
                ends_at: ends_at.map(Instant),
                completed_at: completed_at.map(Instant),
                given: given.map(|sums| GivenSums {
                    committed_items: sums[0],
                    committed_estimate: sums[1],
                    added_items: sums[2],
                    added_estimate: sums[3],
                    removed_items: sums[4],
                    removed_estimate: sums[5],
                    completed_items: sums[6],
                    completed_estimate: sums[7],
                }),
            })
        }
        RecordBytes::Deployment { key, group, finished_at, outcome, environment, is_proxy } => {
            Record::Deployment(DeploymentRecord {
                key,
                group,
                finished_at: Instant(finished_at),
                outcome: of_code(&OUTCOMES, outcome)?,
                environment,
                is_proxy,
            })
        }
        RecordBytes::Commit { key, group, authored_at, committed_at, deployment, is_repair } => {
            Record::Commit(CommitRecord {
                key,
                group,
                authored_at: Instant(authored_at),
                committed_at: Instant(committed_at),
                deployment,
                is_repair,
            })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_record_survives() {
        let location = Location { file: "a.json".to_owned(), line: 7 };
        let records = [
            Record::Item(Box::new(ItemRecord {
                key: "1".to_owned(),
                title: Some("Übung".to_owned()),
                estimate: Some(2.5),
                links: vec![Link { kind: LinkKind::Related, to: "2".to_owned() }],
                extent: Some(HistoryExtent::Partial),
                changes: vec![Change {
                    at: Instant(-5),
                    field: Field::Activity,
                    from: None,
                    to: Some("x".to_owned()),
                }],
                ..ItemRecord::default()
            })),
            Record::Iteration(IterationRecord {
                key: "s".to_owned(),
                name: "Sprint 1".to_owned(),
                group: None,
                starts_at: Some(Instant(1)),
                ends_at: None,
                completed_at: None,
                given: Some(GivenSums {
                    committed_items: 3.0,
                    completed_estimate: 8.0,
                    ..GivenSums::default()
                }),
            }),
            Record::Deployment(DeploymentRecord {
                key: "v1".to_owned(),
                group: Some("repo".to_owned()),
                finished_at: Instant(9),
                outcome: DeploymentOutcome::CausedFailure,
                environment: "production".to_owned(),
                is_proxy: true,
            }),
            Record::Commit(CommitRecord {
                key: "abc".to_owned(),
                group: None,
                authored_at: Instant(1),
                committed_at: Instant(2),
                deployment: Some("v1".to_owned()),
                is_repair: true,
            }),
        ];
        for record in records {
            let bytes = encode(&location, &record).unwrap();
            assert_eq!(decode(&bytes).unwrap(), (location.clone(), record));
        }
    }
}

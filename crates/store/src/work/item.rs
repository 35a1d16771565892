//! Work items. An item and its whole history are one row: they are written, read and taken back as one, and a
//! million items with eight million changes are a million rows to load.

use std::collections::{BTreeMap, HashMap};

use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use headway_domain::{
    id::{ItemId, TrackerId, UnitId},
    time::Instant,
    work::{Change, Field, HistoryExtent, Link, LinkKind, WorkItem},
};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::{
    Error, Reader, Tx,
    dialect::{Bulk, Column, insert_bulk, push_in},
    knowledge::words_of,
    platform::{corrupt, on},
};

/// The digest of the neutral record an item was made from: the same digest, the same item.
pub type Digest = [u8; 32];

/// An item with what only the store and an import care for.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredItem {
    /// The item.
    pub item: WorkItem,
    /// The digest of the record it was made from.
    pub digest: Digest,
    /// Who works on it, where the administrator switched names on.
    pub assignee: Option<String>,
}

/// What an import has to know of an item that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownItem {
    /// Its id.
    pub id: ItemId,
    /// The team it belongs to.
    pub unit: UnitId,
    /// The digest of the record it was made from.
    pub digest: Digest,
}

#[derive(sqlx::FromRow, Serialize, Deserialize)]
pub(crate) struct ItemRow {
    pub(crate) id: Uuid,
    pub(crate) unit_id: Uuid,
    tracker_id: Uuid,
    pub(crate) key: String,
    label: String,
    title: String,
    kind: String,
    group_name: String,
    state: String,
    resolution: Option<String>,
    created_at: i64,
    closed_at: Option<i64>,
    estimate: Option<f64>,
    parent_key: Option<String>,
    priority: Option<String>,
    labels: Option<String>,
    iterations: Option<String>,
    links: Option<String>,
    url: Option<String>,
    assignee: Option<String>,
    extent: String,
    digest: Vec<u8>,
    history: String,
}

/// What [`ItemRow`] is read from.
macro_rules! item_columns {
    () => {
        "id, unit_id, tracker_id, key, label, title, kind, group_name, state, resolution, created_at, closed_at,
         estimate, parent_key, priority, labels, iterations, links, url, assignee, extent, digest, history"
    };
}

/// PostgreSQL keeps no NUL in a text.
fn clean(text: &str) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.to_owned() }
}

fn clean_option(text: Option<&String>) -> Option<String> {
    text.map(|text| clean(text))
}

/// A list as JSON, null when empty. Strings and numbers always have a JSON form.
fn list<T: Serialize>(values: &[T]) -> Option<String> {
    (!values.is_empty()).then(|| serde_json::to_string(values).unwrap_or_default())
}

fn extent_code(extent: HistoryExtent) -> &'static str {
    match extent {
        HistoryExtent::None => "none",
        HistoryExtent::Partial => "partial",
        HistoryExtent::Complete => "complete",
    }
}

fn extent_from_code(code: &str) -> Option<HistoryExtent> {
    [HistoryExtent::None, HistoryExtent::Partial, HistoryExtent::Complete]
        .into_iter()
        .find(|extent| extent_code(*extent) == code)
}

fn link_code(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::BlockedBy => "blocked_by",
        LinkKind::Blocks => "blocks",
        LinkKind::Related => "related",
    }
}

fn link_from_code(code: &str) -> Option<LinkKind> {
    [LinkKind::BlockedBy, LinkKind::Blocks, LinkKind::Related]
        .into_iter()
        .find(|kind| link_code(*kind) == code)
}

impl ItemRow {
    pub(crate) fn new(item: &WorkItem, digest: &Digest, assignee: Option<&String>) -> Self {
        let links: Vec<_> = item.links.iter().map(|link| (link_code(link.kind), &link.to)).collect();
        let changes = item.changes.iter();
        let changes: Vec<_> =
            changes.map(|change| (change.at.0, change.field.code(), &change.from, &change.to)).collect();
        ItemRow {
            id: item.id.0,
            unit_id: item.unit.0,
            tracker_id: item.tracker.0,
            key: clean(&item.key),
            label: clean(&item.label),
            title: clean(&item.title),
            kind: clean(&item.kind),
            group_name: clean(&item.group),
            state: clean(&item.state),
            resolution: clean_option(item.resolution.as_ref()),
            created_at: item.created_at.0,
            closed_at: item.closed_at.map(|at| at.0),
            estimate: item.estimate,
            parent_key: clean_option(item.parent.as_ref()),
            priority: clean_option(item.priority.as_ref()),
            labels: list(&item.labels),
            iterations: list(&item.iterations),
            links: list(&links),
            url: clean_option(item.url.as_ref()),
            assignee: clean_option(assignee),
            extent: extent_code(item.extent).to_owned(),
            digest: digest.to_vec(),
            history: list(&changes).unwrap_or_else(|| "[]".to_owned()),
        }
    }

    fn into_item(self) -> Result<WorkItem, Error> {
        let id = self.id;
        let broken = |reason: &str| corrupt("work_item", id, reason);
        let strings = |json: Option<String>| -> Result<Vec<String>, Error> {
            json.map_or(Ok(Vec::new()), |json| {
                serde_json::from_str(&json).map_err(|error| corrupt("work_item", id, error))
            })
        };
        let links: Vec<(&str, String)> = match &self.links {
            Some(json) => serde_json::from_str(json).map_err(|error| corrupt("work_item", id, error))?,
            None => Vec::new(),
        };
        let links = links.into_iter().map(|(code, to)| {
            let kind = link_from_code(code).ok_or_else(|| broken("unknown kind of link"))?;
            Ok(Link { kind, to })
        });
        Ok(WorkItem {
            id: ItemId(id),
            unit: UnitId(self.unit_id),
            tracker: TrackerId(self.tracker_id),
            changes: changes_from_json(id, &self.history)?,
            links: links.collect::<Result<_, Error>>()?,
            labels: strings(self.labels)?,
            iterations: strings(self.iterations)?,
            extent: extent_from_code(&self.extent).ok_or_else(|| broken("unknown extent of history"))?,
            key: self.key,
            label: self.label,
            title: self.title,
            kind: self.kind,
            group: self.group_name,
            state: self.state,
            resolution: self.resolution,
            created_at: Instant(self.created_at),
            closed_at: self.closed_at.map(Instant),
            estimate: self.estimate,
            parent: self.parent_key,
            priority: self.priority,
            url: self.url,
        })
    }
}

fn changes_from_json(id: Uuid, json: &str) -> Result<Vec<Change>, Error> {
    type ChangeBody<'a> = (i64, &'a str, Option<String>, Option<String>);
    let changes: Vec<ChangeBody<'_>> =
        serde_json::from_str(json).map_err(|error| corrupt("work_item", id, error))?;
    let change = |(at, code, from, to): ChangeBody<'_>| {
        let field =
            Field::from_code(code).ok_or_else(|| corrupt("work_item", id, "change of an unknown field"))?;
        Ok(Change { at: Instant(at), field, from, to })
    };
    changes.into_iter().map(change).collect()
}

impl TryFrom<ItemRow> for WorkItem {
    type Error = Error;

    fn try_from(row: ItemRow) -> Result<Self, Error> {
        row.into_item()
    }
}

impl TryFrom<ItemRow> for StoredItem {
    type Error = Error;

    fn try_from(mut row: ItemRow) -> Result<Self, Error> {
        let digest = Digest::try_from(row.digest.as_slice())
            .map_err(|_| corrupt("work_item", row.id, "the digest is not 32 bytes long"))?;
        Ok(StoredItem { digest, assignee: row.assignee.take(), item: row.into_item()? })
    }
}

impl Reader {
    /// The item with this id.
    pub async fn work_item(&mut self, id: ItemId) -> Result<Option<StoredItem>, Error> {
        let sql = concat!("select ", item_columns!(), " from work_item where id = $1");
        let row: Option<ItemRow> = on!(self, |c| sqlx::query_as(sql).bind(id.0).fetch_optional(c).await)?;
        row.map(StoredItem::try_from).transpose()
    }

    /// Every item of a team with its history, by date of creation.
    pub fn team_items(&mut self, unit: UnitId) -> BoxStream<'_, Result<WorkItem, Error>> {
        let sql =
            concat!("select ", item_columns!(), " from work_item where unit_id = $1 order by created_at, id");
        let rows: BoxStream<'_, sqlx::Result<ItemRow>> =
            on!(self, |c| sqlx::query_as(sql).bind(unit.0).fetch(c));
        rows.map_err(Error::from).and_then(async |row| row.into_item()).boxed()
    }

    /// What is known of each of a tracker's items with one of these keys.
    pub async fn digests(
        &mut self,
        tracker: TrackerId,
        keys: &[String],
    ) -> Result<HashMap<String, KnownItem>, Error> {
        let mut known = HashMap::with_capacity(keys.len());
        for keys in keys.chunks(MOST_KEYS) {
            let rows: Vec<(String, Uuid, Uuid, Vec<u8>)> = on!(self, |c| {
                let mut query =
                    QueryBuilder::new("select key, id, unit_id, digest from work_item where tracker_id = ");
                query.push_bind(tracker.0).push(" and ");
                push_in(&mut query, "key", keys.iter().map(String::as_str));
                query.build_query_as().persistent(false).fetch_all(c).await
            })?;
            for (key, id, unit, digest) in rows {
                let digest = Digest::try_from(digest.as_slice())
                    .map_err(|_| corrupt("work_item", id, "the digest is not 32 bytes long"))?;
                known.insert(key, KnownItem { id: ItemId(id), unit: UnitId(unit), digest });
            }
        }
        Ok(known)
    }

    /// A tracker's items that are called by one of these names: their key or their label. With their histories.
    pub async fn items_by_name(
        &mut self,
        tracker: TrackerId,
        names: &[String],
    ) -> Result<Vec<WorkItem>, Error> {
        let mut found: BTreeMap<Uuid, ItemRow> = BTreeMap::new();
        for names in names.chunks(MOST_KEYS) {
            let rows: Vec<ItemRow> = on!(self, |c| {
                let mut query = QueryBuilder::new(concat!(
                    "select ",
                    item_columns!(),
                    " from work_item where tracker_id = "
                ));
                query.push_bind(tracker.0).push(" and (");
                push_in(&mut query, "key", names.iter().map(String::as_str));
                query.push(" or ");
                push_in(&mut query, "label", names.iter().map(String::as_str));
                query.push(")");
                query.build_query_as().persistent(false).fetch_all(c).await
            })?;
            found.extend(rows.into_iter().map(|row| (row.id, row)));
        }
        found.into_values().map(ItemRow::into_item).collect()
    }

    pub(crate) async fn all_item_rows(&mut self) -> Result<Vec<ItemRow>, Error> {
        let sql = concat!("select ", item_columns!(), " from work_item order by id");
        Ok(on!(self, |c| sqlx::query_as(sql).fetch_all(c).await)?)
    }

    pub(crate) async fn item_rows(&mut self, ids: &[Uuid]) -> Result<Vec<ItemRow>, Error> {
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MOST_KEYS) {
            let rows: Vec<ItemRow> = on!(self, |c| {
                let mut query =
                    QueryBuilder::new(concat!("select ", item_columns!(), " from work_item where "));
                push_in(&mut query, "id", ids.iter().copied());
                query.build_query_as().persistent(false).fetch_all(c).await
            })?;
            found.extend(rows);
        }
        Ok(found)
    }
}

/// How many keys are asked for in one statement. Such statements are planned anew each time: a plan made while the
/// tables were empty reads them whole when they are full.
const MOST_KEYS: usize = 500;

impl Tx {
    /// Adds items that are not there. Cheaper than an upsert by a twelfth on PostgreSQL.
    pub(crate) async fn insert_item_rows(&mut self, rows: &[ItemRow]) -> Result<(), Error> {
        self.write_item_rows(rows, "").await
    }

    /// Puts items into the place of those with the same id.
    pub(crate) async fn upsert_item_rows(&mut self, rows: &[ItemRow]) -> Result<(), Error> {
        let on_conflict = "on conflict (id) do update set
            unit_id = excluded.unit_id, label = excluded.label, title = excluded.title, words = excluded.words,
            kind = excluded.kind, group_name = excluded.group_name, state = excluded.state,
            resolution = excluded.resolution, created_at = excluded.created_at, closed_at = excluded.closed_at,
            estimate = excluded.estimate, parent_key = excluded.parent_key, priority = excluded.priority,
            labels = excluded.labels, iterations = excluded.iterations, links = excluded.links,
            url = excluded.url, assignee = excluded.assignee, extent = excluded.extent,
            digest = excluded.digest, history = excluded.history";
        self.write_item_rows(rows, on_conflict).await
    }

    async fn write_item_rows(&mut self, rows: &[ItemRow], on_conflict: &'static str) -> Result<(), Error> {
        let words: Vec<String> =
            rows.iter().map(|row| words_of(&[&row.label, &row.title]).join(" ")).collect();
        let columns = vec![
            ("id", Column::uuid(rows, |row| row.id)),
            ("unit_id", Column::uuid(rows, |row| row.unit_id)),
            ("tracker_id", Column::uuid(rows, |row| row.tracker_id)),
            ("key", Column::text(rows, |row| &row.key)),
            ("label", Column::text(rows, |row| &row.label)),
            ("title", Column::text(rows, |row| &row.title)),
            ("words", Column::text(&words, |words| words)),
            ("kind", Column::text(rows, |row| &row.kind)),
            ("group_name", Column::text(rows, |row| &row.group_name)),
            ("state", Column::text(rows, |row| &row.state)),
            ("resolution", Column::text_or_null(rows, |row| &row.resolution)),
            ("created_at", Column::big(rows, |row| row.created_at)),
            ("closed_at", Column::big_or_null(rows, |row| row.closed_at)),
            ("estimate", Column::real_or_null(rows, |row| row.estimate)),
            ("parent_key", Column::text_or_null(rows, |row| &row.parent_key)),
            ("priority", Column::text_or_null(rows, |row| &row.priority)),
            ("labels", Column::text_or_null(rows, |row| &row.labels)),
            ("iterations", Column::text_or_null(rows, |row| &row.iterations)),
            ("links", Column::text_or_null(rows, |row| &row.links)),
            ("url", Column::text_or_null(rows, |row| &row.url)),
            ("assignee", Column::text_or_null(rows, |row| &row.assignee)),
            ("extent", Column::text(rows, |row| &row.extent)),
            ("digest", Column::bytes(rows, |row| &row.digest)),
            ("history", Column::text(rows, |row| &row.history)),
        ];
        insert_bulk(self, Bulk { table: "work_item", columns, rows: rows.len(), on_conflict }).await
    }

    pub(crate) async fn delete_item_rows(&mut self, ids: &[Uuid]) -> Result<(), Error> {
        for ids in ids.chunks(MOST_KEYS) {
            on!(self, |c| {
                let mut query = QueryBuilder::new("delete from work_item where ");
                push_in(&mut query, "id", ids.iter().copied());
                query.build().persistent(false).execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }
}

//! Lists of items: filtered, in an order, one page after the other. A page costs the same wherever it stands.

use std::{fmt, str::FromStr};

use headway_domain::{
    id::{ItemId, TrackerId, UnitId},
    time::Instant,
};
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use crate::{
    Engine, Error, Reader,
    dialect::{LastWord, match_words, push_in},
    knowledge::words_of,
    platform::on,
};

/// Which items a list holds. Empty lists do not restrict, but for `units`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemFilter {
    /// Of these units; of all when `None`.
    pub units: Option<Vec<UnitId>>,
    /// In one of these states of the tracker.
    pub states: Vec<String>,
    /// Of one of these types of the tracker.
    pub kinds: Vec<String>,
    /// Whose label or title has all these words, the last one as a beginning.
    pub text: Option<String>,
}

/// Where the next page begins: behind the last item of the page before. The text form can stand in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemCursor {
    id: Uuid,
    created_at: i64,
}

/// The text is not a cursor of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that a page of this list has given")]
pub struct NotACursor;

impl fmt::Display for ItemCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id.simple(), self.created_at)
    }
}

impl FromStr for ItemCursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (id, created_at) = text.split_once('.').ok_or(NotACursor)?;
        Ok(ItemCursor {
            id: Uuid::try_parse(id).map_err(|_| NotACursor)?,
            created_at: created_at.parse().map_err(|_| NotACursor)?,
        })
    }
}

/// What a list shows of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemSummary {
    /// Its id.
    pub id: ItemId,
    /// The team it belongs to.
    pub unit: UnitId,
    /// The tracker it came from.
    pub tracker: TrackerId,
    /// The tracker's own id.
    pub key: String,
    /// The key that people say.
    pub label: String,
    /// The title.
    pub title: String,
    /// The tracker's type.
    pub kind: String,
    /// The state now.
    pub state: String,
    /// When it was created.
    pub created_at: Instant,
    /// When the tracker says it was closed.
    pub closed_at: Option<Instant>,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ItemPage {
    /// The items.
    pub items: Vec<ItemSummary>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<ItemCursor>,
}

#[derive(sqlx::FromRow)]
pub(crate) struct SummaryRow {
    id: Uuid,
    unit_id: Uuid,
    tracker_id: Uuid,
    key: String,
    label: String,
    title: String,
    kind: String,
    state: String,
    created_at: i64,
    closed_at: Option<i64>,
}

/// What [`SummaryRow`] is read from.
pub(crate) const SUMMARY: &str = "select id, unit_id, tracker_id, key, label, title, kind, state, created_at, closed_at from work_item where ";

impl From<SummaryRow> for ItemSummary {
    fn from(row: SummaryRow) -> Self {
        ItemSummary {
            id: ItemId(row.id),
            unit: UnitId(row.unit_id),
            tracker: TrackerId(row.tracker_id),
            key: row.key,
            label: row.label,
            title: row.title,
            kind: row.kind,
            state: row.state,
            created_at: Instant(row.created_at),
            closed_at: row.closed_at.map(Instant),
        }
    }
}

impl Reader {
    /// One page of the items that pass the filter, newest first, behind `after`, at most `limit`.
    pub async fn work_items(
        &mut self,
        filter: &ItemFilter,
        after: Option<&ItemCursor>,
        limit: u32,
    ) -> Result<ItemPage, Error> {
        if filter.units.as_ref().is_some_and(Vec::is_empty) {
            return Ok(ItemPage::default());
        }
        let engine = self.engine();
        // One more than asked for tells whether there is a next page.
        let more = i64::from(limit) + 1;
        let mut rows: Vec<SummaryRow> = on!(self, |c| {
            let mut query = QueryBuilder::new(SUMMARY);
            push_filter(engine, &mut query, filter);
            if let Some(ItemCursor { id, created_at }) = after {
                // The first comparison is there for the index, the second for the truth.
                query.push(" and created_at <= ").push_bind(*created_at);
                query.push(" and (created_at < ").push_bind(*created_at);
                query.push(" or id < ").push_bind(*id).push(")");
            }
            query.push(" order by created_at desc, id desc limit ");
            query.push_bind(more).build_query_as().fetch_all(c).await
        })?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more);
        let next = next.map(|row| ItemCursor { id: row.id, created_at: row.created_at });
        Ok(ItemPage { items: rows.into_iter().map(ItemSummary::from).collect(), next })
    }
}

/// From here on a list of one order over many units is faster than sorting what the units have.
const MANY_UNITS: usize = 8;

fn push_filter<DB>(engine: Engine, query: &mut QueryBuilder<DB>, filter: &ItemFilter)
where
    DB: Database,
    Uuid: for<'q> Encode<'q, DB> + Type<DB>,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    query.push("true");
    if let Some(units) = &filter.units {
        query.push(" and ");
        if let [unit] = units.as_slice() {
            query.push("unit_id = ").push_bind(unit.0);
        } else {
            // The expression keeps the planner from the index of units, and with it from sorting all they have.
            let column = if units.len() < MANY_UNITS { "unit_id" } else { "coalesce(unit_id, id)" };
            push_in(query, column, units.iter().map(|unit| unit.0));
        }
    }
    if !filter.states.is_empty() {
        push_in(query.push(" and "), "state", filter.states.iter().cloned());
    }
    if !filter.kinds.is_empty() {
        push_in(query.push(" and "), "kind", filter.kinds.iter().cloned());
    }
    if let Some(text) = &filter.text {
        let words = words_of(&[text]);
        if !words.is_empty() {
            query.push(" and ");
            match_words(engine, query, &words, LastWord::Begun);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_an_address() {
        let cursor = ItemCursor { id: Uuid::from_u128(7), created_at: -7 };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "x", ".", "00000000000000000000000000000007", "0000000000000000000000000000000ü.1"]
        {
            assert_eq!(text.parse::<ItemCursor>(), Err(NotACursor), "{text}");
        }
    }
}

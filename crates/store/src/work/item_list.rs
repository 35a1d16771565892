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
    platform::{Driver, on},
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

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ItemOrder {
    /// Newest first.
    #[default]
    Created,
    /// Last closed first; items that are not closed come after all others.
    Closed,
    /// By label, PAY-9 before PAY-10.
    Label,
}

/// Where the next page begins. The text form can stand in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemCursor {
    /// The last item of the page before.
    id: Uuid,
    /// Its place in the order.
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    At(i64),
    Label(String),
}

/// The text is not a cursor of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor that a page of this list has given")]
pub struct NotACursor;

impl fmt::Display for ItemCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::At(at) => write!(f, "{}.{at}", self.id.simple()),
            Place::Label(label) => write!(f, "{}~{label}", self.id.simple()),
        }
    }
}

impl FromStr for ItemCursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (id, place) = text.split_at_checked(32).ok_or(NotACursor)?;
        let place = match place.split_at_checked(1) {
            Some((".", at)) => Place::At(at.parse().map_err(|_| NotACursor)?),
            Some(("~", label)) => Place::Label(label.to_owned()),
            _ => return Err(NotACursor),
        };
        Ok(ItemCursor { id: Uuid::try_parse(id).map_err(|_| NotACursor)?, place })
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
    label_order: String,
    title: String,
    kind: String,
    state: String,
    created_at: i64,
    closed_at: Option<i64>,
}

/// What [`SummaryRow`] is read from.
pub(crate) const SUMMARY: &str = "select id, unit_id, tracker_id, key, label, label_order, title, kind, state, created_at, closed_at from work_item where ";

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
    /// One page of the items that pass the filter, behind `after`, at most `limit`.
    pub async fn work_items(
        &mut self,
        filter: &ItemFilter,
        order: ItemOrder,
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
            push_seek(&mut query, order, after);
            query.push(match order {
                ItemOrder::Created => " order by created_at desc, id desc limit ",
                ItemOrder::Closed => " order by coalesce(closed_at, 0) desc, id desc limit ",
                ItemOrder::Label => " order by label_order, id limit ",
            });
            query.push_bind(more).build_query_as().fetch_all(c).await
        })?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|row| ItemCursor {
            id: row.id,
            place: match order {
                ItemOrder::Created => Place::At(row.created_at),
                ItemOrder::Closed => Place::At(row.closed_at.unwrap_or(0)),
                ItemOrder::Label => Place::Label(row.label_order.clone()),
            },
        });
        Ok(ItemPage { items: rows.into_iter().map(ItemSummary::from).collect(), next })
    }

    /// The items with these ids, in any order; those that do not exist are left out.
    pub async fn item_summaries(&mut self, ids: &[ItemId]) -> Result<Vec<ItemSummary>, Error> {
        let mut found = Vec::with_capacity(ids.len());
        for ids in ids.chunks(500) {
            let rows: Vec<SummaryRow> = on!(self, |c| {
                let mut query = QueryBuilder::new(SUMMARY);
                push_in(&mut query, "id", ids.iter().map(|id| id.0));
                query.build_query_as().persistent(false).fetch_all(c).await
            })?;
            found.extend(rows.into_iter().map(ItemSummary::from));
        }
        Ok(found)
    }

    pub(crate) fn engine(&mut self) -> Engine {
        match self.driver() {
            Driver::Sqlite(_) => Engine::Sqlite,
            Driver::Postgres(_) => Engine::Postgres,
        }
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

/// Behind the cursor. The first comparison is there for the index, the second for the truth.
fn push_seek<DB>(query: &mut QueryBuilder<DB>, order: ItemOrder, after: Option<&ItemCursor>)
where
    DB: Database,
    Uuid: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    let Some(ItemCursor { id, place }) = after else { return };
    let column = match order {
        ItemOrder::Created => "created_at",
        ItemOrder::Closed => "coalesce(closed_at, 0)",
        ItemOrder::Label => "label_order",
    };
    match (order, place) {
        (ItemOrder::Label, Place::Label(label)) => {
            query.push(format_args!(" and {column} >= ")).push_bind(label.clone());
            query.push(format_args!(" and ({column} > ")).push_bind(label.clone());
            query.push(" or id > ").push_bind(*id).push(")");
        }
        (ItemOrder::Created | ItemOrder::Closed, Place::At(at)) => {
            query.push(format_args!(" and {column} <= ")).push_bind(*at);
            query.push(format_args!(" and ({column} < ")).push_bind(*at);
            query.push(" or id < ").push_bind(*id).push(")");
        }
        // A cursor of another order: the list begins anew.
        (ItemOrder::Label, Place::At(_)) | (ItemOrder::Created | ItemOrder::Closed, Place::Label(_)) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_survive_an_address() {
        for place in [Place::At(-7), Place::Label("pay-000000000009 ü~.".to_owned())] {
            let cursor = ItemCursor { id: Uuid::from_u128(7), place };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in ["", "x", "00000000000000000000000000000007", "0000000000000000000000000000000ü.1"] {
            assert_eq!(text.parse::<ItemCursor>(), Err(NotACursor), "{text}");
        }
    }
}

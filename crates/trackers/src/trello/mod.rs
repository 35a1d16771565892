//! Trello: the export of a board.
//!
//! Lists are the states. A board tells its actions newest first and at most a thousand of them, so the beginning
//! of older cards is missing; their time of creation then comes from their id, whose first eight hexadecimal
//! digits are seconds since 1970. An archived card is closed.
//!
//! Cards and actions stand in separate lists in any order, so the reader keeps of each card and each action the few
//! words that matter until the end of the board.

use std::{
    collections::{BTreeMap, HashMap},
    io::BufRead,
};

use headway_domain::{
    time::Instant,
    work::{Category, Field, HistoryExtent, ItemRecord, Oddity},
};
use serde::Deserialize;

use crate::{
    Dialect, Format, Recognised, Rows,
    container::Sample,
    history::{History, join},
    json_outline::Outline,
    json_rows::{self, Reading, Sink},
    lenient::{Many, Named, Object, Stamp, Text, instant, stamp},
};

const ARRAYS: &[&str] = &["cards", "actions", "lists", "members"];
/// The most actions that an export holds.
const MOST_ACTIONS: usize = 1_000;
/// The state of archived cards.
const ARCHIVED: &str = "Archived";

/// What this is, if it is a board.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let outline = Outline::of(&sample.text);
    let is_card = outline.has_all("cards[]", &["idList", "name"]);
    let is_action =
        outline.has_all("actions[]", &["type", "date", "data"]) && outline.has("actions[].data.board");
    let is_board =
        outline.has("shortLink") && (outline.has("lists") || outline.has("cards") || outline.has("prefs"));
    if !(is_card || is_action || is_board) {
        return None;
    }
    Some(Recognised {
        format: Format::TrelloJson,
        dialect: Dialect { delimiter: None, ..sample.dialect.clone() },
        can: vec!["cards with their moves between lists, labels and comments' times".to_owned()],
        cannot: vec![
            "an export holds at most 1,000 actions: older moves are missing and reported card by card"
                .to_owned(),
        ],
        hints: vec![(ARCHIVED.to_owned(), Category::Done)],
        items_are_whole: true,
    })
}

/// The rows of a board.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, _dialect: &Dialect) -> Rows {
    json_rows::rows(reader, file, ARRAYS, Trello::default())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct CardValue<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    name: Text<'a>,
    closed: bool,
    #[serde(rename = "idList")]
    list: Text<'a>,
    #[serde(rename = "idBoard")]
    board: Text<'a>,
    #[serde(rename = "idShort")]
    number: Text<'a>,
    #[serde(rename = "dateLastActivity")]
    last_activity: Text<'a>,
    labels: Many<Label<'a>>,
    #[serde(rename = "idMembers")]
    members: Many<Text<'a>>,
    #[serde(rename = "shortUrl")]
    short_url: Text<'a>,
    url: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Label<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    color: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListValue<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    name: Text<'a>,
    closed: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct MemberValue<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(rename = "fullName")]
    name: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ActionValue<'a> {
    #[serde(rename = "type", borrow)]
    kind: Text<'a>,
    date: Text<'a>,
    data: Object<Data<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data<'a> {
    #[serde(borrow)]
    card: Object<Touched<'a>>,
    list: Object<Touched<'a>>,
    #[serde(rename = "listBefore")]
    before: Named<'a>,
    #[serde(rename = "listAfter")]
    after: Named<'a>,
    old: Object<Old<'a>>,
    label: Object<Label<'a>>,
}

/// A card or a list that an action is about.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Touched<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    name: Text<'a>,
    closed: Option<bool>,
}

/// What an action changed.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Old<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    closed: Option<bool>,
    pos: Option<serde::de::IgnoredAny>,
}

/// What is kept of a card.
struct Card {
    line: u64,
    id: String,
    list: String,
    board: String,
    is_closed: bool,
    last_activity: Option<Instant>,
    members: Vec<String>,
    record: ItemRecord,
}

/// What is kept of an action on a card.
enum Deed {
    /// It was created in this list.
    Created(Option<Place>),
    /// It was moved.
    Moved(Place, Place),
    Archived,
    Restored,
    Renamed(Option<String>, Option<String>),
    Labelled(String),
    Unlabelled(String),
    Other,
}

/// A list by id, and the name it had then.
struct Place {
    id: String,
    name: Option<String>,
}

impl Place {
    fn of(id: &Text<'_>, name: &Text<'_>) -> Option<Place> {
        Some(Place { id: id.some()?, name: name.some() })
    }
}

/// Reads a board.
#[derive(Default)]
struct Trello {
    boards: BTreeMap<String, String>,
    /// Names of lists, and when they were archived if they are.
    lists: HashMap<String, (String, bool)>,
    list_closings: HashMap<String, Stamp>,
    members: HashMap<String, String>,
    cards: Vec<Card>,
    deeds: HashMap<String, Vec<(Stamp, Deed)>>,
    actions: usize,
}

impl Reading for Trello {
    fn value(&mut self, member: Option<&str>, json: &str, sink: &mut Sink) -> serde_json::Result<()> {
        match member {
            Some("cards") => {
                let card: CardValue<'_> = serde_json::from_str(json)?;
                if card.id.is_empty() {
                    sink.problem(card.number.some(), "the card has no id");
                } else {
                    self.cards.push(card.keep(sink.line()));
                }
            }
            Some("actions") => {
                let action: ActionValue<'_> = serde_json::from_str(json)?;
                self.actions += 1;
                self.action(&action);
            }
            Some("lists") => {
                let list: ListValue<'_> = serde_json::from_str(json)?;
                if let (Some(id), Some(name)) = (list.id.some(), list.name.some()) {
                    self.lists.insert(id, (name, list.closed));
                }
            }
            Some("members") => {
                let member: MemberValue<'_> = serde_json::from_str(json)?;
                self.members.extend(member.id.some().zip(member.name.some()));
            }
            _ => self.rest(json)?,
        }
        Ok(())
    }

    fn rest(&mut self, json: &str) -> serde_json::Result<()> {
        let board: Named<'_> = serde_json::from_str(json)?;
        // Id and name may come in different parts of the file.
        if let Some(name) = board.name.some() {
            self.boards.insert(board.id.some().unwrap_or_default(), name);
        }
        Ok(())
    }

    fn end(&mut self, sink: &mut Sink) {
        for card in std::mem::take(&mut self.cards) {
            sink.stand_at(card.line);
            let (item, oddities) = self.item(card);
            sink.item(item, oddities);
        }
    }
}

impl CardValue<'_> {
    fn keep(&self, line: u64) -> Card {
        let title = self.name.some();
        Card {
            line,
            id: self.id.to_string(),
            list: self.list.to_string(),
            board: self.board.to_string(),
            is_closed: self.closed,
            last_activity: instant(&self.last_activity),
            members: self.members.iter().filter_map(Text::some).collect(),
            record: ItemRecord {
                key: self.id.to_string(),
                label: self.number.some().map(|it| format!("#{it}")),
                estimate: title.as_deref().and_then(points),
                title,
                kind: Some("Card".to_owned()),
                labels: self.labels.iter().filter_map(Label::text).collect(),
                url: self.short_url.some().or_else(|| self.url.some()),
                ..ItemRecord::default()
            },
        }
    }
}

impl Label<'_> {
    /// The name, or the colour of a label without one.
    fn text(&self) -> Option<String> {
        self.name.some().or_else(|| self.color.some())
    }
}

/// The estimate that people put before the title: `(3) Pay by card`.
fn points(title: &str) -> Option<f64> {
    title.trim().strip_prefix('(')?.split_once(')')?.0.trim().parse().ok().filter(|it: &f64| it.is_finite())
}

impl Trello {
    fn action(&mut self, action: &ActionValue<'_>) {
        let Some(at) = stamp(&action.date) else { return };
        let data = &action.data;
        if &*action.kind == "updateList" && data.list.closed == Some(true) && data.old.closed == Some(false) {
            // Actions come newest first: the first closing seen is the last.
            self.list_closings.entry(data.list.id.to_string()).or_insert(at);
        }
        let Some(card) = data.card.id.some() else { return };
        let here = || Place::of(&data.list.id, &data.list.name);
        let deed = match &*action.kind {
            "createCard" | "copyCard" | "emailCard" | "convertToCardFromCheckItem" | "moveCardToBoard" => {
                Deed::Created(here())
            }
            "updateCard" => {
                let moved = Place::of(&data.before.id, &data.before.name)
                    .zip(Place::of(&data.after.id, &data.after.name));
                match (moved, data.old.closed, data.card.closed) {
                    (Some((before, after)), _, _) => Deed::Moved(before, after),
                    (None, Some(false), Some(true)) => Deed::Archived,
                    (None, Some(true), _) => Deed::Restored,
                    _ if !data.old.name.is_empty() => {
                        Deed::Renamed(data.old.name.some(), data.card.name.some())
                    }
                    // The order of cards in a list says nothing about the card.
                    _ if data.old.pos.is_some() => return,
                    _ => Deed::Other,
                }
            }
            "addLabelToCard" => data.label.text().map_or(Deed::Other, Deed::Labelled),
            "removeLabelFromCard" => data.label.text().map_or(Deed::Other, Deed::Unlabelled),
            _ => Deed::Other,
        };
        self.deeds.entry(card).or_default().push((at, deed));
    }

    /// The name that a list has now; the one it had then if it is gone.
    fn list(&self, place: &Place) -> String {
        let known = self.lists.get(&place.id).map(|(name, _)| name.clone());
        known.or_else(|| place.name.clone()).unwrap_or_else(|| place.id.clone())
    }

    fn item(&mut self, card: Card) -> (ItemRecord, Vec<Oddity>) {
        let mut deeds = self.deeds.remove(&card.id).unwrap_or_default();
        // Newest first in the file; those of one instant too.
        deeds.reverse();
        deeds.sort_by_key(|(at, _)| at.at);
        let mut history = History::default();
        let now = self.list(&Place { id: card.list.clone(), name: None });
        let mut created = None;
        let mut list = deeds.iter().find_map(|(_, deed)| match deed {
            Deed::Created(place) => place.as_ref().map(|it| self.list(it)),
            Deed::Moved(before, _) => Some(self.list(before)),
            _ => None,
        });
        let mut is_archived = false;
        let mut labels: Vec<String> = Vec::new();
        let mut closed = None;
        for (at, deed) in deeds {
            match deed {
                Deed::Created(_) => {
                    created.get_or_insert(at);
                }
                Deed::Moved(_, after) => {
                    let after = self.list(&after);
                    let before = list.replace(after.clone());
                    if !is_archived {
                        history.push(at, Field::State, before, Some(after));
                    }
                }
                Deed::Archived if !is_archived => {
                    is_archived = true;
                    closed = Some(at.at);
                    let before = Some(list.clone().unwrap_or_else(|| now.clone()));
                    history.push(at, Field::State, before, Some(ARCHIVED.to_owned()));
                }
                Deed::Restored if is_archived => {
                    is_archived = false;
                    closed = None;
                    let after = Some(list.clone().unwrap_or_else(|| now.clone()));
                    history.push(at, Field::State, Some(ARCHIVED.to_owned()), after);
                }
                Deed::Renamed(from, to) => history.push(at, Field::Title, from, to),
                Deed::Labelled(label) => {
                    let before = join(labels.iter().map(String::as_str));
                    labels.push(label);
                    history.push(at, Field::Labels, before, join(labels.iter().map(String::as_str)));
                }
                Deed::Unlabelled(label) => {
                    let before = join(labels.iter().map(String::as_str));
                    labels.retain(|it| *it != label);
                    history.push(at, Field::Labels, before, join(labels.iter().map(String::as_str)));
                }
                Deed::Archived | Deed::Restored | Deed::Other => history.activity(at),
            }
        }
        // A card of an archived list is gone from the board like an archived card.
        let list_is_closed = self.lists.get(&card.list).is_some_and(|(_, closed)| *closed);
        let is_closed = card.is_closed || list_is_closed;
        if is_closed
            && !is_archived
            && let Some(at) = self.list_closings.get(&card.list).filter(|_| list_is_closed)
        {
            closed = Some(at.at);
            history.push(*at, Field::State, Some(now.clone()), Some(ARCHIVED.to_owned()));
        }

        let is_cut = self.actions >= MOST_ACTIONS && created.is_none();
        if is_cut {
            history.note(Oddity::HistoryTruncated);
        }
        let created = created.map(|it| it.at).or_else(|| {
            history.note(Oddity::CreationInferred);
            creation_of_id(&card.id)
        });
        let (changes, oddities) = history.finish();
        let board = self.boards.get(&card.board).or_else(|| self.boards.values().next());
        let item = ItemRecord {
            group: board.cloned(),
            state: Some(if is_closed { ARCHIVED.to_owned() } else { now }),
            created_at: created,
            closed_at: if is_closed { closed.or(card.last_activity) } else { None },
            assignee: card.members.iter().find_map(|it| self.members.get(it)).cloned(),
            extent: Some(if is_cut { HistoryExtent::Partial } else { HistoryExtent::Complete }),
            changes,
            ..card.record
        };
        (item, oddities)
    }
}

/// The instant in an id: its first eight hexadecimal digits are seconds since 1970.
fn creation_of_id(id: &str) -> Option<Instant> {
    let seconds = i64::from_str_radix(id.get(..8)?, 16).ok()?;
    (seconds > 0).then(|| Instant(seconds * 1_000_000))
}

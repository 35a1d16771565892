//! XES event logs (IEEE 1849): one trace a case, each event an activity with its time. The activity that happened
//! last is the state a case is in. Who did it is not read.

use std::io::BufRead;

use headway_domain::{
    time::Instant,
    work::{Change, Field, HistoryExtent, ItemRecord, Location, Oddity, Problem, Record, Row},
};
use memchr::memchr_iter;
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use crate::{
    Dialect, Format, Recognised, Rows,
    container::{Bounded, Sample},
    dates,
};

/// Events that a trace may have; the rest of a longer one is left out.
const MOST_EVENTS: usize = 1_000_000;

/// What this is, if it is an event log.
pub fn recognise(sample: &Sample) -> Option<Recognised> {
    let text = &sample.text;
    let is_log = text.trim_start().starts_with('<') && text.contains("<log") && text.contains("<trace");
    is_log.then(|| Recognised {
        format: Format::Xes,
        dialect: sample.dialect.clone(),
        can: vec!["an event log: each activity of a case is a state it comes into".to_owned()],
        cannot: vec![
            "when a case was done: choose the activities that end one".to_owned(),
            "who did what is not read".to_owned(),
        ],
        hints: Vec::new(),
        items_are_whole: true,
    })
}

/// The cases of the log.
pub fn rows(reader: Box<dyn BufRead + Send>, file: String, dialect: &Dialect) -> Rows {
    let mut reader = Reader::from_reader(Bounded::new(reader));
    reader.config_mut().check_end_names = false;
    Box::new(Cases {
        reader,
        buffer: Vec::new(),
        line: 1,
        file,
        dialect: dialect.clone(),
        is_over: false,
        depth: 0,
        count: 0,
    })
}

struct Cases {
    reader: Reader<Bounded<'static>>,
    buffer: Vec<u8>,
    line: u64,
    file: String,
    dialect: Dialect,
    is_over: bool,
    /// How deep the reader stands inside attributes that have attributes.
    depth: u32,
    count: u64,
}

/// A trace while it is read.
#[derive(Default)]
struct Trace {
    key: Option<String>,
    events: Vec<(Instant, String)>,
    problem: Option<String>,
    /// The event that is open.
    event: Option<(Option<String>, Option<Instant>)>,
    is_cut: bool,
}

impl Trace {
    /// Takes an attribute of the trace or of its open event.
    fn attribute(&mut self, key: &str, value: &str, dialect: &Dialect) {
        match (&mut self.event, key) {
            (Some((name, _)), "concept:name") => *name = Some(value.to_owned()),
            (Some((_, at)), "time:timestamp") => match dates::parse(value, dialect) {
                Some(instant) => *at = Some(instant),
                None => self.problem = Some(format!("{value:?} is no date")),
            },
            (None, "concept:name") => self.key = Some(value.to_owned()),
            _ => {}
        }
    }

    fn end_event(&mut self) {
        match self.event.take() {
            Some((Some(name), Some(at))) if self.events.len() < MOST_EVENTS => self.events.push((at, name)),
            Some((Some(_), Some(_))) => self.is_cut = true,
            Some(_) if self.problem.is_none() => {
                self.problem = Some("an event has no activity or no time".to_owned());
            }
            _ => {}
        }
    }

    fn record(mut self, count: u64) -> (Result<Record, Problem>, Vec<Oddity>) {
        let key = self.key.unwrap_or_else(|| format!("case {count}"));
        if let Some(reason) = self.problem {
            return (Err(Problem { key: Some(key), reason }), Vec::new());
        }
        // Most are in order already.
        self.events.sort_by_key(|(at, _)| *at);
        let created_at = self.events.first().map(|(at, _)| *at);
        let mut state: Option<String> = None;
        let mut changes = Vec::with_capacity(self.events.len());
        for (at, name) in self.events {
            if state.as_ref() == Some(&name) {
                // The activity goes on, or happens again: a sign of life.
                changes.push(Change { at, field: Field::Activity, from: None, to: None });
            } else {
                let from = state.replace(name.clone());
                changes.push(Change { at, field: Field::State, from, to: Some(name) });
            }
        }
        let oddities = if self.is_cut { vec![Oddity::HistoryTruncated] } else { Vec::new() };
        let item = ItemRecord {
            key,
            state,
            created_at,
            extent: Some(HistoryExtent::Complete),
            changes,
            ..ItemRecord::default()
        };
        (Ok(Record::Item(Box::new(item))), oddities)
    }
}

impl Cases {
    /// Reads on to the end of a trace. `None` at the end of the log.
    fn trace(&mut self) -> Result<Option<(u64, Trace)>, String> {
        let mut trace: Option<(u64, Trace)> = None;
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|error| error.to_string())?;
            let start_line = self.line;
            self.line += memchr_iter(b'\n', event.as_bytes()).count() as u64;
            match event {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "trace" => {
                        self.depth = 0;
                        trace = Some((start_line, Trace::default()));
                    }
                    "event" => {
                        if let Some((_, trace)) = &mut trace {
                            self.depth = 0;
                            trace.event = Some((None, None));
                        }
                    }
                    "log" => {}
                    _ => {
                        if self.depth == 0 {
                            attribute(&tag, trace.as_mut().map(|it| &mut it.1), &self.dialect);
                        }
                        self.depth += 1;
                    }
                },
                Event::Empty(tag) if self.depth == 0 => {
                    attribute(&tag, trace.as_mut().map(|it| &mut it.1), &self.dialect);
                }
                Event::End(tag) => match tag.local_name().as_ref() {
                    "trace" => {
                        self.reader.get_mut().begin_record();
                        if trace.is_some() {
                            return Ok(trace);
                        }
                    }
                    "event" => {
                        if let Some((_, trace)) = &mut trace {
                            self.depth = 0;
                            trace.end_event();
                        }
                    }
                    _ => self.depth = self.depth.saturating_sub(1),
                },
                Event::Eof if trace.is_some() => {
                    return Err("the log breaks off inside a trace; fetch it again".to_owned());
                }
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }
}

/// Hands an attribute's key and value to the open trace.
fn attribute(tag: &BytesStart<'_>, trace: Option<&mut Trace>, dialect: &Dialect) {
    let Some(trace) = trace else { return };
    let value = |name: &str| {
        let attribute = tag.try_get_attribute(name).ok()??;
        attribute.normalized_value(XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
    };
    if let (Some(key), Some(value)) = (value("key"), value("value")) {
        trace.attribute(&key, &value, dialect);
    }
}

impl Iterator for Cases {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        if self.is_over {
            return None;
        }
        let (line, record, oddities) = match self.trace() {
            Ok(Some((line, trace))) => {
                self.count += 1;
                let (record, oddities) = trace.record(self.count);
                (line, record, oddities)
            }
            Ok(None) => {
                self.is_over = true;
                return None;
            }
            Err(reason) => {
                self.is_over = true;
                let reason = format!("the log can't be read on from here: {reason}");
                (self.line, Err(Problem { key: None, reason }), Vec::new())
            }
        };
        Some(Row { location: Location { file: self.file.clone(), line }, record, oddities })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::{only, sample};

    const LOG: &str = r#"<?xml version="1.0"?>
<log xes.version="1.0">
 <global scope="event"><string key="concept:name" value="none"/></global>
 <trace>
  <string key="concept:name" value="Case &amp; 1"><string key="concept:name" value="inner"/></string>
  <event><string key="concept:name" value="open"/><date key="time:timestamp" value="2012-10-09T14:50:17+00:00"/></event>
  <event><string key="concept:name" value="work"/><string key="org:resource" value="Ann"/><date key="time:timestamp" value="2012-10-10T14:50:17+00:00"/></event>
  <event><string key="concept:name" value="work"/><date key="time:timestamp" value="2012-10-11T14:50:17+00:00"/></event>
 </trace>
</log>"#;

    fn read(text: &str) -> Vec<Row> {
        rows(Box::new(Cursor::new(text.to_owned())), "log".to_owned(), &Dialect::plain()).collect()
    }

    #[test]
    fn a_trace_is_an_item() {
        assert!(recognise(&sample(LOG)).is_some());
        let (item, _) = only(LOG, rows);
        assert_eq!((item.key.as_str(), item.state.as_deref()), ("Case & 1", Some("work")));
        let steps: Vec<_> = item.changes.iter().map(|it| (it.field, it.to.as_deref())).collect();
        assert_eq!(
            steps,
            [(Field::State, Some("open")), (Field::State, Some("work")), (Field::Activity, None)]
        );
        assert_eq!(read(LOG)[0].location.line, 4);
    }

    #[test]
    fn a_bad_event_costs_its_case_and_no_other() {
        let bad = LOG.replacen("2012-10-09T14:50:17+00:00", "soon", 1);
        let whole = LOG.replace("</log>", "").trim_start_matches("<?xml version=\"1.0\"?>").to_owned()
            + &bad[bad.find("<trace>").unwrap()..];
        let rows = read(&whole);
        assert_eq!(rows.iter().map(|row| row.record.is_ok()).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_log_that_breaks_off_says_so() {
        let rows = read(&LOG[..LOG.find("</trace>").unwrap()]);
        assert!(rows[0].record.as_ref().is_err_and(|it| it.reason.contains("breaks off")));
    }

    proptest! {
        #[test]
        fn any_log_ends(picks in prop::collection::vec(0..9_usize, 0..40)) {
            let parts = ["<log>", "<trace>", "</trace>", "<event>", "</event>", "<string key=\"concept:name\" value=\"x\"/>",
                "<date key=\"time:timestamp\" value=\"2012-10-09\">", "</date>", "<&\"x"];
            let text: String = picks.iter().map(|it| parts[*it]).collect();
            prop_assert!(read(&text).len() <= text.len() + 1);
        }
    }
}

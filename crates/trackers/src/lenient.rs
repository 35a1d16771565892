//! JSON as trackers write it: a number where a text was, a text where an object was, `null` anywhere.
//!
//! Types here borrow from the record's text and never fail on a value of another type than expected, so that one
//! strange field does not cost the record.

use std::{borrow::Cow, collections::HashMap, fmt, marker::PhantomData, ops::Deref};

use headway_domain::{
    time::{Instant, Zone},
    work::EARLIEST_DAY,
};
use jiff::{civil::Time, fmt::temporal::Pieces, tz::Offset};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

/// A text, or a number or truth value as text; empty for everything else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    /// The text, or `None` when there is nothing but blanks.
    pub(crate) fn some(&self) -> Option<String> {
        let text = self.0.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The text as a number.
    pub(crate) fn number(&self) -> Option<f64> {
        self.0.trim().parse().ok().filter(|it: &f64| it.is_finite())
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;
        impl<'de> Visitor<'de> for TextVisitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(if truth { "true" } else { "false" })))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Text::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Text::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(TextVisitor)
    }
}

/// A list; `null` and everything that is no list are an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Many<T>(Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Many(Vec::new())
    }
}

impl<T> Deref for Many<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ManyVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyVisitor<T> {
            type Value = Many<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(element) = seq.next_element::<Option<T>>()? {
                    list.extend(element);
                }
                Ok(Many(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Many::default())
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Many::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Many::default())
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Many::default())
            }
            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Many::default())
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Many::default())
            }
            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(Many::default())
            }
        }
        deserializer.deserialize_any(ManyVisitor(PhantomData))
    }
}

/// Names by id, as pages give them for fields or states.
pub(crate) type Names = HashMap<String, String>;

/// An object; the default for everything that is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object<T>(T);

impl<T> Deref for Object<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Object::default())
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Object::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Object::default())
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Object::default())
            }
            fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
                Ok(Object::default())
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Object::default())
            }
            fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
                Ok(Object::default())
            }
        }
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

/// Something with a name: a status, a type, a priority; some tools write the bare name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named<'a> {
    /// The tool's id.
    pub(crate) id: Text<'a>,
    /// The short key, such as a project's.
    pub(crate) key: Text<'a>,
    /// The name.
    pub(crate) name: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Named<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NamedVisitor;
        impl<'de> Visitor<'de> for NamedVisitor {
            type Value = Named<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or an object with one")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut named = Named::default();
                while let Some(key) = map.next_key::<Text<'de>>()? {
                    match &*key {
                        "id" => named.id = map.next_value()?,
                        "key" => named.key = map.next_value()?,
                        "name" | "value" | "title" | "login" | "displayName" => {
                            let name: Text<'de> = map.next_value()?;
                            if !name.is_empty() {
                                named.name = name;
                            }
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(named)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Named::default())
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Named { name: Text(Cow::Borrowed(text)), ..Named::default() })
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Named { name: Text(Cow::Owned(text.to_owned())), ..Named::default() })
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Named { id: Text(Cow::Owned(number.to_string())), ..Named::default() })
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Named { id: Text(Cow::Owned(number.to_string())), ..Named::default() })
            }
            fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Named::default())
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Named::default())
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Named::default())
            }
        }
        deserializer.deserialize_any(NamedVisitor)
    }
}

/// An instant and the offset from UTC that it was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    /// The instant.
    pub(crate) at: Instant,
    /// Seconds east of UTC, if the text said so.
    pub(crate) offset: Option<i32>,
}

/// Reads an ISO 8601 date and time, with or without offset, or milliseconds since 1970. Years that stand for
/// "none" (1, 9999) and everything before 1970 give `None`.
pub(crate) fn stamp(text: &str) -> Option<Stamp> {
    let text = text.trim();
    if text.len() >= 12 && text.bytes().all(|sign| sign.is_ascii_digit()) {
        let at = Instant(text.parse::<i64>().ok()?.checked_mul(1000)?);
        return plausible(Stamp { at, offset: Some(0) });
    }
    let pieces = Pieces::parse(text).ok()?;
    let civil = pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight()));
    let offset: Option<Offset> = pieces.to_numeric_offset();
    let at = match offset {
        Some(offset) => offset.to_timestamp(civil).ok()?.into(),
        None => Zone::utc().instant_of(civil)?,
    };
    plausible(Stamp { at, offset: offset.map(Offset::seconds) })
}

/// The instant of [`stamp`].
pub(crate) fn instant(text: &str) -> Option<Instant> {
    stamp(text).map(|stamp| stamp.at)
}

fn plausible(stamp: Stamp) -> Option<Stamp> {
    // The year 9000 in microseconds: later dates mean "for ever".
    let sound = i64::from(EARLIEST_DAY.0)..221_845_392_000_000_000;
    sound.contains(&stamp.at.0).then_some(stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_tools_write_them() {
        let moment = instant("2011-10-19T02:08:15.862Z").unwrap();
        for text in [
            "2011-10-18T21:08:15.862-0500",
            "2011-10-18T21:08:15.862-05:00",
            "2011-10-19 02:08:15.862",
            "2011-10-19T02:08:15.8620000Z",
            "1318990095862",
        ] {
            assert_eq!(instant(text), Some(moment), "{text}");
        }
        assert_eq!(instant("2011-10-19"), instant("2011-10-19T00:00:00Z"));
        for text in ["", "never", "0001-01-01T00:00:00", "9999-01-01T00:00:00Z", "2011-02-31"] {
            assert_eq!(instant(text), None, "{text}");
        }
    }

    #[test]
    fn values_of_another_type_do_no_harm() {
        #[derive(Deserialize)]
        struct Odd<'a> {
            #[serde(borrow)]
            text: Text<'a>,
            named: Named<'a>,
            many: Many<Named<'a>>,
        }
        let odd: Odd<'_> =
            serde_json::from_str(r#"{"text":7,"named":"Open","many":[null,{"name":"x","id":3,"y":[1]}]}"#)
                .unwrap();
        assert_eq!((&*odd.text, &*odd.named.name, &*odd.many[0].id), ("7", "Open", "3"));
        let odd: Odd<'_> = serde_json::from_str(r#"{"text":{"a":1},"named":[1],"many":"none"}"#).unwrap();
        assert_eq!((&*odd.text, &*odd.named.name, odd.many.len()), ("", "", 0));
    }
}

//! Members of raw JSON without a tree: a member of an object, a scalar of whatever type.

use std::{borrow::Cow, fmt};

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::record::{compact, mask::is_masked, templates::Part, time};

/// JSON of one value.
#[derive(Clone, Copy, Debug)]
pub enum Raw<'a> {
    /// As AWS writes it.
    Compact(compact::Value<'a>),
    /// The same, of a record that is written like another.
    Known(Part<'a>),
    /// As it stands.
    Any(&'a str),
}

impl<'a> Raw<'a> {
    /// The value as it stands.
    pub fn get(self) -> &'a str {
        match self {
            Self::Any(json) => json,
            Self::Compact(value) => value.json(),
            Self::Known(part) => part.value().json(),
        }
    }

    /// The value, if it is as AWS writes it.
    pub fn compact(self) -> Option<compact::Value<'a>> {
        match self {
            Self::Any(_) => None,
            Self::Compact(value) => Some(value),
            Self::Known(part) => Some(part.value()),
        }
    }

    /// The first text, where it can be had without serde.
    fn quick_text(self) -> Option<&'a str> {
        let value = self.compact()?;
        value.text().or_else(|| value.lone_text())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        let value = <&RawValue>::deserialize(value)?;
        Ok(Self::Any(value.get()))
    }
}

/// A scalar that different records write as different types: `200`, `200.0`, `"200"`.
pub enum Scalar<'a> {
    Flag(bool),
    Number(f64),
    Text(Cow<'a, str>),
    /// No scalar at all.
    Other,
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_any(AnyScalar)
    }
}

/// Takes whatever stands there; serde's own way to do so would keep a copy of it first.
struct AnyScalar;

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Scalar<'de>;

    fn expecting(&self, words: &mut fmt::Formatter<'_>) -> fmt::Result {
        words.write_str("any value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Number(number as f64))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}

impl Scalar<'_> {
    pub fn is_true(&self) -> bool {
        match self {
            Self::Flag(flag) => *flag,
            Self::Text(text) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// RFC 3339, or seconds (or milliseconds) since 1970.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        let written = match self {
            Self::Text(text) => time::from_text(text),
            _ => None,
        };
        written.or_else(|| time::from_number(self.number()?))
    }
}

/// The members of a raw object, in their order; the object is read once for all of them.
pub enum Members<'a> {
    /// Read for this.
    Read(Vec<(Cow<'a, str>, Raw<'a>)>),
    /// Known with the record.
    Known(Part<'a>),
}

/// Objects have so many members at most, but for a few.
const MANY_MEMBERS: usize = 16;

impl<'a> Members<'a> {
    /// The members of an object. A string in place of the object (a mask, `"null"`) has none.
    pub fn of(object: Raw<'a>) -> Option<Self> {
        let json = object.get();
        json.starts_with('{').then_some(())?;
        if let Raw::Known(part) = object {
            return Some(Self::Known(part));
        }
        Self::quickly(json).or_else(|| serde_json::from_str(json).ok())
    }

    /// The members of JSON as AWS writes it.
    fn quickly(json: &'a str) -> Option<Self> {
        let mut members = Vec::with_capacity(MANY_MEMBERS);
        compact::members(json, |key, value| {
            members.push((Cow::Borrowed(key), Raw::Compact(value)));
            Some(())
        })?;
        Some(Self::Read(members))
    }

    /// A member, in either spelling (`userPoolId`, `UserPoolId`).
    pub fn get(&self, name: &str) -> Option<Raw<'a>> {
        let is = |key: &str| key.eq_ignore_ascii_case(name);
        match self {
            Self::Read(members) => {
                let (_, value) = members.iter().find(|(key, _)| is(key))?;
                (value.get() != "null").then_some(*value)
            }
            Self::Known(part) => {
                let (_, value) = part.members().find(|(key, _)| is(key))?;
                value.told().map(Raw::Known)
            }
        }
    }

    /// The text of a member.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        text(self.get(name)?)
    }

    /// The values of all members.
    pub fn values(&self) -> impl Iterator<Item = Raw<'a>> {
        let (read, known) = match self {
            Self::Read(members) => (members.as_slice(), None),
            Self::Known(part) => (&[][..], Some(part.members())),
        };
        let known = known.into_iter().flatten();
        let known = known.map(|(_, part)| Raw::Known(part));
        read.iter().map(|(_, value)| *value).chain(known)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(Cow<'de, str>, Raw<'de>)>;

            fn expecting(&self, words: &mut fmt::Formatter<'_>) -> fmt::Result {
                words.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(MANY_MEMBERS);
                while let Some((Text(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(members)
            }
        }
        object.deserialize_map(Object).map(Self::Read)
    }
}

/// A member of a raw object that only one is wanted of.
pub fn member<'a>(object: Raw<'a>, name: &str) -> Option<Raw<'a>> {
    Members::of(object)?.get(name)
}

/// A text, borrowed where it stands in JSON as it is; behind `Option`, serde copies a `Cow`.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// An optional text, borrowed where it stands in JSON as it is.
pub fn borrowed<'de: 'a, 'a, D: Deserializer<'de>>(
    text: D,
) -> Result<Option<Cow<'a, str>>, D::Error> {
    let text: Option<Text<'a>> = Option::deserialize(text)?;
    Ok(text.map(|text| text.0))
}

/// A text, or the first text of an array of texts; masks are unknown.
pub fn text(value: Raw<'_>) -> Option<Cow<'_, str>> {
    let quick = value.quick_text().map(Cow::Borrowed);
    let first = quick.or_else(|| first_text(value.get()))?;
    (!first.is_empty() && !is_masked(&first)).then_some(first)
}

fn first_text(json: &str) -> Option<Cow<'_, str>> {
    match json.as_bytes().first()? {
        b'"' => Some(serde_json::from_str::<Text<'_>>(json).ok()?.0),
        b'[' => {
            let items: Vec<Text<'_>> = serde_json::from_str(json).ok()?;
            Some(items.into_iter().next()?.0)
        }
        _ => None,
    }
}

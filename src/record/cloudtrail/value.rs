//! Members of raw JSON without a tree: a member of an object, a scalar of whatever type.

use std::{borrow::Cow, fmt};

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::record::{mask::is_masked, time};

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
pub struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// The members of an object. A string in place of the object (a mask, `"null"`) has none.
    pub fn of(object: &'a RawValue) -> Option<Self> {
        object.get().starts_with('{').then_some(())?;
        serde_json::from_str(object.get()).ok()
    }

    /// A member, in either spelling (`userPoolId`, `UserPoolId`).
    pub fn get(&self, name: &str) -> Option<&'a RawValue> {
        let mut members = self.0.iter();
        let (_, value) = members.find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        (value.get() != "null").then_some(*value)
    }

    /// The text of a member.
    pub fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        text(self.get(name)?)
    }

    /// The values of all members.
    pub fn values(&self) -> impl Iterator<Item = &'a RawValue> {
        self.0.iter().map(|(_, value)| *value)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(object: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, words: &mut fmt::Formatter<'_>) -> fmt::Result {
                words.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::with_capacity(16);
                while let Some((Text(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(members)
            }
        }
        object.deserialize_map(Object).map(Self)
    }
}

/// A member of a raw object that only one is wanted of.
pub fn member<'a>(object: &'a RawValue, name: &str) -> Option<&'a RawValue> {
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
pub fn text<'a>(value: &'a RawValue) -> Option<Cow<'a, str>> {
    let first = match value.get().as_bytes().first()? {
        b'"' => serde_json::from_str::<Text<'_>>(value.get()).ok()?.0,
        b'[' => {
            let items: Vec<Text<'_>> = serde_json::from_str(value.get()).ok()?;
            items.into_iter().next()?.0
        }
        _ => return None,
    };
    (!first.is_empty() && !is_masked(&first)).then_some(first)
}

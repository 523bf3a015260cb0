//! Members of raw JSON without a tree: a member of an object, a scalar of whatever type.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::record::{mask::is_masked, time};

/// A scalar that different records write as different types: `200`, `200.0`, `"200"`.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Scalar<'a> {
    Flag(bool),
    Number(f64),
    #[serde(borrow)]
    Text(Cow<'a, str>),
    Other(serde::de::IgnoredAny),
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

/// A member of a raw object, in either spelling (`userPoolId`, `UserPoolId`). A string in place of
/// the object (a mask, `"null"`) has none.
pub fn member<'a>(object: &'a RawValue, name: &str) -> Option<&'a RawValue> {
    members(object)?
        .into_iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .filter(|value| value.get() != "null")
}

/// All members of a raw object; also of one that is written as a JSON string.
pub fn members(object: &RawValue) -> Option<BTreeMap<Cow<'_, str>, &RawValue>> {
    #[derive(Deserialize)]
    struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
    impl PartialEq for Key<'_> {
        fn eq(&self, other: &Self) -> bool {
            self.0 == other.0
        }
    }
    impl Eq for Key<'_> {}
    impl PartialOrd for Key<'_> {
        fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
            Some(self.cmp(other))
        }
    }
    impl Ord for Key<'_> {
        fn cmp(&self, other: &Self) -> std::cmp::Ordering {
            self.0.cmp(&other.0)
        }
    }
    if !object.get().starts_with('{') {
        return None;
    }
    let members: BTreeMap<Key<'_>, &RawValue> = serde_json::from_str(object.get()).ok()?;
    Some(
        members
            .into_iter()
            .map(|(key, value)| (key.0, value))
            .collect(),
    )
}

/// A text, or the first text of an array of texts; masks are unknown.
pub fn text<'a>(value: &'a RawValue) -> Option<Cow<'a, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
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

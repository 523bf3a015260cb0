//! The whole input of an update: complete, because what it leaves out is reset.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    call::put,
    passed::{self, Passed},
    rules::left_out,
};
use crate::cognito::{
    lifetime::{Token, token_of_validity},
    members::{Kind, Member, Omission, find},
    setting::{Known, Setting, Settings, is_nothing, known, value},
};

/// The input of an update, and what a person should know of it.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub members: Map<String, Value>,
    /// Settings in it whose value is assumed.
    pub assumed: Vec<Setting>,
    /// What is left out or passed on, and why.
    pub notes: Vec<String>,
    /// Members that are there and whose value is not known: it must not be sent without them.
    pub unknown: Vec<String>,
}

/// What an input is made of.
pub(super) struct Input<'a> {
    pub table: &'static [Member],
    pub target: &'a Settings,
    pub now: &'a Settings,
    pub put_back: &'a BTreeSet<Setting>,
    pub description: Option<&'a Map<String, Value>>,
}

impl Input<'_> {
    /// Everything that has a value, as the API spells it.
    pub fn document(&self) -> Document {
        let mut document = Document::default();
        for (setting, known) in self.target {
            if let Some(member) = member_of(self.table, setting.as_str()) {
                self.add(&mut document, member, setting, known);
            }
        }
        let Passed { known, unknown } = passed::pass_on(
            self.table,
            self.target,
            self.description,
            &mut document.members,
        );
        if !known.is_empty() {
            document.notes.push(format!(
                "{} passed on as it stands, though this program does not know it: an older AWS \
                 CLI may not either.",
                verb(&known)
            ));
        }
        document.unknown.extend(unknown);
        document
    }

    fn add(&self, document: &mut Document, member: &Member, setting: &Setting, known: &Known) {
        let name = setting.as_str();
        let Some(value) = known.value() else {
            return;
        };
        if is_nothing(value) && !value.is_array() {
            if self.put_back.contains(setting) {
                clear(&mut document.members, name);
            }
            return;
        }
        if let Some(row) = left_out(self.target, name) {
            document.notes.extend(row.note(name, value));
            return;
        }
        if self.may_be_left_out(member, setting, value) {
            return;
        }
        match member.kind {
            Kind::Map => put_entry(&mut document.members, member.name, name, value),
            _ => put(&mut document.members, name, value.clone()),
        }
        if matches!(known, Known::Assumed(_)) {
            document.assumed.push(setting.clone());
        }
    }

    /// Whether leaving a line out says the same as sending it, however Cognito reads omission: it is
    /// the default, and it is what is there. A default that no response shows is not sent either.
    fn may_be_left_out(&self, member: &Member, setting: &Setting, value: &Value) -> bool {
        let is_default = |member: &Member, value: &Value| {
            member
                .default_value()
                .is_some_and(|default| default == *value)
        };
        let rests = |name: &'static str| {
            let setting = Setting::named(name);
            let value = known(self.target, &setting).value();
            let member = find(self.table, name);
            self.stays(&setting)
                && matches!((member, value), (Some(member), Some(value)) if is_default(member, value))
        };
        match member.name {
            // Which attributes the default holds, AWS's pages do not agree on.
            "ReadAttributes" | "WriteAttributes" => is_default(member, value),
            "RefreshTokenRotation.RetryGracePeriodSeconds" => !self.rotates(),
            name => match token_of(name) {
                Some(token) => rests(token.validity()) && rests(token.unit()),
                None => is_default(member, value) && (self.stays(setting) || self.is_new(setting)),
            },
        }
    }

    fn stays(&self, setting: &Setting) -> bool {
        !self.put_back.contains(setting)
            && known(self.target, setting).same(known(self.now, setting))
    }

    /// Whether nothing is there that an empty list would replace.
    fn is_new(&self, setting: &Setting) -> bool {
        let empty = known(self.target, setting).value().is_some_and(is_nothing);
        empty && !self.now.contains_key(setting)
    }

    fn rotates(&self) -> bool {
        let feature = value(self.target, "RefreshTokenRotation.Feature");
        feature.and_then(Value::as_str) == Some("ENABLED")
    }
}

/// The token that a validity or its unit is about.
fn token_of(name: &str) -> Option<Token> {
    let mut tokens = Token::ALL.into_iter();
    let of_unit = tokens.find(|token| token.unit() == name);
    of_unit.or_else(|| token_of_validity(name))
}

/// The member of `table` that the line `name` is, or is an entry of.
pub(super) fn member_of<'a>(table: &'a [Member], name: &str) -> Option<&'a Member> {
    let is_it = |member: &&Member| match name.strip_prefix(member.name) {
        Some("") => member.kind != Kind::Map,
        Some(rest) => member.kind == Kind::Map && rest.starts_with('.'),
        None => false,
    };
    table
        .iter()
        .filter(|member| member.omission != Omission::Key)
        .find(is_it)
}

/// An entry of a map, whose key may hold dots of its own.
fn put_entry(document: &mut Map<String, Value>, map: &str, name: &str, value: &Value) {
    let key = name.get(map.len() + 1..).unwrap_or_default();
    let entries = document
        .entry(map)
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(entries) = entries {
        entries.insert(key.to_owned(), value.clone());
    }
}

/// A trigger that goes: the object that it was in is sent without it, or empty. Whether one that is
/// left out is reset, nobody has measured.
fn clear(document: &mut Map<String, Value>, name: &str) {
    const TRIGGERS: &str = "LambdaConfig";
    if name.split('.').next() == Some(TRIGGERS) {
        document
            .entry(TRIGGERS)
            .or_insert_with(|| Value::Object(Map::new()));
    }
}

/// `A` is, `A` and `B` are.
fn verb(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [name] => format!("{name} is"),
        names => format!("{} are", names.join(", ")),
    }
}

//! Secrets, tokens and codes do not leave the reader.
//!
//! Masked is where rows are made, so that no output can forget it: members of JSON by their names,
//! texts by what stands in them. A setting is masked whole or not at all, since half of one is none.

use std::borrow::Cow;

use serde_json::{Map, Value};

mod extent;
mod find;
mod loose;
mod names;
mod shape;
mod view;

use find::Text;

/// What stands in place of a secret.
pub const MASK: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Whether a text is AWS's mask, in either spelling.
pub fn is_masked(text: &str) -> bool {
    text == MASK || text == "HIDDEN_FOR_SECURITY_REASONS"
}

/// A line of a log, or a message, with secrets masked.
pub fn text(line: &str) -> Cow<'_, str> {
    masked(line, Text::Line)
}

/// An id, address, agent or list with secrets masked, whose own random letters stay.
pub fn field(text: &str) -> Cow<'_, str> {
    masked(text, Text::Field)
}

/// JSON text with secrets masked. Text that is no JSON is treated as a log line.
pub fn json(raw: &str) -> String {
    match serde_json::from_str::<Value>(raw) {
        Ok(mut value) => {
            hide(&mut value, Text::Line);
            value.to_string()
        }
        Err(_) => text(raw).into_owned(),
    }
}

/// The settings in JSON text, with secrets masked: a text is masked as a whole where it holds a
/// credential, and never in part.
pub fn settings(raw: &str) -> String {
    match serde_json::from_str::<Value>(raw) {
        Ok(mut value) => {
            hide(&mut value, Text::Setting);
            value.to_string()
        }
        Err(_) => text(raw).into_owned(),
    }
}

/// The same of settings that are parsed already.
pub fn hide_settings(members: &mut Map<String, Value>) {
    hide_members(members, Text::Setting);
}

/// JSON text with one more of its members masked.
pub fn member(json: &str, name: &str) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str(json) else {
        return json.to_owned();
    };
    for (key, value) in &mut members {
        if key.eq_ignore_ascii_case(name) && !value.is_null() {
            *value = Value::from(MASK);
        }
    }
    Value::Object(members).to_string()
}

/// So much of a text is looked at: longer ones are no text that anybody wrote.
const LONGEST: usize = 256 << 10;
/// A text is looked at again so often.
const MOST_TURNS: usize = 4;

fn masked(line: &str, text: Text) -> Cow<'_, str> {
    if !may_hold_secret(line) {
        return Cow::Borrowed(line);
    }
    if line.len() > LONGEST {
        return Cow::Borrowed(MASK);
    }
    // A mask may stand where it makes a secret of what is beside it.
    let mut hidden = once(line, text);
    if hidden == line {
        return Cow::Borrowed(line);
    }
    for _ in 0..MOST_TURNS {
        let again = once(&hidden, text);
        if again == hidden {
            break;
        }
        hidden = again;
    }
    Cow::Owned(hidden)
}

fn once(line: &str, text: Text) -> String {
    let view = view::View::of(line);
    let secrets = find::secrets(&view, text);
    let mut out = String::with_capacity(line.len());
    let mut done = 0;
    for secret in secrets {
        let written = view.written(secret);
        out.push_str(line.get(done..written.start).unwrap_or_default());
        out.push_str(MASK);
        done = written.end;
    }
    out.push_str(line.get(done..).unwrap_or_default());
    out
}

/// Shorter texts without a mark hold no secret that could be told.
const SHORTEST: usize = 20;

/// Whether it is worth looking closer. Most texts are ids of small letters and digits, and cost
/// nothing.
fn may_hold_secret(text: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let marks = |byte: u8| byte.is_ascii_uppercase() || byte == b'-' || byte == b'_';
    if text.bytes().any(|byte| !part(byte)) {
        return true;
    }
    let is_uuid = text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    text.len() >= SHORTEST && !is_uuid && text.bytes().any(marks)
}

fn hide(value: &mut Value, text: Text) {
    match value {
        Value::Object(members) => hide_members(members, text),
        Value::Array(items) => items.iter_mut().for_each(|item| hide(item, text)),
        Value::String(line) => {
            if let Some(hidden) = hidden(line, text) {
                *line = hidden;
            }
        }
        _ => {}
    }
}

/// A text with its secrets masked, if it holds any; JSON in it is read as such.
fn hidden(line: &str, text: Text) -> Option<String> {
    let inside = line.trim_start().starts_with(['{', '[']);
    let inside = inside.then(|| serde_json::from_str::<Value>(line).ok());
    if let Some(mut value) = inside.flatten() {
        let before = value.clone();
        hide(&mut value, text);
        return (value != before).then(|| match text {
            Text::Setting => MASK.to_owned(),
            Text::Line | Text::Field => value.to_string(),
        });
    }
    let hidden = masked(line, text);
    match text {
        _ if *hidden == *line => None,
        Text::Setting => Some(MASK.to_owned()),
        Text::Line | Text::Field => Some(hidden.into_owned()),
    }
}

/// Objects whose members are called as somebody likes: attributes by name, each with the claim that it
/// is taken from.
const CALLED_BY_OTHERS: [&str; 2] = ["attributemapping", "acrmapping"];

fn hide_members(members: &mut Map<String, Value>, text: Text) {
    hide_header(members);
    hide_pair(members);
    for (name, value) in members {
        let name = names::plain(name);
        match value {
            Value::Object(inner) if CALLED_BY_OTHERS.contains(&name.as_str()) => {
                inner.values_mut().for_each(|claim| hide(claim, text));
            }
            value if is_secret(&name, value, text) => *value = Value::from(MASK),
            value => hide(value, text),
        }
    }
}

fn is_secret(plain: &str, value: &Value, text: Text) -> bool {
    let describes = value.is_object() && names::may_describe(plain);
    // `"code": "ECONNREFUSED"` of a line.
    let perhaps = text == Text::Line && names::secrecy(plain) == Some(names::Secrecy::Perhaps);
    let says = value
        .as_str()
        .is_some_and(|text| perhaps && shape::is_word(text));
    !value.is_null() && !is_plain(value) && !describes && !says && names::is_secret_member(plain)
}

/// `tokenValidityUnits.accessToken` is no token; flags, numbers and codes of errors are no secrets.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            let units = ["seconds", "minutes", "hours", "days", "true", "false", ""];
            units.contains(&text.to_ascii_lowercase().as_str())
        }
        Value::Bool(_) | Value::Number(_) => true,
        _ => false,
    }
}

/// A firewall's rule may compare a header with a secret that only a distribution knows.
fn hide_header(members: &mut Map<String, Value>) {
    let is = |name: &'static str| move |key: &String| key.eq_ignore_ascii_case(name);
    let field = members.keys().find(|key| is("fieldToMatch")(key));
    let field = field.and_then(|key| members.get(key)?.as_object());
    if !field.is_some_and(|field| field.keys().any(is("singleHeader"))) {
        return;
    }
    for (key, value) in members {
        if is("searchString")(key) {
            *value = Value::from(MASK);
        }
    }
}

/// A secret whose name is a value: `{"name": "CLIENT_SECRET", "value": "x"}`.
fn hide_pair(members: &mut Map<String, Value>) {
    const NAMES: [&str; 6] = [
        "name",
        "key",
        "parametername",
        "parameterkey",
        "headername",
        "field",
    ];
    let named = members.iter().any(|(key, value)| {
        let is_name = NAMES.contains(&names::plain(key).as_str());
        let name = value.as_str().filter(|_| is_name);
        name.is_some_and(|name| names::secrecy(&names::plain(name)).is_some())
    });
    if !named {
        return;
    }
    for (key, value) in members {
        let plain = names::plain(key);
        let is_value = plain.ends_with("value") || plain.ends_with("values");
        if is_value && !value.is_null() {
            *value = Value::from(MASK);
        }
    }
}

#[cfg(test)]
mod tests;

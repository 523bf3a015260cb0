//! Templates in YAML, with CloudFormation's short tags: `!Ref X` is `{"Ref": "X"}`.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value};

use super::{Error, Plan, template};

/// Aliases make a short text long: more values than these are refused.
const MOST_VALUES: usize = 2_000_000;
/// No template nests deeper.
const DEEPEST: usize = 200;

/// Whether a text may be a template in YAML.
pub(super) fn is_template(text: &str) -> bool {
    !text.starts_with(['{', '[']) && text.lines().any(|line| line.trim_end() == "Resources:")
}

/// Reads a template.
pub(super) fn read(path: &str, text: &str) -> Result<Plan, Error> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| Error::Broken(format!("broken YAML: {error}")))?;
        reader.take(event, span.start.line())?;
        if reader.document.is_some() {
            break;
        }
    }
    let document = reader.document.unwrap_or_default();
    let lines = reader.lines;
    template::of_document(path, &document, &|logical_id| {
        lines.get(logical_id).copied().unwrap_or(1)
    })
}

/// Builds values from events, without recursion.
#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Value>,
    values: usize,
    document: Option<Value>,
    /// The lines of the keys of `Resources`.
    lines: BTreeMap<String, usize>,
}

/// A list or an object that is not whole yet.
struct Open {
    inner: Inner,
    anchor: usize,
    tag: Option<String>,
}

enum Inner {
    List(Vec<Value>),
    Object(Map<String, Value>, Option<String>),
}

impl Reader {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Error> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref();
                if self.is_key() {
                    self.key(text.into_owned(), line);
                    return Ok(());
                }
                let value = scalar(&text, style, tag);
                self.put(tagged(value, tag.and_then(function)), anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Inner::List(Vec::new()), anchor, tag.as_deref())
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(Inner::Object(Map::new(), None), anchor, tag.as_deref())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { inner, anchor, tag }) => {
                    let value = match inner {
                        Inner::List(items) => Value::Array(items),
                        Inner::Object(members, _) => Value::Object(members),
                    };
                    self.put(tagged(value, tag), anchor)
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let value = self.anchors.get(&anchor).cloned().unwrap_or_default();
                self.values += size(&value);
                self.put(value, 0)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, inner: Inner, anchor: usize, tag: Option<&Tag>) -> Result<(), Error> {
        if self.open.len() >= DEEPEST {
            return Err(Error::Broken(format!(
                "it nests deeper than {DEEPEST} levels"
            )));
        }
        let tag = tag.and_then(function);
        self.open.push(Open { inner, anchor, tag });
        Ok(())
    }

    /// Whether what comes next is a member's name.
    fn is_key(&self) -> bool {
        matches!(
            self.open.last(),
            Some(Open {
                inner: Inner::Object(_, None),
                ..
            })
        )
    }

    fn key(&mut self, name: String, line: usize) {
        let parent = self
            .open
            .len()
            .checked_sub(2)
            .and_then(|place| self.open.get(place));
        let of_resources = matches!(
            parent.map(|open| &open.inner),
            Some(Inner::Object(_, Some(key))) if self.open.len() == 2 && key == "Resources"
        );
        if of_resources {
            self.lines.insert(name.clone(), line);
        }
        if let Some(Open {
            inner: Inner::Object(_, key),
            ..
        }) = self.open.last_mut()
        {
            *key = Some(name);
        }
    }

    fn put(&mut self, value: Value, anchor: usize) -> Result<(), Error> {
        self.values += 1;
        if self.values > MOST_VALUES {
            return Err(Error::Broken(
                "its aliases stand for too many values".to_owned(),
            ));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.open.last_mut().map(|open| &mut open.inner) {
            Some(Inner::List(items)) => items.push(value),
            Some(Inner::Object(members, key)) => {
                // A key that is no text is none that CloudFormation knows.
                if let Some(key) = key.take() {
                    members.insert(key, value);
                }
            }
            None => self.document = Some(value),
        }
        Ok(())
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// The function that a short tag stands for.
fn function(tag: &Tag) -> Option<String> {
    if tag.handle != "!" {
        return None;
    }
    Some(match tag.suffix.as_str() {
        name @ ("Ref" | "Condition") => name.to_owned(),
        name => format!("Fn::{name}"),
    })
}

fn tagged(value: Value, function: Option<String>) -> Value {
    match function {
        Some(name) => Value::Object(Map::from_iter([(name, value)])),
        None => value,
    }
}

/// A plain scalar is what it looks like; a quoted or tagged one is a text.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    if style != ScalarStyle::Plain || tag.is_some() {
        return Value::from(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        text => match text.parse::<i64>() {
            Ok(number) => Value::from(number),
            Err(_) => Value::from(text),
        },
    }
}

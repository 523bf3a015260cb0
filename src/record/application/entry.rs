//! A line taken apart: what it says, and in JSON the members that say it.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// Members that name where a line was written: they are not what it says.
const PLACES: [&str; 16] = [
    "container",
    "docker",
    "ecs",
    "env",
    "host",
    "kubernetes",
    "labels",
    "process",
    "resource",
    "service",
    "span",
    "stream",
    "tags",
    "thread",
    "trace",
    "version",
];

/// Members that hold the sentence of a line, in the layouts of usual loggers.
const SENTENCES: [&str; 10] = [
    "message",
    "msg",
    "@mt",
    "@m",
    "event",
    "RenderedMessage",
    "MessageTemplate",
    "log",
    "text",
    "short_message",
];

/// Members by which a service names itself.
const SERVICES: [&str; 6] = [
    "service",
    "service.name",
    "service_name",
    "serviceName",
    "app",
    "application",
];

/// Members under which a collector (FireLens, Fluent Bit, Docker) hands on a line that a container
/// wrote.
const COLLECTED: [&str; 6] = [
    "container_id",
    "container_name",
    "ecs_cluster",
    "kubernetes",
    "source",
    "stream",
];

/// Members are looked for this deep.
const DEEPEST: usize = 8;

/// A line, and the members of the JSON that it is or ends with.
pub struct Entry<'a> {
    pub raw: &'a str,
    /// What stands before the JSON; all of a line without.
    pub front: &'a str,
    members: Option<Map<String, Value>>,
}

impl<'a> Entry<'a> {
    pub fn read(raw: &'a str) -> Self {
        let (front, json) = match raw.find('{') {
            Some(at) if raw.ends_with('}') => raw.split_at(at),
            _ => (raw, ""),
        };
        let members: Option<Map<String, Value>> = serde_json::from_str(json).ok();
        Self {
            raw,
            front: if members.is_some() { front } else { raw },
            members,
        }
    }

    /// The line that a collector wrapped.
    pub fn wrapped(&self) -> Option<&str> {
        let members = self.members.as_ref()?;
        let line = members.get("log")?.as_str()?;
        let collected = COLLECTED.iter().any(|name| members.contains_key(*name));
        collected.then(|| line.trim())
    }

    /// The sentence first, then every other text and number as `path=value`, a line each; without
    /// the frames of stack traces and without the members that name a place.
    pub fn said(&self) -> Cow<'a, str> {
        let front = without_frames(self.front);
        let Some(members) = &self.members else {
            return front;
        };
        let mut said = front.into_owned();
        if !said.is_empty() {
            said.push('\n');
        }
        for name in SENTENCES {
            if let Some(Value::String(text)) = members.get(name) {
                said.push_str(&without_frames(text));
                said.push('\n');
            }
        }
        self.visit(&mut |path, value| {
            let text = match value {
                Value::String(text) => without_frames(text),
                Value::Number(number) => Cow::Owned(number.to_string()),
                _ => return,
            };
            if !SENTENCES.contains(&path) && !names_a_place(path) {
                said.push_str(path);
                said.push('=');
                said.push_str(&text);
                said.push('\n');
            }
        });
        Cow::Owned(said)
    }

    /// The sentence alone: in JSON a member, in `key=value` what stands behind `msg`.
    pub fn sentence(&self) -> Cow<'_, str> {
        let mut names = SENTENCES.iter();
        let members = self.members.as_ref();
        if let Some(text) = names.find_map(|name| members?.get(*name)?.as_str()) {
            return without_frames(text);
        }
        let value = ["msg=\"", "message=\""].iter().find_map(|key| {
            let (_, value) = self.front.split_once(key)?;
            Some(&value[..end_of_quoted(value)])
        });
        value.map_or_else(|| without_frames(self.front), Cow::Borrowed)
    }

    /// Whether the line's level is that of an error, by name or by number (pino, bunyan).
    pub fn is_error(&self) -> bool {
        let names = ["level", "log.level", "@l", "severity", "levelname", "Level"];
        names.iter().any(|name| match self.top(name) {
            Some(Value::String(level)) => {
                let level = level.to_ascii_lowercase();
                ["err", "fatal", "crit"]
                    .iter()
                    .any(|begin| level.starts_with(begin))
            }
            Some(Value::Number(level)) => level.as_u64().is_some_and(|level| level >= 50),
            _ => false,
        })
    }

    /// A member at the top.
    pub fn top(&self, name: &str) -> Option<&Value> {
        self.members.as_ref()?.get(name)
    }

    /// The service that names itself: `"service":"orders"`, `service.name`, `"app":"orders"`.
    pub fn service(&self) -> Option<&str> {
        let named = |name: &&str| match self.top(name)? {
            Value::Object(members) => members.get("name")?.as_str(),
            value => value.as_str(),
        };
        let name = SERVICES.iter().find_map(named)?.trim();
        let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
        (!name.is_empty() && name.len() <= 64 && name.chars().all(plain)).then_some(name)
    }

    /// The first text whose path, without marks and in lower case, ends with one of `names`.
    pub fn text_at(&self, names: &[&str], fits: fn(&str) -> bool) -> Option<String> {
        let mut found = None;
        self.visit(&mut |path, value| {
            if let (None, Value::String(text)) = (&found, value)
                && fits(text)
            {
                let plain: String = path.chars().filter(char::is_ascii_alphanumeric).collect();
                let plain = plain.to_ascii_lowercase();
                if names.iter().any(|name| plain.ends_with(name)) {
                    found = Some(text.clone());
                }
            }
        });
        found
    }

    /// Whether the line is JSON and nothing else.
    pub fn is_structured(&self) -> bool {
        self.members.is_some() && self.front.is_empty()
    }

    /// Each member that is no object, with the names on the way to it.
    fn visit(&self, each: &mut impl FnMut(&str, &Value)) {
        for (name, value) in self.members.iter().flatten() {
            visit(&mut name.clone(), value, DEEPEST, each);
        }
    }
}

/// Where a text in quotes ends whose quotes may be escaped.
fn end_of_quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.unwrap_or(text.len())
}

fn visit(path: &mut String, value: &Value, deep: usize, each: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(members) if deep > 0 => {
            let end = path.len();
            for (name, value) in members {
                path.push('.');
                path.push_str(name);
                visit(path, value, deep - 1, each);
                path.truncate(end);
            }
        }
        Value::Array(items) if deep > 0 => {
            for item in items {
                visit(path, item, deep - 1, each);
            }
        }
        value => each(path, value),
    }
}

/// Whether a member tells of the place: `service.name`, `kubernetes.pod`, pino's `hostname`.
fn names_a_place(path: &str) -> bool {
    let first = path.split(['.', '_']).next().unwrap_or(path);
    path == "hostname" || PLACES.contains(&first)
}

/// A text without the frames of its stack trace, whose names are code and not words.
pub fn without_frames(text: &str) -> Cow<'_, str> {
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let lines = text.lines().filter(|line| !is_frame(line));
    Cow::Owned(lines.collect::<Vec<_>>().join("\n"))
}

/// `    at f (a.js:1:2)`, `  File "a.py", line 1`, `#0 a.php(1)`, `\tfrom a.rb:1`, `\t/src/a.go:1`.
fn is_frame(line: &str) -> bool {
    let inner = line.trim_start();
    let indented = inner.len() < line.len();
    let numbered = inner.strip_prefix('#').is_some_and(|rest| {
        rest.split_once(' ')
            .is_some_and(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()))
    });
    let begins = ["at ", "from ", "File \"", "/", "... "];
    numbered
        || inner.starts_with("goroutine ")
        || indented && begins.iter().any(|begin| inner.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_comes_first_and_places_are_left_out() {
        let line = r#"{"service":{"name":"token-service"},"hostname":"pod-1","err":{"code":"ENOTFOUND","hostname":"auth.example.com","stack":"Error: x\n    at token (a.js:1:2)"},"status":403,"msg":"no token"}"#;
        assert_eq!(
            Entry::read(line).said(),
            "no token\nerr.code=ENOTFOUND\nerr.hostname=auth.example.com\nerr.stack=Error: x\nstatus=403\n"
        );
    }

    #[test]
    fn a_collector_wraps_a_line_and_an_application_may_not() {
        let wrapped = r#"{"log":"token refreshed\n","container_name":"web","source":"stdout"}"#;
        assert_eq!(Entry::read(wrapped).wrapped(), Some("token refreshed"));
        assert_eq!(Entry::read(r#"{"log":"token refreshed"}"#).wrapped(), None);
    }

    #[test]
    fn a_service_names_itself() {
        for (line, expected) in [
            (r#"{"service":"orders","msg":"x"}"#, Some("orders")),
            (r#"{"service":{"name":"orders-api"}}"#, Some("orders-api")),
            (r#"INFO x {"service.name":"orders"}"#, Some("orders")),
            (r#"{"app":"orders and stock"}"#, None),
            (r#"{"err":{"service":"orders"}}"#, None),
        ] {
            assert_eq!(Entry::read(line).service(), expected, "{line}");
        }
    }

    #[test]
    fn json_may_stand_behind_a_text() {
        let entry = Entry::read(r#"INFO token refused {"oauth":{"client":{"id":"1example"}}}"#);
        assert_eq!(entry.sentence(), "INFO token refused ");
        let found = entry.text_at(&["clientid"], |_| true);
        assert_eq!(found.as_deref(), Some("1example"));
        let pairs = Entry::read(r#"level=info msg="said \"ok\" twice" a="b""#);
        assert_eq!(pairs.sentence(), r#"said \"ok\" twice"#);
    }

    #[test]
    fn frames_of_every_runtime_are_left_out() {
        let trace = "E: x\n    at f (a.js:1:2)\n  File \"a.py\", line 1, in f\n#0 /a.php(1): f()\n\tfrom a.rb:1:in `f'\n\t/src/auth/token.go:1 +0x1\nCaused by: y\n\t... 12 more";
        assert_eq!(without_frames(trace), "E: x\nCaused by: y");
    }
}

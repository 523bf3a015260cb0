//! JSON text without a tree in between: worlds hold hundreds of thousands of records.

use std::fmt::Write as _;

use serde_json::Value;

/// An object that is being written.
pub struct Object<'a> {
    text: &'a mut String,
    empty: bool,
}

/// Appends an object.
pub fn object(text: &mut String, fill: impl FnOnce(&mut Object<'_>)) {
    text.push('{');
    let mut object = Object { text, empty: true };
    fill(&mut object);
    text.push('}');
}

/// An object as text of its own.
pub fn object_text(fill: impl FnOnce(&mut Object<'_>)) -> String {
    let mut text = String::new();
    object(&mut text, fill);
    text
}

impl Object<'_> {
    /// Names are the simulator's own: nothing in them needs an escape.
    fn name(&mut self, name: &str) {
        if !self.empty {
            self.text.push(',');
        }
        self.empty = false;
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    pub fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        string(self.text, value);
    }

    /// A member whose value is JSON already.
    pub fn raw(&mut self, name: &str, json: &str) {
        self.name(name);
        self.text.push_str(json);
    }

    pub fn number(&mut self, name: &str, value: i64) {
        self.name(name);
        let _ = write!(self.text, "{value}");
    }

    pub fn value(&mut self, name: &str, value: &Value) {
        self.name(name);
        let _ = write!(self.text, "{value}");
    }

    pub fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        object(self.text, fill);
    }

    /// A list of one text, as query strings and forms have it.
    pub fn one(&mut self, name: &str, value: &str) {
        self.name(name);
        self.text.push('[');
        string(self.text, value);
        self.text.push(']');
    }
}

/// Appends a text in quotes.
pub fn string(text: &mut String, value: &str) {
    let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    text.push('"');
    let plain = !value.bytes().fold(false, |any, byte| any | special(byte));
    let mut written = 0;
    for (place, byte) in value.bytes().enumerate() {
        if plain {
            break;
        }
        if !special(byte) {
            continue;
        }
        text.push_str(&value[written..place]);
        written = place + 1;
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            other => {
                let _ = write!(text, "\\u{other:04x}");
            }
        }
    }
    text.push_str(&value[written..]);
    text.push('"');
}

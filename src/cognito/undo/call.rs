//! An AWS CLI command and its input document.

use serde_json::{Map, Value};

use crate::{
    cognito::{
        members::{CLIENT, DOMAIN, IDENTITY_PROVIDER, POOL},
        shown,
    },
    record::mask::MASK,
};

/// An input that `--write-undo` writes.
pub(super) const IN_A_FILE: &str = "--cli-input-json file://undo.json";
/// What stands in a command for a value that is not shown.
const NOT_SHOWN: &str = "VALUE_THAT_IS_NOT_SHOWN";

/// A call of the AWS CLI.
pub(super) struct Call<'a> {
    /// Snake case: `update_user_pool_client`.
    pub kind: &'static str,
    /// The CLI's name of the service: `cognito-idp`.
    pub service: &'static str,
    pub region: Option<&'a str>,
}

impl Call<'_> {
    /// The command with `document` as its input, ready for a POSIX shell. It holds no backtick, so
    /// that it can stand between two. An input that is not shown whole stands in a file.
    pub fn command(&self, document: &Value) -> String {
        match self.shown(document) == *document {
            true => self.inline(document),
            false => format!("{} {IN_A_FILE}", self.start()),
        }
    }

    /// The same where nothing writes the document: what is not shown is to be filled in.
    pub fn filled_in(&self, document: &Value) -> String {
        let text = self.shown(document).to_string();
        let text = text.replace(MASK, NOT_SHOWN);
        let shown = serde_json::from_str(&text).unwrap_or(Value::Null);
        self.inline(&shown)
    }

    fn shown(&self, document: &Value) -> Value {
        let table = match self.kind {
            kind if kind.ends_with("_user_pool_client") => CLIENT,
            kind if kind.ends_with("_user_pool") => POOL,
            kind if kind.ends_with("_identity_provider") => IDENTITY_PROVIDER,
            kind if kind.ends_with("_user_pool_domain") => DOMAIN,
            // Members that this program names itself.
            _ => return document.clone(),
        };
        shown::input(table, document)
    }

    fn inline(&self, document: &Value) -> String {
        let input = document.to_string().replace('`', r"\u0060");
        format!("{} --cli-input-json {}", self.start(), quoted(&input))
    }

    /// The command up to its input.
    pub fn start(&self) -> String {
        let operation = self.kind.replace('_', "-");
        let region = self
            .region
            .map(|region| format!(" --region {}", quoted(region)));
        format!(
            "aws {} {operation}{}",
            self.service,
            region.unwrap_or_default()
        )
    }
}

/// `text` as one word of a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Puts `value` under a dotted name: `A.B` becomes `{"A": {"B": value}}`.
pub(super) fn put(document: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            document.insert(name.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = document
                .entry(first)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_shell() {
        assert_eq!(quoted("eu-west-1"), "eu-west-1");
        assert_eq!(quoted(""), "''");
        assert_eq!(quoted("a b; $(c)"), "'a b; $(c)'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}

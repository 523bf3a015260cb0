//! What a plan hides, or does not know yet: neither is printed, and neither is taken for a value.

use serde_json::Value;

/// What the reader of settings takes for "not known".
pub(super) const MASK: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Masks what `flags` mark in the same place, as Terraform marks what is sensitive or not known yet: `true`
/// stands for all that is below it.
pub(super) fn hide(value: &mut Value, flags: &Value) {
    match (value, flags) {
        (value, Value::Bool(true)) => *value = Value::from(MASK),
        (Value::Object(members), Value::Object(flags)) => {
            for (key, flag) in flags.iter().filter(|(_, flag)| is_flagged(flag)) {
                hide(members.entry(key).or_insert(Value::Null), flag);
            }
        }
        (value, Value::Array(flags)) if flags.iter().any(is_flagged) => match value {
            Value::Array(items) if items.iter().all(Value::is_object) => {
                items
                    .iter_mut()
                    .zip(flags)
                    .for_each(|(item, flag)| hide(item, flag));
            }
            // One item that is not known makes a list that is not known.
            value => *value = Value::from(MASK),
        },
        _ => {}
    }
}

/// Names, with dots between, of what is marked in one of two states and differs between them.
pub(super) fn differing(before: &Value, after: &Value, flags: [&Value; 2]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    walk(before, after, flags, &mut Vec::new(), &mut found);
    found
}

fn walk(
    before: &Value,
    after: &Value,
    flags: [&Value; 2],
    path: &mut Vec<String>,
    found: &mut Vec<Vec<String>>,
) {
    if before == after || !flags.into_iter().any(is_flagged) {
        return;
    }
    let below = |value: &Value| match value {
        Value::Object(members) => members.keys().cloned().collect(),
        Value::Array(items) => (0..items.len()).map(|place| place.to_string()).collect(),
        _ => Vec::new(),
    };
    let whole = flags.iter().any(|flag| **flag == Value::Bool(true));
    let mut keys: Vec<String> = below(before);
    keys.extend(below(after));
    keys.sort();
    keys.dedup();
    if whole || keys.is_empty() {
        found.push(path.clone());
        return;
    }
    for key in keys {
        path.push(key);
        let last = path.last().map_or("", String::as_str);
        let part = |value: &Value| at(value, last);
        walk(
            &part(before),
            &part(after),
            flags.map(part).each_ref(),
            path,
            found,
        );
        path.pop();
    }
}

fn at(value: &Value, key: &str) -> Value {
    let found = match value {
        Value::Array(items) => key.parse::<usize>().ok().and_then(|place| items.get(place)),
        value => value.get(key),
    };
    found.cloned().unwrap_or_default()
}

fn is_flagged(flag: &Value) -> bool {
    match flag {
        Value::Bool(is) => *is,
        Value::Array(items) => items.iter().any(is_flagged),
        Value::Object(members) => members.values().any(is_flagged),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_marked_is_masked_with_all_below_it() {
        let mut value = json!({"a": "x", "b": [{"c": 1, "d": 2}], "e": ["x", "y"], "f": "z"});
        let flags = json!({"a": true, "b": [{"c": true}], "e": [false, true], "g": true});
        hide(&mut value, &flags);
        let expected = json!({
            "a": MASK, "b": [{"c": MASK, "d": 2}], "e": MASK, "f": "z", "g": MASK,
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn only_what_differs_is_named() {
        let before = json!({"details": {"client_secret": "a", "client_id": "x"}, "same": "s"});
        let after = json!({"details": {"client_secret": "b", "client_id": "y"}, "same": "s"});
        let flags = json!({"details": {"client_secret": true}, "same": true});
        let none = json!({});
        let names = differing(&before, &after, [&flags, &none]);
        assert_eq!(names, [["details", "client_secret"]]);
    }
}

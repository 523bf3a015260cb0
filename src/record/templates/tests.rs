//! Templates held against reading each object for itself.

use proptest::{prelude::*, sample::Index};

use super::*;
use crate::record::tests::edited;

const TOKEN: &str = r#"{"eventVersion":"1.08","userIdentity":{"accountId":"111122223333"},"status":200.0,"a":[],"form":{"grant_type":["refresh_token"],"é":["x",{"b":-1}],"c":{}},"readOnly":false,"none":null,"eventID":"e-1"}"#;
const CALL: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"Role","session":{"mfa":"false"}},"eventID":"e-1","d":0}"#;

/// All that is known of an object: its end, and each member, of members too.
fn told(object: &Object<'_>) -> (String, Vec<(String, String)>) {
    fn members<'a>(parts: impl Iterator<Item = (&'a str, Part<'a>)>) -> Vec<(String, String)> {
        let tell = |(key, part): (&str, Part<'a>)| {
            let mut all = vec![(key.to_owned(), part.value().json().to_owned())];
            all.extend(members(
                Box::new(part.members()) as Box<dyn Iterator<Item = _>>
            ));
            all
        };
        parts.flat_map(tell).collect()
    }
    let all = object.template.members.iter();
    let all = all.map(|member| (&*member.key, Part { object, member }));
    (object.text().to_owned(), members(all))
}

/// The same of one that is read for itself.
fn read(json: &str) -> Option<(String, Vec<(String, String)>)> {
    fn members(json: &str) -> Option<Vec<(String, String)>> {
        let mut all = Vec::new();
        compact::members(json, |key, value| {
            all.push((key.to_owned(), value.json().to_owned()));
            if value.json().starts_with('{') {
                all.extend(members(value.json())?);
            }
            Some(())
        })?;
        Some(all)
    }
    Some((json.to_owned(), members(json)?))
}

fn learned() -> Templates {
    let mut templates = Templates::default();
    for json in [TOKEN, CALL] {
        templates.learn(json, |_| None).expect("an object");
    }
    templates
}

#[track_caller]
fn check(text: &str, end: Option<usize>) {
    let mut templates = learned();
    let found = templates.find(text.as_bytes());
    let expected = end.map(|end| read(&text[..end]).expect("an object"));
    assert_eq!(found.as_ref().map(told), expected, "{text}");
}

#[test]
fn what_is_written_alike_is_found() {
    for json in [TOKEN, CALL] {
        check(json, Some(json.len()));
        check(&format!("{json},{json}"), Some(json.len()));
        let other = json.replace("1.08", "").replace("e-1", "{[,é");
        check(&other, Some(other.len()));
    }
    let other = TOKEN.replace("200.0", "0").replace("-1", "17.25");
    check(&other, Some(other.len()));
}

#[test]
fn what_is_not_is_not() {
    for (from, to) in [
        ("200.0", "\"200\""),
        ("200.0", "2e2"),
        ("200.0", "02"),
        ("e-1", "\\n"),
        ("e-1", "\n"),
        ("false", "true"),
        ("null", "\"\""),
        ("[]", "[1]"),
        ("\"b\":", "\"b\": "),
        ("}", ""),
    ] {
        let json = TOKEN.replacen(from, to, 1);
        assert_ne!(json, TOKEN);
        check(&json, None);
    }
    check(&TOKEN[..TOKEN.len() - 1], None);
    check("", None);
    let mut bytes = TOKEN.as_bytes().to_vec();
    let at = TOKEN.find("e-1").expect("an id");
    bytes[at] = 0xff;
    assert!(learned().find(&bytes).is_none());
}

#[test]
fn members_are_had_by_number() {
    let mut templates = Templates::default();
    let number = |key: &str| ["d", "x", "eventID"].iter().position(|other| *other == key);
    templates.learn(CALL, number).expect("an object");
    let other = CALL.replace("e-1", "e-2").replace(":0", ":12");
    let object = templates.find(other.as_bytes()).expect("written alike");
    let part = |number| object.part(number).map(|part| part.value().json());
    assert_eq!(
        [0, 1, 2, 3].map(part),
        [Some("12"), None, Some("\"e-2\""), None]
    );
}

#[test]
fn there_is_an_end_to_learning() {
    let mut templates = Templates::default();
    let mut learned = 0;
    while templates.has_room() {
        templates.learn(&format!("{{\"{learned}\":1}}"), |_| None);
        learned += 1;
    }
    assert_eq!(learned, MOST);
    let mut tries = 0;
    let mut templates = Templates::default();
    while templates.has_room() {
        assert_eq!(templates.learn("{ }", |_| None), None);
        tries += 1;
    }
    assert_eq!(tries, MOST_TRIES);
}

#[test]
fn what_is_long_is_not_learned() {
    let of_length = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    let mut templates = Templates::default();
    assert_eq!(templates.learn(&of_length(LONGEST + 1), |_| None), None);
    assert!(templates.find(b"{\"a\":\"\"}").is_none());
    assert_eq!(templates.learn(&of_length(LONGEST), |_| None), Some(()));
    assert!(templates.find(b"{\"a\":\"\"}").is_some());
}

proptest! {
    #[test]
    fn what_is_found_is_what_is_read(
        call: bool,
        edits in prop::collection::vec((any::<Index>(), 0..3u8, "[{}\\[\\]\":,\\\\ \n0-9.eé-]{1,2}"), 0..3),
        more in "[,\\]} ]{0,2}",
    ) {
        let mut text = edited(if call { CALL } else { TOKEN }, edits);
        text += &more;
        let mut templates = learned();
        if let Some(object) = templates.find(text.as_bytes()) {
            prop_assert!(text.starts_with(object.text()));
            prop_assert_eq!(Some(told(&object)), read(object.text()));
        }
    }
}

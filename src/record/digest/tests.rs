use super::*;

const FIRST: &str = include_str!("example/first.json");
const SECOND: &str = include_str!("example/second.json");
const KEYS: &str = include_str!("example/keys.json");

#[track_caller]
fn check(first: &str, second: &str, keys: &[PublicKey], expected: Option<Flaw>) {
    let [first, second] =
        [first, second].map(|text| Digest::parse(text.as_bytes()).expect("a digest"));
    assert_eq!(second.flaw_of(&first, keys), expected);
}

#[test]
fn a_digest_is_what_the_next_one_vouches_for() {
    let keys = keys(KEYS).expect("keys");
    check(FIRST, SECOND, &keys, None);
    let altered = FIRST.replace("09:10:00Z", "09:11:00Z");
    check(&altered, SECOND, &keys, Some(Flaw::Hash));
    // Whoever alters a digest can put its hash into the next one, and cannot sign it.
    let hash = |text: &str| hash(text.as_bytes());
    let forged = SECOND.replace(&hash(FIRST), &hash(&altered));
    check(&altered, &forged, &keys, Some(Flaw::Signature));
    check(FIRST, SECOND, &[], Some(Flaw::Key));
}

#[test]
fn keys_are_read_as_the_cli_prints_them_and_alone() {
    let list = keys(KEYS).expect("keys");
    let value = &list[0].value;
    for text in [
        value.clone(),
        format!("-----BEGIN RSA PUBLIC KEY-----\n{value}\n-----END RSA PUBLIC KEY-----\n"),
    ] {
        check(FIRST, SECOND, &keys(&text).expect("a key"), None);
    }
    assert!(keys("no key").is_none());
    assert!(keys("").is_none());
}

#[test]
fn other_json_is_no_digest() {
    assert!(Digest::parse(b"{\"Records\":[]}").is_none());
    assert!(Digest::parse(b"text").is_none());
}

//! The short ways of reading and the long one, held equal on any bytes for every record that is
//! needed: a request, a change, or one of them that is broken. Where the bytes are a sound file of a
//! trail, the long way is held to reading it as JSON.

use proptest::{prelude::*, sample::Index};

use super::{super::container::read_slowly, *};

/// What was found of what somebody needs, and how many records there were.
#[derive(Debug, PartialEq)]
struct Found {
    needed: Vec<String>,
    malformed: Vec<String>,
    records: u64,
    /// What nobody needs, as it was handed out.
    others: Vec<String>,
}

impl Found {
    fn new() -> Self {
        Self {
            needed: Vec::new(),
            malformed: Vec::new(),
            records: 0,
            others: Vec::new(),
        }
    }

    fn take(&mut self, record: Result<Located<'_>, Malformed>) {
        match record {
            Err(malformed) => self.malformed.push(format!("{malformed:?}")),
            Ok(Located { offset, record, .. }) => {
                let said = format!("{offset} {record:?}");
                self.records += match &record {
                    Record::Unwanted(seen) if seen.source == SourceKind::Trail => 1 + seen.more,
                    Record::Unwanted(_) | Record::PassedOver(_) | Record::Unread(_) => 0,
                    _ => 1,
                };
                match record {
                    Record::Unwanted(_) | Record::PassedOver(_) | Record::Unread(_) => {
                        self.others.push(said);
                    }
                    _ => self.needed.push(said),
                }
            }
        }
    }
}

fn slowly(text: &[u8]) -> Found {
    let mut found = Found::new();
    read_slowly(text, "test.log", |record| found.take(record));
    found
}

fn at_once(text: &[u8], learned: &mut Learned) -> Found {
    let mut found = Found::new();
    let take = |record: Result<Located<'_>, Malformed>| found.take(record);
    let result = read_whole(&mut text.to_vec(), "test.log", learned, take);
    result.expect("a text in memory");
    found
}

/// Read by somebody who has read the records before, and a list of two accounts.
fn again(text: &[u8]) -> Found {
    let mut learned = Learned::default();
    at_once(contained(&records(), 0).as_bytes(), &mut learned);
    let call = record("kms", "Decrypt", "AwsApiCall", "null");
    let other = call.replace("111122223333", "444455556666");
    let mixed = [call, other.replace("10:00", "10:01")];
    at_once(contained(&mixed, 0).as_bytes(), &mut learned);
    at_once(text, &mut learned)
}

/// Read in pieces of any size.
fn bit_by_bit(text: &[u8], piece: usize) -> Found {
    struct Pieces<'a>(&'a [u8], usize);
    impl std::io::Read for Pieces<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let most = self.1.min(buffer.len());
            self.0.read(&mut buffer[..most])
        }
    }
    let mut found = Found::new();
    let result = read(Pieces(text, piece), "test.log", |record| found.take(record));
    result.expect("a text in memory");
    found
}

/// Who reads a text in short ways.
fn in_short(text: &[u8]) -> [Found; 4] {
    [
        at_once(text, &mut Learned::default()),
        again(text),
        bit_by_bit(text, 7),
        bit_by_bit(text, 1 << 20),
    ]
}

/// The plainest way to read a file of a trail: as JSON, all of it, record by record. Of another text it
/// says nothing.
fn plainly(text: &[u8]) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File<'a> {
        #[serde(borrow, rename = "Records")]
        records: Vec<&'a serde_json::value::RawValue>,
    }
    let file: File<'_> = serde_json::from_slice(text).ok()?;
    let mut found = Found::new();
    for record in file.records {
        let json = record.get();
        // A list of lists is no list of records.
        json.starts_with('{').then_some(())?;
        let offset = json.as_ptr().addr() - text.as_ptr().addr();
        let Ok(record) = cloudtrail::parse(json) else {
            continue;
        };
        let record = record.unwrap_or(Record::PassedOver(LookAlike::Notification));
        found.take(Ok(Located {
            offset: offset as u64,
            raw: json.as_bytes(),
            record,
        }));
    }
    Some(found.needed)
}

/// Of any bytes what is needed is the same, and what nobody finds fault with.
#[track_caller]
fn check(text: &[u8]) {
    let expected = slowly(text);
    if let Some(needed) = plainly(text) {
        assert_eq!(expected.needed, needed, "{}", String::from_utf8_lossy(text));
    }
    let all = in_short(text);
    // What was read before changes nothing at all.
    let [fresh, again, ..] = &all;
    assert_eq!(again, fresh, "{}", String::from_utf8_lossy(text));
    for found in all {
        let text = String::from_utf8_lossy(text);
        assert_eq!(found.needed, expected.needed, "{text}");
        if expected.malformed.is_empty() {
            assert_eq!(found.malformed, expected.malformed, "{text}");
        }
    }
}

/// With one wound at most, what is told of it is told by the long way too; of what is passed over
/// fewer may be told. (Of two in neighbours the long way may tell as one.)
#[track_caller]
fn check_wounded(text: &[u8]) {
    check(text);
    let expected = slowly(text);
    for found in in_short(text) {
        let mut told = expected.malformed.iter();
        let mut all = found.malformed.iter();
        let text = String::from_utf8_lossy(text);
        assert!(all.all(|one| told.any(|other| other == one)), "{text}");
    }
}

/// Without any the number of records is the same too, where all are sound.
#[track_caller]
fn check_unhurt(text: &[u8]) {
    check_wounded(text);
    let expected = slowly(text);
    for found in in_short(text) {
        let text = String::from_utf8_lossy(text);
        if expected.malformed.is_empty() {
            assert_eq!(found.records, expected.records, "{text}");
        }
    }
}

/// A record in AWS's order.
fn record(source: &str, name: &str, kind: &str, parameters: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"AssumedRole","sessionContext":{{"attributes":{{}}}}}},"eventTime":"2026-03-02T10:00:07Z","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","userAgent":"[aws-cli {{1}}]","requestParameters":{parameters},"responseElements":null,"requestID":"r-1","eventID":"e-1","readOnly":false,"eventType":"{kind}","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}}"#
    )
}

fn needed() -> String {
    let client = r#"{"userPoolId":"eu-west-1_EXAMPLE","clientId":"1aaaaaaaaaaaaaaaaaaexample"}"#;
    record("cognito-idp", "UpdateUserPoolClient", "AwsApiCall", client)
}

/// Records, and what looks like one and is none.
fn records() -> Vec<String> {
    let call = |parameters: &str| record("kms", "Decrypt", "AwsApiCall", parameters);
    let needed = needed();
    let in_string = serde_json::to_string(&needed).expect("a string");
    let spaced = needed.replace("\":", "\": ");
    vec![
        call("null"),
        record("s3", "GetObject", "AwsApiCall", r#"{"key":"a }]{[\" \\"}"#),
        needed.clone(),
        TOKEN.to_owned(),
        record("lambda", "UpdateFunctionCode20150331v2", "AwsApiCall", "{}"),
        // Records inside of records: nobody's call but the outer one's.
        call(&format!(r#"{{"records":[{{"a":1}},{needed},{{"b":{needed}}}]}}"#)),
        call(&format!(r#"{{"document":{in_string}}}"#)),
        call(r#"{"eventName":"UpdateUserPoolClient","recipientAccountId":"444455556666"}"#),
        // An innocent name before the own one, and orders that AWS does not write.
        needed.replacen("\"userIdentity\":{", "\"userIdentity\":{\"eventName\":\"Decrypt\",", 1),
        needed.replacen(
            "\"userIdentity\":{",
            "\"userIdentity\":{\"a\":\"\",\"eventTime\":\"2026-03-02T10:00:00Z\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"Decrypt\",\"awsRegion\":\"\",\"x\":\"",
            1,
        ),
        needed.replacen("{\"eventVersion\":\"1.11\",", "{", 1),
        spaced,
        needed.replace(",\"recipientAccountId\":\"111122223333\"", ""),
        call("null").replace(",\"recipientAccountId\":\"111122223333\"", ""),
        call("null").replace("10:00:07Z", "10:00:0xZ"),
        call("null").replace("111122223333", "444455556666"),
        r#"{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2026-03-02T10:00:00.000Z","eventName":"ObjectCreated:Put"}"#.to_owned(),
        "{}".to_owned(),
    ]
}

/// The same records in a container.
fn contained(records: &[String], container: usize) -> String {
    let listed = |of: fn(&String) -> String| records.iter().map(of).collect::<Vec<_>>();
    let quoted = |record: &String| serde_json::to_string(record).expect("a string");
    match container {
        0 => format!("{{\"Records\":[{}]}}", records.join(",")),
        1 => format!("[{}]\n", records.join(",\n")),
        2 => records.join("\n"),
        3 => listed(|record| format!("2026-03-02T10:00:00.000Z {record}\n")).concat(),
        4 => {
            let events = records.iter().map(|record| {
                format!(
                    r#"{{"id":"1","timestamp":1772445600000,"message":{}}}"#,
                    quoted(record)
                )
            });
            let events: Vec<String> = events.collect();
            format!(
                r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logEvents":[{}]}}"#,
                events.join(",")
            )
        }
        5 => {
            let events = records.iter().map(|record| {
                format!(
                    r#"{{"EventId":"e","EventName":"x","CloudTrailEvent":{}}}"#,
                    quoted(record)
                )
            });
            format!(
                "{{\"Events\":[{}]}}",
                events.collect::<Vec<_>>().join(",\n")
            )
        }
        _ => records.join(" "),
    }
}

#[test]
fn every_record_in_every_container() {
    let records = records();
    // All but one are JSON.
    let alone = records.iter().map(std::slice::from_ref);
    let plain = alone.filter_map(|one| plainly(contained(one, 0).as_bytes()));
    assert_eq!(plain.count(), records.len() - 1);
    for container in 0..7 {
        for one in &records {
            check_unhurt(contained(std::slice::from_ref(one), container).as_bytes());
        }
        check_unhurt(contained(&records, container).as_bytes());
        let many: Vec<String> = records.iter().cycle().take(300).cloned().collect();
        check_unhurt(contained(&many, container).as_bytes());
    }
}

/// Of calls at these times that nobody needs: the first and last time of each group, and how many more
/// there are than one.
fn passed_over(times: &[&str], container: usize) -> Vec<(String, Option<String>, u64)> {
    let call = record("kms", "Decrypt", "AwsApiCall", "{\"a\":[{}]}");
    let calls: Vec<String> = times
        .iter()
        .map(|time| call.replace("10:00:07Z", &format!("{time}Z")))
        .collect();
    let mut seen = Vec::new();
    let mut text = contained(&calls, container).into_bytes();
    let result = read_whole(&mut text, "test.log", &mut Learned::default(), |record| {
        let Record::Unwanted(one) = record.expect("sound").record else {
            panic!("a call that nobody needs");
        };
        let said = |time: DateTime<Utc>| time.format("%T").to_string();
        seen.push((
            one.time.map(said).expect("a time"),
            one.last.map(said),
            one.more,
        ));
    });
    result.expect("a text in memory");
    seen
}

#[test]
fn what_nobody_needs_is_passed_over_and_counted() {
    let of = str::to_owned;
    for container in 0..2 {
        for (times, expected) in [
            (&["10:00:07"][..], vec![("10:00:07", None, 0)]),
            (&["10:00:07", "10:00:07"], vec![("10:00:07", None, 1)]),
            (
                &["10:00:07", "10:00:03"],
                vec![("10:00:03", Some("10:00:07"), 1)],
            ),
            (
                &["10:00:07", "10:00:59", "10:00:03", "10:01:00"],
                vec![("10:00:03", Some("10:00:59"), 2), ("10:01:00", None, 0)],
            ),
            // Nearly in order, as in AWS's files.
            (
                &["10:00:59", "10:01:00", "10:00:58", "10:01:02", "10:00:59"],
                vec![
                    ("10:00:58", Some("10:00:59"), 2),
                    ("10:01:00", Some("10:01:02"), 1),
                ],
            ),
        ] {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(first, last, more)| (of(first), last.map(of), more))
                .collect();
            assert_eq!(passed_over(times, container), expected);
        }
    }
    // Lines are told one by one.
    let lines = passed_over(&["10:00:07", "10:00:03"], 2);
    assert_eq!(
        lines,
        [(of("10:00:07"), None, 0), (of("10:00:03"), None, 0)]
    );
}

#[test]
fn a_list_of_several_accounts_is_told_apart() {
    let call = record("kms", "Decrypt", "AwsApiCall", "null");
    let other = call.replace("111122223333", "444455556666");
    let other = other.replace("10:00:07Z", "10:01:07Z");
    for before in 1..40 {
        let mut calls = vec![call.clone(); before];
        calls.extend([other.clone(), call.clone(), other.clone()]);
        let mut records = std::collections::BTreeMap::new();
        let mut text = contained(&calls, 0).into_bytes();
        let result = read_whole(&mut text, "test.log", &mut Learned::default(), |record| {
            let Record::Unwanted(seen) = record.expect("sound").record else {
                panic!("a call that nobody needs");
            };
            let account = seen.account.expect("an account").into_owned();
            *records.entry(account).or_insert(0) += 1 + seen.more;
        });
        result.expect("a text in memory");
        let records: Vec<(String, u64)> = records.into_iter().collect();
        let expected = [("111122223333", before as u64 + 1), ("444455556666", 2)];
        assert_eq!(
            records,
            expected.map(|(account, count)| (account.to_owned(), count))
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_short_ways_find_what_the_long_one_finds(
        picked in prop::collection::vec(any::<Index>(), 1..12),
        container in 0..7usize,
        edits in prop::collection::vec((any::<Index>(), 0..4u8, "[{}\\[\\]\",:\\\\\n ea0é]{1,3}"), 0..4),
        cut in prop::option::of(any::<Index>()),
    ) {
        let all = records();
        let picked: Vec<String> = picked.iter().map(|index| index.get(&all).clone()).collect();
        let mut text = contained(&picked, container).into_bytes();
        check_unhurt(&text);
        let is_one = edits.len() + usize::from(cut.is_some()) <= 1;
        for (at, kind, with) in edits {
            let at = at.index(text.len());
            match kind {
                0 => { text.remove(at); }
                1 => { text.splice(at..at, with.bytes()); }
                2 => text[at] = with.as_bytes()[0],
                _ => { let end = (at + 40).min(text.len()); text.drain(at..end); }
            }
            prop_assume!(!text.is_empty());
        }
        if let Some(cut) = cut {
            text.truncate(cut.index(text.len()));
        }
        if is_one {
            check_wounded(&text);
        }
        check(&text);
    }
}

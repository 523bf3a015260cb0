//! Blocks held against a scan byte by byte, and every kind of processor against any other.

use proptest::prelude::*;

use super::*;
use crate::record::split::scan::{Next, Scan};

/// What the scan byte by byte says.
fn slow(bytes: &[u8]) -> Option<usize> {
    match Scan::default().go(bytes, &mut 0) {
        Next::End(end) => Some(end),
        _ => None,
    }
}

/// The end as it is found on any processor.
fn portable(bytes: &[u8]) -> Option<usize> {
    match Walk::default().through(bytes, |_| true, Any) {
        (Stop::Closed(at), _) => Some(at + 1),
        _ => None,
    }
}

#[track_caller]
fn check(text: &str, end: Option<usize>) {
    assert_eq!(end_of(text.as_bytes()), end, "{text}");
    assert_eq!(portable(text.as_bytes()), end, "{text}");
}

#[test]
fn brackets_in_strings_are_no_brackets() {
    check(r#"{"a":"}]{["},"#, Some(12));
    check(r#"{"a":"\"}"},"#, Some(11));
    check(r#"{"a":"\\"}}"#, Some(10));
    check(
        &format!(r#"{{"a":"{}"}},{{}}"#, r"\\".repeat(99)),
        Some(206),
    );
    check(
        &format!("{}{}x", "[".repeat(100), "]".repeat(100)),
        Some(200),
    );
    check("{\"a\":\n1}\n", Some(8));
}

#[test]
fn what_is_cut_or_odd_is_left_to_others() {
    check(r#"{"a":"}"#, None);
    check("{\"a\":\"\n\"}", None);
    check(r#"{\"a":1}"#, None);
    assert_eq!(end_of(b""), None);
    assert_eq!(end_of(b"\"{}\""), None);
}

proptest! {
    #[test]
    fn an_end_is_where_the_scan_finds_it(text in "[{\\[][\\[\\]{}\"\\\\a,:é\n]{0,200}") {
        let bytes = text.as_bytes();
        if let Some(end) = end_of(bytes) {
            prop_assert_eq!(slow(bytes), Some(end));
        }
        prop_assert_eq!(end_of(bytes), portable(bytes));
    }

    #[test]
    fn every_sound_value_has_one(
        text in "\\{(\"([a\\[\\]{}é]|\\\\[\\\\\"n])*\"|[\\[{]{0,3}|[\\]}]{0,3}|[:,1\n]){0,99}",
    ) {
        prop_assert_eq!(end_of(text.as_bytes()), slow(text.as_bytes()));
    }

    #[test]
    fn every_key_has_its_mark(text in "[tNx]{0,200}", stop in 0..40usize) {
        let bytes = text.as_bytes();
        let marked = bytes.windows(2).enumerate();
        let marked = marked.filter(|(_, pair)| **pair == [FIRST, SECOND]);
        let marked: Vec<usize> = marked.map(|(at, _)| at + 1).take(stop + 1).collect();
        let mut found = Vec::new();
        let (ended, _) = through_list(bytes, |at| {
            found.push(at);
            found.len() <= stop
        });
        prop_assert_eq!(&found, &marked);
        prop_assert_eq!(ended == Stop::Through, marked.len() <= stop);
    }

    #[test]
    fn a_line_is_gone_along_up_to_its_end(text in "[tNx]{0,200}", stop in 0..40usize, end in 0..400usize) {
        let mut bytes = text.into_bytes();
        if let Some(byte) = bytes.get_mut(end) {
            *byte = b'\n';
        }
        let marked = bytes.windows(2).filter(|pair| **pair == [FIRST, SECOND]).count();
        let is_line = !bytes.contains(&b'\n');
        let mut found = 0;
        let mut go_on = |_| {
            found += 1;
            found <= stop
        };
        let whole = along_line(&bytes, &mut go_on);
        prop_assert_eq!(whole, is_line && marked <= stop);
        prop_assert!(!is_line || found == marked.min(stop + 1));
    }

    #[test]
    fn only_an_element_begins_an_element(
        head in "(\\{\"a\":\\[(\\{\\}|1|,){0,5}\\]\\},){0,5}",
        tail in "[\\[{]([\\[{a,]|\"[\\[\\]{}a]{0,9}\"){0,99}",
    ) {
        let text = format!("{head}{tail}");
        let (stop, end) = through_list(text.as_bytes(), |_| true);
        prop_assert_eq!(stop, Stop::Through);
        for start in 0..text.len() {
            let (before, place) = through_list(&text.as_bytes()[..start], |_| true);
            let is_element = before == Stop::Through && place == Place::IN_LIST;
            prop_assert_eq!(begins_element(&text.as_bytes()[start..], end), is_element, "{}", start);
        }
    }

    #[test]
    fn stops_are_where_they_stand(
        text in "[a-z\"\\\\ \t\u{7f}é]{0,64}", bytes in prop::array::uniform32(any::<u8>()),
    ) {
        let mut block = [b'a'; SIZE];
        let all = bytes.into_iter().chain(text.bytes());
        block.iter_mut().zip(all).for_each(|(to, from)| *to = from);
        prop_assert_eq!(stops(&block), any_stops(&block));
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn every_processor_says_the_same(
        bytes in prop::array::uniform32(any::<[u8; 2]>()),
        some in prop::collection::vec("[{}\\[\\]\"\\\\tNA\n]", 0..40),
        bits in any::<u64>(),
    ) {
        let mut block = [b' '; SIZE + 1];
        let bytes = some.iter().flat_map(|some| some.bytes()).chain(bytes.concat());
        block.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        fn told(on: impl Processor, block: &Block, bits: u64) -> (Masks, Specials, (u64, u64), u64) {
            (on.masks(block), on.specials(block), on.marks(block), on.parity(bits))
        }
        let expected = told(Any, &block, bits);
        if let Some(on) = x86::Avx2::detect() {
            prop_assert_eq!(told(on, &block, bits), expected);
        }
        if let Some(on) = x86::Avx512::detect() {
            prop_assert_eq!(told(on, &block, bits), expected);
        }
    }
}

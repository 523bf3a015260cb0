//! What is looked at in short, held against what is looked at in full.

use proptest::prelude::*;

use super::{
    digest::Digest,
    scan::{self, Found, Item},
    slice, unit,
};
use crate::frame::fixture::{cells, made};

proptest! {
    #[test]
    fn a_part_holds_the_keys_that_have_a_role_in_its_slice(made in made(60, 30)) {
        let cells = cells(&made);
        for unit in unit::units(&cells) {
            for part in unit.parts(&cells) {
                let keys = unit.keys(&cells);
                let held = keys.filter(|(_, key)| part.slice.role(&cells, key).is_some());
                prop_assert_eq!(&part.keys, &held.map(|(number, _)| number).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn the_scan_finds_in_the_shortened_sequence_what_it_finds_in_the_whole_one(
        made in made(150, 40), threshold in 0.5..6.0, explained in prop::collection::vec(any::<bool>(), 20),
    ) {
        let cells = cells(&made);
        for unit in unit::units(&cells) {
            let digest = Digest::new(&cells, &unit, Vec::new());
            for part in unit.parts(&cells) {
                let roles = part.slice.roles(&cells, &unit);
                let whole = slice::items(&unit, &roles, &explained);
                let short = digest.items(&part.keys, &explained);
                let found = scan::scan(&short, || whole.clone(), threshold);
                let expected = scan::scan(&whole, || whole.clone(), threshold);
                prop_assert_eq!(spans(&found, &short), spans(&expected, &whole));
                prop_assert_eq!(found.normal, expected.normal);
            }
        }
    }

    #[test]
    fn nothing_that_goes_on_from_a_cut_is_passed_over(made in made(150, 40), cut in 0..2400i64) {
        let cells = cells(&made);
        let at = crate::frame::fixture::start().timestamp_micros() + cut * 1_000_000;
        for unit in unit::units(&cells) {
            let digest = Digest::new(&cells, &unit, vec![at]);
            let part = unit.whole(&cells);
            let whole = slice::items(&unit, &part.slice.roles(&cells, &unit), &[]);
            let short = digest.items(&part.keys, &[]);
            let split = |items: &[Item]| items.partition_point(|item| item.time < at);
            let (before, after) = whole.split_at(split(&whole));
            if let Some((segment, _)) = scan::from_now_on(before, after) {
                let (before, after) = short.split_at(split(&short));
                prop_assert!(scan::may_go_on(before, after, segment.score));
            }
        }
    }
}

/// When the segments begin and end, and their scores.
fn spans(found: &Found, items: &[Item]) -> Vec<(i64, i64, f64)> {
    let span = |segment: &scan::Segment| {
        let (first, last) = (items[segment.start].time, items[segment.end - 1].time);
        (first, last, segment.score)
    };
    found.segments.iter().map(span).collect()
}

//! Accepted requests by minute, kind and caller: what an archive keeps, so that it tells who was accepted.

use std::collections::BTreeMap;

use crate::frame::{
    callers::CallerId,
    hash::HashMap,
    kinds::{KindNumber, Seconds, Successes},
};

/// So many callers of one kind in one minute are told apart. Those with the smallest numbers stay,
/// whatever the order of reading, and in the next minute again: who is known is known all day.
const MOST: usize = 64;
const MINUTE: i64 = 60_000_000;

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Accepted(HashMap<(i64, KindNumber), BTreeMap<CallerId, Successes>>);

impl Accepted {
    /// Takes a request that was accepted at a time (µs).
    pub fn take(&mut self, kind: KindNumber, caller: CallerId, time: i64) {
        let minute = time - time.rem_euclid(MINUTE);
        let callers = self.0.entry((minute, kind)).or_default();
        let one = Successes {
            requests: 1,
            callers: 1,
            first: time,
            last: time,
            seconds: Seconds::of(time),
        };
        let known = callers.entry(caller);
        known.and_modify(|known| known.add(&one)).or_insert(one);
        if callers.len() > MOST {
            callers.pop_last();
        }
    }

    /// All successes of a kind in a minute, by caller, and those of nobody known. The parts add up to
    /// the whole.
    pub fn parts(
        &self,
        minute: i64,
        kind: KindNumber,
        whole: Successes,
    ) -> Vec<(Option<CallerId>, Successes)> {
        let callers = self.0.get(&(minute, kind)).into_iter().flatten();
        let mut rest = whole;
        let mut parts = Vec::new();
        for (caller, counted) in callers {
            rest.requests = rest.requests.saturating_sub(counted.requests);
            let callers = rest.callers.min(counted.requests);
            rest.callers -= callers;
            let part = Successes {
                callers,
                ..*counted
            };
            parts.push((Some(*caller), part));
        }
        if rest.requests > 0 || parts.is_empty() {
            parts.push((None, rest));
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{
        counts::Key,
        kinds::{Kind, Kinds},
    };
    use crate::record::SourceKind;

    #[test]
    fn the_same_callers_stay_in_whatever_order_they_come() {
        let kind = Kinds::default().number(Kind {
            key: Key::from_parts([None; 13]),
            source: SourceKind::Trail,
            stream: None,
            domain: None,
        });
        let id = |number: usize| CallerId::new(Some(&format!("192.0.2.{number}")), None);
        let mut requests: Vec<usize> = (0..2 * MOST).chain(0..MOST).collect();
        let taken = |requests: &[usize]| {
            let mut accepted = Accepted::default();
            for number in requests {
                accepted.take(kind, id(*number).expect("a caller"), 5 * 1_000_000);
            }
            let whole = Successes {
                requests: requests.len() as u64,
                callers: 100,
                first: 5_000_000,
                last: 5_000_000,
                seconds: Seconds::of(5_000_000),
            };
            let parts = accepted.parts(0, kind, whole);
            let parts = parts.iter();
            let told = parts.map(|(caller, part)| (*caller, part.requests, part.callers));
            told.collect::<Vec<_>>()
        };
        let forward = taken(&requests);
        requests.reverse();
        assert_eq!(forward, taken(&requests));
        assert_eq!(forward.len(), MOST + 1);
        let sum =
            |of: fn(&(Option<CallerId>, u64, u64)) -> u64| forward.iter().map(of).sum::<u64>();
        assert_eq!((sum(|part| part.1), sum(|part| part.2)), (192, 100));
    }
}

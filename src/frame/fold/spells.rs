//! What was met, by spells of five minutes: logs tell what is near in time one after the other, and so
//! what is looked up is near in memory too.

use std::collections::hash_map;

use crate::frame::{
    event_key::EventKey,
    hash::{HashMap, HashSet},
    kinds::{KindNumber, Seconds, Successes},
    symbols::Symbol,
};

/// A principal's repeats within such a spell count as one caller.
const SPELL: i64 = 5 * 60_000_000;
const MINUTE: i64 = 60_000_000;

/// The spell of a time (µs).
pub fn spell(time: i64) -> i64 {
    time.div_euclid(SPELL)
}

/// The minute of a time, by its first moment (both µs).
fn minute(time: i64) -> i64 {
    time - time.rem_euclid(MINUTE)
}

/// All spells that anything was met in.
#[derive(Clone, Debug, Default)]
pub struct Spells {
    places: HashMap<i64, usize>,
    spells: Vec<Spell>,
    /// The spell that was asked for last, and its place.
    last: Option<(i64, usize)>,
}

/// What was met in five minutes.
#[derive(Clone, Debug, Default)]
struct Spell {
    seen: HashSet<EventKey>,
    successes: HashMap<(i64, KindNumber), Successes>,
    /// The minute of the first success of each known principal.
    callers: HashMap<(Symbol, KindNumber), i64>,
}

impl Spells {
    /// Whether the event is met for the first time. It has one time, whoever tells it.
    pub fn is_new(&mut self, event: EventKey, time: i64) -> bool {
        self.at(time).is_some_and(|spell| spell.seen.insert(event))
    }

    /// Adds successes of one kind in one minute.
    pub fn add(&mut self, kind: KindNumber, counted: Successes) {
        if let Some(spell) = self.at(counted.first) {
            spell.add(kind, counted);
        }
    }

    /// Adds one success, of a principal if that is known.
    pub fn succeed(&mut self, kind: KindNumber, time: i64, principal: Option<Symbol>) {
        let Some(spell) = self.at(time) else {
            return;
        };
        let is_caller = spell.is_caller(principal, kind, minute(time));
        let counted = Successes {
            requests: 1,
            callers: u64::from(is_caller),
            first: time,
            last: time,
            seconds: Seconds::of(time),
        };
        spell.add(kind, counted);
    }

    /// Whether there are no successes.
    pub fn has_no_successes(&self) -> bool {
        self.spells.iter().all(|spell| spell.successes.is_empty())
    }

    /// Successes by minute and kind, in no order.
    pub fn successes(&self) -> impl Iterator<Item = (i64, KindNumber, Successes)> {
        let all = self.spells.iter().flat_map(|spell| &spell.successes);
        all.map(|((minute, kind), counted)| (*minute, *kind, *counted))
    }

    fn at(&mut self, time: i64) -> Option<&mut Spell> {
        let number = spell(time);
        let place = match self.last {
            Some((last, place)) if last == number => place,
            _ => *self.places.entry(number).or_insert_with(|| {
                self.spells.push(Spell::default());
                self.spells.len() - 1
            }),
        };
        self.last = Some((number, place));
        self.spells.get_mut(place)
    }
}

impl Spell {
    fn add(&mut self, kind: KindNumber, counted: Successes) {
        match self.successes.entry((minute(counted.first), kind)) {
            hash_map::Entry::Vacant(entry) => {
                entry.insert(counted);
            }
            hash_map::Entry::Occupied(mut entry) => entry.get_mut().add(&counted),
        }
    }

    /// Whether a success counts as a caller's: that of an unknown principal always, that of a known one
    /// once, in the first minute that has one, whatever the order of reading.
    fn is_caller(&mut self, principal: Option<Symbol>, kind: KindNumber, minute: i64) -> bool {
        let Some(principal) = principal else {
            return true;
        };
        let counted = match self.callers.entry((principal, kind)) {
            hash_map::Entry::Vacant(entry) => {
                entry.insert(minute);
                return true;
            }
            hash_map::Entry::Occupied(entry) => entry.into_mut(),
        };
        if *counted <= minute {
            return false;
        }
        if let Some(later) = self.successes.get_mut(&(*counted, kind)) {
            later.callers = later.callers.saturating_sub(1);
        }
        *counted = minute;
        true
    }
}

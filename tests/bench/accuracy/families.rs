//! The figures of each family of mechanisms.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::{
    figures::{first_is_right, outcomes},
    judge::{Judged, Outcome, Said},
};

/// How those of one family were answered: of incidents that have to be found.
#[derive(Clone, Copy, Default)]
pub struct Family {
    pub count: usize,
    pub found: usize,
    /// A guilty change was named; where none is guilty: no change was.
    pub said: usize,
    /// The first suspect is guilty.
    pub first: usize,
    /// An innocent change was named.
    pub wrong: usize,
}

impl Family {
    fn add(&mut self, outcome: &Outcome) {
        let right = match outcome.guilty {
            true => Said::Right,
            false => Said::NoChange,
        };
        self.count += 1;
        self.found += usize::from(outcome.found);
        self.said += usize::from(outcome.said == right);
        self.first += usize::from(first_is_right(outcome));
        self.wrong += usize::from(outcome.said == Said::Wrong);
    }

    fn json(self) -> Json {
        json!({
            "count": self.count,
            "found": self.found,
            "said": self.said,
            "first_right": self.first,
            "wrong": self.wrong,
        })
    }
}

/// Families by name: those of which somebody wrote down the rule, and the others.
pub type Families = BTreeMap<String, [Family; 2]>;

/// Families of the incidents of which a change is guilty, or of the others.
pub fn of(judged: &[Judged], guilty: bool) -> Families {
    by(judged, guilty, |outcome| Some(&outcome.family))
}

/// The same by the words in which failures are told.
pub fn by_words(judged: &[Judged]) -> Families {
    by(judged, true, |outcome| outcome.told_as.as_ref())
}

fn by(judged: &[Judged], guilty: bool, name: impl Fn(&Outcome) -> Option<&String>) -> Families {
    let mut families = Families::new();
    let asked = outcomes(judged).filter(|outcome| outcome.required && outcome.guilty == guilty);
    for outcome in asked {
        let unlisted = usize::from(outcome.listed == Some(false));
        let names = name(outcome).map(String::as_str).into_iter();
        for name in names.chain([ALL]) {
            families.entry(name.to_owned()).or_default()[unlisted].add(outcome);
        }
    }
    families
}

/// Sorts behind every name.
pub const ALL: &str = "~ all";

pub fn json(judged: &[Judged]) -> Json {
    let of = |families: Families| -> Json {
        let families = families.into_iter().map(|(name, [listed, unlisted])| {
            let both = json!({"listed": listed.json(), "unlisted": unlisted.json()});
            (name.trim_start_matches("~ ").to_owned(), both)
        });
        families.collect()
    };
    json!({
        "guilty": of(self::of(judged, true)),
        "no_change": of(self::of(judged, false)),
        "told_as": of(by_words(judged)),
    })
}

//! Why the failures of an outage failed, where the words of their errors agree.

use std::collections::BTreeMap;

use crate::{
    cognito::effects::reason::Reason,
    frame::{Cells, Owner, symbols::Symbol},
};

/// So many of the failures of a kind have to say it.
const MOST: f64 = 0.9;

/// The reason of each kind of an owner's failures in `[from, to]` (µs) of which one is clear.
pub fn reasons(cells: &Cells, owner: &Owner, from: i64, to: i64) -> Vec<(u32, Reason)> {
    let mut known: BTreeMap<Symbol, Option<Reason>> = BTreeMap::new();
    let mut reason = |message: Option<Symbol>| {
        let message = message?;
        let words = || Reason::in_words(cells.symbols.text(message));
        *known.entry(message).or_insert_with(words)
    };
    let failures = cells.failures_since(owner, from).iter();
    let mut kinds: BTreeMap<u32, Vec<(Option<Reason>, f64)>> = BTreeMap::new();
    for failure in failures.take_while(|failure| failure.time.timestamp_micros() <= to) {
        let said = reason(failure.message);
        let counts = kinds.entry(failure.key).or_default();
        match counts.iter_mut().find(|(reason, _)| *reason == said) {
            Some((_, count)) => *count += 1.0,
            None => counts.push((said, 1.0)),
        }
    }
    let kinds = kinds.into_iter();
    kinds
        .filter_map(|(kind, counts)| Some((kind, clear(&counts)?)))
        .collect()
}

/// What most say, if it is a reason.
fn clear(counts: &[(Option<Reason>, f64)]) -> Option<Reason> {
    let all: f64 = counts.iter().map(|(_, count)| count).sum();
    let most = counts.iter().find(|(_, count)| *count >= MOST * all)?;
    most.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_clear_when_nearly_all_give_it() {
        let (flow, password) = (Reason::FlowNotEnabled, Reason::WrongPassword);
        assert_eq!(clear(&[(Some(flow), 19.0), (None, 1.0)]), Some(flow));
        assert_eq!(clear(&[(Some(flow), 8.0), (Some(password), 2.0)]), None);
        assert_eq!(clear(&[(None, 9.0), (Some(flow), 1.0)]), None);
        assert_eq!(clear(&[]), None);
    }
}

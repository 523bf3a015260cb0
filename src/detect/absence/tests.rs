//! Silences that are found at a glance, held against all that there are.

use proptest::prelude::*;

use super::*;
use crate::{
    detect::{absence::logs::Theirs, unit},
    frame::fixture::{Made, frames, made, start},
};

/// Attempts that come often, then hardly ever.
fn fading() -> impl Strategy<Value = Vec<Made>> {
    (made(250, 120), made(30, 900)).prop_map(|(often, seldom)| [often, seldom].concat())
}

proptest! {
    #[test]
    fn no_silence_is_passed_over(made in fading(), threshold in 0.5..8.0) {
        let frames = frames(&made);
        let ground = Ground::new(&frames.cells, &frames.coverage, frames.window);
        for unit in &ground.units {
            for part in unit.parts(&frames.cells) {
                let parts = [&part];
                let found = in_parts(&ground, unit, &parts, threshold);
                let found: Vec<_> = found.map(|spell| (spell.span(), spell.score)).collect();
                prop_assert_eq!(found, all(&ground, unit, &part, threshold));
            }
        }
    }

    #[test]
    fn the_pulse_counts_what_came_between(made in made(80, 30), from in 0..1800i64, to in 0..1800i64) {
        let frames = frames(&made);
        let ground = Ground::new(&frames.cells, &frames.coverage, frames.window);
        let [from, to] = [from, to].map(|second| start().timestamp_micros() + second * 1_000_000);
        for rhythm in rhythm::Rhythm::ALL {
            let counted = ground.pulse().between(&frames.cells, rhythm, from, to);
            let (least, most) = ground.pulse().about(rhythm, from, to);
            let own = frames.cells.with_keys(&frames.cells.rows).filter(|(row, key)| {
                let alike = !frames.cells.failed(key) && rhythm::Rhythm::of(&frames.cells, key) == rhythm;
                alike && from < row.middle() && row.middle() < to
            });
            prop_assert_eq!(counted, own.map(|(row, _)| row.requests as f64).sum::<f64>());
            prop_assert!(from >= to || (least <= counted && counted <= most));
        }
    }

    #[test]
    fn half_of_a_time_is_silent_where_its_longest_pause_is_half_of_it(
        made in made(12, 30), from in 0..900i64, length in 1..900i64,
    ) {
        let frames = frames(&made);
        let start = start().timestamp_micros() + from * 1_000_000;
        let end = start + length * 1_000_000;
        for unit in unit::units(&frames.cells) {
            let others = frames.cells.owners.iter().filter(|owner| owner.client != unit.client);
            let rows = others.flat_map(|owner| frames.cells.of(owner));
            let mut heard: Vec<i64> = rows.flat_map(|row| [row.first, row.last]).collect();
            heard.retain(|time| (start..end).contains(time));
            heard.extend([start, end]);
            heard.sort_unstable();
            let longest = heard.windows(2).map(|pair| pair[1] - pair[0]).max();
            let expected = longest.filter(|longest| longest * 2 >= end - start);
            prop_assert_eq!(Theirs::new(&frames.cells, &unit).half_of(start, end), expected);
        }
    }
}

/// The silences of a slice, every pause weighed.
fn all(
    ground: &Ground<'_>,
    unit: &Rc<Unit<'_>>,
    part: &Part,
    threshold: f64,
) -> Vec<((i64, i64), f64)> {
    let roles = part.slice.roles(ground.cells, unit);
    let times = attempts(unit, &roles);
    if (times.len() as u64) < FEWEST_ATTEMPTS {
        return Vec::new();
    }
    let others = Others::new(ground, unit, &roles);
    let ends = times.iter().skip(1).copied().chain([ground.end()]);
    let pauses = times.iter().copied().zip(ends);
    let pauses = pauses.filter(|(start, stop)| stop - start >= SHORTEST);
    let weighed = pauses.filter_map(|(start, stop)| {
        let forecast = forecast(&times, &others, start, stop)?;
        let score = forecast.surprise / dispersion(&times);
        (score >= threshold + forecast.price).then_some(((start, stop), score))
    });
    weighed.collect()
}

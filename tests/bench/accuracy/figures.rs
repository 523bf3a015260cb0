//! The figures of a set of worlds.

use serde_json::{Value as Json, json};

use crate::{
    calibration::{self, wilson},
    judge::{Claim, Extra, Judged, Outcome, Said},
};

/// An incident with so many visible failures is a large one.
const LARGE: usize = 30;
/// A false alarm of so many failures at most is a small one.
const SMALL: u64 = 10;

pub struct Figure {
    pub key: &'static str,
    pub label: &'static str,
    pub value: Value,
}

#[derive(Clone, Copy)]
pub enum Value {
    /// No figure: what follows has this in common.
    Title,
    Count(usize),
    Number(Option<f64>),
    Seconds(Option<f64>),
    Share {
        are: usize,
        of: usize,
    },
}

impl Value {
    fn json(self) -> Json {
        match self {
            Self::Title => Json::Null,
            Self::Count(count) => json!(count),
            Self::Number(number) | Self::Seconds(number) => json!(number),
            Self::Share { are, of } => {
                let (low, high) = wilson(are, of);
                let share = (of > 0).then(|| are as f64 / of as f64);
                json!({"share": share, "are": are, "of": of, "low": low, "high": high})
            }
        }
    }
}

/// The figures by their keys.
pub fn json(figures: &[Figure]) -> Json {
    let values = figures
        .iter()
        .filter(|figure| !matches!(figure.value, Value::Title));
    values
        .map(|figure| (figure.key.to_owned(), figure.value.json()))
        .collect()
}

/// How many there are of whom something is so.
pub fn share<'a, T: 'a>(of: impl IntoIterator<Item = &'a T>, so: impl Fn(&T) -> bool) -> Value {
    let (mut are, mut all) = (0, 0);
    for one in of {
        all += 1;
        are += usize::from(so(one));
    }
    Value::Share { are, of: all }
}

/// All figures, in the order in which they are shown.
pub fn of(judged: &[Judged]) -> Vec<Figure> {
    let mut figures = Vec::new();
    let required: Vec<&Outcome> = outcomes(judged)
        .filter(|outcome| outcome.required)
        .collect();
    worlds(judged, &mut figures);
    found(&required, &mut figures);
    named(judged, &required, &mut figures);
    alarms(judged, &mut figures);
    probabilities(judged, &mut figures);
    figures
}

pub fn outcomes(judged: &[Judged]) -> impl Iterator<Item = &Outcome> {
    judged.iter().flat_map(|world| &world.incidents)
}

fn worlds(judged: &[Judged], figures: &mut Vec<Figure>) {
    let days = judged.iter().map(|world| world.days).sum();
    figures.extend([
        figure("worlds", "worlds", Value::Count(judged.len())),
        figure("days", "days of logs", Value::Number(Some(days))),
        figure(
            "client_weeks",
            "app clients x weeks",
            Value::Number(client_weeks(judged)),
        ),
        figure(
            "unanswered",
            "worlds without an answer: failed, or no answer in time",
            Value::Count(judged.iter().filter(|world| world.failed.is_some()).count()),
        ),
        figure(
            "worlds_right",
            "worlds of which nothing is wrong",
            share(judged, |world| world.wrong.is_empty()),
        ),
    ]);
}

fn client_weeks(judged: &[Judged]) -> Option<f64> {
    judged.iter().map(|world| world.client_weeks).sum()
}

fn found(required: &[&Outcome], figures: &mut Vec<Figure>) {
    let recall = |of: &dyn Fn(&Outcome) -> bool| {
        share(
            required.iter().copied().filter(|outcome| of(outcome)),
            |outcome| outcome.found,
        )
    };
    let failures = |outcome: &Outcome| !outcome.absence;
    let visible = |outcome: &Outcome| outcome.visible.filter(|_| !outcome.absence);
    let mut errors: Vec<f64> = required
        .iter()
        .filter(|outcome| failures(outcome))
        .filter_map(|outcome| outcome.onset_error)
        .collect();
    errors.sort_by(f64::total_cmp);
    figures.extend([
        figure("", "Outages that have to be found", Value::Title),
        figure("found", "found", recall(&|_| true)),
        figure("found_failures", "  failures", recall(&failures)),
        figure(
            "found_small",
            "    5 to 29 visible",
            recall(&|outcome| visible(outcome).is_some_and(|visible| visible < LARGE)),
        ),
        figure(
            "found_large",
            "    30 and more",
            recall(&|outcome| visible(outcome).is_some_and(|visible| visible >= LARGE)),
        ),
        figure(
            "found_silences",
            "  silences",
            recall(&|outcome| outcome.absence),
        ),
        figure(
            "onset_p50",
            "onset of failures, off by: median",
            quantile(&errors, 0.5),
        ),
        figure("onset_p90", "  nine in ten at most", quantile(&errors, 0.9)),
    ]);
}

fn quantile(sorted: &[f64], share: f64) -> Value {
    let place = (sorted.len() as f64 * share) as usize;
    let place = place.min(sorted.len().saturating_sub(1));
    Value::Seconds(sorted.get(place).copied())
}

fn named(judged: &[Judged], required: &[&Outcome], figures: &mut Vec<Figure>) {
    let guilty = || required.iter().copied().filter(|outcome| outcome.guilty);
    let innocent = required.iter().copied();
    let innocent = innocent.filter(|outcome| !outcome.guilty && outcome.found);
    let accusations = judged.iter().flat_map(|world| &world.accusations);
    figures.extend([
        figure("", "Causes", Value::Title),
        figure(
            "named",
            "a change is guilty: it is named",
            share(guilty(), |outcome| outcome.said == Said::Right),
        ),
        figure(
            "first_right",
            "  the first suspect is right",
            share(guilty(), first_is_right),
        ),
        figure(
            "replayed",
            "  the program's own rules predict the failures",
            share(guilty(), |outcome| outcome.replayed),
        ),
        figure(
            "innocent_named",
            "changes that are named: innocent",
            share(accusations, |claim: &Claim| !claim.right),
        ),
        figure(
            "no_change_said",
            "no change is guilty, and it is found: says so",
            share(innocent, |outcome| outcome.said == Said::NoChange),
        ),
    ]);
}

pub fn first_is_right(outcome: &Outcome) -> bool {
    outcome.first.is_some_and(|first| first.right)
}

fn alarms(judged: &[Judged], figures: &mut Vec<Figure>) {
    let extras = || judged.iter().flat_map(|world| &world.extras);
    let alarms: Vec<&Extra> = extras().filter(|extra| !extra.piece).collect();
    let count = alarms.len() as f64;
    let alarms = || alarms.iter().copied();
    let per = |of: f64| Value::Number((of > 0.0).then(|| count / of));
    figures.extend([
        figure("", "False alarms", Value::Title),
        figure("alarms_per_world", "an account", per(judged.len() as f64)),
        figure(
            "alarms_per_client_week",
            "an app client and week",
            per(client_weeks(judged).unwrap_or(0.0)),
        ),
        figure(
            "alarms_small",
            "  of 10 failures at most",
            share(alarms(), |extra| !extra.absence && extra.failed <= SMALL),
        ),
        figure(
            "alarms_silences",
            "  of silences",
            share(alarms(), |extra| extra.absence),
        ),
        figure(
            "pieces",
            "outages told again, in pieces",
            Value::Count(extras().filter(|extra| extra.piece).count()),
        ),
    ]);
}

fn probabilities(judged: &[Judged], figures: &mut Vec<Figure>) {
    let firsts: Vec<Claim> = outcomes(judged)
        .filter_map(|outcome| outcome.first)
        .collect();
    let accusations: Vec<Claim> = judged
        .iter()
        .flat_map(|world| world.accusations.iter().copied())
        .collect();
    let told: f64 = accusations.iter().map(|claim| claim.probability).sum();
    let mean = (!accusations.is_empty()).then(|| told / accusations.len() as f64);
    figures.extend([
        figure("", "Probabilities", Value::Title),
        figure(
            "first_suspects",
            "first suspects of true incidents",
            Value::Count(firsts.len()),
        ),
        figure(
            "calibration_error",
            "  calibration error, ten bins",
            Value::Number(calibration::error(&firsts)),
        ),
        figure(
            "calibration_chance",
            "  if all were true, at most (19 of 20)",
            Value::Number(calibration::error_by_chance(&firsts)),
        ),
        figure(
            "calibration_slope",
            "  slope (less than 1: too sure)",
            Value::Number(calibration::slope(&firsts)),
        ),
        figure(
            "accused_mean",
            "changes that are named: mean probability",
            Value::Number(mean),
        ),
        figure(
            "accused_right",
            "  are guilty",
            share(&accusations, |claim| claim.right),
        ),
    ]);
}

fn figure(key: &'static str, label: &'static str, value: Value) -> Figure {
    Figure { key, label, value }
}

//! Words for evidence: counts, shares, times.

use chrono::{DateTime, TimeDelta, Utc};

use crate::detect::{Incident, Kind};

/// `failed client_credentials requests`, `missing authorization_code requests`.
pub fn failed_requests(incident: &Incident) -> String {
    let state = match incident.kind {
        Kind::Failures => "failed",
        Kind::Absence => "missing",
    };
    let grants: Vec<&str> = incident.grants.keys().map(String::as_str).collect();
    match grants[..] {
        [grant] => format!("{state} {grant} requests"),
        _ => format!("{state} requests"),
    }
}

/// `unauthorized_client`, or the codes with `and`.
pub fn errors(incident: &Incident) -> String {
    let mut errors: Vec<(&String, &u64)> = incident.errors.iter().collect();
    errors.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let named: Vec<String> = errors
        .iter()
        .take(3)
        .map(|(code, _)| format!("`{code}`"))
        .collect();
    match &named[..] {
        [] => "no code".to_owned(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// `All failed requests`, `93 % of the failed requests`.
pub fn share(share: f64, what: &str) -> String {
    match (share * 100.0).round() {
        percent if percent >= 100.0 => format!("All {what}"),
        percent => format!("{percent:.0} % of the {what}"),
    }
}

/// `1 request`, `1,248 requests`.
pub fn count(number: f64, what: &str) -> String {
    let number = number.round() as u64;
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {what}{plural}", thousands(number))
}

/// `1,248`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 s`, `12 min`, `5 h 20 min`, `6 days`.
pub fn duration(length: TimeDelta) -> String {
    let seconds = length.num_seconds().max(0);
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => match (seconds % 3_600) / 60 {
            0 => format!("{} h", seconds / 3_600),
            minutes => format!("{} h {minutes} min", seconds / 3_600),
        },
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Marks around a time in a sentence: who prints it knows in which zone its reader is.
const MARKS: [char; 2] = ['\u{2}', '\u{3}'];

/// A time of day in a sentence, to be told by [`told`].
pub fn clock(time: DateTime<Utc>) -> String {
    format!("{}{}{}", MARKS[0], time.timestamp_micros(), MARKS[1])
}

/// The same of microseconds since 1970.
pub fn clock_of(micros: i64) -> String {
    clock(DateTime::from_timestamp_micros(micros).unwrap_or_default())
}

/// A sentence with its times told.
pub fn told(sentence: &str, tell: impl Fn(DateTime<Utc>) -> String) -> String {
    let mut parts = sentence.split(MARKS[0]);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let time = part.split_once(MARKS[1]).and_then(|(micros, rest)| {
            let time = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
            Some((time, rest))
        });
        match time {
            Some((time, rest)) => {
                out.push_str(&tell(time));
                out.push_str(rest);
            }
            None => {
                out.push(MARKS[0]);
                out.push_str(part);
            }
        }
    }
    out
}

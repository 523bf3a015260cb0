//! Words for evidence: counts, shares, times.

use chrono::{DateTime, TimeDelta, Utc};

use crate::detect::{Incident, Kind};

/// `failed client_credentials requests`, `missing authorization_code requests`.
pub fn failed_requests(incident: &Incident) -> String {
    let state = match incident.kind {
        Kind::Failures => "failed",
        Kind::Absence => "missing",
    };
    match incident.only_grant() {
        Some(grant) => format!("{state} {grant} requests"),
        None => format!("{state} requests"),
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
    let plural = match number {
        1 => "",
        _ if what.ends_with('s') => "es",
        _ => "s",
    };
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

/// `3 s`, `12 min`, `5 h 20 min`, `6 days`: rounded to the last unit that is shown.
pub fn duration(length: TimeDelta) -> String {
    let seconds = in_units(length, TimeDelta::seconds(1));
    let minutes = in_units(length, TimeDelta::minutes(1));
    match (seconds, minutes) {
        (0..120, _) => format!("{seconds} s"),
        (_, 0..120) => format!("{minutes} min"),
        (_, 120..2_880) => match minutes % 60 {
            0 => format!("{} h", minutes / 60),
            rest => format!("{} h {rest} min", minutes / 60),
        },
        _ => format!("{} days", in_units(length, TimeDelta::days(1))),
    }
}

/// A length in whole units, rounded; nothing is shorter than none.
pub fn in_units(length: TimeDelta, unit: TimeDelta) -> i64 {
    let (length, unit) = (length.num_milliseconds().max(0), unit.num_milliseconds());
    (length + unit / 2) / unit
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_rounded_to_what_is_shown() {
        for (milliseconds, expected) in [
            (0, "0 s"),
            (-5_000, "0 s"),
            (1_499, "1 s"),
            (1_500, "2 s"),
            (119_499, "119 s"),
            (119_500, "2 min"),
            (149_999, "2 min"),
            (150_000, "3 min"),
            (7_169_999, "119 min"),
            (7_170_000, "2 h"),
            (7_199_000, "2 h"),
            (7_230_000, "2 h 1 min"),
            (10_790_000, "3 h"),
            (172_769_000, "47 h 59 min"),
            (172_770_000, "2 days"),
            (216_000_000, "3 days"),
        ] {
            let length = TimeDelta::milliseconds(milliseconds);
            assert_eq!(duration(length), expected, "{milliseconds} ms");
        }
    }
}

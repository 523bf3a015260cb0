//! Blips: failures that are too few or too short for an incident, in one line, as a list and for
//! programs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::words::{self, Clock, Labels, rfc3339};
use crate::{
    attribute::phrase,
    detect::{EndState, Incident, Kind},
};

/// App clients, and times of each, that the one line names.
const MOST_CLIENTS: usize = 4;
const MOST_TIMES: usize = 3;
/// Blips that the list holds.
const MOST_LISTED: usize = 100;

/// A blip in JSON.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    account_id: Option<&'a str>,
    region: Option<&'a str>,
    user_pool_id: Option<&'a str>,
    client_ids: Vec<&'a str>,
    onset: String,
    end: Option<String>,
    failed: u64,
    callers: Option<usize>,
    errors: &'a BTreeMap<String, u64>,
    reason: String,
}

impl<'a> Row<'a> {
    pub(super) fn new(blip: &'a Incident) -> Self {
        Self {
            account_id: blip.account.as_ref().map(|id| id.as_str()),
            region: blip.region.as_ref().map(|id| id.as_str()),
            user_pool_id: blip.user_pool.as_ref().map(|id| id.as_str()),
            client_ids: blip.clients.iter().map(|id| id.as_str()).collect(),
            onset: rfc3339(blip.onset),
            end: blip.end.map(rfc3339),
            failed: blip.failed,
            callers: callers(blip),
            errors: &blip.errors,
            reason: reason(blip),
        }
    }
}

/// Distinct callers that failed, where the logs tell callers apart.
fn callers(blip: &Incident) -> Option<usize> {
    Some(blip.affected.callers).filter(|callers| *callers > 0)
}

/// Why it is no incident, in one sentence.
fn reason(blip: &Incident) -> String {
    if blip.kind == Kind::Absence {
        let expected = blip.expected.unwrap_or(0.0).round();
        let lasted = lasted(blip).unwrap_or_else(|| "at the end of the logs".to_owned());
        return format!(
            "no request came {lasted}, where about {} usual; no change explains it.",
            match expected as u64 {
                1 => "1 is".to_owned(),
                count => format!("{} are", phrase::thousands(count)),
            }
        );
    }
    let one = blip.failed == 1;
    let what = phrase::count(blip.failed as f64, "failed request");
    let them = if one { "it" } else { "them" };
    let ended = match (blip.end_state, one) {
        (EndState::Recovered, true) => "healed by itself",
        (EndState::Recovered, false) => "healed by themselves",
        (EndState::Silent, _) => "and then no more requests",
        (EndState::Ongoing, _) => "at the end of the logs, too few to judge",
    };
    let by = match callers(blip) {
        Some(1) => " of one caller",
        _ => "",
    };
    let within = lasted(blip).map_or(String::new(), |lasted| format!(" {lasted}"));
    format!("{what}{by}{within} {ended}; no change explains {them}.")
}

/// `within 40 s`.
fn lasted(blip: &Incident) -> Option<String> {
    let length = blip.end? - blip.onset;
    Some(match length.num_seconds() {
        ..1 => "in one second".to_owned(),
        _ => format!("within {}", phrase::duration(length)),
    })
}

/// All of them in one line: how many, of which app clients, when.
pub(super) fn line<'a>(
    blips: impl IntoIterator<Item = &'a Incident>,
    clock: Clock,
) -> Option<String> {
    let mut clients: Vec<(String, Vec<DateTime<Utc>>)> = Vec::new();
    let mut all = 0;
    for blip in blips {
        all += 1;
        let whom = words::whom(blip);
        match clients.iter_mut().find(|(known, _)| *known == whom) {
            Some((_, times)) => times.push(blip.onset),
            None => clients.push((whom, vec![blip.onset])),
        }
    }
    let shown = clients.iter().take(MOST_CLIENTS);
    let mut parts: Vec<String> = shown
        .map(|(whom, times)| format!("{whom} at {}", moments(times, clock)))
        .collect();
    let more = clients.len().saturating_sub(MOST_CLIENTS);
    if more > 0 {
        parts.push(phrase::count(more as f64, "more app client"));
    }
    (all > 0).then(|| {
        format!(
            "{}, too few failures or too short for an outage: {}.",
            phrase::count(f64::from(all), "blip"),
            parts.join("; ")
        )
    })
}

/// `10:02:11, 11:15:02 and 4 more times`.
fn moments(times: &[DateTime<Utc>], clock: Clock) -> String {
    let shown = times.iter().take(MOST_TIMES).map(|time| clock.time(*time));
    let shown: Vec<String> = shown.collect();
    let shown = shown.join(", ");
    match times.len().saturating_sub(MOST_TIMES) {
        0 => shown,
        more => format!("{shown} and {}", phrase::count(more as f64, "more time")),
    }
}

/// All of them in few words, the longest form first.
pub(super) fn brief(blips: &[Incident], labels: &Labels<'_>, clock: Clock) -> Vec<String> {
    if blips.is_empty() {
        return Vec::new();
    }
    let mut apps: Vec<String> = Vec::new();
    for blip in blips {
        let app = labels.app(blip);
        if !apps.contains(&app) {
            apps.push(app);
        }
    }
    let count = phrase::thousands(blips.len() as u64);
    let times: Vec<DateTime<Utc>> = blips.iter().map(|blip| blip.onset).collect();
    let why = "too few failures or too short for an incident";
    vec![
        format!(
            "{count} of {} at {}: {why}; --full lists them",
            apps.join(", "),
            moments(&times, clock)
        ),
        format!("{count} of {}: {why}; --full lists them", apps.join(", ")),
        format!(
            "{count} of {}: {why}",
            phrase::count(apps.len() as f64, "app client")
        ),
        format!(
            "{count} of {}",
            phrase::count(apps.len() as f64, "app client")
        ),
    ]
}

/// Each of them in a line of its own.
pub(super) fn list(blips: &[Incident], clock: Clock) -> Vec<String> {
    let mut listed: Vec<String> = blips
        .iter()
        .take(MOST_LISTED)
        .map(|blip| {
            let errors = words::errors(&blip.errors);
            let errors = match errors.is_empty() {
                true => String::new(),
                false => format!(" ({errors})"),
            };
            format!(
                "{} {}: {}{errors}",
                clock.time(blip.onset),
                words::whom(blip),
                reason(blip).trim_end_matches('.')
            )
        })
        .collect();
    let more = blips.len().saturating_sub(MOST_LISTED);
    if more > 0 {
        listed.push(format!("{more} more, which `--format json` lists too"));
    }
    listed
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        attribute::utc,
        report::fixture::{blip, time},
        window::Window,
    };

    fn clock() -> Clock {
        let window = Window {
            start: time("00:00:00"),
            end: time("23:59:58"),
        };
        Clock::new(window, utc)
    }

    #[test]
    fn a_reason_tells_how_many_failed_for_how_long_and_how_it_ended() {
        let healed = blip("10:02:11", "1example");
        assert_eq!(
            reason(&healed),
            "12 failed requests within 40 s healed by themselves; no change explains them."
        );
        let mut one = healed.clone();
        one.failed = 1;
        one.end = Some(one.onset);
        one.affected.callers = 1;
        assert_eq!(
            reason(&one),
            "1 failed request of one caller in one second healed by itself; no change explains it."
        );
        let cut = Incident {
            end: None,
            end_state: EndState::Ongoing,
            ..healed
        };
        assert_eq!(
            reason(&cut),
            "12 failed requests at the end of the logs, too few to judge; no change explains them."
        );
    }

    #[test]
    fn a_line_counts_blips_by_client_and_is_never_long() {
        assert_eq!(line([], clock()), None);
        let one = [blip("10:02:11", "1example")];
        assert_eq!(
            line(&one, clock()).unwrap(),
            "1 blip, too few failures or too short for an outage: 1example at 10:02:11."
        );
        let many: Vec<Incident> = (0..60)
            .map(|n| {
                let mut blip = blip("10:00:00", &format!("{}example", n % 6));
                blip.onset += TimeDelta::minutes(n);
                blip.end = Some(blip.onset + TimeDelta::seconds(40));
                blip
            })
            .collect();
        assert_eq!(
            line(&many, clock()).unwrap(),
            "60 blips, too few failures or too short for an outage: \
             0example at 10:00:00, 10:06:00, 10:12:00 and 7 more times; \
             1example at 10:01:00, 10:07:00, 10:13:00 and 7 more times; \
             2example at 10:02:00, 10:08:00, 10:14:00 and 7 more times; \
             3example at 10:03:00, 10:09:00, 10:15:00 and 7 more times; 2 more app clients."
        );
        let listed = list(&many, clock());
        assert_eq!(listed.len(), 60);
        assert_eq!(
            listed[1],
            "10:01:00 1example: 12 failed requests within 40 s healed by themselves; \
             no change explains them (invalid_grant 12)"
        );
    }
}

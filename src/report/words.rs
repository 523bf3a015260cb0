//! Times, actors, settings and values as words.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike, Utc};
use serde_json::Value;

use super::escape::cut;
use crate::{
    attribute::{
        AlternativeKind, Investigation, Suspect, Verdict, Zone,
        phrase::{self, thousands},
    },
    cognito::{
        history::{ConfigChange, DiffLine, Standing},
        setting::{Known, Resource},
    },
    detect::{EndState, Incident, Kind, Stratum},
    frame::Health,
    ids::AppClientId,
    window::Window,
};

mod cause;
mod labels;
mod sentences;
mod what;
mod who;

pub use cause::{blamed, causes, confidence};
pub use labels::Labels;
pub use sentences::sentences;
pub use who::{actor, actors, and_more, by, by_all, event_ids, events, everybody, person};

/// Times of day, with the date where it is not the window's only one.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    day: Option<NaiveDate>,
    zone: Zone,
}

impl Clock {
    /// The clock for a window.
    pub fn new(window: Window, zone: Zone) -> Self {
        let day = zone(window.start).date_naive();
        // The end is outside: a window of one day ends at the next midnight.
        let last = zone(window.end - TimeDelta::microseconds(1));
        Self {
            day: (day == last.date_naive()).then_some(day),
            zone,
        }
    }

    /// The clock of an investigation.
    pub fn of(investigation: &Investigation) -> Self {
        Self::new(investigation.window, investigation.zone)
    }

    /// `2026-03-02 14:05:04`.
    pub fn date_time(self, time: DateTime<Utc>) -> String {
        (self.zone)(time).format("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// `2026-03-02`.
    pub fn day(self, time: DateTime<Utc>) -> String {
        (self.zone)(time).format("%Y-%m-%d").to_string()
    }

    /// `UTC`, or `UTC+02:00` as it was at that time.
    pub fn zone(self, time: DateTime<Utc>) -> String {
        match (self.zone)(time).offset().local_minus_utc() {
            0 => "UTC".to_owned(),
            _ => (self.zone)(time).format("UTC%:z").to_string(),
        }
    }

    /// A sentence with its times told.
    pub fn told(self, sentence: &str) -> String {
        let tell = |time| (self.zone)(time).format("%H:%M:%S").to_string();
        phrase::told(sentence, tell)
    }

    /// `14:05:04`, or `2026-03-02 14:05:04`.
    pub fn time(self, time: DateTime<Utc>) -> String {
        let local = (self.zone)(time);
        match self.day == Some(local.date_naive()) {
            true => local.format("%H:%M:%S").to_string(),
            false => self.date_time(time),
        }
    }
}

impl Clock {
    /// `14:05`, or `03-02 14:05` where the window has several days.
    pub fn short(self, time: DateTime<Utc>) -> String {
        let local = (self.zone)(time);
        match self.day == Some(local.date_naive()) {
            true => local.format("%H:%M").to_string(),
            false => local.format("%m-%d %H:%M").to_string(),
        }
    }

    /// `14:05`, or the day where it begins; for an axis with so much time between its labels.
    pub fn tick(self, time: DateTime<Utc>, step: TimeDelta) -> String {
        let time = (self.zone)(time);
        let midnight = time.num_seconds_from_midnight() == 0;
        match midnight && (self.day.is_none() || step >= TimeDelta::days(1)) {
            true => time.format("%m-%d").to_string(),
            false => time.format("%H:%M").to_string(),
        }
    }
}

/// A sentence with its times told for programs.
pub fn utc(sentence: &str) -> String {
    phrase::told(sentence, |time| time.format("%H:%M:%S").to_string())
}

/// When an outage began: `14:05:04`, or `before 00:00:03` of one that had begun already.
pub fn onset(incident: &Incident, clock: Clock) -> String {
    let time = clock.time(incident.onset);
    match incident.begun_before {
        true => format!("before {time}"),
        false => time,
    }
}

/// `2026-03-02 14:05:04`.
pub fn date_time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-03-02T14:05:04Z`, with milliseconds only where there are some.
pub fn rfc3339(time: DateTime<Utc>) -> String {
    let form = match time.timestamp_subsec_micros() / 1_000 {
        0 => chrono::SecondsFormat::Secs,
        _ => chrono::SecondsFormat::Millis,
    };
    time.to_rfc3339_opts(form, true)
}

/// Names longer than this are cut; an IAM path and name have up to 576 characters.
const LONGEST_NAME: usize = 100;

/// The thing a change was made to.
pub fn resource(resource: &Resource) -> String {
    match resource {
        Resource::Client(_, client) => format!("app client {client}"),
        Resource::Pool(pool) => format!("user pool {pool}"),
        Resource::ResourceServer(_, id) => format!("resource server {id}"),
        Resource::IdentityProvider(_, name) => format!("identity provider {name}"),
        Resource::Domain(_, domain) => format!("domain {domain}"),
        Resource::Function(name) => format!("function {name}"),
        Resource::Firewall(name) => format!("firewall {name}"),
        Resource::Other(service, name) if name.is_empty() => service.clone(),
        Resource::Other(service, name) => format!("{service} {name}"),
    }
}

/// What a change did, shortest: what its guilty lines took away or set.
pub fn what(suspect: &Suspect) -> String {
    let [what, _] = what::forms(suspect, what::Quote::None);
    what
}

/// The same with names and values as code.
pub fn what_as_code(suspect: &Suspect) -> String {
    let [what, _] = what::forms(suspect, what::Quote::Code);
    what
}

/// What a change did to settings, or why it did nothing.
pub fn standing(change: &ConfigChange) -> String {
    match &change.standing {
        Standing::Failed(code) => format!("failed with {}", cut(code, LONGEST_NAME)),
        Standing::NoDifference => "changed nothing".to_owned(),
        Standing::Opaque => "change details not logged".to_owned(),
        Standing::Release => "released an application".to_owned(),
        Standing::OnUsers => "was done to many users, one after another".to_owned(),
        Standing::Effective => {
            let names: Vec<&str> = change.diff.iter().map(|l| &*l.setting.0).take(4).collect();
            let more = change.diff.len().saturating_sub(names.len());
            match more {
                0 => format!("changed {}", names.join(", ")),
                more => format!("changed {} and {more} more", names.join(", ")),
            }
        }
    }
}

/// `observed`, `assumed` or `unknown`, of a line: the less certain of its two sides.
pub fn certainty(line: &DiffLine) -> &'static str {
    match (&line.before, &line.after) {
        (Known::Unknown, _) | (_, Known::Unknown) => "unknown",
        (Known::Assumed(_), _) | (_, Known::Assumed(_)) => "assumed",
        _ => "observed",
    }
}

/// Lists that have more than this in common are shown by what differs.
const MOST_IN_COMMON: usize = 3;

/// Both values of a line for people: of long lists only what differs.
pub fn sides(line: &DiffLine) -> (String, String) {
    let both = || (value(&line.before), value(&line.after));
    let (Some(Value::Array(before)), Some(Value::Array(after))) =
        (line.before.value(), line.after.value())
    else {
        return both();
    };
    let common = before.iter().filter(|item| after.contains(item)).count();
    if common <= MOST_IN_COMMON {
        return both();
    }
    let only = |known: &Known, items: &[Value], other: &[Value]| {
        let own = items.iter().filter(|item| !other.contains(item)).cloned();
        let own: Vec<Value> = own.collect();
        let and = if own.is_empty() { "" } else { ", and " };
        let own = if own.is_empty() {
            String::new()
        } else {
            plain(&Value::Array(own))
        };
        let assumed = matches!(known, Known::Assumed(_));
        format!(
            "{own}{and}{common} on both sides{}",
            if assumed { " (assumed)" } else { "" }
        )
    };
    (
        only(&line.before, before, after),
        only(&line.after, after, before),
    )
}

/// A value for people: lists with commas, `not set` for nothing.
pub fn value(known: &Known) -> String {
    match known {
        Known::Unknown => "(not known)".to_owned(),
        Known::Observed(value) => plain(value),
        Known::Assumed(value) => format!("{} (assumed)", plain(value)),
    }
}

/// A value without quotes: lists with commas.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "(not set)".to_owned(),
        Value::Array(items) if items.is_empty() => "(none)".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The clients of an outage, or its pool.
pub fn whom(incident: &Incident) -> String {
    match &incident.clients[..] {
        [] => match &incident.user_pool {
            Some(pool) => format!("user pool {pool}"),
            None => "an unknown app client".to_owned(),
        },
        [client] => client.to_string(),
        [first, rest @ ..] => format!("{first} and {} more app clients", rest.len()),
    }
}

/// ` with redirect URI X`: what requests share beside their client and grant.
pub fn shared(stratum: &Stratum) -> String {
    let shared = [
        ("redirect URI", &stratum.redirect_uri),
        ("scopes", &stratum.scopes),
        ("identity provider", &stratum.identity_provider),
    ];
    let shared = shared.into_iter().filter_map(|(name, value)| {
        let value = cut(value.as_ref()?, LONGEST_NAME);
        Some(format!("{name} `{value}`"))
    });
    let shared: Vec<String> = shared.collect();
    match shared.is_empty() {
        true => String::new(),
        false => format!(" with {}", shared.join(" and ")),
    }
}

/// An app client, where one is named.
pub fn client(client: Option<&AppClientId>) -> String {
    client.map_or_else(|| "(unknown)".to_owned(), ToString::to_string)
}

/// Errors by how often each came; the rarer of many are left out.
pub fn errors(errors: &BTreeMap<String, u64>) -> String {
    const MOST: usize = 4;
    let mut errors: Vec<(&String, &u64)> = errors.iter().collect();
    errors.sort_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    let more = errors.len().saturating_sub(MOST);
    let errors = errors.iter().take(MOST);
    let mut said: Vec<String> = errors
        .map(|(error, count)| format!("{error} {}", thousands(**count)))
        .collect();
    if more > 0 {
        said.push(format!("{more} more"));
    }
    said.join(", ")
}

/// The most frequent error of an incident.
pub fn main_error(incident: &Incident) -> Option<&str> {
    let errors = incident.errors.iter();
    let most = errors.max_by(|a, b| (a.1, b.0).cmp(&(b.1, a.0)));
    most.map(|(error, _)| error.as_str())
}

/// `client-credentials requests`, `USER_PASSWORD_AUTH sign-ins`, `requests`.
pub fn grant_requests(grant: Option<&str>) -> String {
    match grant {
        None => "requests".to_owned(),
        Some(grant @ ("authorization_code" | "client_credentials" | "refresh_token")) => {
            format!("{} requests", grant.replace('_', "-"))
        }
        Some(grant) => format!("{} sign-ins", cut(grant, LONGEST_NAME)),
    }
}

/// The kind in JSON.
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Failures => "failures",
        Kind::Absence => "absence",
    }
}

/// The end state in JSON.
pub fn end_state(state: EndState) -> &'static str {
    match state {
        EndState::Recovered => "recovered",
        EndState::Silent => "silent",
        EndState::Ongoing => "ongoing",
    }
}

/// The verdict in JSON.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Change => "change",
        Verdict::NoChange => "no_change",
        Verdict::Undetermined => "undetermined",
    }
}

/// An alternative in JSON.
pub fn alternative(kind: AlternativeKind) -> &'static str {
    match kind {
        AlternativeKind::Attack => "attack",
        AlternativeKind::StuckCaller => "stuck_caller",
        AlternativeKind::Application => "application",
        AlternativeKind::Provider => "provider",
        AlternativeKind::Quota => "quota",
        AlternativeKind::Traffic => "traffic",
        AlternativeKind::Unknown => "unknown",
    }
}

/// An alternative for people.
pub fn alternative_said(kind: AlternativeKind) -> &'static str {
    match kind {
        AlternativeKind::Attack => "password guessing or scanning",
        AlternativeKind::StuckCaller => "a stuck caller",
        AlternativeKind::Application => "an application release",
        AlternativeKind::Provider => "AWS or identity-provider failure",
        AlternativeKind::Quota => "an exceeded quota",
        AlternativeKind::Traffic => "no traffic",
        AlternativeKind::Unknown => "an unknown cause",
    }
}

/// `99.2 %`, and `100 %` only of all.
pub fn share(share: f64) -> String {
    match share * 100.0 {
        100.0 => "100 %".to_owned(),
        p if p > 99.9 => "> 99.9 %".to_owned(),
        p => format!("{p:.1} %"),
    }
}

/// The share of an app client's token requests and sign-ins that succeeded.
pub fn success(health: &Health) -> String {
    health.success().map_or_else(|| "–".to_owned(), share)
}

/// `97 %`, `< 1 %`, `> 99 %`.
pub fn percent(probability: f64) -> String {
    match probability * 100.0 {
        p if p < 0.5 => "< 1 %".to_owned(),
        p if p > 99.5 => "> 99 %".to_owned(),
        p => format!("{p:.0} %"),
    }
}

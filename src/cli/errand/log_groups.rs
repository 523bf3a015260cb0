//! Which log groups to ask which account and Region for.

use std::collections::BTreeSet;

use chrono::DateTime;
use trailblame::{
    archive::blocks,
    ids::AccountId,
    source::aws::{
        Place,
        filter::{self, Wanted},
    },
    window::Window,
};

use super::{Ask, Errand, LOG_CHANGES, LOGS, Purpose, Spans, elsewhere, pace};
use crate::cli::aws::Asked;

/// Log groups by place: those of one account and Region share a quota.
pub fn errands(asked: &Asked, places: &[Place], spans: Spans) -> Vec<Vec<Errand>> {
    let homes = homes(asked, places).into_iter();
    homes
        .map(|place| of_place(asked, &place, spans, places))
        .collect()
}

/// Where log groups are asked for: the places named, and the Regions that ARNs name besides.
fn homes(asked: &Asked, places: &[Place]) -> Vec<Place> {
    let groups = asked.log_groups.iter();
    let regions: BTreeSet<&str> = groups
        .filter_map(|group| Some(filter::home(group)?.region))
        .collect();
    let others = regions
        .into_iter()
        .flat_map(|region| elsewhere(places, region));
    places.iter().cloned().chain(others).collect()
}

/// Whether to ask a place for a log group: a name in each place that was named, an ARN in its
/// Region, with its account's credentials if there are some (else a monitoring account may read
/// it).
fn may_hold(place: &Place, group: &str, places: &[Place]) -> bool {
    let is = |other: &Place| other.account == place.account && other.region == place.region;
    let Some(home) = filter::home(group) else {
        return places.iter().any(is);
    };
    let owned = |place: &Place| place.account.as_str() == home.account;
    place.region.as_str() == home.region && (owned(place) || !places.iter().any(owned))
}

/// What a log group holds is not known before: it may tell of requests, of changes, or of both.
/// The changes of the time before are asked for too, as far back as in files.
fn of_place(asked: &Asked, place: &Place, spans: Spans, places: &[Place]) -> Vec<Errand> {
    let pace = pace(asked, filter::quota(place.region.as_str()));
    let limits = Window {
        start: DateTime::UNIX_EPOCH,
        end: spans.at,
    };
    let requests = spans.requests.and_then(|window| blocks(window, limits));
    let before = spans.changes.and(spans.files_before());
    let before = before.and_then(|window| blocks(window, limits));
    let errand = |group: &String, window: Window, wanted: Wanted| {
        let (purpose, origin) = match wanted {
            Wanted::Everything => (Purpose::Log, LOGS),
            Wanted::Changes => (Purpose::LogChanges, LOG_CHANGES),
        };
        let mut place = place.clone();
        if let Some(home) = filter::home(group) {
            place.account = AccountId::new(home.account);
        }
        Errand {
            place,
            purpose,
            window,
            origin: format!("{origin} {group}"),
            ask: Ask::LogGroup(group.clone(), wanted),
            pace: pace.clone(),
            at: spans.at,
        }
    };
    let groups = asked.log_groups.iter();
    let groups = groups.filter(|group| may_hold(place, group, places));
    let errands = groups.flat_map(|group| {
        let everything = requests.map(|window| errand(group, window, Wanted::Everything));
        let changes = before.map(|window| errand(group, window, Wanted::Changes));
        everything.into_iter().chain(changes)
    });
    errands.collect()
}

//! Accepted requests that rose: a storm of token requests, which costs money and meets quotas.

use std::cmp::Reverse;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    check::Evidence,
    cognito::{
        history::{ConfigChange, Standing},
        lifetime::token_of,
        setting::Resource,
    },
    frame::{Owner, callers::CallerRow},
    ids::{AppClientId, UserPoolId},
};

/// So many times the usual number are a surge …
const TIMES: u64 = 3;
/// … of at least so many more a bin …
const LEAST: u64 = 50;
/// … in at least so many bins, up to the end.
const FEWEST_BINS: usize = 3;
/// Up to so long a window is looked at hour by hour, a longer one day by day.
const BY_HOUR: TimeDelta = TimeDelta::days(4);
/// So many callers are named.
const MOST_CALLERS: usize = 3;

/// An app client whose accepted requests rose and stayed high.
#[derive(Clone, Debug)]
pub struct Surge {
    /// The user pool.
    pub pool: Option<UserPoolId>,
    /// The app client.
    pub client: Option<AppClientId>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Requests an hour before.
    pub before: f64,
    /// Requests an hour since.
    pub after: f64,
    /// The callers that came since then, the busiest first: address, agent, requests.
    pub callers: Vec<(String, String, u64)>,
    /// What was changed or released just before: its event, and when.
    pub causes: Vec<(String, DateTime<Utc>)>,
}

/// The surges of all app clients, the largest first.
pub(super) fn surges(evidence: &Evidence<'_>, callers: &[CallerRow]) -> Vec<Surge> {
    let owners = evidence.cells.owners.iter();
    let mut surges: Vec<Surge> = owners
        .filter_map(|owner| surge(owner, evidence, callers))
        .collect();
    surges.sort_by_key(|surge| Reverse((surge.after - surge.before) as u64));
    surges
}

fn surge(owner: &Owner, evidence: &Evidence<'_>, callers: &[CallerRow]) -> Option<Surge> {
    let window = evidence.window;
    let length = window.end - window.start;
    let bin = match length <= BY_HOUR {
        true => TimeDelta::hours(1),
        false => TimeDelta::days(1),
    };
    let bins = binned(owner, evidence, bin);
    let place = rise(&bins)?;
    let since = window.start + bin * i32::try_from(place).ok()?;
    let hours = bin.num_hours() as f64;
    let rate = |bins: &[u64]| bins.iter().sum::<u64>() as f64 / bins.len().max(1) as f64 / hours;
    let cells = evidence.cells;
    let client = cells.text(owner.client).map(AppClientId::new);
    Some(Surge {
        pool: cells.text(owner.user_pool).map(UserPoolId::new),
        since,
        before: rate(bins.get(..place)?),
        after: rate(bins.get(place..)?),
        callers: new_callers(callers, client.as_ref(), since),
        causes: causes(evidence, client.as_ref(), since, bin),
        client,
    })
}

/// Accepted requests in bins; the last one, which need not be whole, is left out.
fn binned(owner: &Owner, evidence: &Evidence<'_>, bin: TimeDelta) -> Vec<u64> {
    let (start, end) = (evidence.window.start, evidence.window.end);
    let count = (end - start).num_seconds() / bin.num_seconds();
    let mut bins = vec![0; usize::try_from(count).unwrap_or_default()];
    let micros = bin.num_microseconds().unwrap_or(i64::MAX);
    let cells = evidence.cells;
    for (row, key) in cells.with_keys(cells.of(owner)) {
        let since = row.middle() - start.timestamp_micros();
        if let (Ok(place), false) = (usize::try_from(since.div_euclid(micros)), cells.failed(key))
            && let Some(bin) = bins.get_mut(place)
        {
            *bin += row.requests;
        }
    }
    bins
}

/// The bin from which on all hold many times what is usual before.
fn rise(bins: &[u64]) -> Option<usize> {
    let last = bins.len().checked_sub(FEWEST_BINS)?;
    let is_rise = |place: &usize| {
        let (before, after) = bins.split_at(*place);
        let mut sorted = before.to_vec();
        sorted.sort_unstable();
        // What nine of ten keep to: a client's busy hours are usual.
        let usual = sorted.get(sorted.len() * 9 / 10).or(sorted.last()).copied();
        let Some(usual) = usual else { return false };
        after
            .iter()
            .all(|count| *count >= usual * TIMES && *count >= usual + LEAST)
    };
    (FEWEST_BINS..=last).find(is_rise)
}

fn new_callers(
    callers: &[CallerRow],
    client: Option<&AppClientId>,
    since: DateTime<Utc>,
) -> Vec<(String, String, u64)> {
    let from = since.timestamp_micros();
    let mut new: Vec<(String, String, u64)> = callers
        .iter()
        .filter(|row| row.client.as_ref() == client && row.record.accepted.first >= from)
        .filter_map(|row| {
            let caller = row.caller.as_ref()?;
            let text = |part: &Option<Box<str>>| part.as_deref().unwrap_or("unknown").to_owned();
            Some((
                text(&caller.source_ip),
                text(&caller.agent),
                row.record.accepted.requests,
            ))
        })
        .collect();
    new.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
    new.truncate(MOST_CALLERS);
    new
}

/// Shorter tokens of the app client, and releases, in the bin before and that of the rise.
fn causes(
    evidence: &Evidence<'_>,
    client: Option<&AppClientId>,
    since: DateTime<Utc>,
    bin: TimeDelta,
) -> Vec<(String, DateTime<Utc>)> {
    let near = |change: &&ConfigChange| {
        change.change.time > since - bin && change.change.time <= since + bin
    };
    let may = |change: &&ConfigChange| match (&change.resource, &change.standing) {
        (_, Standing::Release) => true,
        (Resource::Client(_, own), Standing::Effective) => {
            let mut lines = change.diff.iter();
            Some(own) == client && lines.any(|line| token_of(line.setting.as_str()).is_some())
        }
        _ => false,
    };
    let changes = evidence.history.changes().iter();
    let causes = changes.filter(near).filter(may);
    causes
        .map(|change| (change.change.name.clone(), change.change.time))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::rise;

    #[test]
    fn a_rise_lasts_and_is_many_times_what_was_usual() {
        for (bins, expected) in [
            (vec![10, 12, 11, 10, 90, 95, 99], Some(4)),
            (vec![10, 12, 11, 10, 90, 95, 10], None),
            (vec![10, 12, 11, 10, 20, 25, 21], None),
            (vec![0, 0, 0, 0, 60, 60, 60], Some(4)),
            (vec![100, 90], None),
            (vec![], None),
        ] {
            assert_eq!(rise(&bins), expected, "{bins:?}");
        }
    }
}

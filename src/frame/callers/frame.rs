//! Callers as a frame.

use polars::prelude::*;

use super::{Caller, CallerRow, Record, Sessions, Tally};
use crate::{
    error::Result,
    frame::columns::{self, *},
    ids::{AppClientId, UserPoolId},
};

/// The rows as a frame.
///
/// | column | type | meaning |
/// |---|---|---|
/// | `user_pool`, `client` | str, null | null: no log says |
/// | `source_ip`, `user_agent` | str, null | both null: all callers beyond the 4,096 busiest of the client |
/// | `hosts` | str, null | the hosts that were asked, with spaces between them |
/// | `accepted`, `refused` | u64 | requests |
/// | `first_accepted` … `last_refused` | datetime\[µs], UTC, null | times of the first and the last |
/// | `first_sign_in`, `last_sign_in` | datetime\[µs], UTC, null | accepted code exchanges and `InitiateAuth` |
/// | `refresh_refused`, `refused_since` | datetime\[µs], UTC, null | the first refused refresh, and the caller's last sign-in before it: the token is as old |
/// | `refreshed`, `refreshed_since` | datetime\[µs], UTC, null | the same of the last accepted refresh; a sign-in is null where none was seen, and for a server that has many |
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
pub fn frame(rows: &[CallerRow]) -> Result<DataFrame> {
    let of = |row: &CallerRow, text: fn(&Caller) -> &Option<Box<str>>| {
        row.caller.as_ref().and_then(|caller| text(caller).clone())
    };
    let address: Vec<_> = rows
        .iter()
        .map(|row| of(row, |caller| &caller.source_ip))
        .collect();
    let agent: Vec<_> = rows
        .iter()
        .map(|row| of(row, |caller| &caller.agent))
        .collect();
    let pools = rows
        .iter()
        .map(|row| row.user_pool.as_ref().map(UserPoolId::as_str));
    let clients = rows
        .iter()
        .map(|row| row.client.as_ref().map(AppClientId::as_str));
    let hosts: Vec<_> = rows.iter().map(|row| row.hosts.join(" ")).collect();
    let hosts = hosts.iter().map(|hosts| Some(hosts.as_str()));
    let mut columns = vec![
        texts(USER_POOL, pools),
        texts(CLIENT, clients),
        texts(SOURCE_IP, address.iter().map(Option::as_deref)),
        texts(USER_AGENT, agent.iter().map(Option::as_deref)),
        texts(
            HOSTS,
            hosts.map(|hosts| hosts.filter(|hosts| !hosts.is_empty())),
        ),
    ];
    let accepted = [ACCEPTED, FIRST_ACCEPTED, LAST_ACCEPTED];
    columns.extend(tallies(rows, accepted, |record| &record.accepted));
    let refused = [REFUSED, FIRST_REFUSED, LAST_REFUSED];
    columns.extend(tallies(rows, refused, |record| &record.refused));
    columns.extend(sessions(rows));
    columns::frame(columns, "build callers")
}

/// Columns of how many requests, and of the times of the first and the last.
fn tallies(
    rows: &[CallerRow],
    [requests, first, last]: [&'static str; 3],
    of: fn(&Record) -> &Tally,
) -> [Column; 3] {
    let all = || rows.iter().map(|row| of(&row.record));
    let met =
        |time: fn(&Tally) -> i64| all().map(move |tally| (tally.requests > 0).then(|| time(tally)));
    [
        numbers(requests, all().map(|tally| tally.requests).collect()),
        known_times(first, met(|tally| tally.first)),
        known_times(last, met(|tally| tally.last)),
    ]
}

/// Columns of sign-ins and of refreshes, each with the sign-in before.
fn sessions(rows: &[CallerRow]) -> [Column; 6] {
    let of = |name, time: fn(&Sessions) -> Option<i64>| {
        known_times(name, rows.iter().map(|row| time(&row.sessions)))
    };
    [
        of(FIRST_SIGN_IN, Sessions::first_sign_in),
        of(LAST_SIGN_IN, Sessions::last_sign_in),
        of(REFRESH_REFUSED, |all| all.refused),
        of(REFUSED_SINCE, |all| all.signed_in_before(all.refused?)),
        of(REFRESHED, |all| all.refreshed),
        of(REFRESHED_SINCE, |all| all.signed_in_before(all.refreshed?)),
    ]
}

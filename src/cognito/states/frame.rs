//! States as a frame.

use polars::prelude::*;

use super::{KnownFrom, State, named, pool_of};
use crate::{
    cognito::shown,
    error::{DuringStage, Result},
};

/// One row a value and interval, sorted by resource, member and time.
///
/// | column | type | meaning |
/// |---|---|---|
/// | `resource_kind` | str | `client`, `user_pool`, `resource_server`, `identity_provider`, `domain`, `function`, `firewall`, else the service |
/// | `user_pool` | str, null | the pool it belongs to, or is |
/// | `resource` | str | its id or name |
/// | `member` | str | the setting, as the API spells it; token lifetimes are in seconds |
/// | `value` | str, null | JSON, lists sorted; null when not known; texts of members that this program does not know are masked |
/// | `from` | datetime\[µs], UTC, null | the value held from this second on; null: since before the logs |
/// | `to` | datetime\[µs], UTC, null | and until this second; null: still |
/// | `set_by` | str, null | `event_id` of the write that set it; null: no logged one |
/// | `known_by` | str, null | `response`, `request`, `description`, `implied` (the write would have failed otherwise), `default` (left out, which brings the default back), `assumed` (left out, which nobody measured) |
/// | `confirmed_by` | str | JSON array: `event_id` of later writes that repeat or show the value |
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
pub fn frame(states: &[State]) -> Result<DataFrame> {
    let during = "build the frame of states";
    let text = |name: &str, of: &dyn Fn(&State) -> Option<String>| {
        let values: Vec<Option<String>> = states.iter().map(of).collect();
        Column::new(name.into(), values)
    };
    let time = |name: &str, of: &dyn Fn(&State) -> Option<i64>| {
        let values: Vec<Option<i64>> = states.iter().map(of).collect();
        let kind = DataType::Datetime(TimeUnit::Microseconds, None);
        Column::new(name.into(), values).cast(&kind).during(during)
    };
    let columns = vec![
        text("resource_kind", &|s| Some(named(&s.resource).0.to_owned())),
        text("user_pool", &|s| pool_of(&s.resource).map(str::to_owned)),
        text("resource", &|s| Some(named(&s.resource).1.to_owned())),
        text("member", &|s| Some(s.member.to_string())),
        text("value", &|s| {
            let value = shown::value(&s.resource, &s.member, s.value.as_ref()?);
            Some(value.to_string())
        }),
        time("from", &|s| Some(s.from?.timestamp_micros()))?,
        time("to", &|s| Some(s.to?.timestamp_micros()))?,
        text("set_by", &|s| s.set_by.as_ref().map(ToString::to_string)),
        text("known_by", &|s| {
            s.known_by.map(KnownFrom::as_str).map(str::to_owned)
        }),
        text("confirmed_by", &|s| {
            serde_json::to_string(&s.confirmed_by).ok()
        }),
    ];
    DataFrame::new(states.len(), columns).during(during)
}

//! Names of columns, each spelled once, and how a checked frame is built from them.

use polars::prelude::*;

use crate::error::{DuringStage, Error, Result};

pub const TIME: &str = "time";
pub const EVENT_ID: &str = "event_id";
pub const REQUEST_ID: &str = "request_id";
pub const ACCOUNT: &str = "account";
pub const REGION: &str = "region";
pub const USER_POOL: &str = "user_pool";
pub const CLIENT: &str = "client";
pub const ENDPOINT: &str = "endpoint";
pub const GRANT: &str = "grant";
pub const REDIRECT_URI: &str = "redirect_uri";
pub const SCOPES: &str = "scopes";
pub const IDENTITY_PROVIDER: &str = "identity_provider";
pub const AUTH_METHOD: &str = "auth_method";
pub const OUTCOME: &str = "outcome";
pub const KNOWN_BY: &str = "known_by";
pub const ERROR_MESSAGE: &str = "error_message";
pub const USER_AGENT: &str = "user_agent";
pub const PRINCIPAL: &str = "principal";
pub const SOURCE_IP: &str = "source_ip";
pub const SOURCE: &str = "source";

pub const MINUTE: &str = "minute";
pub const REQUESTS: &str = "requests";
pub const CALLERS: &str = "callers";
pub const FIRST: &str = "first";
pub const LAST: &str = "last";
pub const SECONDS: &str = "seconds";

pub const HOSTS: &str = "hosts";
pub const ACCEPTED: &str = "accepted";
pub const FIRST_ACCEPTED: &str = "first_accepted";
pub const LAST_ACCEPTED: &str = "last_accepted";
pub const REFUSED: &str = "refused";
pub const FIRST_REFUSED: &str = "first_refused";
pub const LAST_REFUSED: &str = "last_refused";
pub const FIRST_SIGN_IN: &str = "first_sign_in";
pub const LAST_SIGN_IN: &str = "last_sign_in";
pub const REFRESH_REFUSED: &str = "refresh_refused";
pub const REFUSED_SINCE: &str = "refused_since";
pub const REFRESHED: &str = "refreshed";
pub const REFRESHED_SINCE: &str = "refreshed_since";

pub const NAME: &str = "name";
pub const SERVICE: &str = "service";
pub const ACTOR: &str = "actor";
pub const ACTOR_CHAIN: &str = "actor_chain";
pub const TOOL: &str = "tool";
pub const REQUEST: &str = "request";
pub const RESPONSE: &str = "response";
pub const ERROR: &str = "error";

/// Microseconds since 1970 in UTC, the type of every time column.
pub(super) fn time_type() -> DataType {
    DataType::Datetime(TimeUnit::Microseconds, None)
}

/// A schema of time columns, text columns and counts, in that order of `columns`.
pub(super) fn schema(columns: &[(&'static str, DataType)]) -> Schema {
    columns
        .iter()
        .map(|(name, dtype)| Field::new((*name).into(), dtype.clone()))
        .collect()
}

/// Refuses a frame whose columns are not those of `expected`.
pub(super) fn check(frame: &DataFrame, name: &'static str, expected: &Schema) -> Result<()> {
    if **frame.schema() == *expected {
        return Ok(());
    }
    Err(Error::Schema {
        frame: name,
        found: describe(frame.schema()),
        expected: describe(expected),
    })
}

fn describe(schema: &Schema) -> String {
    let columns: Vec<String> = schema
        .iter()
        .map(|(name, dtype)| format!("{name}: {dtype}"))
        .collect();
    columns.join(", ")
}

/// Drops repeated events and sorts by time.
pub(super) fn each_event_once(frame: DataFrame) -> Result<DataFrame> {
    let event_id = Selector::ByName {
        names: [PlSmallStr::from(EVENT_ID)].into(),
        strict: true,
    };
    frame
        .lazy()
        .unique_stable(Some(event_id), UniqueKeepStrategy::First)
        .sort([TIME, EVENT_ID], SortMultipleOptions::default())
        .collect()
        .during("drop repeated events")
}

/// A column of times from microseconds.
pub(super) fn times(name: &'static str, micros: Vec<i64>) -> Column {
    Int64Chunked::from_vec(name.into(), micros)
        .into_datetime(TimeUnit::Microseconds, None)
        .into_column()
}

/// A column of times that are not all known.
pub(super) fn known_times(name: &'static str, micros: impl Iterator<Item = Option<i64>>) -> Column {
    Int64Chunked::from_iter_options(name.into(), micros)
        .into_datetime(TimeUnit::Microseconds, None)
        .into_column()
}

/// A column of texts.
pub(super) fn texts<'a>(
    name: &'static str,
    values: impl Iterator<Item = Option<&'a str>>,
) -> Column {
    StringChunked::from_iter_options(name.into(), values).into_column()
}

/// A column of counts.
pub(super) fn numbers(name: &'static str, values: Vec<u64>) -> Column {
    UInt64Chunked::from_vec(name.into(), values).into_column()
}

/// Builds a frame from columns of one length.
pub(super) fn frame(columns: Vec<Column>, stage: &'static str) -> Result<DataFrame> {
    let height = columns.first().map_or(0, Column::len);
    DataFrame::new(height, columns).during(stage)
}

/// The microseconds of a time column; times are never null.
pub(super) fn micros(frame: &DataFrame, name: &'static str) -> Result<Vec<i64>> {
    let stage = "take a time column out of a frame";
    let column = frame.column(name).during(stage)?;
    let physical = column.datetime().during(stage)?.physical();
    Ok(physical.iter().map(Option::unwrap_or_default).collect())
}

/// A text column.
pub(super) fn strings<'a>(frame: &'a DataFrame, name: &'static str) -> Result<&'a StringChunked> {
    let stage = "take a text column out of a frame";
    frame.column(name).during(stage)?.str().during(stage)
}

/// A column of counts; counts are never null.
pub(super) fn counts(frame: &DataFrame, name: &'static str) -> Result<Vec<u64>> {
    let stage = "take a count column out of a frame";
    let column = frame.column(name).during(stage)?.u64().during(stage)?;
    Ok(column.iter().map(Option::unwrap_or_default).collect())
}

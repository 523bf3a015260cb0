//! Attempts and how each ended, one a row.

use polars::prelude::*;

use super::{
    cells::{Cells, Failure},
    columns::*,
};
use crate::error::Result;

/// Attempts at an endpoint or sign-in API that are kept one by one: every failure. Successes stand
/// in [`Counts`](super::Counts) alone, so that memory follows what must be kept. Sorted by time,
/// each event once.
///
/// | column | type | meaning |
/// |---|---|---|
/// | `time` | datetime\[µs], UTC | when Cognito answered (trail, 1 s) or the line was written |
/// | `event_id` | str, never null | CloudTrail's `eventID`, CloudWatch's `eventId`, else a hash |
/// | `request_id` | str, null | the join key of two sources |
/// | `account` … `auth_method` | str, null | null: the log does not say |
/// | `outcome` | str | an OAuth error code, an exception name, or `http_400` |
/// | `known_by` | str | how that is known: `error`, `status`, `next_step`, `log` |
/// | `error_message` | str, null | what the log says of the error beside its code |
/// | `principal` | str, null | the user's sub |
/// | `source_ip`, `user_agent` | str, null | the caller's address and agent |
/// | `source` | str | the log, which also says whose clock `time` comes from |
///
/// Source: CloudTrail events of `cognito-idp.amazonaws.com`, see
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html>.
#[derive(Clone, Debug)]
pub struct Requests(DataFrame);

const TEXTS: [&str; 19] = [
    EVENT_ID,
    REQUEST_ID,
    ACCOUNT,
    REGION,
    USER_POOL,
    CLIENT,
    ENDPOINT,
    GRANT,
    REDIRECT_URI,
    SCOPES,
    IDENTITY_PROVIDER,
    AUTH_METHOD,
    OUTCOME,
    KNOWN_BY,
    ERROR_MESSAGE,
    PRINCIPAL,
    SOURCE_IP,
    USER_AGENT,
    SOURCE,
];

impl Requests {
    /// Checks the columns of `frame`, drops repeated events and sorts by time.
    ///
    /// # Errors
    ///
    /// [`Error::Schema`](crate::Error::Schema) when a column is missing or has another type.
    pub fn new(frame: DataFrame) -> Result<Self> {
        check(&frame, "requests", &Self::schema())?;
        Ok(Self(each_event_once(frame)?))
    }

    /// Columns and types, in order.
    pub fn schema() -> Schema {
        let mut columns = vec![(TIME, time_type())];
        columns.extend(TEXTS.map(|name| (name, DataType::String)));
        schema(&columns)
    }

    /// Builds the frame from the failures that were kept.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn from_cells(cells: &[&Cells]) -> Result<Self> {
        let all = cells.iter();
        let all = all.flat_map(|cells| cells.failures.iter().map(move |failure| (*cells, failure)));
        let rows: Vec<(&Cells, &Failure)> = all.collect();
        let micros = rows.iter().map(|(_, failure)| failure.time);
        let micros = micros.map(|time| time.timestamp_micros()).collect();
        let mut columns = vec![times(TIME, micros)];
        for name in TEXTS {
            let of = rows.iter();
            columns.push(texts(
                name,
                of.map(|(cells, failure)| text(cells, failure, name)),
            ));
        }
        Self::new(frame(columns, "build requests")?)
    }

    /// The rows as a query to build on.
    pub fn lazy(&self) -> LazyFrame {
        self.0.clone().lazy()
    }

    /// Number of attempts kept.
    pub fn len(&self) -> usize {
        self.0.height()
    }

    /// Whether none are kept.
    pub fn is_empty(&self) -> bool {
        self.0.height() == 0
    }
}

fn text<'a>(cells: &'a Cells, failure: &'a Failure, column: &str) -> Option<&'a str> {
    let key = cells.keys.get(failure.key as usize)?;
    cells.text(match column {
        EVENT_ID => return Some(failure.event_id.as_str()),
        REQUEST_ID => return failure.request_id.as_deref(),
        ACCOUNT => key.account,
        REGION => key.region,
        USER_POOL => key.user_pool,
        CLIENT => key.client,
        ENDPOINT => key.endpoint,
        GRANT => key.grant,
        REDIRECT_URI => key.redirect_uri,
        SCOPES => key.scopes,
        IDENTITY_PROVIDER => key.identity_provider,
        AUTH_METHOD => key.auth_method,
        OUTCOME => key.outcome,
        KNOWN_BY => key.known_by,
        ERROR_MESSAGE => failure.message,
        PRINCIPAL => failure.principal,
        SOURCE_IP => failure.source_ip,
        USER_AGENT => failure.agent,
        _ => key.source,
    })
}

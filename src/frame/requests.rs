//! Attempts and how each ended, one a row.

use chrono::{DateTime, Utc};
use polars::prelude::*;

use super::columns::*;
use crate::{error::Result, ids::EventId};

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
/// | `principal` | str, null | the user's sub |
/// | `source_ip` | str, null | the caller's address |
/// | `source` | str | the log, which also says whose clock `time` comes from |
///
/// Source: CloudTrail events of `cognito-idp.amazonaws.com`, see
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/logging-using-cloudtrail.html>.
#[derive(Clone, Debug)]
pub struct Requests(DataFrame);

const TEXTS: [&str; 16] = [
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
    PRINCIPAL,
    SOURCE_IP,
    SOURCE,
];

/// One failed attempt in plain Rust: what single requests are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// When.
    pub time: DateTime<Utc>,
    /// Its event id.
    pub event_id: EventId,
    /// The app client.
    pub client: Option<String>,
    /// The user pool.
    pub user_pool: Option<String>,
    /// The endpoint or sign-in API.
    pub endpoint: Option<String>,
    /// OAuth grant or auth flow.
    pub grant: Option<String>,
    /// The redirect URI sent.
    pub redirect_uri: Option<String>,
    /// Scopes asked for.
    pub scopes: Option<String>,
    /// The identity provider asked for.
    pub identity_provider: Option<String>,
    /// How it ended.
    pub outcome: String,
    /// The user's sub.
    pub principal: Option<String>,
    /// The caller's address.
    pub source_ip: Option<String>,
}

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

    /// Builds the frame from times in microseconds and, per text column of the schema, its values.
    pub(super) fn from_rows(rows: &[(i64, [Option<&str>; 16])]) -> Result<Self> {
        let mut columns = vec![times(TIME, rows.iter().map(|(time, _)| *time).collect())];
        for (position, name) in TEXTS.into_iter().enumerate() {
            columns.push(texts(name, rows.iter().map(|(_, values)| values[position])));
        }
        Self::new(frame(columns, "build requests")?)
    }

    /// The failed attempts, by time.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn failures(&self) -> Result<Vec<Failure>> {
        let time = micros(&self.0, TIME)?;
        let [event_id, client, user_pool, endpoint, grant] =
            [EVENT_ID, CLIENT, USER_POOL, ENDPOINT, GRANT].map(|name| strings(&self.0, name));
        let [redirect_uri, scopes, provider, outcome, principal, ip] = [
            REDIRECT_URI,
            SCOPES,
            IDENTITY_PROVIDER,
            OUTCOME,
            PRINCIPAL,
            SOURCE_IP,
        ]
        .map(|name| strings(&self.0, name));
        let (event_id, outcome) = (event_id?, outcome?);
        let (client, user_pool, endpoint, grant) = (client?, user_pool?, endpoint?, grant?);
        let (redirect_uri, scopes, provider) = (redirect_uri?, scopes?, provider?);
        let (principal, ip) = (principal?, ip?);
        let owned = |column: &StringChunked, row: usize| column.get(row).map(str::to_owned);
        Ok((0..self.0.height())
            .map(|row| Failure {
                time: DateTime::from_timestamp_micros(time[row]).unwrap_or_default(),
                event_id: EventId::new(event_id.get(row).unwrap_or_default()),
                client: owned(client, row),
                user_pool: owned(user_pool, row),
                endpoint: owned(endpoint, row),
                grant: owned(grant, row),
                redirect_uri: owned(redirect_uri, row),
                scopes: owned(scopes, row),
                identity_provider: owned(provider, row),
                outcome: owned(outcome, row).unwrap_or_default(),
                principal: owned(principal, row),
                source_ip: owned(ip, row),
            })
            .collect())
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

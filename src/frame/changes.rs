//! Configuration writes, one a row.

use chrono::DateTime;
use polars::prelude::*;

use super::columns::*;
use crate::{error::Result, record::Change};

/// Configuration writes, failed ones too, sorted by time, each event once.
///
/// | column | type | meaning |
/// |---|---|---|
/// | `time` | datetime\[µs], UTC | the write completed in `[time, time + 1 s)` |
/// | `event_id` | str, never null | CloudTrail's `eventID` |
/// | `name`, `service` | str | `eventName`, `eventSource` |
/// | `account` … `source_ip` | str, null | where, on what and by whom; `actor_chain` is a JSON array |
/// | `request`, `response` | str, null | JSON, secrets masked |
/// | `error`, `error_message` | str, null | error code and text; null when the write succeeded |
#[derive(Clone, Debug)]
pub struct Changes(DataFrame);

const TEXTS: [&str; 15] = [
    EVENT_ID,
    NAME,
    SERVICE,
    ACCOUNT,
    REGION,
    USER_POOL,
    CLIENT,
    ACTOR,
    ACTOR_CHAIN,
    TOOL,
    SOURCE_IP,
    REQUEST,
    RESPONSE,
    ERROR,
    ERROR_MESSAGE,
];

impl Changes {
    /// Checks the columns of `frame`, drops repeated events and sorts by time.
    ///
    /// # Errors
    ///
    /// [`Error::Schema`](crate::Error::Schema) when a column is missing or has another type.
    pub fn new(frame: DataFrame) -> Result<Self> {
        check(&frame, "changes", &Self::schema())?;
        Ok(Self(each_event_once(frame)?))
    }

    /// Columns and types, in order.
    pub fn schema() -> Schema {
        let mut columns = vec![(TIME, time_type())];
        columns.extend(TEXTS.map(|name| (name, DataType::String)));
        schema(&columns)
    }

    /// Builds the frame from plain rows.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn from_rows(rows: &[Change]) -> Result<Self> {
        let chains: Vec<Option<String>> = rows
            .iter()
            .map(|row| serde_json::to_string(&row.actor_chain).ok())
            .collect();
        let micros = rows.iter().map(|row| row.time.timestamp_micros()).collect();
        let mut columns = vec![times(TIME, micros)];
        for name in TEXTS {
            let values = rows.iter().zip(&chains);
            columns.push(texts(
                name,
                values.map(|(row, chain)| text(row, chain.as_deref(), name)),
            ));
        }
        Self::new(frame(columns, "build changes")?)
    }

    /// The rows, by time.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn rows(&self) -> Result<Vec<Change>> {
        let time = micros(&self.0, TIME)?;
        let columns = TEXTS
            .iter()
            .map(|name| strings(&self.0, name))
            .collect::<Result<Vec<_>>>()?;
        let mut rows = Vec::with_capacity(time.len());
        for (row, micros) in time.into_iter().enumerate() {
            let mut values = columns
                .iter()
                .map(|column| column.get(row).map(str::to_owned));
            let mut next = || values.next().flatten();
            rows.push(Change {
                time: DateTime::from_timestamp_micros(micros).unwrap_or_default(),
                event_id: next().unwrap_or_default(),
                name: next().unwrap_or_default(),
                service: next().unwrap_or_default(),
                account: next(),
                region: next(),
                user_pool: next(),
                client: next(),
                actor: next(),
                actor_chain: next()
                    .and_then(|chain| serde_json::from_str(&chain).ok())
                    .unwrap_or_default(),
                tool: next(),
                source_ip: next(),
                request: next(),
                response: next(),
                error: next(),
                error_message: next(),
            });
        }
        Ok(rows)
    }

    /// The rows as they are stored.
    pub fn frame(&self) -> &DataFrame {
        &self.0
    }

    /// The rows as a query to build on.
    pub fn lazy(&self) -> LazyFrame {
        self.0.clone().lazy()
    }
}

fn text<'a>(row: &'a Change, chain: Option<&'a str>, column: &str) -> Option<&'a str> {
    match column {
        EVENT_ID => Some(&row.event_id),
        NAME => Some(&row.name),
        SERVICE => Some(&row.service),
        ACCOUNT => row.account.as_deref(),
        REGION => row.region.as_deref(),
        USER_POOL => row.user_pool.as_deref(),
        CLIENT => row.client.as_deref(),
        ACTOR => row.actor.as_deref(),
        ACTOR_CHAIN => chain,
        TOOL => row.tool.as_deref(),
        SOURCE_IP => row.source_ip.as_deref(),
        REQUEST => row.request.as_deref(),
        RESPONSE => row.response.as_deref(),
        ERROR => row.error.as_deref(),
        _ => row.error_message.as_deref(),
    }
}

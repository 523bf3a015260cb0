//! Requests counted per minute and kind, as a frame to export: [`Cells`] with texts.

use polars::prelude::*;

use super::{
    cells::{Cell, Cells},
    columns::*,
    symbols::{Symbol, Symbols},
};
use crate::error::{DuringStage, Result};

/// Requests per minute and kind, sorted by `first`; every value column is additive.
///
/// | column | type | meaning |
/// |---|---|---|
/// | `minute` | datetime\[µs], UTC | minute of `first` |
/// | `account` … `auth_method` | str, null | attributes of the attempts; null: the log does not say |
/// | `outcome` | str | `ok`, an OAuth error code, an exception name, or `http_400` |
/// | `known_by` | str | how the outcome is known: `error`, `status`, `next_step`, `log` |
/// | `source` | str | the log they stand in |
/// | `requests` | u64 | attempts |
/// | `callers` | u64 | attempts, a known principal counted once per aligned 5 minutes |
/// | `first`, `last` | datetime\[µs], UTC | times of the first and the last of them |
/// | `seconds` | u64 | a bit for each second of the minute that held one |
///
/// Failures stand one a row; successes are folded per minute.
#[derive(Clone, Debug)]
pub struct Counts(DataFrame);

/// The key columns, in order, after `minute`.
pub(super) const KEY: [&str; 13] = [
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
    SOURCE,
];

/// The kind of a row: its key without the minute. `None` means the log does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The AWS account.
    pub account: Option<Symbol>,
    /// The Region.
    pub region: Option<Symbol>,
    /// The user pool.
    pub user_pool: Option<Symbol>,
    /// The app client.
    pub client: Option<Symbol>,
    /// The endpoint or sign-in API.
    pub endpoint: Option<Symbol>,
    /// OAuth grant or auth flow.
    pub grant: Option<Symbol>,
    /// The redirect URI sent.
    pub redirect_uri: Option<Symbol>,
    /// Scopes asked for.
    pub scopes: Option<Symbol>,
    /// The identity provider asked for.
    pub identity_provider: Option<Symbol>,
    /// How the client proved itself.
    pub auth_method: Option<Symbol>,
    /// How the attempts ended.
    pub outcome: Option<Symbol>,
    /// How that is known.
    pub known_by: Option<Symbol>,
    /// The log they stand in.
    pub source: Option<Symbol>,
}

impl Key {
    pub(super) fn parts(&self) -> [Option<Symbol>; 13] {
        [
            self.account,
            self.region,
            self.user_pool,
            self.client,
            self.endpoint,
            self.grant,
            self.redirect_uri,
            self.scopes,
            self.identity_provider,
            self.auth_method,
            self.outcome,
            self.known_by,
            self.source,
        ]
    }

    /// Its attributes as texts.
    pub(super) fn texts<'a>(&self, symbols: &'a Symbols) -> [Option<&'a str>; 13] {
        self.parts().map(|part| part.map(|part| symbols.text(part)))
    }

    pub(super) fn from_parts(parts: [Option<Symbol>; 13]) -> Self {
        let [
            account,
            region,
            user_pool,
            client,
            endpoint,
            grant,
            redirect_uri,
            scopes,
            identity_provider,
            auth_method,
            outcome,
            known_by,
            source,
        ] = parts;
        Self {
            account,
            region,
            user_pool,
            client,
            endpoint,
            grant,
            redirect_uri,
            scopes,
            identity_provider,
            auth_method,
            outcome,
            known_by,
            source,
        }
    }
}

/// The `outcome` of an accepted attempt.
pub const OK: &str = "ok";

impl Counts {
    /// Checks the columns of `frame` and sorts it by time and key.
    ///
    /// # Errors
    ///
    /// [`Error::Schema`](crate::Error::Schema) when a column is missing or has another type.
    pub fn new(frame: DataFrame) -> Result<Self> {
        check(&frame, "counts", &Self::schema())?;
        let mut by = vec![FIRST, LAST];
        by.extend(KEY);
        by.extend([REQUESTS, CALLERS]);
        let frame = frame
            .sort(by, SortMultipleOptions::default())
            .during("sort counts")?;
        Ok(Self(frame))
    }

    /// Columns and types, in order.
    pub fn schema() -> Schema {
        let mut columns = vec![(MINUTE, time_type())];
        columns.extend(KEY.map(|name| (name, DataType::String)));
        columns.extend([(REQUESTS, DataType::UInt64), (CALLERS, DataType::UInt64)]);
        columns.extend([(FIRST, time_type()), (LAST, time_type())]);
        columns.push((SECONDS, DataType::UInt64));
        schema(&columns)
    }

    /// Builds the frame from what was kept.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn from_cells<'a>(cells: &[&'a Cells]) -> Result<Self> {
        let all = cells.iter();
        let all = all.flat_map(|cells| cells.rows.iter().map(move |row| (*cells, row)));
        let rows: Vec<(&'a Cells, &Cell)> = all.collect();
        let minute = |micros: i64| micros - micros.rem_euclid(60_000_000);
        let mut columns = vec![times(
            MINUTE,
            rows.iter().map(|(_, r)| minute(r.first)).collect(),
        )];
        for (position, name) in KEY.into_iter().enumerate() {
            let text = |cells: &'a Cells, row: &Cell| {
                cells.text(cells.keys.get(row.key as usize)?.parts()[position])
            };
            let of = rows.iter();
            columns.push(texts(name, of.map(|(cells, row)| text(cells, row))));
        }
        columns.push(numbers(
            REQUESTS,
            rows.iter().map(|(_, r)| r.requests).collect(),
        ));
        columns.push(numbers(
            CALLERS,
            rows.iter().map(|(_, r)| r.callers).collect(),
        ));
        columns.push(times(FIRST, rows.iter().map(|(_, r)| r.first).collect()));
        columns.push(times(LAST, rows.iter().map(|(_, r)| r.last).collect()));
        let seconds = rows.iter().map(|(_, r)| r.seconds.0).collect();
        columns.push(numbers(SECONDS, seconds));
        Self::new(frame(columns, "build counts")?)
    }

    /// The rows as a query to build on.
    pub fn lazy(&self) -> LazyFrame {
        self.0.clone().lazy()
    }
}

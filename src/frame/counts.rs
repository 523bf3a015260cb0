//! Requests counted per minute and kind: what detection, attribution and replay eat.

use std::collections::HashMap;

use polars::prelude::*;

use super::{
    columns::*,
    symbols::{Symbol, Symbols},
};
use crate::{
    error::{DuringStage, Result},
    queries::endpoint,
    record::SourceKind,
};

/// Requests per minute and kind, sorted by `first`; every value column is additive.
///
/// | column | type | meaning |
/// |---|---|---|
/// | `minute` | datetime\[µs], UTC | minute of `first` |
/// | `account` … `auth_method` | str, null | attributes of the attempts; null: the log does not say |
/// | `outcome` | str | `ok`, an OAuth error code, an exception name, or `http_400` |
/// | `source` | str | the log they stand in |
/// | `requests` | u64 | attempts |
/// | `callers` | u64 | attempts, a known principal counted once per aligned 5 minutes |
/// | `first`, `last` | datetime\[µs], UTC | times of the first and the last of them |
///
/// Failures stand one a row; successes are folded per minute.
#[derive(Clone, Debug)]
pub struct Counts(DataFrame);

/// The key columns, in order, after `minute`.
pub(super) const KEY: [&str; 12] = [
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
    /// The log they stand in.
    pub source: Option<Symbol>,
}

impl Key {
    pub(super) fn parts(&self) -> [Option<Symbol>; 12] {
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
            self.source,
        ]
    }

    pub(super) fn from_parts(parts: [Option<Symbol>; 12]) -> Self {
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
            source,
        }
    }
}

/// One row of [`Counts`] in plain Rust. Times are microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Index into [`Cells::keys`].
    pub key: u32,
    /// Time of the first attempt.
    pub first: i64,
    /// Time of the last attempt.
    pub last: i64,
    /// Attempts.
    pub requests: u64,
    /// Attempts with the repeats of a known principal collapsed.
    pub callers: u64,
}

/// The columns of [`Counts`], taken out once: rows by `first`, keys and texts by number.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    /// Texts of the keys.
    pub symbols: Symbols,
    /// Kinds of rows, each once.
    pub keys: Vec<Key>,
    /// Rows, sorted by `first`.
    pub rows: Vec<Cell>,
}

impl Cells {
    /// The text of a key's attribute.
    pub fn text(&self, symbol: Option<Symbol>) -> Option<&str> {
        symbol.map(|symbol| self.symbols.text(symbol))
    }

    /// Whether an accepted attempt of this kind says that it was really accepted: a page that was
    /// served, or a redirect in the trail, does not.
    pub fn tells(&self, key: &Key) -> bool {
        let pages = [endpoint::AUTHORIZE, endpoint::LOGIN, endpoint::IDP_RESPONSE];
        let page = self
            .text(key.endpoint)
            .is_some_and(|endpoint| pages.contains(&endpoint));
        !page || self.text(key.source) != Some(SourceKind::Trail.as_str())
    }

    /// Whether attempts of this kind failed.
    pub fn failed(&self, key: &Key) -> bool {
        self.text(key.outcome) != Some(OK)
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
        schema(&columns)
    }

    /// Builds the frame from plain rows.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn from_cells(cells: &Cells) -> Result<Self> {
        let rows = &cells.rows;
        let minute = |micros: i64| micros - micros.rem_euclid(60_000_000);
        let mut columns = vec![times(
            MINUTE,
            rows.iter().map(|r| minute(r.first)).collect(),
        )];
        for (position, name) in KEY.into_iter().enumerate() {
            let part = |row: &Cell| cells.keys.get(row.key as usize)?.parts()[position];
            columns.push(texts(name, rows.iter().map(|row| cells.text(part(row)))));
        }
        columns.push(numbers(REQUESTS, rows.iter().map(|r| r.requests).collect()));
        columns.push(numbers(CALLERS, rows.iter().map(|r| r.callers).collect()));
        columns.push(times(FIRST, rows.iter().map(|r| r.first).collect()));
        columns.push(times(LAST, rows.iter().map(|r| r.last).collect()));
        Self::new(frame(columns, "build counts")?)
    }

    /// Takes the columns out for stages that compute in plain Rust.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn cells(&self) -> Result<Cells> {
        let mut cells = Cells::default();
        let columns = KEY
            .iter()
            .map(|name| strings(&self.0, name))
            .collect::<Result<Vec<_>>>()?;
        let mut known: HashMap<Key, u32> = HashMap::new();
        let mut keys = Vec::with_capacity(self.0.height());
        for row in 0..self.0.height() {
            let mut parts = [None; 12];
            for (part, column) in parts.iter_mut().zip(&columns) {
                *part = column.get(row).map(|text| cells.symbols.intern(text));
            }
            let key = Key::from_parts(parts);
            let next = u32::try_from(cells.keys.len()).unwrap_or(u32::MAX);
            keys.push(*known.entry(key).or_insert_with(|| {
                cells.keys.push(key);
                next
            }));
        }
        let (first, last) = (micros(&self.0, FIRST)?, micros(&self.0, LAST)?);
        let (requests, callers) = (counts(&self.0, REQUESTS)?, counts(&self.0, CALLERS)?);
        cells.rows = (0..keys.len())
            .map(|row| Cell {
                key: keys[row],
                first: first[row],
                last: last[row],
                requests: requests[row],
                callers: callers[row],
            })
            .collect();
        Ok(cells)
    }

    /// The rows as a query to build on.
    pub fn lazy(&self) -> LazyFrame {
        self.0.clone().lazy()
    }

    /// All attempts.
    ///
    /// # Errors
    ///
    /// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
    pub fn requests(&self) -> Result<u64> {
        Ok(counts(&self.0, REQUESTS)?.iter().sum())
    }
}

/// Whether an attempt was refused.
pub fn failed() -> Expr {
    col(OUTCOME).neq(lit(OK))
}

//! Links between resources as a frame.

use polars::prelude::*;

use crate::{
    cognito::links::Link,
    error::{DuringStage, Result},
};

/// One row a link, by time.
///
/// | column | type | meaning |
/// |---|---|---|
/// | `from_kind`, `from` | str | what the link leads from: `client`, `user_pool`, `secret`, …, and its id or name |
/// | `to_kind`, `to` | str | what it leads to |
/// | `since` | datetime\[µs], UTC, null | when it was made, as far as the logs go back |
/// | `known_from` | str, null | `event_id` of the write that told of it first; null where only a description does |
/// | `how` | str | the setting that states it; `name` where only names agree; `replaced by`; `coincidence` where a client's connections were lost just after a write to a network |
///
/// # Errors
///
/// [`Error::Frame`](crate::Error::Frame) when Polars cannot.
pub fn frame(links: &[Link]) -> Result<DataFrame> {
    let during = "build the frame of links";
    let texts = |name: &str, of: &dyn Fn(&Link) -> Option<String>| {
        let values: Vec<Option<String>> = links.iter().map(of).collect();
        Column::new(name.into(), values)
    };
    let since = links
        .iter()
        .map(|link| Some(link.since?.timestamp_micros()));
    let since: Vec<Option<i64>> = since.collect();
    let time = DataType::Datetime(TimeUnit::Microseconds, None);
    let columns = vec![
        texts("from_kind", &|link| Some(link.from.kind.clone())),
        texts("from", &|link| Some(link.from.name.clone())),
        texts("to_kind", &|link| Some(link.to.kind.clone())),
        texts("to", &|link| Some(link.to.name.clone())),
        Column::new("since".into(), since)
            .cast(&time)
            .during(during)?,
        texts("known_from", &|link| {
            link.known_from.as_ref().map(ToString::to_string)
        }),
        texts("how", &|link| Some(link.how.clone())),
    ];
    DataFrame::new(links.len(), columns).during(during)
}

//! What a container says of the messages in it.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

/// What the container says of a message.
#[derive(Clone, Debug, Default)]
pub struct Context<'a> {
    /// The log's own time: of the line, not of CloudTrail's event.
    pub time: Option<DateTime<Utc>>,
    /// CloudWatch's event id.
    pub event_id: Option<Cow<'a, str>>,
    /// The account that owns the log.
    pub account: Option<Cow<'a, str>>,
    /// The Region.
    pub region: Option<Cow<'a, str>>,
    /// The log group.
    pub log_group: Option<Cow<'a, str>>,
    /// `GROUP:STREAM`, `:STREAM`, or the file.
    pub stream: Option<Cow<'a, str>>,
}

impl Context<'_> {
    /// The same without what it borrows from.
    pub fn into_owned(self) -> Context<'static> {
        let own = |text: Option<Cow<'_, str>>| text.map(|text| Cow::Owned(text.into_owned()));
        Context {
            time: self.time,
            event_id: own(self.event_id),
            account: own(self.account),
            region: own(self.region),
            log_group: own(self.log_group),
            stream: own(self.stream),
        }
    }
}

//! The order in which AWS writes the members that tell a record.

use std::borrow::Cow;

use memchr::{memchr2, memrchr};

use super::{ACCOUNT, NAME};
use crate::{
    queries,
    record::{Seen, SourceKind, edges, time},
};

/// The members between which a record's source and name stand, as AWS writes them.
pub struct Order {
    pub time: &'static [u8],
    pub source: &'static [u8],
    pub name: &'static [u8],
    pub region: &'static [u8],
    /// Behind `recipientAccountId`.
    account: &'static [u8],
    pub quote: &'static [u8],
}

pub const PLAIN: Order = Order {
    time: b"\"eventTime\":\"",
    source: b"\",\"eventSource\":\"",
    name: b"\",\"eventName\":\"",
    region: b"\",\"awsRegion\":\"",
    account: b"\":\"",
    quote: b"\"",
};

/// In a message of a log group or an event of a look-up, which are strings.
pub const WRAPPED: Order = Order {
    time: b"\\\"eventTime\\\":\\\"",
    source: b"\\\",\\\"eventSource\\\":\\\"",
    name: b"\\\",\\\"eventName\\\":\\\"",
    region: b"\\\",\\\"awsRegion\\\":\\\"",
    account: b"\\\":\\\"",
    quote: b"\\\"",
};

/// What stands around one `eventName`.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    pub source: &'a [u8],
    pub name: &'a [u8],
    pub stamp: Stamp<'a>,
}

/// When and where a record was written.
#[derive(Clone, Copy)]
pub struct Stamp<'a> {
    pub time: &'a [u8],
    pub region: &'a [u8],
}

impl Order {
    /// How much of a name's key stands before `eventName`.
    pub const fn before_name(&self) -> usize {
        self.name.len() - NAME.len() - self.account.len()
    }

    /// How far behind the beginning of `eventName` its value begins.
    pub const fn behind_name(&self) -> usize {
        NAME.len() + self.account.len()
    }

    /// What stands around the `eventName` at `at`, if it is in order.
    // Inlined for either order, so that what is compared is known when it is compiled.
    #[inline(always)]
    pub fn told<'a>(&self, text: &'a [u8], at: usize) -> Option<Told<'a>> {
        let (before, after) = (text.get(..at)?, text.get(at..)?);
        let before = edges::before(before, self.name.get(..self.before_name())?)?;
        let (before, source) = before.split_at(memrchr(b'"', before)? + 1);
        let before = edges::before(before, self.source)?;
        let time = self.time_at_end(before)?;
        let after = edges::after(edges::after(after, NAME)?, self.account)?;
        let (name, after) = after.split_at(memchr2(b'"', b'\\', after)?);
        let after = edges::after(after, self.region)?;
        let (region, after) = after.split_at(memchr2(b'"', b'\\', after)?);
        edges::begins(after, self.quote).then_some(Told {
            source,
            name,
            stamp: Stamp { time, region },
        })
    }

    /// The time that a text ends with.
    #[inline(always)]
    pub fn time_at_end<'a>(&self, text: &'a [u8]) -> Option<&'a [u8]> {
        let (before, time) = text.split_at_checked(text.len().checked_sub(TIME)?)?;
        edges::ends(before, self.time).then_some(time)
    }

    /// The account behind the `recipientAccountId` at `at`.
    #[inline(always)]
    pub fn account_at<'a>(&self, text: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let after = edges::after(text.get(at..)?, ACCOUNT)?;
        let after = edges::after(after, self.account)?;
        let (account, after) = after.split_at(memchr2(b'"', b'\\', after)?);
        (!account.is_empty() && edges::begins(after, self.quote)).then_some(account)
    }
}

impl Told<'_> {
    /// Whether nobody asks for it.
    pub fn is_unwanted(&self) -> bool {
        !queries::may_matter(self.source, self.name)
    }
}

/// `2026-03-02T10:15:04Z`, and its part up to the minute.
const TIME: usize = 20;
const TO_THE_MINUTE: usize = 17;

impl<'a> Stamp<'a> {
    /// Whether both are of one Region and minute.
    pub fn is_like(&self, other: &Self) -> bool {
        self.region == other.region
            && self.time.get(..TO_THE_MINUTE) == other.time.get(..TO_THE_MINUTE)
    }

    /// The second of its minute.
    pub fn second(&self) -> Option<u8> {
        match self.time.get(TO_THE_MINUTE..)? {
            [tens @ b'0'..=b'5', ones @ b'0'..=b'9', b'Z'] => {
                Some((tens - b'0') * 10 + ones - b'0')
            }
            _ => None,
        }
    }

    /// A record of this account that says no more.
    pub fn seen(&self, account: &'a [u8]) -> Option<Seen<'a>> {
        let text = |bytes| std::str::from_utf8(bytes).ok().map(Cow::Borrowed);
        Some(Seen {
            time: Some(time::from_text(std::str::from_utf8(self.time).ok()?)?),
            account: Some(text(account)?),
            region: Some(text(self.region).filter(|region| !region.is_empty())?),
            source: SourceKind::Trail,
            ..Seen::default()
        })
    }
}

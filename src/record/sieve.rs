//! Passes over records of a trail that nobody needs, without parsing them.
//!
//! An organisation's trail is mostly not Cognito, and what does not matter is told by two members
//! that AWS writes side by side: `eventSource` and `eventName`. A record is passed over only if it
//! begins as AWS writes it and every `eventName` in it stands in AWS's order with a source and name
//! that [`queries::may_matter`] does not ask for; so a record that could be more than unwanted is
//! always parsed, wherever in it its own name stands. What is passed over is counted, with its time
//! and Region and the account of its neighbours, and not otherwise checked.

use std::{borrow::Cow, sync::LazyLock};

use chrono::TimeDelta;
use memchr::{
    memchr2,
    memmem::{self, Finder, FinderRev},
    memrchr, memrchr_iter,
};

use super::{
    Seen, SourceKind,
    blocks::{Place, Stop, along_line, begins_element, through_list},
    time,
};
use crate::queries;

/// How every record that AWS writes begins.
pub const BEGIN: &[u8] = b"{\"eventVersion\":\"";
const NAME: &[u8] = b"eventName";
/// Where its mark stands in it.
const MARK: usize = 5;
const ACCOUNT: &[u8] = b"recipientAccountId";

static NAMES: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(NAME));
static ACCOUNTS: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(ACCOUNT));
static LAST_ACCOUNT: LazyLock<FinderRev<'_>> = LazyLock::new(|| FinderRev::new(ACCOUNT));

/// The members between which a record's source and name stand, as AWS writes them.
struct Order {
    time: &'static [u8],
    source: &'static [u8],
    name: &'static [u8],
    region: &'static [u8],
    /// Behind `recipientAccountId`.
    account: &'static [u8],
    quote: &'static [u8],
}

const PLAIN: Order = Order {
    time: b"\"eventTime\":\"",
    source: b"\",\"eventSource\":\"",
    name: b"\",\"eventName\":\"",
    region: b"\",\"awsRegion\":\"",
    account: b"\":\"",
    quote: b"\"",
};

/// In a message of a log group or an event of a look-up, which are strings.
const WRAPPED: Order = Order {
    time: b"\\\"eventTime\\\":\\\"",
    source: b"\\\",\\\"eventSource\\\":\\\"",
    name: b"\\\",\\\"eventName\\\":\\\"",
    region: b"\\\",\\\"awsRegion\\\":\\\"",
    account: b"\\\":\\\"",
    quote: b"\\\"",
};
/// What stands before a record in a message of a log group, and before one in an event of a look-up.
pub const IN_MESSAGE: &[u8] = b"\"message\":\"{\\\"eventVersion\\\":\\\"";
pub const IN_LOOK_UP: &[u8] = b"\"CloudTrailEvent\":\"{\\\"eventVersion\\\":\\\"";

/// What stands around one `eventName`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Told<'a> {
    time: &'a [u8],
    source: &'a [u8],
    name: &'a [u8],
    region: &'a [u8],
}

/// What a list begins with that nobody needs.
#[derive(Default)]
pub struct Passed<'a> {
    /// So many bytes of it: whole elements, with the commas behind them.
    pub bytes: usize,
    /// Whether the element behind them is known to be needed.
    pub is_next_needed: bool,
    /// Their records, in order; neighbours of one minute, account and Region together.
    pub records: Vec<Seen<'a>>,
}

/// What the record says, if nobody needs it; `None` when it must be parsed.
pub fn unwanted(record: &[u8]) -> Option<Seen<'_>> {
    record.starts_with(BEGIN).then_some(())?;
    PLAIN.unwanted(record)
}

/// The same of the record that stands as a string behind `key` in an object.
pub fn unwanted_inside<'a>(object: &'a [u8], key: &[u8]) -> Option<Seen<'a>> {
    let at = memmem::find(object, key)?;
    WRAPPED.unwanted(object.get(at..)?)
}

/// What the whole rest of a text says that is one list of records as AWS delivers it, to its end, if
/// nobody needs any of them: then nothing is to be parsed, and how they are nested does not matter.
pub fn unwanted_to_end(list: &[u8]) -> Option<Passed<'_>> {
    list.starts_with(BEGIN).then_some(())?;
    let records = list.trim_ascii_end().strip_suffix(b"]}")?;
    let mut run = Run::default();
    // What stands on other lines may be anything.
    let is_unwanted_line = along_line(records, |mark| run.take_mark(records, mark));
    is_unwanted_line.then_some(Passed {
        bytes: records.len(),
        is_next_needed: false,
        records: run.records,
    })
}

/// What the list from an element on begins with that nobody needs: whole records of AWS.
///
/// `is_whole` says that no more of the list is to come; else its last record may be cut and stays.
pub fn unwanted_of(list: &[u8], is_whole: bool) -> Option<Passed<'_>> {
    list.starts_with(BEGIN).then_some(())?;
    let until = match is_whole {
        true => list.len(),
        false => last_begin(list)?,
    };
    let list = list.get(..until)?;
    let mut run = Run::default();
    let (stop, place) = through_list(list, |mark| run.take_mark(list, mark));
    let bytes = match stop {
        Stop::Unsure => return None,
        Stop::Closed(at) => Some(at).filter(|at| list.get(*at) == Some(&b']'))?,
        Stop::Through => Some(until).filter(|_| place == Place::IN_LIST)?,
        Stop::Asked(_) if run.count == 0 => 0,
        Stop::Asked(at) => {
            let start = last_begin(list.get(..at)?)?;
            run.leave(start);
            Some(start).filter(|_| begins_element(&list[start..at], place))?
        }
    };
    Some(Passed {
        bytes,
        is_next_needed: matches!(stop, Stop::Asked(_)),
        records: run.records,
    })
}

/// A list is one account's, as AWS writes it: it is asked of each so many-th record.
const SAMPLE: u64 = 16;

/// Records met one after the other in a list.
#[derive(Default)]
struct Run<'a> {
    records: Vec<Seen<'a>>,
    count: u64,
    account: &'a [u8],
    /// What the last record said, where its name stands, and the first and last second of all that
    /// are told together with it.
    last: Option<(Told<'a>, usize, [u8; 2])>,
}

impl<'a> Run<'a> {
    /// Takes a mark of the list; false where a record must be parsed.
    fn take_mark(&mut self, list: &'a [u8], mark: usize) -> bool {
        name_at(list, mark).is_none_or(|at| self.take(list, at))
    }

    /// Takes a record by the place of its name; false where it must be parsed.
    fn take(&mut self, list: &'a [u8], at: usize) -> bool {
        let told = PLAIN.told(list, at).filter(Told::is_unwanted);
        told.is_some_and(|told| self.is_of_account(list, at) && self.add(told, at))
    }

    /// Whether a record is of the same account as those before it.
    fn is_of_account(&mut self, list: &'a [u8], at: usize) -> bool {
        if !self.count.is_multiple_of(SAMPLE) {
            return true;
        }
        let account = || {
            let after = list.get(at..)?;
            PLAIN.account_at(after, ACCOUNTS.find(after)?)
        };
        let before = std::mem::replace(&mut self.account, account().unwrap_or_default());
        !self.account.is_empty() && (self.count == 0 || self.account == before)
    }

    fn add(&mut self, told: Told<'a>, at: usize) -> bool {
        if !self.joins_last(&told, at) {
            let (Some(seen), Some(second)) = (told.seen(self.account), told.second()) else {
                return false;
            };
            self.last = Some((told, at, [second; 2]));
            self.records.push(seen);
        }
        self.count += 1;
        true
    }

    fn joins_last(&mut self, told: &Told<'a>, at: usize) -> bool {
        let (Some((last, place, [first, latest])), Some(run)) =
            (&mut self.last, self.records.last_mut())
        else {
            return false;
        };
        let Some(second) = told.second().filter(|_| last.is_like(told)) else {
            return false;
        };
        *place = at;
        run.more += 1;
        let by = |seconds: u8| Some(TimeDelta::seconds(i64::from(seconds)));
        if second < *first {
            run.time = run
                .time
                .zip(by(*first - second))
                .map(|(time, by)| time - by);
            *first = second;
        }
        if second > *latest {
            run.last = run
                .time
                .zip(by(second - *first))
                .map(|(time, by)| time + by);
            *latest = second;
        }
        true
    }

    /// Leaves what begins at `start` to be parsed: it may have had an innocent name before.
    fn leave(&mut self, start: usize) {
        if self.last.as_ref().is_none_or(|(_, at, _)| *at < start) {
            return;
        }
        match self.records.last_mut() {
            Some(run) if run.more > 0 => run.more -= 1,
            _ => drop(self.records.pop()),
        }
    }
}

/// Where the last [`BEGIN`] stands.
fn last_begin(list: &[u8]) -> Option<usize> {
    let mut brackets = memrchr_iter(b'{', list);
    brackets.find(|at| list.get(*at..).is_some_and(|rest| rest.starts_with(BEGIN)))
}

/// Where `eventName` begins, if it does so that its mark is here.
fn name_at(text: &[u8], mark: usize) -> Option<usize> {
    let start = mark.checked_sub(MARK)?;
    text.get(start..)?.starts_with(NAME).then_some(start)
}

impl Order {
    /// What a record in this order says, if nobody needs it.
    fn unwanted<'a>(&self, record: &'a [u8]) -> Option<Seen<'a>> {
        let mut names = NAMES.find_iter(record);
        let told = self.told(record, names.next()?).filter(Told::is_unwanted)?;
        // Another one may be that of another record.
        names.next().is_none().then_some(())?;
        let at = LAST_ACCOUNT.rfind(record)?;
        told.seen(self.account_at(record, at)?)
    }

    /// What stands around the `eventName` at `at`, if it is in order.
    // Inlined for either order, so that what is compared is known when it is compiled.
    #[inline(always)]
    fn told<'a>(&self, text: &'a [u8], at: usize) -> Option<Told<'a>> {
        let (before, after) = (text.get(..at)?, text.get(at..)?);
        let head = self.name.len() - NAME.len() - self.account.len();
        let before = before.strip_suffix(self.name.get(..head)?)?;
        let (before, source) = before.split_at(memrchr(b'"', before)? + 1);
        let before = before.strip_suffix(self.source)?;
        let (before, time) = before.split_at_checked(before.len().checked_sub(TIME)?)?;
        before.ends_with(self.time).then_some(())?;
        let after = after.strip_prefix(NAME)?.strip_prefix(self.account)?;
        let (name, after) = after.split_at(memchr2(b'"', b'\\', after)?);
        let after = after.strip_prefix(self.region)?;
        let (region, after) = after.split_at(memchr2(b'"', b'\\', after)?);
        after.starts_with(self.quote).then_some(Told {
            time,
            source,
            name,
            region,
        })
    }

    /// The account behind the `recipientAccountId` at `at`.
    #[inline(always)]
    fn account_at<'a>(&self, text: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let after = text.get(at..)?.strip_prefix(ACCOUNT)?;
        let after = after.strip_prefix(self.account)?;
        let (account, after) = after.split_at(memchr2(b'"', b'\\', after)?);
        (!account.is_empty() && after.starts_with(self.quote)).then_some(account)
    }
}

/// `2026-03-02T10:15:04Z`, and its part up to the minute.
const TIME: usize = 20;
const TO_THE_MINUTE: usize = 17;

impl<'a> Told<'a> {
    fn is_unwanted(&self) -> bool {
        !queries::may_matter(self.source, self.name)
    }

    fn is_like(&self, other: &Self) -> bool {
        self.region == other.region
            && self.time.get(..TO_THE_MINUTE) == other.time.get(..TO_THE_MINUTE)
    }

    /// The second of its minute.
    fn second(&self) -> Option<u8> {
        match self.time.get(TO_THE_MINUTE..)? {
            [tens @ b'0'..=b'5', ones @ b'0'..=b'9', b'Z'] => {
                Some((tens - b'0') * 10 + ones - b'0')
            }
            _ => None,
        }
    }

    fn seen(&self, account: &'a [u8]) -> Option<Seen<'a>> {
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

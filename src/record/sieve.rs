//! Passes over records of a trail that nobody needs, without parsing them.
//!
//! An organisation's trail is mostly not Cognito, and what does not matter is told by two members
//! that AWS writes side by side: `eventSource` and `eventName`. A record is passed over only if it
//! begins as AWS writes it and every `eventName` in it stands in AWS's order with a source and name
//! that [`may_matter`](crate::queries::may_matter) does not ask for; so a record that could be more
//! than unwanted is always parsed, wherever in it its own name stands. What is passed over is counted,
//! with its time and Region and the account of its neighbours, and not otherwise checked.

use std::sync::LazyLock;

use memchr::{
    memmem::{self, Finder, FinderRev},
    memrchr_iter,
};

use super::{
    Seen,
    blocks::{Place, Stop, along_line, begins_element, through_list},
    edges,
};

mod names;
mod order;
mod run;

pub use names::Names;
use order::{Order, PLAIN, Told, WRAPPED};
use run::{Group, Run};

/// How every record that AWS writes begins.
pub const BEGIN: &[u8] = b"{\"eventVersion\":\"";
const NAME: &[u8] = b"eventName";
const ACCOUNT: &[u8] = b"recipientAccountId";

static NAMES: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(NAME));
static ACCOUNTS: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(ACCOUNT));
static LAST_ACCOUNT: LazyLock<FinderRev<'_>> = LazyLock::new(|| FinderRev::new(ACCOUNT));

/// What stands before a record in a message of a log group, and before one in an event of a look-up.
pub const IN_MESSAGE: &[u8] = b"\"message\":\"{\\\"eventVersion\\\":\\\"";
pub const IN_LOOK_UP: &[u8] = b"\"CloudTrailEvent\":\"{\\\"eventVersion\\\":\\\"";

/// What a list begins with that nobody needs.
pub struct Passed<'a> {
    /// So many bytes of it: whole elements, with the commas behind them.
    pub bytes: usize,
    /// Whether the element behind them is known to be needed.
    pub is_next_needed: bool,
    groups: Vec<Group<'a>>,
}

impl<'a> Passed<'a> {
    /// Its records, in order; those of one minute, account and Region that stand near each other
    /// together.
    pub fn records(self) -> impl Iterator<Item = Seen<'a>> {
        self.groups.into_iter().map(Group::told)
    }
}

/// What the record says, if nobody needs it; `None` when it must be parsed.
pub fn unwanted(record: &[u8]) -> Option<Seen<'_>> {
    edges::begins(record, BEGIN).then_some(())?;
    alone(record, &PLAIN)
}

/// The same of the record that stands as a string behind `key` in an object.
pub fn unwanted_inside<'a>(object: &'a [u8], key: &[u8]) -> Option<Seen<'a>> {
    let at = memmem::find(object, key)?;
    alone(object.get(at..)?, &WRAPPED)
}

/// What a record in this order says, if nobody needs it.
fn alone<'a>(record: &'a [u8], order: &Order) -> Option<Seen<'a>> {
    let mut names = NAMES.find_iter(record);
    let told = order.told(record, names.next()?);
    let told = told.filter(Told::is_unwanted)?;
    // Another one may be that of another record.
    names.next().is_none().then_some(())?;
    let at = LAST_ACCOUNT.rfind(record)?;
    told.stamp.seen(order.account_at(record, at)?)
}

/// What the whole rest of a text says that is one list of records as AWS delivers it, to its end, if
/// nobody needs any of them: then nothing is to be parsed, and how they are nested does not matter.
pub fn unwanted_to_end<'a>(list: &'a [u8], names: &mut Names) -> Option<Passed<'a>> {
    edges::begins(list, BEGIN).then_some(())?;
    let records = list.trim_ascii_end().strip_suffix(b"]}")?;
    let mut run = Run::new(records, names);
    // What stands on other lines may be anything.
    let is_unwanted_line = along_line(records, |mark| run.take_mark(mark));
    is_unwanted_line.then_some(Passed {
        bytes: records.len(),
        is_next_needed: false,
        groups: run.groups,
    })
}

/// What the list from an element on begins with that nobody needs: whole records of AWS.
///
/// `is_whole` says that no more of the list is to come; else its last record may be cut and stays.
pub fn unwanted_of<'a>(list: &'a [u8], is_whole: bool, names: &mut Names) -> Option<Passed<'a>> {
    edges::begins(list, BEGIN).then_some(())?;
    let until = match is_whole {
        true => list.len(),
        false => last_begin(list)?,
    };
    let list = list.get(..until)?;
    let mixed_before = names.mixes_accounts;
    let mut run = Run::new(list, names);
    let (stop, place) = through_list(list, |mark| run.take_mark(mark));
    if run.mixes_accounts() && !mixed_before {
        // Some may have been taken for another's.
        return unwanted_of(list, true, names);
    }
    let bytes = match stop {
        Stop::Unsure => return None,
        Stop::Closed(at) => Some(at).filter(|at| list.get(*at) == Some(&b']'))?,
        Stop::Through => Some(until).filter(|_| place == Place::IN_LIST)?,
        Stop::Asked(_) if run.is_empty() => 0,
        Stop::Asked(at) => {
            let start = last_begin(list.get(..at)?)?;
            run.leave(start);
            Some(start).filter(|_| begins_element(&list[start..at], place))?
        }
    };
    Some(Passed {
        bytes,
        is_next_needed: matches!(stop, Stop::Asked(_)),
        groups: run.groups,
    })
}

/// Where the last [`BEGIN`] stands.
fn last_begin(list: &[u8]) -> Option<usize> {
    let mut brackets = memrchr_iter(b'{', list);
    brackets.find(|at| {
        list.get(*at..)
            .is_some_and(|rest| edges::begins(rest, BEGIN))
    })
}

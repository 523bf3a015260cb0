//! Records met one after the other in a list, of which nobody needs any.

use chrono::TimeDelta;

use super::{
    ACCOUNTS, NAME,
    names::Names,
    order::{PLAIN, Stamp},
};
use crate::record::{Seen, edges};

/// A list is one account's, as AWS writes it: it is asked of each so many-th record, and of each that
/// begins a group. Of a list that somebody put together it is asked of all.
const SAMPLE: u64 = 16;
/// Records are nearly in the order of time: one belongs to one of so many last groups, mostly.
const NEAR: usize = 4;
/// Where the mark of `eventName` stands in it.
const MARK: usize = 5;

/// Records of a list, up to where one must be parsed.
pub struct Run<'a, 'n> {
    list: &'a [u8],
    names: &'n mut Names,
    pub groups: Vec<Group<'a>>,
    count: u64,
    account: &'a [u8],
    /// Where the name of the last record stands, and its group.
    last: Option<(usize, usize)>,
}

/// Records of one minute, account and Region.
pub struct Group<'a> {
    stamp: Stamp<'a>,
    account: &'a [u8],
    /// What the first of them says.
    seen: Seen<'a>,
    /// Its second, and the first and last one of all.
    second: u8,
    first: u8,
    latest: u8,
}

impl<'a, 'n> Run<'a, 'n> {
    /// No records yet.
    pub fn new(list: &'a [u8], names: &'n mut Names) -> Self {
        Self {
            list,
            names,
            groups: Vec::new(),
            count: 0,
            account: &[],
            last: None,
        }
    }

    /// Takes a mark of the list; false where a record must be parsed.
    #[inline]
    pub fn take_mark(&mut self, mark: usize) -> bool {
        self.name_at(mark).is_none_or(|at| self.take(at))
    }

    /// Whether records are known to be of several accounts.
    pub fn mixes_accounts(&self) -> bool {
        self.names.mixes_accounts
    }

    /// Whether none was taken.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Leaves what begins at `start` to be parsed: it may have had an innocent name before.
    pub fn leave(&mut self, start: usize) {
        let Some((_, place)) = self.last.filter(|(at, _)| *at >= start) else {
            return;
        };
        match self.groups.get_mut(place) {
            Some(group) if group.seen.more > 0 => group.seen.more -= 1,
            _ => drop(self.groups.remove(place)),
        }
    }

    /// Where `eventName` begins, if it does so that its mark is here.
    #[inline]
    fn name_at(&self, mark: usize) -> Option<usize> {
        let start = mark.checked_sub(MARK)?;
        let is_name = edges::begins(self.list.get(start..)?, NAME);
        is_name.then_some(start)
    }

    /// Takes a record by the place of its name; false where it must be parsed.
    #[inline]
    fn take(&mut self, at: usize) -> bool {
        let is_asked = self.count.is_multiple_of(SAMPLE) || self.names.mixes_accounts;
        let stamp = self.names.unwanted(self.list, at);
        let is_taken =
            stamp.is_some_and(|stamp| (!is_asked || self.ask(at)) && self.add(stamp, at));
        self.count += u64::from(is_taken);
        is_taken
    }

    /// Asks for the account of a record; false where it has none, or is the first of another account.
    #[inline(never)]
    fn ask(&mut self, at: usize) -> bool {
        let account = || {
            let after = self.list.get(at..)?;
            PLAIN.account_at(after, ACCOUNTS.find(after)?)
        };
        let Some(account) = account() else {
            return false;
        };
        let is_known = self.count == 0 || account == self.account || self.names.mixes_accounts;
        self.names.mixes_accounts |= !is_known;
        self.account = account;
        is_known
    }

    #[inline]
    fn add(&mut self, stamp: Stamp<'a>, at: usize) -> bool {
        let mut places = (0..self.groups.len()).rev().take(NEAR);
        let of = self.names.mixes_accounts.then_some(self.account);
        let place = places.find(|place| self.groups[*place].joins(&stamp, of));
        let place = place.or_else(|| self.begin(stamp, at));
        self.last = place.map(|place| (at, place)).or(self.last);
        place.is_some()
    }

    /// A new group, if its stamp is sound.
    #[inline(never)]
    fn begin(&mut self, stamp: Stamp<'a>, at: usize) -> Option<usize> {
        self.ask(at).then_some(())?;
        let second = stamp.second()?;
        if self.groups.is_empty() {
            // There is one group between two records that are needed, mostly.
            self.groups.reserve_exact(1);
        }
        self.groups.push(Group {
            stamp,
            account: self.account,
            seen: stamp.seen(self.account)?,
            second,
            first: second,
            latest: second,
        });
        Some(self.groups.len() - 1)
    }
}

impl<'a> Group<'a> {
    /// Takes a record, if it belongs here; its account is told where there are several.
    #[inline]
    fn joins(&mut self, stamp: &Stamp<'_>, account: Option<&[u8]>) -> bool {
        let is_like = self.stamp.is_like(stamp) && account.is_none_or(|of| of == self.account);
        let second = stamp.second().filter(|_| is_like);
        let Some(second) = second else {
            return false;
        };
        self.seen.more += 1;
        self.first = self.first.min(second);
        self.latest = self.latest.max(second);
        true
    }

    /// All of them.
    pub fn told(self) -> Seen<'a> {
        let seconds = |count: u8| TimeDelta::seconds(i64::from(count));
        let time = self.seen.time;
        let first = time.map(|time| time - seconds(self.second - self.first));
        let last = first.map(|time| time + seconds(self.latest - self.first));
        Seen {
            time: first,
            last: last.filter(|_| self.latest > self.first),
            ..self.seen
        }
    }
}

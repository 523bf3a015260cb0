//! What stands in one file: requests and changes of the pool it belongs to, among all the rest.

use std::ops::{AddAssign, Range};

use super::{
    super::{clock::iso_millis, dice::Dice},
    Organisation,
    calls::Call,
    layout::{Layout, Millis, Slot},
    mix,
    pools::{Kind, Stream},
    record::Pen,
    requests,
    schedule::Asked,
};

/// How records are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As S3 holds them: one line `{"Records":[…]}`, compressed.
    Delivered,
    /// The same, not compressed.
    Plain,
    /// A record a line, compressed.
    Lines,
    /// As an export of a log group: a time and a record a line, compressed.
    Export,
}

impl Form {
    pub fn head(self) -> &'static str {
        if self.is_list() {
            r#"{"Records":["#
        } else {
            ""
        }
    }

    pub fn tail(self) -> &'static str {
        if self.is_list() { "]}" } else { "\n" }
    }

    pub fn separator(self) -> &'static str {
        if self.is_list() { "," } else { "\n" }
    }

    fn is_list(self) -> bool {
        matches!(self, Self::Delivered | Self::Plain)
    }
}

/// How many of what was written.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub records: u64,
    pub repeats: u64,
    pub cognito: u64,
    pub attempts: u64,
    /// Requests to the token endpoint by stream: accepted and refused.
    pub tokens: Vec<[u64; 2]>,
}

/// Records with separators between them, but none around them.
#[derive(Default)]
pub struct Text {
    pub text: String,
    /// Those that come again.
    pub again: String,
    pub tally: Tally,
}

enum Entry<'a> {
    Other(&'static Call<'static>),
    Request(&'a Stream, Asked),
    Change(usize),
}

/// An entry, when it was, and where it stands.
struct Placed<'a> {
    place: Millis,
    at: Millis,
    entry: Entry<'a>,
}

/// Share of calls that follow one of the same kind within a second.
const AGAIN: f64 = 0.35;
/// Milliseconds by which neighbours of a file are out of order.
const DISORDER: Millis = 20_000;

pub fn of(order: &Organisation, layout: &Layout, slot: &Slot) -> Text {
    let dice = Dice::new(&format!("organisation {} file {}", order.seed, slot.index));
    let mut pen = Pen::new(&layout.accounts[slot.account], dice);
    let entries = entries(layout, slot, &mut pen.dice);
    let mut tally = Tally {
        tokens: vec![[0; 2]; layout.pools.streams.len()],
        ..Tally::default()
    };
    let mut again = String::new();
    for Placed { at, entry, .. } in entries {
        if !pen.out.is_empty() {
            pen.out.push_str(order.form.separator());
        }
        let record = write(&mut pen, order.form, layout, at, &entry);
        tally.add(&entry);
        if order.repeated > 0.0 && pen.dice.chance(order.repeated) {
            tally.repeats += 1;
            if !again.is_empty() {
                again.push_str(order.form.separator());
            }
            again.push_str(&pen.out[record]);
        }
    }
    Text {
        text: pen.out,
        again,
        tally,
    }
}

fn entries<'a>(layout: &'a Layout, slot: &Slot, dice: &mut Dice) -> Vec<Placed<'a>> {
    let mut entries = Vec::new();
    if let Some(pool) = slot.pool {
        let pools = &layout.pools;
        for stream in pools.streams.iter().filter(|stream| stream.pool == pool) {
            let asked = pools.schedule.between(stream, slot.from, slot.to);
            entries.extend(asked.map(|asked| (asked.at, Entry::Request(stream, asked))));
        }
        let changes = pools.changes.iter().enumerate();
        let changes = changes.filter(|(_, change)| change.pool == pool);
        let changes =
            changes.map(|(position, change)| (change.time * 1000, Entry::Change(position)));
        entries.extend(changes.filter(|(at, _)| (slot.from..slot.to).contains(at)));
    }
    let mut entries: Vec<Placed<'_>> = entries
        .into_iter()
        .map(|(at, entry)| Placed {
            place: at + dice.between(0, DISORDER),
            at,
            entry,
        })
        .collect();
    others(layout, slot, dice, &mut entries);
    entries.sort_by_key(|placed| placed.place);
    entries
}

/// Fills the file up with calls of other services, in bursts.
fn others(layout: &Layout, slot: &Slot, dice: &mut Dice, entries: &mut Vec<Placed<'_>>) {
    let mut call = mix::draw(dice);
    let mut at = slot.from;
    let mut place = at;
    while (entries.len() as u64) < layout.records_per_file {
        if dice.chance(AGAIN) {
            at = (at + dice.between(0, 900)).min(slot.to - 1);
        } else {
            call = mix::draw(dice);
            at = dice.between(slot.from, slot.to - 1);
            place = at + dice.between(0, DISORDER);
        }
        entries.push(Placed {
            place,
            at,
            entry: Entry::Other(call),
        });
    }
}

fn write(
    pen: &mut Pen<'_>,
    form: Form,
    layout: &Layout,
    at: Millis,
    entry: &Entry<'_>,
) -> Range<usize> {
    let from = pen.out.len();
    if form == Form::Export {
        pen.out.push_str(&iso_millis(at));
        pen.out.push(' ');
    }
    match entry {
        Entry::Other(call) => pen.record(call, at.div_euclid(1000)),
        Entry::Request(stream, asked) => requests::write(pen, stream, asked),
        Entry::Change(position) => layout.pools.changes[*position].write(pen),
    }
    from..pen.out.len()
}

impl Tally {
    fn add(&mut self, entry: &Entry<'_>) {
        self.records += 1;
        self.cognito += u64::from(!matches!(entry, Entry::Other(_)));
        let Entry::Request(stream, asked) = entry else {
            return;
        };
        self.attempts += u64::from(!matches!(stream.kind, Kind::Read(_)));
        if matches!(stream.kind, Kind::Machine | Kind::Web) {
            self.tokens[stream.number as usize][usize::from(asked.refused)] += 1;
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.records += other.records;
        self.repeats += other.repeats;
        self.cognito += other.cognito;
        self.attempts += other.attempts;
        self.tokens
            .resize(self.tokens.len().max(other.tokens.len()), [0; 2]);
        for (own, [accepted, refused]) in self.tokens.iter_mut().zip(other.tokens) {
            own[0] += accepted;
            own[1] += refused;
        }
    }
}

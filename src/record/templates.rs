//! Objects written like one before them, read by comparing them with it.
//!
//! AWS writes records of one kind alike: the same members in the same order around other texts and
//! numbers. What was read once as JSON ([`compact`]) is kept as a template: the bytes between its texts
//! and numbers. An object that has these bytes too, and between them only plain texts (without quotes,
//! backslashes and controls) and plain numbers, is JSON of the same members, and where each of them
//! stands follows from where the bytes do: no bracket is counted and no key is looked up.

use std::ops::Range;

use super::{
    blocks,
    compact::{self, Value},
};

/// So many templates are kept; AWS writes a few dozen kinds of records that are needed.
const MOST: usize = 128;
/// After so many objects none is learned any more: they are of ever new kinds, or not as AWS writes.
const MOST_TRIES: usize = 1024;
/// Records of AWS that are needed are shorter by far; of a longer one none is learned, for memory.
const LONGEST: usize = 16 << 10;

/// Templates, as a tree: those that begin alike share their first steps.
#[derive(Debug, Default)]
pub struct Templates {
    steps: Vec<Step>,
    templates: Vec<Template>,
    tries: usize,
    /// Where the steps of the object that was found last begin in it.
    begins: Vec<usize>,
}

/// What all objects of a template have in common.
#[derive(Debug)]
struct Template {
    members: Box<[Member]>,
    /// Places in `members` of those that are not null, by the numbers of their keys.
    numbered: Vec<Option<usize>>,
}

/// Bytes that stand in an object as they are, and what stands behind them.
#[derive(Debug)]
struct Step {
    literal: Box<[u8]>,
    gap: Gap,
    /// The step behind the gap; at the end of an object its template.
    next: usize,
    /// The step to try if this one does not fit.
    or: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    Text,
    Number,
    End,
}

/// A member of all objects of a template.
#[derive(Debug)]
struct Member {
    key: Box<str>,
    /// Where its value begins and ends.
    from: Place,
    to: Place,
    is_null: bool,
    /// Of a value that is an object.
    members: Box<[Member]>,
}

/// So many bytes behind the beginning of a step.
#[derive(Clone, Copy, Debug)]
struct Place {
    step: usize,
    behind: usize,
}

/// An object that was found.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a> {
    text: &'a str,
    template: &'a Template,
    begins: &'a [usize],
}

/// The value of a member of an object.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    object: &'a Object<'a>,
    member: &'a Member,
}

impl Templates {
    /// The object at the start of `bytes`, if it is written like one that was learned.
    pub fn find<'a>(&'a mut self, bytes: &'a [u8]) -> Option<Object<'a>> {
        self.begins.clear();
        let (mut at, mut number) = (0, 0);
        let template = loop {
            let step = self.steps.get(number)?;
            let Some(length) = bytes.get(at..).and_then(|rest| step.takes(rest)) else {
                number = step.or?;
                continue;
            };
            self.begins.push(at);
            at += length;
            match step.gap {
                Gap::Text | Gap::Number => number = step.next,
                Gap::End => break step.next,
            }
        };
        Some(Object {
            text: std::str::from_utf8(bytes.get(..at)?).ok()?,
            template: self.templates.get(template)?,
            begins: &self.begins,
        })
    }

    /// Whether there is room for another template; asked before each that is learned.
    pub fn has_room(&mut self) -> bool {
        self.tries += 1;
        self.tries <= MOST_TRIES && self.templates.len() < MOST
    }

    /// Learns from an object, if it is one that [`compact`] reads. `number` gives keys of its members
    /// the numbers that [`Object::part`] takes.
    pub fn learn(&mut self, json: &str, number: impl Fn(&str) -> Option<usize>) -> Option<()> {
        (json.len() <= LONGEST).then_some(())?;
        let gaps = gaps(json)?;
        let ends = gaps.iter().map(|(gap, _)| gap.end);
        let begins: Vec<usize> = [0].into_iter().chain(ends).collect();
        let members = members(json, 0, &begins)?;
        let mut numbered = Vec::new();
        for (place, member) in members.iter().enumerate() {
            if let Some(number) = number(&member.key).filter(|_| !member.is_null) {
                numbered.resize(numbered.len().max(number + 1), None);
                *numbered.get_mut(number)? = Some(place);
            }
        }
        let template = self.templates.len();
        self.templates.push(Template { members, numbered });
        self.grow(json.as_bytes(), &gaps, template)
    }

    /// Adds the steps of an object.
    fn grow(&mut self, json: &[u8], gaps: &[(Range<usize>, Gap)], template: usize) -> Option<()> {
        let (mut first, mut at) = (0, 0);
        for (gap, kind) in gaps {
            let step = self.step(first, json.get(at..gap.start)?, *kind);
            first = self.steps.get(step)?.next;
            at = gap.end;
        }
        let end = self.step(first, json.get(at..)?, Gap::End);
        self.steps.get_mut(end)?.next = template;
        Some(())
    }

    /// The number of this step among those to try from `first` on, added if it is not there.
    fn step(&mut self, first: usize, literal: &[u8], gap: Gap) -> usize {
        let new = self.steps.len();
        let mut number = first;
        while let Some(step) = self.steps.get_mut(number) {
            if *step.literal == *literal && step.gap == gap {
                return number;
            }
            number = *step.or.get_or_insert(new);
        }
        self.steps.push(Step {
            literal: literal.into(),
            gap,
            // What is added next comes behind it.
            next: new + 1,
            or: None,
        });
        new
    }
}

impl Step {
    /// How long its bytes at the start of `rest` are with what stands behind them.
    #[inline(always)]
    fn takes(&self, rest: &[u8]) -> Option<usize> {
        let (literal, behind) = rest.split_at_checked(self.literal.len())?;
        is_same(literal, &self.literal).then_some(())?;
        let gap = match self.gap {
            Gap::Text => blocks::first_stop(behind)?,
            Gap::Number => compact::number(behind)?,
            Gap::End => 0,
        };
        Some(self.literal.len() + gap)
    }
}

/// Whether two texts of one length are equal, piece by piece: most are short, and a comparison of any
/// length is called and looks how long they are.
#[inline(always)]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    fn in_pieces<const SIZE: usize>(one: &[u8], other: &[u8]) -> Option<bool> {
        // The last piece may repeat some of the one before it.
        let last = one.last_chunk::<SIZE>()? == other.last_chunk::<SIZE>()?;
        let (one, other) = (one.as_chunks::<SIZE>().0, other.as_chunks::<SIZE>().0);
        Some(last && one.iter().zip(other).all(|(one, other)| one == other))
    }
    let same = in_pieces::<16>(one, other).or_else(|| in_pieces::<4>(one, other));
    same.unwrap_or_else(|| one == other)
}

impl<'a> Object<'a> {
    /// The object as it stands.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The value of the member whose key has this number, if it is not null.
    pub fn part(&'a self, number: usize) -> Option<Part<'a>> {
        let place = (*self.template.numbered.get(number)?)?;
        let member = self.template.members.get(place)?;
        Some(Part {
            object: self,
            member,
        })
    }

    fn at(&self, place: Place) -> Option<usize> {
        Some(self.begins.get(place.step)? + place.behind)
    }
}

impl<'a> Part<'a> {
    /// The value.
    pub fn value(self) -> Value<'a> {
        let value = || {
            let (from, to) = (
                self.object.at(self.member.from)?,
                self.object.at(self.member.to)?,
            );
            self.object.text.get(from..to)
        };
        Value::new(value().unwrap_or_default())
    }

    /// The same, if it is not null.
    pub fn told(self) -> Option<Self> {
        (!self.member.is_null).then_some(self)
    }

    /// The key and value of each member of a value that is an object.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Part<'a>)> {
        self.member.members.iter().map(move |member| {
            let part = Part { member, ..self };
            (&*member.key, part)
        })
    }
}

/// The texts that are values, and the numbers, of JSON that [`compact`] reads.
fn gaps(json: &str) -> Option<Vec<(Range<usize>, Gap)>> {
    let bytes = json.as_bytes();
    let (mut gaps, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        at = match byte {
            b'"' => {
                let start = at + 1;
                let end = start + memchr::memchr(b'"', bytes.get(start..)?)?;
                if bytes.get(end + 1) != Some(&b':') {
                    gaps.push((start..end, Gap::Text));
                }
                end + 1
            }
            b'-' | b'0'..=b'9' => {
                let end = at + compact::number(bytes.get(at..)?)?;
                gaps.push((at..end, Gap::Number));
                end
            }
            _ => at + 1,
        };
    }
    Some(gaps)
}

/// The members of the object that begins `at` so many bytes into one whose steps begin at `begins`.
fn members(object: &str, at: usize, begins: &[usize]) -> Option<Box<[Member]>> {
    let place = |at: usize| {
        let step = begins
            .partition_point(|begin| *begin <= at)
            .checked_sub(1)?;
        let behind = at - begins.get(step)?;
        Some(Place { step, behind })
    };
    let mut found = Vec::new();
    compact::members(object, |key, value| {
        let json = value.json();
        // The value is a part of the object's text.
        let start = at + (json.as_ptr().addr() - object.as_ptr().addr());
        let members = match json.starts_with('{') {
            true => members(json, start, begins)?,
            false => Box::default(),
        };
        found.push(Member {
            key: key.into(),
            from: place(start)?,
            to: place(start + json.len())?,
            is_null: json == "null",
            members,
        });
        Some(())
    })?;
    Some(found.into())
}

#[cfg(test)]
mod tests;

//! All records that an account's trail has, before they are put into files.

use super::super::{
    model::{Attempt, Millis, World, Write},
    state::Timeline,
};
use super::{
    background::{self, Event},
    links, request,
    style::Style,
    telling, write,
};

/// The trail of an account.
pub struct Trail<'a> {
    world: &'a World,
    attempts: &'a [Attempt],
    style: Style,
    timeline: Timeline,
    /// Writes that alter nothing and tell how resources hang together.
    links: Vec<Write>,
    events: Vec<Event>,
}

/// A record of the trail.
#[derive(Clone, Copy)]
pub struct Record {
    /// When it happened.
    pub at: Millis,
    /// Whether it is in the Region of services that have but one, and not in the account's.
    pub global: bool,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Request(u32),
    Page(u32),
    Write(u32),
    Link(u32),
    Event(u32),
}

impl<'a> Trail<'a> {
    pub fn new(world: &'a World, attempts: &'a [Attempt]) -> Self {
        let within = attempts
            .iter()
            .filter(|attempt| world.window.holds(attempt.at));
        let timeline = Timeline::new(world, |_| true);
        let links = links::writes(world, &timeline);
        Self {
            world,
            attempts,
            style: Style::of(world),
            timeline,
            events: background::events(world, &links, within.count()),
            links,
        }
    }

    /// Every record within the window, by time.
    pub fn records(&self) -> Vec<Record> {
        let mut records = self.of_requests();
        records.extend(self.of_writes());
        records.extend(self.links.iter().zip(0..).map(|(link, place)| Record {
            at: link.at,
            global: false,
            what: What::Link(place),
        }));
        let global = |global: bool| global && self.world.estate.region != GLOBAL;
        records.extend(self.events.iter().zip(0..).map(|(event, place)| Record {
            at: event.at,
            global: global(event.global),
            what: What::Event(place),
        }));
        records.sort_by_key(|record| record.at);
        records
    }

    fn of_requests(&self) -> Vec<Record> {
        let mut records = Vec::new();
        for (attempt, place) in self.attempts.iter().zip(0..) {
            if !self.world.window.holds(attempt.at) {
                continue;
            }
            let told = telling::of(self.world, attempt);
            let record = |what| Record {
                at: attempt.at,
                global: false,
                what,
            };
            if told.request.is_some() {
                records.push(record(What::Request(place)));
            }
            if told.page {
                records.push(record(What::Page(place)));
            }
        }
        records
    }

    fn of_writes(&self) -> impl Iterator<Item = Record> {
        let writes = self.world.writes.iter().zip(0..);
        let told = writes.filter(|(write, _)| {
            self.world.window.holds(write.at) && !self.world.undelivered.contains(&write.id)
        });
        told.map(|(write, place)| Record {
            at: write.at,
            global: write::region(self.world, write.service, write.resource.kind)
                != self.world.estate.region,
            what: What::Write(place),
        })
    }

    /// Appends a record as JSON.
    pub fn write(&self, record: Record, text: &mut String) {
        let (world, style) = (self.world, &self.style);
        match record.what {
            What::Request(place) => {
                request::write(world, style, &self.attempts[place as usize], text);
            }
            What::Page(place) => {
                request::write_page(world, style, &self.attempts[place as usize], text);
            }
            What::Write(place) => {
                let one = &world.writes[place as usize];
                write::write(world, style, &self.timeline, one, text);
            }
            What::Link(place) => {
                let link = &self.links[place as usize];
                write::write(world, style, &self.timeline, link, text);
            }
            What::Event(place) => {
                self.events[place as usize].write(world, style, place as usize, text);
            }
        }
    }
}

/// The Region of services that have but one.
pub const GLOBAL: &str = "us-east-1";

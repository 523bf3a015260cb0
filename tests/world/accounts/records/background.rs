//! What else is in a trail: reads by tools around their changes, drift checks, dashboards, and the
//! traffic of other services.

mod others;
mod reads;
mod related;

use super::super::{
    chance::{Chance, id},
    model::{Millis, World, Write},
};
use super::{choice::label, envelope::Call, identity, style::Style};

/// A call that alters nothing that sign-in depends on.
pub struct Event {
    pub at: Millis,
    pub service: &'static str,
    pub call: &'static str,
    pub who: Who,
    pub read_only: bool,
    /// Whether the service has but one Region.
    pub global: bool,
    pub request_json: String,
    pub error: Option<&'static str>,
    /// What a service tells of its own doing; else it is a call of its API.
    pub told_json: Option<String>,
}

/// Who makes it.
#[derive(Clone)]
pub enum Who {
    /// Place in [`super::super::model::Estate::actors`].
    Actor(usize),
    /// A role of this name, with its session, address and agent.
    Role(&'static str, String, String, &'static str),
    /// A service of AWS.
    Service(&'static str),
}

/// Everything of the kind, by time, beside these writes of no effect and so many records of sign-in.
pub fn events(world: &World, links: &[Write], requests: usize) -> Vec<Event> {
    let mut chance = Chance::new(&format!("background of {}", world.seed));
    let mut events = reads::draw(world, &mut chance);
    events.extend(related::draw(world, links, &mut chance));
    events.extend(others::draw(world, requests, &mut chance));
    events.retain(|event| world.window.holds(event.at));
    events.sort_by_key(|event| event.at);
    events
}

impl Event {
    /// Appends the record of the event at a place among all.
    pub fn write(&self, world: &World, style: &Style, place: usize, text: &mut String) {
        let (identity, address, agent) = self.caller(world);
        let message = self
            .error
            .map(|_| "You are not authorized to perform this operation.");
        let region = match self.global {
            true => "us-east-1",
            false => &world.estate.region,
        };
        Call {
            at: self.at,
            service: self.service,
            name: self.call,
            region,
            address: &address,
            agent: &agent,
            identity_json: &identity,
            error: self.error.map(|error| (Some(error), message)),
            request_json: &self.request_json,
            response_json: "null",
            additional_json: self.told_json.as_deref(),
            request_id: &id(world.seed, &[label("background"), place as u64, 1]),
            event_id: &id(world.seed, &[label("background"), place as u64, 2]),
            read_only: self.read_only,
            from_console: false,
        }
        .write(world, style, text);
    }

    fn caller(&self, world: &World) -> (String, String, String) {
        let account = &world.estate.account;
        match &self.who {
            Who::Actor(place) => {
                let actor = &world.estate.actors[*place];
                let by = identity::invoked_by(actor.tool);
                (
                    identity::of_arn(world, &actor.arn, self.at, by),
                    identity::address(actor).to_owned(),
                    identity::agent(world, *place, self.service, self.call),
                )
            }
            Who::Role(role, session, address, agent) => {
                let arn = format!("arn:aws:sts::{account}:assumed-role/{role}/{session}");
                let identity = identity::of_arn(world, &arn, self.at, None);
                (identity, address.clone(), (*agent).to_owned())
            }
            Who::Service(service) => (
                identity::of_arn(world, service, self.at, None),
                (*service).to_owned(),
                (*service).to_owned(),
            ),
        }
    }
}

//! CloudTrail's records of calls that alter something, or would have.

mod bystander;
mod elsewhere;
mod errors;
mod parameters;
mod response;
mod spelling;
mod stores;

use super::super::{
    chance::id,
    model::{Does, Kind, Resource, Settings, Tool, World, Write},
    state::Timeline,
};
use super::{
    choice::label,
    envelope::{COGNITO, Call},
    event_id, identity, links,
    style::{Responses, Style},
};

/// A write and what was before and after it.
pub struct Around<'a> {
    pub world: &'a World,
    pub style: &'a Style,
    pub write: &'a Write,
    pub before: Option<&'a Settings>,
    pub after: Option<&'a Settings>,
}

/// Appends the record of a write.
pub fn write(world: &World, style: &Style, timeline: &Timeline, write: &Write, text: &mut String) {
    let (before, after) = timeline.around(write);
    let around = Around {
        world,
        style,
        write,
        before,
        after,
    };
    let actor = &world.estate.actors[write.actor];
    let identity = identity::of_arn(
        world,
        &actor.arn,
        write.at,
        identity::invoked_by(actor.tool),
    );
    let request = spelling::spelled(style, parameters::of(&around));
    let response = match write.error {
        None if style.responses != Responses::None || write.service != COGNITO => {
            response::of(&around).map(|answer| spelling::spelled(style, answer))
        }
        _ => None,
    };
    let error = write.error.map(|error| errors::of(&around, error));
    let call = stores::call(&around);
    Call {
        at: write.at,
        service: write.service,
        name: call,
        region: region(world, write.service, write.resource.kind),
        address: identity::address(actor),
        agent: &identity::agent(world, write.actor, write.service, call),
        identity_json: &identity,
        error: error
            .as_ref()
            .map(|(code, message)| (Some(*code), Some(message.as_str()))),
        request_json: &request.to_string(),
        response_json: &response.map_or("null".to_owned(), |answer| answer.to_string()),
        additional_json: None,
        request_id: &id(world.seed, &[label("request"), write.id as u64]),
        event_id: &event_id(world, write.id),
        read_only: false,
        from_console: actor.tool == Tool::Console,
    }
    .write(world, style, text);
}

/// Where a call is recorded: some services have but one Region.
pub fn region<'a>(world: &'a World, service: &str, kind: Kind) -> &'a str {
    match service {
        "route53.amazonaws.com" | "iam.amazonaws.com" | "cloudfront.amazonaws.com" => "us-east-1",
        "acm.amazonaws.com" if kind == Kind::Certificate => "us-east-1",
        _ => &world.estate.region,
    }
}

impl Around<'_> {
    /// What the resource is called.
    fn name(&self) -> String {
        let Resource { kind, index } = self.write.resource;
        if kind == Kind::Branding {
            return id(self.world.seed, &[label("branding"), u64::from(index)]);
        }
        let known = self.world.estate.names.get(&self.write.resource);
        known
            .cloned()
            .unwrap_or_else(|| format!("{kind:?}-{index}").to_lowercase())
    }

    /// The lock that this call shows.
    fn lock(&self) -> String {
        match self.write.id >= links::FIRST {
            true => lock_after(self.world, self.write),
            false => self.last_lock(),
        }
    }

    /// The lock that this call hands out: nobody else in the logs altered anything before one that
    /// only links.
    fn next_lock(&self) -> String {
        match self.write.id >= links::FIRST {
            true => self.last_lock(),
            false => lock_after(self.world, self.write),
        }
    }

    /// The lock of an ACL or a set of addresses, as the last call that altered it handed it out.
    fn last_lock(&self) -> String {
        let resource = self.write.resource;
        let earlier = self.world.writes.iter().rev().find(|other| {
            other.resource == resource
                && other.error.is_none()
                && (other.at, other.id) < (self.write.at, self.write.id)
        });
        match earlier {
            Some(earlier) => lock_after(self.world, earlier),
            None => {
                let numbers = [
                    label("first lock"),
                    resource.kind as u64,
                    resource.index.into(),
                ];
                id(self.world.seed, &numbers)
            }
        }
    }

    /// What the call says, as the model has it.
    fn said(&self) -> Settings {
        let said = match &self.write.does {
            Does::Replace(said) | Does::Merge(said) | Does::Create(said) | Does::Nothing(said) => {
                said.clone()
            }
            Does::Delete => Settings::new(),
        };
        match self.write.resource.kind {
            Kind::Bystander => bystander::named(self, visible(&said)),
            _ => visible(&said),
        }
    }

    /// The pool that it belongs to.
    fn pool(&self) -> Option<usize> {
        pool_of(self.world, self.write.resource)
    }

    fn client(&self) -> Option<usize> {
        client_of(self.world, self.write.resource)
    }

    /// A number that belongs to this write and a question.
    fn id(&self, question: &str) -> String {
        id(self.world.seed, &[label(question), self.write.id as u64])
    }
}

fn lock_after(world: &World, write: &Write) -> String {
    id(world.seed, &[label("lock"), write.id as u64])
}

/// Settings but for what only the simulator knows.
pub fn visible(settings: &Settings) -> Settings {
    let seen = settings
        .iter()
        .filter(|(member, _)| !member.starts_with('~'));
    seen.map(|(member, value)| (member.clone(), value.clone()))
        .collect()
}

pub fn pool_of(world: &World, resource: Resource) -> Option<usize> {
    use super::super::model::Owner;
    let index = usize::from(resource.index);
    match (resource.kind, world.estate.owners.get(&resource)) {
        (_, Some(Owner::Pool(pool))) => Some(*pool),
        (_, Some(Owner::Client(client))) => world.estate.clients.get(*client).map(|it| it.pool),
        (Kind::Pool, _) => Some(index).filter(|pool| *pool < world.estate.pools.len()),
        (Kind::Client, _) => world.estate.clients.get(index).map(|client| client.pool),
        _ => None,
    }
}

pub fn client_of(world: &World, resource: Resource) -> Option<usize> {
    use super::super::model::Owner;
    match (resource.kind, world.estate.owners.get(&resource)) {
        (_, Some(Owner::Client(client))) => Some(*client),
        (Kind::Client, _) => {
            let index = usize::from(resource.index);
            Some(index).filter(|client| *client < world.estate.clients.len())
        }
        _ => None,
    }
}

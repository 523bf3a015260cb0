//! CloudTrail's records of calls that alter something, or would have.

mod bystander;
mod elsewhere;
mod parameters;
mod response;
mod spelling;

use super::super::{
    chance::id,
    model::{Does, Kind, Resource, Settings, Tool, World, Write},
    state::Timeline,
};
use super::{
    choice::label,
    envelope::{COGNITO, Call},
    event_id, identity,
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
    let message = write.error.map(|error| parameters::message(error, &around));
    Call {
        at: write.at,
        service: write.service,
        name: write.call,
        region: region(world, write.service, write.resource.kind),
        address: identity::address(actor),
        agent: &identity::agent(world, write.actor, write.service, write.call),
        identity_json: &identity,
        error: write.error.map(|error| (Some(error), message.as_deref())),
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
        let known = self.world.estate.names.get(&self.write.resource);
        known.cloned().unwrap_or_else(|| {
            let Resource { kind, index } = self.write.resource;
            format!("{kind:?}-{index}").to_lowercase()
        })
    }

    /// What the call says, as the model has it.
    fn said(&self) -> Settings {
        let said = match &self.write.does {
            Does::Replace(said) | Does::Merge(said) | Does::Create(said) | Does::Nothing(said) => {
                said.clone()
            }
            Does::Delete => Settings::new(),
        };
        visible(&said)
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

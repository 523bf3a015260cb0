//! An account while its story is drawn: what is done to it is noted in any order, in relation to
//! what there will be at that moment, and carried out by time at the end (`settle`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    super::{
        chance::Chance,
        model::{
            Cause, Kind, Millis, Owner, Resource, Rule, SECOND, Settings, Step, Story, Tool, World,
        },
        rules::{derived, reach},
    },
    calls::Call,
    patch::Patch,
};

/// Ids of strangers' plans begin here.
const STRANGERS: u32 = 1_000_000_000;

pub struct Draft {
    pub world: World,
    /// Rules that are written down and do not hold in this account.
    pub idle: Vec<Rule>,
    pub chance: Chance,
    pub edits: Vec<Edit>,
    /// Pools of which a story is told.
    pub busy: BTreeSet<usize>,
    /// App clients that nobody uses after a moment.
    pub retired: Vec<(usize, Millis)>,
    /// Resources that no controller touches, with the time from which it may again: nobody has
    /// noticed yet what happens there.
    pub spared: BTreeMap<Resource, Millis>,
    /// What controllers hold resources to that were given another specification.
    pub specified: Vec<(Resource, Millis, Patch)>,
    runs: u32,
    strangers: u32,
}

/// Something that somebody does to a resource.
#[derive(Clone, Debug)]
pub struct Edit {
    pub by: By,
    pub resource: Resource,
    pub deed: Deed,
    /// Where the deed does not say which call it is.
    pub call: Option<Call>,
    pub error: Option<&'static str>,
    /// Left away if it turns out to break anything.
    pub innocent: bool,
}

/// When, by whom, and in which run.
#[derive(Clone, Copy, Debug)]
pub struct By {
    pub at: Millis,
    /// Place in `Estate::actors`.
    pub actor: usize,
    pub run: u32,
}

impl By {
    pub fn later(self, by: Millis) -> Self {
        Self {
            at: self.at + by,
            ..self
        }
    }
}

#[derive(Clone, Debug)]
pub enum Deed {
    /// Alters what there is; the request says everything where such updates replace.
    Set(Patch),
    /// The same, but the request says these members only.
    Only(Vec<&'static str>, Patch),
    /// Exactly these settings, whatever there was.
    Whole(Settings),
    Delete,
    Create(Settings),
    /// What an edit altered, by its place, is again what it was before.
    Back(usize),
    Nothing(Settings),
}

impl Draft {
    pub fn new(world: World, idle: Vec<Rule>, chance: Chance) -> Self {
        Self {
            world,
            idle,
            chance,
            edits: Vec::new(),
            busy: BTreeSet::new(),
            retired: Vec::new(),
            spared: BTreeMap::new(),
            specified: Vec::new(),
            runs: 0,
            strangers: 0,
        }
    }

    /// Somebody who uses one of these tools, with a run of his own.
    pub fn by(&mut self, at: Millis, tools: &[Tool]) -> By {
        let actors = self.world.estate.actors.iter().enumerate();
        let fit: Vec<usize> = actors
            .filter(|(_, actor)| tools.contains(&actor.tool))
            .map(|(place, _)| place)
            .collect();
        let actor = match fit.is_empty() {
            true => self
                .chance
                .whole(0, self.world.estate.actors.len() as i64 - 1) as usize,
            false => *self.chance.pick(&fit),
        };
        self.runs += 1;
        By {
            at,
            actor,
            run: self.runs,
        }
    }

    /// The id of the next plan of a stranger.
    pub fn stranger(&mut self) -> u32 {
        self.strangers += 1;
        STRANGERS + self.strangers - 1
    }

    /// Notes an edit; its place.
    pub fn edit(&mut self, by: By, resource: Resource, deed: Deed) -> usize {
        self.edits.push(Edit {
            by,
            resource,
            deed,
            call: None,
            error: None,
            innocent: false,
        });
        self.edits.len() - 1
    }

    /// Notes an edit that breaks nothing, or is left away.
    pub fn innocent(&mut self, by: By, resource: Resource, deed: Deed) -> usize {
        let place = self.edit(by, resource, deed);
        self.edits[place].innocent = true;
        place
    }

    /// Notes a call that leaves its mark in the trail and alters nothing.
    pub fn mark(&mut self, by: By, resource: Resource, call: Call, said: Settings) -> usize {
        let place = self.edit(by, resource, Deed::Nothing(said));
        self.edits[place].call = Some(call);
        place
    }

    /// Notes a call that is refused.
    pub fn refused(&mut self, by: By, resource: Resource, deed: Deed, error: &'static str) {
        let place = self.edit(by, resource, deed);
        self.edits[place].error = Some(error);
    }

    pub fn tell(
        &mut self,
        told: impl Into<String>,
        family: &'static str,
        causes: Vec<Cause>,
        matters: bool,
    ) {
        self.world.stories.push(Story {
            told: told.into(),
            family,
            causes,
            matters,
        });
    }

    /// App clients of which no story is told yet, in any order.
    pub fn clients(&mut self) -> Vec<usize> {
        let clients = self.world.estate.clients.iter().enumerate();
        let mut free: Vec<usize> = clients
            .filter(|(_, client)| !self.busy.contains(&client.pool) && !client.callers.is_empty())
            .map(|(place, _)| place)
            .collect();
        self.chance.shuffle(&mut free);
        free
    }

    /// Resources of a kind that belong to pools of which no story is told yet, in any order.
    pub fn resources(&mut self, kind: Kind) -> Vec<Resource> {
        let estate = &self.world.estate;
        let free = |resource: &Resource| {
            let clients = reach::clients(estate, *resource);
            !clients.is_empty()
                && clients
                    .iter()
                    .all(|client| !self.busy.contains(&estate.clients[*client].pool))
        };
        let all = super::super::rules::resources(estate, kind);
        let mut resources: Vec<Resource> = all.filter(free).collect();
        self.chance.shuffle(&mut resources);
        resources
    }

    /// The settings of a resource at the start.
    pub fn settings(&self, resource: Resource) -> Settings {
        let settings = self.world.estate.settings.get(&resource);
        settings.cloned().unwrap_or_default()
    }

    pub fn member(&self, resource: Resource, path: &str) -> Option<Value> {
        reach::at_start(&self.world.estate, resource, path).cloned()
    }

    pub fn texts(&self, resource: Resource, path: &str) -> Vec<String> {
        let settings = self.world.estate.settings.get(&resource);
        settings.map_or_else(Vec::new, |settings| derived::texts(settings, path))
    }

    /// Whether anybody sends such requests for an app client.
    pub fn uses(&self, client: usize, step: Step) -> bool {
        reach::used(&self.world.estate, client).contains(&step)
    }

    pub fn name(&self, resource: Resource) -> &str {
        let name = self.world.estate.names.get(&resource);
        name.map_or("", String::as_str)
    }

    /// A resource that did not exist at the start.
    pub fn add(&mut self, kind: Kind, owner: Owner, name: String) -> Resource {
        let estate = &mut self.world.estate;
        let taken = estate.names.keys().filter(|known| known.kind == kind);
        let index = taken.map(|known| known.index + 1).max().unwrap_or(0);
        let resource = Resource { kind, index };
        estate.names.insert(resource, name);
        estate.owners.insert(resource, owner);
        resource
    }

    /// Takes away what would still be asked of app clients that nobody uses any more.
    pub fn retire(&mut self) {
        let retired = &self.retired;
        self.world.plans.retain(|plan| {
            retired
                .iter()
                .all(|(client, from)| plan.client != *client || plan.at < *from)
        });
    }

    /// A moment at which people are at work, rather than any: one at which somebody signs in.
    pub fn moment(&mut self) -> Millis {
        let window = self.world.window;
        if self.world.plans.is_empty() || self.chance.happens(0.25) {
            return self.chance.time(window.start, window.end);
        }
        let place = self.chance.whole(0, self.world.plans.len() as i64 - 1);
        let at = self.world.plans[place as usize].at + self.chance.whole(-600, 600) * SECOND;
        match window.holds(at) {
            true => at,
            false => self.chance.time(window.start, window.end),
        }
    }
}

pub fn client(place: usize) -> Resource {
    Resource {
        kind: Kind::Client,
        index: place as u16,
    }
}

pub fn pool(place: usize) -> Resource {
    Resource {
        kind: Kind::Pool,
        index: place as u16,
    }
}

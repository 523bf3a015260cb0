//! Carries out what was noted of an account, by time: each edit becomes the call that its actor
//! sends, given what there is at that moment.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    super::{
        model::{Cause, Does, Kind, OnOmission, Resource, Settings, World, Write},
        rules::{check, derived, legal},
        state,
        truth::iso,
    },
    calls,
    draft::{Deed, Draft, Edit},
    patch,
};

/// What a resource was before and after an edit.
type Passage = (Option<Settings>, Option<Settings>);

/// Turns the edits of a draft into the writes of its world, and completes what is told.
pub fn settle(draft: Draft) -> World {
    let Draft {
        mut world, edits, ..
    } = draft;
    let mut order: Vec<usize> = (0..edits.len()).collect();
    order.sort_by_key(|place| (edits[*place].by.at, *place));
    let mut settling = Settling {
        now: world.estate.settings.clone(),
        world: &world,
        passages: BTreeMap::new(),
        writes: Vec::new(),
    };
    for place in order {
        settling.carry_out(place, &edits[place]);
    }
    let Settling {
        passages, writes, ..
    } = settling;
    world.writes = writes;
    complete(&mut world, &passages);
    world
}

struct Settling<'a> {
    world: &'a World,
    now: BTreeMap<Resource, Settings>,
    /// By the place of the edit.
    passages: BTreeMap<usize, Passage>,
    writes: Vec<Write>,
}

impl Settling<'_> {
    fn carry_out(&mut self, place: usize, edit: &Edit) {
        let before = self.now.get(&edit.resource);
        let past = |of: usize| self.passages.get(&of);
        let (does, error) = match does(self.world, edit, before, past) {
            Some(does) => (does, edit.error),
            // Nobody would have done it, had he seen what there was.
            None if edit.innocent => return,
            None => match edit.deed {
                Deed::Nothing(_) | Deed::Create(_) | Deed::Back(_) => return,
                _ => (Does::Replace(Settings::new()), Some(gone(edit))),
            },
        };
        let mut write = Write {
            id: place,
            at: edit.by.at,
            actor: edit.by.actor,
            run: edit.by.run,
            call: "",
            service: "",
            resource: edit.resource,
            does,
            error,
        };
        let after = state::after(self.world, before, &write).unwrap_or(before.cloned());
        (write.service, write.call) = call(edit, before, after.as_ref());
        if error.is_some() {
            self.writes.push(write);
            return;
        }
        let is_legal = after.as_ref().is_none_or(|after| {
            before == Some(after) || legal::accepts(&self.world.estate, edit.resource, after)
        });
        if !is_legal {
            // Nobody sends it on an ordinary day; who does all the same is refused.
            if !edit.innocent {
                write.error = Some("InvalidParameterException");
                self.writes.push(write);
            }
            return;
        }
        let rules = self.world.rules.iter();
        let on_it = rules.filter(|rule| rule.resource == edit.resource);
        if edit.innocent && check::harms(&self.world.estate, on_it, before, after.as_ref()) {
            return;
        }
        self.passages
            .insert(place, (before.cloned(), after.clone()));
        match after {
            Some(after) => self.now.insert(edit.resource, after),
            None => self.now.remove(&edit.resource),
        };
        self.writes.push(write);
    }
}

fn gone(edit: &Edit) -> &'static str {
    match edit.resource.kind {
        Kind::FunctionRole => "NoSuchEntityException",
        Kind::Route => "InvalidRoute.NotFound",
        _ => "ResourceNotFoundException",
    }
}

fn call(edit: &Edit, before: Option<&Settings>, after: Option<&Settings>) -> calls::Call {
    let kind = edit.resource.kind;
    edit.call
        .unwrap_or_else(|| match (before, after, &edit.deed) {
            // It is gone, and somebody does not know.
            (None, None, Deed::Set(_) | Deed::Only(..) | Deed::Whole(_)) => calls::update(kind),
            _ => calls::call(kind, before, after),
        })
}

/// The call that an edit is, given the settings before it; `None` if it cannot be.
fn does<'a>(
    world: &World,
    edit: &Edit,
    before: Option<&Settings>,
    past: impl Fn(usize) -> Option<&'a Passage>,
) -> Option<Does> {
    let resource = edit.resource;
    match &edit.deed {
        Deed::Nothing(said) => Some(Does::Nothing(said.clone())),
        Deed::Create(settings) => Some(Does::Create(whole(world, resource, settings.clone()))),
        Deed::Delete => before.map(|_| Does::Delete),
        Deed::Whole(settings) => before.map(|before| {
            update(
                world,
                resource,
                before,
                whole(world, resource, settings.clone()),
            )
        }),
        Deed::Set(patched) => before.map(|before| {
            let after = whole(world, resource, patch::apply(before, patched));
            update(world, resource, before, after)
        }),
        Deed::Only(members, patched) => before.map(|before| {
            let after = patch::apply(before, patched);
            let said = after
                .into_iter()
                .filter(|(name, _)| members.contains(&name.as_str()));
            Does::Replace(partial(world, resource, before, said.collect()))
        }),
        Deed::Back(of) => {
            let (was, became) = past(*of)?;
            back(world, resource, before, was.as_ref(), became.as_ref())
        }
    }
}

fn whole(world: &World, resource: Resource, mut settings: Settings) -> Settings {
    derived::derive(&world.estate, resource, &mut settings);
    settings
}

/// An update from one state to another: all members, or those that differ.
fn update(world: &World, resource: Resource, before: &Settings, after: Settings) -> Does {
    if calls::replaces(resource.kind) {
        // What the request does not say and AWS keeps has to be said to go.
        let kept = before.keys().filter(|name| {
            !after.contains_key(*name) && world.on_omission(resource.kind, name) == OnOmission::Keep
        });
        let kept: Vec<String> = kept.cloned().collect();
        let mut said = after;
        said.extend(kept.into_iter().map(|name| (name, Value::Null)));
        return Does::Replace(said);
    }
    let differs = |name: &str| before.get(name) != after.get(name);
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let gone: Vec<String> = gone.cloned().collect();
    let mut said: Settings = match before == &after {
        // Who writes what is there says it all.
        true => after,
        false => after
            .clone()
            .into_iter()
            .filter(|(name, _)| differs(name))
            .collect(),
    };
    said.extend(gone.into_iter().map(|name| (name, Value::Null)));
    Does::Merge(said)
}

/// What a request that says little says, with what follows from it.
fn partial(world: &World, resource: Resource, before: &Settings, said: Settings) -> Settings {
    let kept = before.iter().filter(|(name, _)| {
        !name.starts_with('~')
            && !said.contains_key(*name)
            && world.on_omission(resource.kind, name) == OnOmission::Keep
    });
    let mut result = said.clone();
    result.extend(kept.map(|(name, value)| (name.clone(), value.clone())));
    let result = whole(world, resource, result);
    let follows = result.into_iter().filter(|(name, _)| name.starts_with('~'));
    said.into_iter().chain(follows).collect()
}

/// What an edit altered, as it was before.
fn back(
    world: &World,
    resource: Resource,
    now: Option<&Settings>,
    was: Option<&Settings>,
    became: Option<&Settings>,
) -> Option<Does> {
    match (now, was) {
        (Some(_), None) => Some(Does::Delete),
        (None, Some(was)) => Some(Does::Create(was.clone())),
        (None, None) => None,
        (Some(now), Some(was)) => {
            let nothing = Settings::new();
            let became = became.unwrap_or(&nothing);
            let names = was.keys().chain(became.keys());
            let altered = names.filter(|name| was.get(*name) != became.get(*name));
            let mut after = now.clone();
            for name in altered {
                match was.get(name) {
                    Some(value) => after.insert(name.clone(), value.clone()),
                    None => after.remove(name),
                };
            }
            Some(update(world, resource, now, whole(world, resource, after)))
        }
    }
}

/// What a deed would make of a resource as it is at the start.
pub fn preview(world: &World, resource: Resource, deed: &Deed) -> Option<Option<Settings>> {
    let before = world.estate.settings.get(&resource);
    let edit = Edit {
        by: super::draft::By {
            at: 0,
            actor: 0,
            run: 0,
        },
        resource,
        deed: deed.clone(),
        call: None,
        error: None,
        innocent: false,
    };
    let write = Write {
        id: usize::MAX,
        at: 0,
        actor: 0,
        run: 0,
        call: "",
        service: "",
        resource,
        does: does(world, &edit, before, |_| None)?,
        error: None,
    };
    Some(state::after(world, before, &write).unwrap_or(before.cloned()))
}

/// Adds to each story the writes that it blames, with what they altered.
fn complete(world: &mut World, passages: &BTreeMap<usize, Passage>) {
    let mut stories = std::mem::take(&mut world.stories);
    for story in &mut stories {
        // An update that altered nothing is not blamed, though it was meant to.
        story.causes.retain(|cause| match cause {
            Cause::Write(id) => passages
                .get(id)
                .is_some_and(|(before, after)| before != after),
            _ => true,
        });
        for cause in &story.causes {
            let Cause::Write(id) = cause else { continue };
            let write = world.writes.iter().find(|write| write.id == *id);
            if let (Some(write), Some((before, after))) = (write, passages.get(id)) {
                let altered = difference(before.as_ref(), after.as_ref());
                let name = world.estate.names.get(&write.resource);
                story.told.push_str(&format!(
                    "; {} at {} by {} on {}: {altered}",
                    write.call,
                    iso(write.at),
                    world.estate.actors[write.actor].arn,
                    name.map_or("", String::as_str),
                ));
            }
        }
    }
    world.stories = stories;
}

/// The members that differ, from what to what.
fn difference(before: Option<&Settings>, after: Option<&Settings>) -> String {
    let (Some(before), Some(after)) = (before, after) else {
        return if after.is_none() {
            "deleted"
        } else {
            "created"
        }
        .to_owned();
    };
    let names = before
        .keys()
        .chain(after.keys().filter(|name| !before.contains_key(*name)));
    let text = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    let altered = names
        .filter(|name| !name.starts_with('~') && before.get(*name) != after.get(*name))
        .map(|name| {
            let (from, to) = (text(before.get(name)), text(after.get(name)));
            format!("{name} from {from} to {to}")
        });
    let altered: Vec<String> = altered.collect();
    match altered.is_empty() {
        true => "nothing that a request shows".to_owned(),
        false => altered.join(", "),
    }
}

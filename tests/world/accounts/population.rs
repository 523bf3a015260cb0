//! Who is there, what is set up, and what everybody wants on an ordinary day.
//!
//! Settings hold the members of the API. A member whose name begins with `~` is derived from them
//! for the rules and never printed; who alters what it is derived from sets it too:
//! `~RefreshTokenMillis` of a client (its `RefreshTokenValidity`), `~Host` of a domain, `~Admits`
//! of a resource server (every scope that its clients may ask for), `~Addresses` of an IP set
//! (without the `/32`).

mod account;
mod actors;
mod bystanders;
mod calendar;
mod callers;
mod client;
mod domains;
mod draft;
mod federation;
mod firewall;
mod founding;
mod habits;
mod lifetimes;
mod machines;
mod members;
mod mistakes;
mod noise;
mod omission;
mod pool;
mod retries;
mod rhythm;
mod services;
mod triggers;
mod visits;
mod volume;
mod words;

use super::{
    chance::Chance,
    model::{DAY, HOUR, Millis, Nature, Plan, Window, World},
    rates::Rates,
};
use draft::Drafts;

/// The first callers of an account are strangers, …
pub const STRANGERS: usize = 3;
/// … and the next is the host that load tests come from. No app client counts any of them as its own.
pub const LOAD_GENERATOR: usize = STRANGERS;

/// People are looked at from so long before the first plan that is kept: their sessions last.
const BURN_IN: Millis = 12 * HOUR;
/// About so many requests may come before the window.
const BEFORE: f64 = 10_000.0;

/// An account on an ordinary day: who is there, what is set up, and the stretch of time that its
/// logs cover. Nothing has happened yet.
pub fn found(seed: u64, kind: &'static str, rates: Rates, chance: &mut Chance) -> World {
    let window = calendar::window(chance);
    let estate = account::draw(seed, &rates, window, chance);
    let omission = omission::draw(&estate, &rates, chance);
    World {
        seed,
        kind,
        rates,
        window,
        estate,
        rules: Vec::new(),
        omission,
        writes: Vec::new(),
        releases: Vec::new(),
        troubles: Vec::new(),
        plans: Vec::new(),
        demand: Vec::new(),
        undelivered: Default::default(),
        stories: Vec::new(),
    }
}

/// What everybody wants from a day before the window until its end, by time; in busy accounts from
/// less before, but at least three hours.
pub fn plans(world: &World, chance: &mut Chance) -> Vec<Plan> {
    let span = span(world);
    let mut drafts = Drafts::default();
    for (place, client) in world.estate.clients.iter().enumerate() {
        if client.callers.is_empty() || client.habits.is_empty() {
            continue;
        }
        match client.nature {
            Nature::Machine => machines::plan(world, place, span, chance, &mut drafts),
            _ => {
                let early = Window {
                    start: span.start - BURN_IN,
                    end: span.end,
                };
                visits::plan(world, place, early, chance, &mut drafts);
            }
        }
        mistakes::plan(world, place, span, chance, &mut drafts);
        noise::chronic::plan(world, place, span, chance, &mut drafts);
    }
    noise::load_test(world, span, chance, &mut drafts);
    noise::scans(world, span, chance, &mut drafts);
    drafts.settle(world, span)
}

/// What fails where services restart after these deployments, each of a workload; without numbers.
pub fn restarts(world: &World, deploys: &[(usize, Millis)], chance: &mut Chance) -> Vec<Plan> {
    let mut drafts = Drafts::default();
    noise::restarts(world, deploys, chance, &mut drafts);
    drafts.settle(world, world.window)
}

fn span(world: &World) -> Window {
    let per_day: f64 = world.estate.clients.iter().map(|it| it.per_day).sum();
    let before = (DAY as f64 * BEFORE / per_day.max(1.0)) as Millis;
    Window {
        start: world.window.start - before.clamp(3 * HOUR, DAY),
        end: world.window.end,
    }
}

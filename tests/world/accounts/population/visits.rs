//! What people do: they sign in or come back to a session, renew their tokens while they stay, and
//! sign out.

use std::collections::HashMap;

use super::{
    super::{
        chance::Chance,
        model::{
            Client, DAY, Flow, HOUR, Habit, Kind, MINUTE, Millis, Plan, Resource, Window, World,
        },
    },
    draft::{self, Drafts},
    lifetimes::Lifetime,
    retries::Patience,
    rhythm::{Rhythm, SMOOTH, demand},
};

/// Renewals in the mean of a visit, where people renew more often than they sign in.
const STAYS: f64 = 2.0;
/// Applications that are not looked at renew no sooner than they are looked at again.
const LONGEST_PAUSE: Millis = 3 * HOUR;

/// What is planned for the people of an app client.
pub struct Visits<'a> {
    world: &'a World,
    client: usize,
    app: &'a Client,
    patience: Patience,
    begins: Vec<(&'a Habit, f64)>,
    renews: Vec<(&'a Habit, f64)>,
    leaves: Vec<(&'a Habit, f64)>,
    /// How long tokens live.
    refresh_life: Millis,
    access_life: Millis,
    /// When a caller's session began, and the plan that began it, if it is known.
    sessions: HashMap<usize, (Millis, Option<u32>)>,
}

impl<'a> Visits<'a> {
    pub fn new(world: &'a World, client: usize) -> Self {
        let app = &world.estate.clients[client];
        // Weights are shares of requests; a flow of four steps is carried out a quarter as often.
        let often = |habit: &'a Habit| (habit, habit.weight / habit.flow.steps().len() as f64);
        let of = |wanted: fn(Flow) -> bool| {
            let habits = app.habits.iter().filter(|habit| wanted(habit.flow));
            habits.map(often).collect::<Vec<_>>()
        };
        let (refresh_life, access_life) = lives(world, client);
        Self {
            world,
            client,
            app,
            patience: Patience::of(world, client),
            begins: of(begins),
            renews: of(renews),
            leaves: of(|flow| flow == Flow::Logout),
            refresh_life,
            access_life,
            sessions: HashMap::new(),
        }
    }

    /// Somebody signs in who has just failed to.
    pub fn sign_in(
        &mut self,
        caller: usize,
        flow: &Habit,
        at: Millis,
        chance: &mut Chance,
        drafts: &mut Drafts,
    ) -> u32 {
        let plan = self.plan(caller, flow, at, chance);
        let id = drafts.add(plan);
        self.sessions.insert(caller, (at, Some(id)));
        id
    }

    fn plan(&self, caller: usize, habit: &Habit, at: Millis, chance: &mut Chance) -> Plan {
        let (retries, retry_after) = self.patience.draw(habit.flow, chance);
        Plan {
            retries,
            retry_after,
            ..draft::plan(self.client, caller, habit.flow, &habit.asks, at)
        }
    }

    pub fn somebody(&self, chance: &mut Chance) -> usize {
        let callers = &self.app.callers;
        // Some come far more often than others.
        let place = (callers.len() as f64 * chance.unit().powf(1.6)) as usize;
        callers[place.min(callers.len() - 1)]
    }

    pub fn way_in(&self, chance: &mut Chance) -> Option<&'a Habit> {
        drawn(&self.begins, chance)
    }

    pub fn way_to_renew(&self, chance: &mut Chance) -> Option<&'a Habit> {
        drawn(&self.renews, chance)
    }

    /// One visit.
    fn visit(
        &mut self,
        fresh: bool,
        stays: f64,
        at: Millis,
        chance: &mut Chance,
        drafts: &mut Drafts,
    ) {
        let caller = self.somebody(chance);
        let first = match fresh.then(|| self.way_in(chance)).flatten() {
            Some(habit) => self.sign_in(caller, habit, at, chance, drafts),
            None => match self.come_back(caller, at, chance, drafts) {
                Some(first) => first,
                None => return,
            },
        };
        let level = demand(self.world, self.client, at);
        let mut last = at;
        for _ in 0..chance.poisson(stays) {
            let Some(habit) = self.way_to_renew(chance) else {
                break;
            };
            last += self.stay(habit.flow, chance);
            // Who would not come at that time does not stay until then either.
            let kept = demand(self.world, self.client, last) / level.max(1e-9);
            if !chance.happens(kept.min(1.0)) {
                break;
            }
            self.renew(caller, habit, last, Some(first), chance, drafts);
        }
        self.leave(caller, last, first, chance, drafts);
    }

    /// Somebody comes back to a session, or signs in if it is too old.
    fn come_back(
        &mut self,
        caller: usize,
        at: Millis,
        chance: &mut Chance,
        drafts: &mut Drafts,
    ) -> Option<u32> {
        let habit = self.way_to_renew(chance)?;
        let oldest = 0.85 * self.refresh_life as f64;
        let (began, first) = *self.sessions.entry(caller).or_insert_with(|| {
            let age = chance.by_magnitude(600_000.0f64.min(oldest), oldest);
            (at - age as Millis, None)
        });
        if (at - began) as f64 > oldest {
            let anew = self.way_in(chance)?;
            return Some(self.sign_in(caller, anew, at, chance, drafts));
        }
        self.renew(caller, habit, at, first, chance, drafts)
    }

    fn renew(
        &mut self,
        caller: usize,
        habit: &Habit,
        at: Millis,
        after: Option<u32>,
        chance: &mut Chance,
        drafts: &mut Drafts,
    ) -> Option<u32> {
        let began = self.sessions.get(&caller).map_or(at, |(began, _)| *began);
        let token_age = (at - began).max(0);
        let alive = (token_age as f64) < 0.97 * self.refresh_life as f64;
        alive.then(|| {
            drafts.add(Plan {
                token_age: if habit.flow == Flow::Silent {
                    0
                } else {
                    token_age
                },
                after,
                ..self.plan(caller, habit, at, chance)
            })
        })
    }

    /// How long until tokens are renewed.
    fn stay(&self, flow: Flow, chance: &mut Chance) -> Millis {
        let pause = self.access_life.min(LONGEST_PAUSE) as f64;
        let pause = match flow {
            Flow::Silent => chance.wait(40.0 * MINUTE as f64).min(LONGEST_PAUSE as f64),
            _ => pause * chance.real(0.9, 1.02),
        };
        pause as Millis + 1_000
    }

    fn leave(
        &self,
        caller: usize,
        last: Millis,
        first: u32,
        chance: &mut Chance,
        drafts: &mut Drafts,
    ) {
        let often = |habits: &[(&Habit, f64)]| habits.iter().map(|(_, often)| often).sum::<f64>();
        let share = often(&self.leaves) / often(&self.begins).max(1e-9);
        if !chance.happens(share.min(1.0)) {
            return;
        }
        if let Some(habit) = drawn(&self.leaves, chance) {
            let at = last + MINUTE + chance.wait(10.0 * MINUTE as f64) as Millis;
            drafts.add(Plan {
                after: Some(first),
                ..self.plan(caller, habit, at, chance)
            });
        }
    }
}

/// Plans the visits of the people of an app client.
pub fn plan(world: &World, client: usize, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
    let mut visits = Visits::new(world, client);
    let (fresh, stays, per_day) = visits.shape();
    let rhythm = Rhythm::of(world, client);
    for at in rhythm.times((world, client), span, per_day, SMOOTH, chance) {
        let fresh = chance.happens(fresh);
        visits.visit(fresh, stays, at, chance, drafts);
    }
}

impl Visits<'_> {
    /// The share of visits that begin with a sign-in, the mean number of renewals in one, and visits
    /// a day; so that flows come as often as the habits say.
    fn shape(&self) -> (f64, f64, f64) {
        let per_day = |habits: &[(&Habit, f64)]| {
            self.app.per_day * habits.iter().map(|(_, often)| often).sum::<f64>()
        };
        let (begins, renews) = (per_day(&self.begins), per_day(&self.renews));
        if begins <= 0.0 {
            return (0.0, STAYS, renews / (1.0 + STAYS));
        }
        let ratio = renews / begins;
        if ratio <= STAYS {
            return (1.0, ratio, begins);
        }
        let fresh = (1.0 + STAYS) / (ratio + 1.0);
        (fresh.min(1.0), STAYS, begins / fresh.min(1.0))
    }
}

fn begins(flow: Flow) -> bool {
    use Flow::{AdminPassword, Federated, Hosted, Password, Srp};
    matches!(flow, Hosted | Federated | Password | Srp | AdminPassword)
}

fn renews(flow: Flow) -> bool {
    use Flow::{ApiRefresh, ApiRotate, Refresh, Silent};
    matches!(flow, Silent | Refresh | ApiRefresh | ApiRotate)
}

fn drawn<'a>(habits: &[(&'a Habit, f64)], chance: &mut Chance) -> Option<&'a Habit> {
    if habits.is_empty() {
        return None;
    }
    let weights: Vec<f64> = habits.iter().map(|(_, often)| *often).collect();
    Some(habits[chance.weighted(&weights)].0)
}

/// How long refresh tokens and access tokens of an app client live, at the start.
fn lives(world: &World, client: usize) -> (Millis, Millis) {
    let resource = Resource {
        kind: Kind::Client,
        index: client as u16,
    };
    let settings = world.estate.settings.get(&resource);
    let number = |name: &str| settings.and_then(|it| it.get(name)?.as_i64());
    let units = settings.and_then(|it| it.get("TokenValidityUnits"));
    let unit = units.and_then(|it| it.get("AccessToken")?.as_str());
    let unit = ["minutes", "seconds", "days"]
        .into_iter()
        .find(|it| Some(*it) == unit);
    let access = Lifetime {
        count: number("AccessTokenValidity").unwrap_or(1),
        unit: unit.unwrap_or("hours"),
    };
    let refresh = number("~RefreshTokenMillis").unwrap_or(30 * DAY);
    (refresh, access.millis())
}

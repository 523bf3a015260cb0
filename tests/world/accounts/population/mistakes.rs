//! Failures of any day: mistyped passwords, tokens and codes that are spent, sign-ins that people
//! break off, machines that are turned away.

pub mod answers;

use std::sync::Arc;

use answers::Taste;

use super::{
    super::{
        chance::Chance,
        model::{
            Answer, Asks, Client, DAY, Flow, Habit, Millis, Nature, Plan, SECOND, Step, Window,
            World,
        },
    },
    draft::{self, Drafts},
    machines,
    noise::chronic::Chronic,
    rhythm::{Rhythm, STRETCH},
    visits::Visits,
};

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    Mistypes,
    /// A refresh token that was revoked, or used before.
    SpentToken,
    /// A page is loaded again, and its code with it.
    SpentCode,
    /// At the identity provider.
    BreaksOff,
    /// A machine, by the service: its requests are all the same.
    TurnedAway,
}

/// A kind of mistake, how often it is made a day, and how its texts are spread.
struct Usual {
    mistake: Mistake,
    per_day: f64,
    taste: Taste,
}

/// Plans the usual failures of an app client, but those of a chronic caller.
pub fn plan(world: &World, client: usize, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
    let app = &world.estate.clients[client];
    let own = &mut Chance::new(&format!("{} mistakes {client}", world.seed));
    let chronic = Chronic::of(world, client).map_or(0.0, |chronic| chronic.per_day);
    let per_day = (app.usual_failures * app.per_day - chronic).max(0.0);
    let usual = usual(world, app, per_day, own);
    let per_day: f64 = usual.iter().map(|usual| usual.per_day).sum();
    if per_day <= 0.0 {
        return;
    }
    let clumped = own.happens(world.rates.of("noise.clumped_failures"));
    let shape = shape(clumped, per_day, own);
    let rests = app.nature == Nature::Machine
        && machines::Habit::of(world.seed, client, app.per_day).rests();
    let times = match rests {
        // Who asks for nothing makes no mistakes.
        true => beside(drafts.times(client, span), per_day / app.per_day, chance),
        false => Rhythm::of(world, client).times((world, client), span, per_day, shape, chance),
    };
    let mut visits = Visits::new(world, client);
    let weights: Vec<f64> = usual.iter().map(|usual| usual.per_day).collect();
    let mut last: Option<(usize, Millis)> = None;
    for at in times {
        let usual = &usual[chance.weighted(&weights)];
        // What fails twice within minutes is mostly somebody who loads a page again.
        let same = last.filter(|(_, before)| at - before < STRETCH && chance.happens(0.7));
        let caller = same.map_or_else(|| visits.somebody(chance), |(caller, _)| caller);
        last = Some((caller, at));
        make(
            usual,
            caller,
            &mut visits,
            world,
            client,
            at,
            chance,
            drafts,
        );
    }
}

/// Soon after a share of these times.
fn beside(times: Vec<Millis>, share: f64, chance: &mut Chance) -> Vec<Millis> {
    let times = times.into_iter().filter_map(|at| {
        let happens = chance.happens(share);
        happens.then(|| at + chance.whole(100, 20 * SECOND))
    });
    times.collect()
}

/// How clumped failures are: where there are many, no stretch is made of them alone.
fn shape(clumped: bool, per_day: f64, own: &mut Chance) -> f64 {
    let each = per_day * STRETCH as f64 / DAY as f64;
    match clumped {
        true => own.by_magnitude(0.25, 1.5).max(each.min(2.0)),
        false => 30.0,
    }
}

/// What goes wrong with an app client, with its weight: one or two kinds, and mistyped passwords.
fn kinds(world: &World, app: &Client, own: &mut Chance) -> Vec<(Mistake, f64)> {
    if app.nature == Nature::Machine {
        return vec![(Mistake::TurnedAway, 1.0)];
    }
    let all = [Mistake::SpentToken, Mistake::SpentCode, Mistake::BreaksOff];
    let possible = all
        .into_iter()
        .filter(|kind| concerned(*kind, app).is_some());
    let mut kinds: Vec<(Mistake, f64)> = possible
        .map(|kind| (kind, own.by_magnitude(0.1, 1.0)))
        .collect();
    own.shuffle(&mut kinds);
    kinds.truncate(2);
    let types = concerned(Mistake::Mistypes, app).is_some();
    if types && (kinds.is_empty() || own.happens(world.rates.of("noise.mistyping"))) {
        // Wherever people type, most failures are theirs.
        kinds.push((Mistake::Mistypes, 2.0));
    }
    kinds
}

/// The kinds with how often they come, so many a day in all, and none of them more often than it
/// well may among the requests at its own step.
fn usual(world: &World, app: &Client, per_day: f64, own: &mut Chance) -> Vec<Usual> {
    let kinds = kinds(world, app, own);
    let all: f64 = kinds.iter().map(|(_, weight)| weight).sum();
    let usual = kinds.into_iter().map(|(mistake, weight)| Usual {
        mistake,
        per_day: (per_day * weight / all).min(most(mistake, own) * volume(mistake, app)),
        taste: Taste::draw(own),
    });
    usual.collect()
}

/// The largest share of the requests at a step that fail by a kind of mistake.
fn most(mistake: Mistake, own: &mut Chance) -> f64 {
    match mistake {
        Mistake::BreaksOff => own.real(0.01, 0.07),
        Mistake::SpentCode => own.real(0.005, 0.05),
        Mistake::SpentToken => own.real(0.01, 0.1),
        Mistake::Mistypes => own.real(0.02, 0.15),
        Mistake::TurnedAway => own.real(0.005, 0.05),
    }
}

/// Flows a day in which such a mistake can be made.
fn volume(mistake: Mistake, app: &Client) -> f64 {
    let habits = app.habits.iter();
    let flows = habits
        .filter(|habit| concerns(mistake, habit.flow))
        .map(|habit| habit.weight / habit.flow.steps().len() as f64);
    app.per_day * flows.sum::<f64>()
}

#[allow(clippy::too_many_arguments)]
fn make(
    usual: &Usual,
    caller: usize,
    visits: &mut Visits<'_>,
    world: &World,
    client: usize,
    at: Millis,
    chance: &mut Chance,
    drafts: &mut Drafts,
) {
    let taste = &usual.taste;
    let doomed = |flow: Flow, asks: &Arc<Asks>, answer: Arc<Answer>| Plan {
        doomed: Some(answer),
        ..draft::plan(client, caller, flow, asks, at)
    };
    if usual.mistake == Mistake::Mistypes {
        if let Some(habit) = way_to_type(visits, chance) {
            let wrong = answers::wrong_password(world, client, chance);
            let plan = doomed(habit.flow, &habit.asks, wrong);
            mistype(plan, habit, visits, chance, drafts);
        }
    } else if let Some(habit) = concerned(usual.mistake, &world.estate.clients[client]) {
        let (flow, answer) = match usual.mistake {
            Mistake::SpentCode => (Flow::Stray(Step::Code), answers::spent_code(taste, chance)),
            Mistake::BreaksOff => (habit.flow, answers::broken_off(taste, chance)),
            Mistake::TurnedAway => (habit.flow, answers::turned_away(taste, chance)),
            _ => (habit.flow, answers::spent_token(habit.flow, taste, chance)),
        };
        drafts.add(doomed(flow, &habit.asks, answer));
    }
}

/// The habit in which a mistake is made.
fn concerned(mistake: Mistake, app: &Client) -> Option<&Habit> {
    let mut habits = app.habits.iter();
    habits.find(|habit| concerns(mistake, habit.flow))
}

fn concerns(mistake: Mistake, flow: Flow) -> bool {
    use Flow::{
        AdminPassword, ApiRefresh, ApiRotate, Federated, Hosted, Machine, Password, Refresh,
        Silent, Srp,
    };
    match mistake {
        Mistake::SpentToken => matches!(flow, Refresh | ApiRefresh | ApiRotate),
        Mistake::SpentCode => matches!(flow, Hosted | Silent | Federated),
        Mistake::BreaksOff => flow == Federated,
        Mistake::TurnedAway => flow == Machine,
        Mistake::Mistypes => matches!(flow, Hosted | Password | Srp | AdminPassword),
    }
}

/// A way to sign in at which a password is typed here.
fn way_to_type<'a>(visits: &Visits<'a>, chance: &mut Chance) -> Option<&'a Habit> {
    let mut ways = (0..8).filter_map(|_| visits.way_in(chance));
    ways.find(|habit| habit.flow != Flow::Federated)
}

/// Once or twice wrong, then mostly right.
fn mistype(
    plan: Plan,
    habit: &Habit,
    visits: &mut Visits<'_>,
    chance: &mut Chance,
    drafts: &mut Drafts,
) {
    let again = u16::from(chance.happens(0.2));
    let pause = chance.whole(6 * SECOND, 40 * SECOND);
    let (caller, at) = (plan.caller, plan.at);
    drafts.add(Plan {
        retries: again,
        retry_after: pause,
        ..plan
    });
    if chance.happens(0.85) {
        // Steps on the page before take their time too.
        let right = at + (1 + i64::from(again)) * (pause + 45 * SECOND);
        visits.sign_in(caller, habit, right, chance, drafts);
    }
}

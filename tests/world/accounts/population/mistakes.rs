//! Failures of any day: mistyped passwords, tokens and codes that are spent, sign-ins that people
//! break off, machines that are told to slow down.

pub mod answers;

use std::sync::Arc;

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
    rhythm::Rhythm,
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
    /// Somebody tries out a machine client.
    TriesOut,
    /// Too many at once, or an error of the service.
    TurnedAway,
}

/// Plans the usual failures of an app client, but those of a chronic caller.
pub fn plan(world: &World, client: usize, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
    let app = &world.estate.clients[client];
    let own = &mut Chance::new(&format!("{} mistakes {client}", world.seed));
    let kinds = kinds(world, app, own);
    let clumped = own.happens(world.rates.of("noise.clumped_failures"));
    let chronic = Chronic::of(world, client).map_or(0.0, |chronic| chronic.per_day);
    let per_day = (app.usual_failures * app.per_day - chronic).max(0.0);
    let shape = shape(clumped, per_day, own);
    let rests = app.nature == Nature::Machine
        && machines::Habit::of(world.seed, client, app.per_day).rests();
    let times = match rests {
        // Who asks for nothing makes no mistakes.
        true => beside(drafts.times(client, span), per_day / app.per_day, chance),
        false => Rhythm::of(world, client).times((world, client), span, per_day, shape, chance),
    };
    let mut visits = Visits::new(world, client);
    for at in times {
        let kind = *chance.pick(&kinds);
        make(kind, &mut visits, world, client, at, chance, drafts);
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
    let each = per_day * super::rhythm::STRETCH as f64 / DAY as f64;
    match clumped {
        true => own.by_magnitude(0.25, 1.5).max(each.min(2.0)),
        false => 30.0,
    }
}

/// What goes wrong with an app client; one or two kinds.
fn kinds(world: &World, app: &Client, own: &mut Chance) -> Vec<Mistake> {
    let has = |wanted: fn(Flow) -> bool| app.habits.iter().any(|habit| wanted(habit.flow));
    let mut kinds = Vec::new();
    if app.nature == Nature::Machine {
        kinds.extend([Mistake::TriesOut, Mistake::TurnedAway]);
    } else {
        if has(|flow| matches!(flow, Flow::Refresh | Flow::ApiRefresh | Flow::ApiRotate)) {
            kinds.push(Mistake::SpentToken);
        }
        if has(|flow| matches!(flow, Flow::Hosted | Flow::Silent | Flow::Federated)) {
            kinds.push(Mistake::SpentCode);
        }
        if has(|flow| flow == Flow::Federated) {
            kinds.push(Mistake::BreaksOff);
        }
    }
    own.shuffle(&mut kinds);
    kinds.truncate(2);
    let types = has(|flow| {
        use Flow::{AdminPassword, Hosted, Password, Srp};
        matches!(flow, Hosted | Password | Srp | AdminPassword)
    });
    if types && (kinds.is_empty() || own.happens(world.rates.of("noise.mistyping"))) {
        // Wherever people type, most failures are theirs.
        kinds.extend([Mistake::Mistypes; 4]);
    }
    kinds
}

fn make(
    kind: Mistake,
    visits: &mut Visits<'_>,
    world: &World,
    client: usize,
    at: Millis,
    chance: &mut Chance,
    drafts: &mut Drafts,
) {
    let caller = visits.somebody(chance);
    let doomed = |flow: Flow, asks: &Arc<Asks>, answer: Arc<Answer>| Plan {
        doomed: Some(answer),
        ..draft::plan(client, caller, flow, asks, at)
    };
    if kind == Mistake::Mistypes {
        if let Some(habit) = way_to_type(visits, chance) {
            let wrong = answers::wrong_password(world, client, chance);
            let plan = doomed(habit.flow, &habit.asks, wrong);
            mistype(plan, habit, visits, chance, drafts);
        }
    } else if let Some(habit) = concerned(kind, &world.estate.clients[client]) {
        let (flow, answer) = match kind {
            Mistake::SpentCode => (Flow::Stray(Step::Code), answers::spent_code(chance)),
            Mistake::BreaksOff => (habit.flow, answers::broken_off(chance)),
            Mistake::TriesOut => (habit.flow, answers::tried_out(chance)),
            Mistake::TurnedAway => (habit.flow, answers::turned_away(chance)),
            _ => (habit.flow, answers::spent_token(habit.flow, chance)),
        };
        drafts.add(doomed(flow, &habit.asks, answer));
    }
}

/// The habit in which a mistake is made.
fn concerned(kind: Mistake, app: &Client) -> Option<&Habit> {
    use Flow::{ApiRefresh, ApiRotate, Federated, Hosted, Machine, Refresh, Silent};
    app.habits.iter().find(|habit| match kind {
        Mistake::SpentToken => matches!(habit.flow, Refresh | ApiRefresh | ApiRotate),
        Mistake::SpentCode => matches!(habit.flow, Hosted | Silent | Federated),
        Mistake::BreaksOff => habit.flow == Federated,
        Mistake::TriesOut | Mistake::TurnedAway => habit.flow == Machine,
        Mistake::Mistypes => false,
    })
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

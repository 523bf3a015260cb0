//! Callers that never succeed and never stop: a secret, a token or a password that went stale long
//! ago, a browser that sends a spent code again.

use std::sync::Arc;

use super::super::{
    super::{
        chance::{Chance, bits},
        model::{
            Answer, Asks, Caller, Client, DAY, Flow, MINUTE, Millis, Nature, Plan, Step, Window,
            World,
        },
    },
    callers,
    draft::{self, Drafts, answer},
    founding::Founding,
    mistakes::answers,
    rhythm::demand,
};

/// The one that an app client has, if any.
pub struct Chronic {
    /// Its place; it comes right after the app client's own callers and is none of them.
    pub caller: usize,
    pub per_day: f64,
    own: f64,
}

/// Share of the app client's requests, and the least and the most a day.
const SHARE: (f64, f64) = (0.004, 0.06);
const PER_DAY: (f64, f64) = (4.0, 3_000.0);

impl Chronic {
    fn draw(seed: u64, client: usize, per_day: f64, caller: usize) -> Self {
        let chance = &mut Chance::new(&format!("{seed} chronic {client}"));
        let share = chance.by_magnitude(SHARE.0, SHARE.1);
        Self {
            caller,
            per_day: (per_day * share).clamp(PER_DAY.0, PER_DAY.1),
            own: chance.unit(),
        }
    }

    pub fn of(world: &World, client: usize) -> Option<Self> {
        let app = &world.estate.clients[client];
        let caller = app.callers.last()? + 1;
        let known = world.estate.callers.get(caller)?;
        (known.address == address(world.seed, client))
            .then(|| Self::draw(world.seed, client, app.per_day, caller))
    }
}

/// By its address it is known again.
fn address(seed: u64, client: usize) -> String {
    let bits = bits(seed, &[client as u64, 77]);
    format!(
        "2001:db8:{:x}:{:x}::{:x}",
        bits & 0xfff,
        bits >> 16 & 0xffff,
        bits >> 32 & 0xffff
    )
}

/// Adds one to some app clients, and its failures to what is usual there.
pub fn add(f: &mut Founding<'_>, place: usize, client: &mut Client) {
    if !f.chance.happens(f.rates.of("noise.chronic_callers")) {
        return;
    }
    let chronic = Chronic::draw(f.seed, place, client.per_day, f.estate.callers.len());
    client.usual_failures += chronic.per_day / client.per_day;
    let own = f.estate.callers[client.callers[0]].agent.clone();
    let agent = match client.nature {
        Nature::Machine => callers::library(f.chance).to_owned(),
        Nature::Web | Nature::Spa => callers::browser(f.chance),
        Nature::Mobile | Nature::Admin => own,
    };
    let user = (client.nature != Nature::Machine).then(|| f.chance.uuid());
    f.estate.callers.push(Caller {
        address: address(f.seed, place),
        agent,
        user,
    });
}

/// Plans its requests, steady from the first minute to the last.
pub fn plan(world: &World, client: usize, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
    let Some(chronic) = Chronic::of(world, client) else {
        return;
    };
    let Some((flow, asks, answer)) = stale(&world.estate.clients[client], chronic.own, chance)
    else {
        return;
    };
    let every = (DAY as f64 / chronic.per_day) as Millis;
    // Some by a timer, others as their user or their back-off has it.
    let jitter = 0.1 + 0.6 * chronic.own;
    let mut at = span.start + chance.time(0, every.min(5 * MINUTE));
    while at < span.end {
        // An app client that nobody asks anything of is not there.
        if demand(world, client, at) > 0.0 {
            drafts.add(Plan {
                doomed: Some(Arc::clone(&answer)),
                ..draft::plan(client, chronic.caller, flow, &asks, at)
            });
        }
        at += (every as f64 * chance.real(1.0 - jitter, 1.0 + jitter)) as Millis;
    }
}

/// What is stale: always the same thing.
fn stale(app: &Client, own: f64, chance: &mut Chance) -> Option<(Flow, Arc<Asks>, Arc<Answer>)> {
    let taste = answers::Taste::draw(chance);
    let of = |wanted: &dyn Fn(Flow) -> bool| app.habits.iter().find(|habit| wanted(habit.flow));
    let renews = of(&|flow| matches!(flow, Flow::Refresh | Flow::ApiRefresh | Flow::ApiRotate));
    let code = of(&|flow| matches!(flow, Flow::Hosted | Flow::Silent | Flow::Federated));
    let password = of(&|flow| matches!(flow, Flow::Password | Flow::Srp | Flow::AdminPassword));
    if let Some(habit) = of(&|flow| flow == Flow::Machine) {
        let asks = Asks {
            secret: Some(Arc::from("v0")),
            ..(*habit.asks).clone()
        };
        return Some((
            habit.flow,
            Arc::new(asks),
            answer("invalid_client", None, 400),
        ));
    }
    if let Some(habit) = renews.filter(|_| own < 0.6 || (code.is_none() && password.is_none())) {
        let answer = answers::spent_token(habit.flow, &taste, chance);
        return Some((habit.flow, Arc::clone(&habit.asks), answer));
    }
    if let Some(habit) = code {
        let flow = Flow::Stray(Step::Code);
        return Some((
            flow,
            Arc::clone(&habit.asks),
            answers::spent_code(&taste, chance),
        ));
    }
    let message = "Incorrect username or password.";
    password.map(|habit| {
        let answer = answer("NotAuthorizedException", Some(message), 400);
        (habit.flow, Arc::clone(&habit.asks), answer)
    })
}

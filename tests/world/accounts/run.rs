//! Runs an account: carries out every plan, request by request, under the settings and rules in
//! force, and tries again as that caller would.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::Value;

use super::{
    chance::luck,
    model::{
        Alters, Answer, Ask, Asks, Attempt, Breaks, By, Cause, Effect, Flow, Millis, Outcome, Plan,
        Rule, SECOND, Step, Window, World,
    },
    state::{Timeline, member},
};

/// What is left out of a run.
#[derive(Clone, Debug, Default)]
pub struct Without {
    pub causes: BTreeSet<Cause>,
    /// All writes.
    pub every_write: bool,
}

impl Without {
    pub fn nothing() -> Self {
        Self::default()
    }

    pub fn causes(causes: &[Cause]) -> Self {
        Self {
            causes: causes.iter().copied().collect(),
            every_write: false,
        }
    }

    pub fn every_write() -> Self {
        Self {
            every_write: true,
            ..Self::default()
        }
    }

    fn leaves(&self, cause: Cause) -> bool {
        match cause {
            Cause::Write(_) if self.every_write => false,
            cause => !self.causes.contains(&cause),
        }
    }
}

/// All requests that are sent, by time.
pub fn run(world: &World, without: &Without) -> Vec<Attempt> {
    run_of(world, without, |_| true)
}

/// The requests of some plans. Plans that wait for others need these among them.
pub fn run_of(world: &World, without: &Without, of: impl Fn(&Plan) -> bool) -> Vec<Attempt> {
    let timeline = Timeline::new(world, |write| without.leaves(Cause::Write(write.id)));
    let rulebook = Rulebook::new(world, &timeline);
    let mut ended_well: HashMap<u32, bool> = HashMap::new();
    let awaited: BTreeSet<u32> = world.plans.iter().filter_map(|plan| plan.after).collect();
    let mut attempts = Vec::new();
    for plan in world.plans.iter().filter(|plan| of(plan)) {
        let possible = plan
            .after
            .is_none_or(|first| ended_well.get(&first).copied().unwrap_or(true));
        if !possible || !without.leaves(Cause::Plan(plan.id)) {
            continue;
        }
        let well = carry_out(world, without, &rulebook, plan, &mut attempts);
        if awaited.contains(&plan.id) {
            ended_well.insert(plan.id, well);
        }
    }
    attempts.sort_by_key(|attempt| (attempt.at, attempt.plan, attempt.nth));
    attempts
}

/// How many requests one plan makes at most.
const MOST: u16 = 400;

/// Carries out a plan until it ends well or nobody tries again; whether it ended well.
fn carry_out(
    world: &World,
    without: &Without,
    rulebook: &Rulebook<'_>,
    plan: &Plan,
    attempts: &mut Vec<Attempt>,
) -> bool {
    let luck_of = |nth: u16, of: u64| luck(world.seed, &[u64::from(plan.id), u64::from(nth), of]);
    let mut nth = 0;
    let mut at = plan.at;
    for turn in 0..=plan.retries {
        let mut well = true;
        for step in plan.flow.steps() {
            let (asks, alteration) = altered(world, without, plan, step, at);
            let attempt = Attempt {
                plan: plan.id,
                nth,
                at,
                client: plan.client,
                caller: plan.caller,
                flow: plan.flow,
                step,
                asks,
                outcome: Outcome::Ok,
            };
            let outcome = match (doomed(plan, step), alteration) {
                (Some(answer), _) => refused(By::Habit, answer),
                (None, Some((place, answer))) => refused(By::Release(place), answer),
                (None, None) => outcome(world, without, rulebook, plan, &attempt, &luck_of),
            };
            well = outcome.is_ok();
            attempts.push(Attempt { outcome, ..attempt });
            nth += 1;
            at += pause(step, plan.flow, luck_of(nth, 1));
            if !well {
                break;
            }
        }
        if well {
            return true;
        }
        if turn == plan.retries || nth >= MOST {
            break;
        }
        // Nobody tries again exactly as fast as before.
        at += (plan.retry_after as f64 * (0.6 + 0.8 * luck_of(nth, 2))) as Millis;
    }
    false
}

/// The milliseconds until the next step: a person reads and types, a program does not.
fn pause(step: Step, flow: Flow, luck: f64) -> Millis {
    let (least, most) = match (step, flow) {
        (Step::Authorize, Flow::Federated) => (3 * SECOND, 25 * SECOND),
        (Step::LoginPage, _) => (4 * SECOND, 40 * SECOND),
        _ => (120, 1_500),
    };
    least + ((most - least) as f64 * luck) as Millis
}

/// The step at which a plan fails that fails in any case: the one that carries what is wrong.
fn doomed(plan: &Plan, step: Step) -> Option<Arc<Answer>> {
    let at = match plan.flow {
        Flow::Hosted => Step::LoginPost,
        Flow::Srp => Step::SrpReply,
        Flow::Federated => Step::IdpResponse,
        Flow::Silent => Step::Code,
        flow => flow.steps()[0],
    };
    plan.doomed.as_ref().filter(|_| at == step).cloned()
}

fn refused(by: By, answer: Arc<Answer>) -> Outcome {
    Outcome::Refused { by, answer }
}

type Alteration = Option<(usize, Arc<Answer>)>;

/// What a request asks for, after the releases that its caller has got; and a release's own mistake.
fn altered(
    world: &World,
    without: &Without,
    plan: &Plan,
    step: Step,
    at: Millis,
) -> (Arc<Asks>, Alteration) {
    let mut asks = Arc::clone(&plan.asks);
    let mut mistake = None;
    for (place, release) in world.releases.iter().enumerate() {
        let rank = luck(world.seed, &[plan.caller as u64, place as u64, 7]);
        let begins = release.at + (release.ramp as f64 * rank / release.share.max(1e-9)) as Millis;
        let gets = release.client == plan.client
            && rank < release.share
            && begins <= at
            && at < release.until
            && release.steps.contains(&step)
            && without.leaves(Cause::Release(place));
        if !gets {
            continue;
        }
        match &release.alters {
            Alters::Redirect(uri) => Arc::make_mut(&mut asks).redirect = Some(Arc::clone(uri)),
            Alters::Scopes(scopes) => Arc::make_mut(&mut asks).scopes.clone_from(scopes),
            Alters::Provider(name) => Arc::make_mut(&mut asks).provider = Some(Arc::clone(name)),
            Alters::Secret(version) => Arc::make_mut(&mut asks).secret = Some(Arc::clone(version)),
            Alters::Fails(answer) => mistake = Some((place, Arc::clone(answer))),
        }
    }
    (asks, mistake)
}

fn outcome(
    world: &World,
    without: &Without,
    rulebook: &Rulebook<'_>,
    plan: &Plan,
    attempt: &Attempt,
    luck_of: &dyn Fn(u16, u64) -> f64,
) -> Outcome {
    for (place, trouble) in world.troubles.iter().enumerate() {
        let meets = trouble.span.holds(attempt.at)
            && trouble.clients.contains(&attempt.client)
            && trouble.steps.contains(&attempt.step)
            && (trouble.callers.is_empty() || trouble.callers.contains(&attempt.caller))
            && luck_of(attempt.nth, 100 + place as u64) < trouble.share
            && without.leaves(Cause::Trouble(place));
        if meets {
            return failed(By::Trouble(place), &trouble.effect);
        }
    }
    if let Some((place, rule)) = rulebook.refuses(plan, attempt, luck_of) {
        return failed(By::Rule(place), &rule.effect);
    }
    Outcome::Ok
}

fn failed(by: By, effect: &Effect) -> Outcome {
    match effect {
        Effect::Refused(answer) => refused(by, Arc::clone(answer)),
        Effect::Unreached(network) => Outcome::Unreached {
            by,
            network: *network,
        },
    }
}

/// Fewer callers have no parts.
const MANY_CALLERS: usize = 12;

/// The rules of a world by who meets them, each with the values of its member over time.
struct Rulebook<'a> {
    world: &'a World,
    by_request: HashMap<(usize, Step), Vec<usize>>,
    values: Vec<Vec<InForce>>,
}

/// A member's value from a write on.
struct InForce {
    at: Millis,
    write: Option<usize>,
    /// Outer `None`: the resource does not exist. Inner `None`: the member is absent.
    value: Option<Option<Value>>,
}

impl<'a> Rulebook<'a> {
    fn new(world: &'a World, timeline: &Timeline) -> Self {
        let mut by_request: HashMap<(usize, Step), Vec<usize>> = HashMap::new();
        for (place, rule) in world.rules.iter().enumerate() {
            for client in &rule.clients {
                for step in &rule.steps {
                    by_request.entry((*client, *step)).or_default().push(place);
                }
            }
        }
        let values = world.rules.iter().map(|rule| values(rule, timeline));
        Self {
            world,
            by_request,
            values: values.collect(),
        }
    }

    /// The rule that refuses a request, with its place.
    fn refuses(
        &self,
        plan: &Plan,
        attempt: &Attempt,
        luck_of: &dyn Fn(u16, u64) -> f64,
    ) -> Option<(usize, &'a Rule)> {
        let rules = self.by_request.get(&(attempt.client, attempt.step))?;
        rules.iter().find_map(|place| {
            let rule = &self.world.rules[*place];
            let concerns = (rule.provider.is_none() || rule.provider == attempt.asks.provider)
                && self.concerns(*place, rule, attempt);
            let broken = concerns
                && self.broken(*place, rule, plan, attempt)
                && (rule.share >= 1.0 || luck_of(attempt.nth, 10_000 + *place as u64) < rule.share);
            broken.then_some((*place, rule))
        })
    }

    /// Whether its caller is among those that a partial rule concerns.
    fn concerns(&self, place: usize, rule: &Rule, attempt: &Attempt) -> bool {
        let callers = &self.world.estate.clients[attempt.client].callers;
        let drawn = [attempt.caller as u64, place as u64, 5];
        rule.share_of_callers >= 1.0
            || callers.len() < MANY_CALLERS
            || luck(self.world.seed, &drawn) < rule.share_of_callers
    }

    fn broken(&self, place: usize, rule: &Rule, plan: &Plan, attempt: &Attempt) -> bool {
        let values = &self.values[place];
        let first = values.first().and_then(|first| first.value.clone());
        let in_force = values.iter().rev().find(|value| {
            let delay = value
                .write
                .map_or(0, |write| self.delay(place, rule, write, attempt.caller));
            value.at.saturating_add(delay) <= attempt.at
        });
        let Some(in_force) = in_force else {
            return false;
        };
        let address = &self.world.estate.callers[attempt.caller].address;
        is_broken(rule, &in_force.value, &first, plan, attempt, address)
    }

    /// How long after a write its value meets this caller's requests.
    fn delay(&self, place: usize, rule: &Rule, write: usize, caller: usize) -> Millis {
        let shared = luck(self.world.seed, &[write as u64, place as u64, 3]);
        let own = luck(self.world.seed, &[write as u64, caller as u64, 4]);
        let delay = rule.delay;
        let least = delay.least.max(1) as f64;
        let most = delay.most.max(delay.least).max(1) as f64;
        // Evenly by magnitude: short ones are as likely as long ones.
        let shared = (least.ln() + (most.ln() - least.ln()) * shared).exp();
        shared as Millis + (delay.cache as f64 * own) as Millis
    }
}

fn values(rule: &Rule, timeline: &Timeline) -> Vec<InForce> {
    let mut values: Vec<InForce> = Vec::new();
    for version in timeline.of(rule.resource) {
        let settings = version.settings.as_ref();
        let value = settings.map(|settings| member(settings, &rule.member).cloned());
        // A write that leaves the member as it is brings nothing new.
        if values.last().is_none_or(|last| last.value != value) {
            values.push(InForce {
                at: version.at,
                write: version.write,
                value,
            });
        }
    }
    values
}

pub fn is_broken<'a>(
    rule: &Rule,
    value: &'a Option<Option<Value>>,
    first: &'a Option<Option<Value>>,
    plan: &Plan,
    attempt: &Attempt,
    address: &str,
) -> bool {
    let Some(value) = value else {
        return rule.breaks == Breaks::Gone;
    };
    let value = value.as_ref();
    let lists = |text: &str| {
        let list = value.and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|held| held.as_str() == Some(text)))
    };
    let asks = &attempt.asks;
    match &rule.breaks {
        Breaks::Gone => false,
        Breaks::Equals(bad) => value == Some(bad),
        Breaks::Changed => {
            // Null is what an absent member is set to where updates say only what they alter.
            let said = |value: Option<&'a Value>| value.filter(|value| !value.is_null());
            said(value) != said(first.as_ref().and_then(Option::as_ref))
        }
        Breaks::Empty => is_empty(value),
        Breaks::Outlived => value
            .and_then(Value::as_i64)
            .is_some_and(|lifetime| plan.token_age > lifetime),
        Breaks::Lists(Ask::Address) => lists(address),
        Breaks::Lists(ask) | Breaks::Lacks(ask) => {
            let wanted = wanted(*ask, asks, attempt, address);
            let lacking = matches!(rule.breaks, Breaks::Lacks(_));
            wanted.iter().any(|text| lists(text) != lacking)
        }
    }
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        Some(Value::Object(members)) => members.is_empty(),
        Some(_) => false,
    }
}

/// What a request needs to be listed.
fn wanted(ask: Ask, asks: &Asks, attempt: &Attempt, address: &str) -> Vec<String> {
    let one = |text: &Option<Arc<str>>| text.iter().map(|text| text.to_string()).collect();
    match ask {
        Ask::Redirect => one(&asks.redirect),
        Ask::Provider => one(&asks.provider),
        Ask::Logout => one(&asks.logout),
        Ask::Secret => one(&asks.secret),
        Ask::Scopes => asks.scopes.iter().map(|scope| scope.to_string()).collect(),
        Ask::Address => vec![address.to_owned()],
        Ask::Flow => flow_name(attempt.step)
            .into_iter()
            .map(str::to_owned)
            .collect(),
    }
}

/// What the flow of a step is called in the settings of an app client.
fn flow_name(step: Step) -> Option<&'static str> {
    match step {
        Step::Authorize | Step::Code => Some("code"),
        Step::Machine => Some("client_credentials"),
        Step::Password => Some("ALLOW_USER_PASSWORD_AUTH"),
        Step::Srp | Step::SrpReply => Some("ALLOW_USER_SRP_AUTH"),
        Step::AdminPassword => Some("ALLOW_ADMIN_USER_PASSWORD_AUTH"),
        Step::ApiRefresh => Some("ALLOW_REFRESH_TOKEN_AUTH"),
        _ => None,
    }
}

/// Attempts by plan and number, for holding two runs against each other.
pub fn by_key(attempts: &[Attempt]) -> BTreeMap<(u32, u16), &Attempt> {
    let keyed = attempts
        .iter()
        .map(|attempt| ((attempt.plan, attempt.nth), attempt));
    keyed.collect()
}

/// The part of a run within a window.
pub fn within(attempts: &[Attempt], window: Window) -> impl Iterator<Item = &Attempt> {
    attempts
        .iter()
        .filter(move |attempt| window.holds(attempt.at))
}

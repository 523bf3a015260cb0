//! Who asks, how often, and with what mistakes.

use std::{collections::HashMap, rc::Rc};

use super::{
    super::{
        changes::History,
        clock::{DAY, HOUR, MINUTE, Second},
        cognito::{Ask, Caller, Flaw, Request, UNREACHABLE, decide_by},
        config::Secret,
        dice::Dice,
        estate,
        traffic::Attempt,
    },
    setup::Setup,
};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// Workers of a service.
    Machine {
        scope: Option<&'static str>,
    },
    /// People in browsers.
    Web {
        redirect_uri: &'static str,
    },
    /// Refresh tokens of people in browsers, up to 20 days old.
    Refresh,
    /// People in apps.
    Api {
        flow: Ask,
    },
    ApiRefresh,
    /// Passwords tried from many addresses.
    Attack,
}

/// Callers of one kind.
pub struct Callers {
    pub client: &'static str,
    pub what: What,
    pub per_minute: f64,
    pub from: Second,
    pub until: Second,
    /// Share of the rate at a time.
    pub rate: Rc<dyn Fn(Second) -> f64>,
    /// The secret that a worker shows.
    pub secret: Rc<dyn Fn(i64, Second) -> Secret>,
    /// What is wrong with a request at a time, and how likely.
    pub flaw: Rc<dyn Fn(Second) -> (f64, Flaw)>,
    /// How often a refused request is tried again.
    pub retries: u32,
    /// How many principals there are.
    pub people: usize,
    /// Whether nobody hears them: they count what is missing.
    pub unheard: bool,
    /// How long a worker keeps a token before it asks for another.
    pub keeps: Second,
    /// When all of them start anew, without a token.
    pub restart: Option<Second>,
}

/// Workers of a service.
const WORKERS: i64 = 40;

const CONFIDENTIAL: [&str; 6] = [
    estate::BILLING,
    estate::CATALOG,
    estate::PARTNER,
    estate::REPORTS,
    estate::INTRANET,
    estate::PORTAL,
];
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0";

impl Callers {
    pub fn new(client: &'static str, what: What, per_minute: f64) -> Self {
        let (chance, flaw) = match what {
            What::Machine { .. } => (0.001, Flaw::Misbuilt),
            What::Refresh | What::ApiRefresh => (0.015, Flaw::Expired),
            What::Attack => (1.0, Flaw::Guessed),
            What::Web { .. } => (0.005, Flaw::Mistaken),
            What::Api { .. } => (0.02, Flaw::Mistaken),
        };
        Self {
            client,
            what,
            per_minute,
            from: DAY,
            until: DAY + 24 * HOUR,
            rate: Rc::new(|_| 1.0),
            secret: Rc::new(|_, _| Secret::Original),
            flaw: Rc::new(move |_| (chance, flaw)),
            retries: 1,
            people: 150,
            unheard: false,
            keeps: 0,
            restart: None,
        }
    }

    /// Only in that time.
    pub fn during(self, from: Second, until: Second) -> Self {
        Self {
            from,
            until,
            ..self
        }
    }
}

struct Desk<'a> {
    setup: &'a Setup,
    history: &'a History,
    dice: Dice,
    attempts: Vec<Attempt>,
}

/// Everything asked on the day, in order of time.
pub fn simulate(setup: &Setup, history: &History) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for (number, callers) in setup.callers.iter().enumerate() {
        let mut desk = Desk {
            setup,
            history,
            dice: Dice::new(&format!("callers {number} {} {}", setup.deed, setup.lasts)),
            attempts: Vec::new(),
        };
        callers.run(&mut desk);
        attempts.extend(desk.attempts);
    }
    let end = setup.read_at.unwrap_or(DAY + 24 * HOUR);
    attempts.retain(|attempt| attempt.request.time < end);
    attempts.sort_by_key(|attempt| attempt.request.time);
    attempts
}

impl Desk<'_> {
    fn ask(&mut self, request: Request) -> bool {
        let state = self.history.at(request.time);
        let refusal = decide_by(&self.setup.quirks, &request, state).err();
        let accepted = refusal.is_none();
        self.attempts.push(Attempt {
            request,
            refusal,
            event_id: self.dice.uuid(),
            request_id: self.dice.uuid(),
        });
        accepted
    }
}

impl Callers {
    fn run(&self, desk: &mut Desk<'_>) {
        let people: Vec<Caller> = (0..self.people).map(|_| person(&mut desk.dice)).collect();
        // The day has its own shape: busy by day, quiet by night.
        let shape = 0.2 + 0.6 * desk.dice.between(0, 100) as f64 / 100.0;
        let mut kept = self.tokens(&mut desk.dice);
        for time in self.from..self.until {
            if self.restart == Some(time) {
                kept.clear();
            }
            let hour = (time - DAY) as f64 / HOUR as f64;
            let cycle = ((hour - 14.0) / 24.0 * std::f64::consts::TAU).cos();
            let busy = 1.0 - shape * (0.5 - 0.5 * cycle);
            let rate = self.per_minute / 60.0 * busy * (self.rate)(time);
            if desk.dice.chance(rate) {
                let worker = desk.dice.between(0, WORKERS - 1);
                let is_held = kept.get(&worker).is_some_and(|until| time < *until);
                if !is_held && self.call(desk, time, worker, &people) {
                    kept.insert(worker, time + self.keeps);
                }
            }
        }
    }

    /// The tokens that workers hold when the day begins, by when each expires.
    fn tokens(&self, dice: &mut Dice) -> HashMap<i64, Second> {
        match self.keeps {
            0 => HashMap::new(),
            keeps => (0..WORKERS)
                .map(|worker| (worker, self.from + dice.between(0, keeps)))
                .collect(),
        }
    }

    /// Whether a token was given.
    fn call(&self, desk: &mut Desk<'_>, time: Second, worker: i64, people: &[Caller]) -> bool {
        let mut caller = desk.dice.pick(people).clone();
        if let What::Machine { .. } = self.what {
            caller.address = format!("203.0.113.{}", 40 + worker % 2);
            caller.sub = None;
        }
        if self.unheard {
            let request = self.request(time, Ask::Refresh, worker, &caller);
            return desk.lost(request);
        }
        if let What::Web { redirect_uri } = self.what {
            if desk.domain_is_gone(self.client, time) {
                // Nobody answers at all: a lost sign-in.
                return desk.lost(self.request(
                    time,
                    Ask::Authorize { redirect_uri },
                    worker,
                    &caller,
                ));
            }
            let authorize = self.request(time, Ask::Authorize { redirect_uri }, worker, &caller);
            if !desk.ask(authorize) {
                return false;
            }
        }
        let mut time = time
            + if matches!(self.what, What::Web { .. }) {
                desk.dice.between(1, 6)
            } else {
                0
            };
        let ask = match self.what {
            What::Machine { scope: None } => Ask::ClientCredentials,
            What::Machine { scope: Some(scope) } => Ask::Scoped { scope },
            What::Web { redirect_uri } => Ask::Code { redirect_uri },
            What::Refresh => Ask::AgedRefresh {
                age: desk.dice.between(0, 20 * 24 * HOUR),
            },
            What::Api { flow } => flow,
            What::ApiRefresh => Ask::ApiRefresh,
            What::Attack => Ask::Password,
        };
        if desk.domain_is_gone(self.client, time)
            && !matches!(
                self.what,
                What::Api { .. } | What::ApiRefresh | What::Attack
            )
        {
            return desk.lost(self.request(time, ask, worker, &caller));
        }
        for _ in 0..=self.retries {
            let mut request = self.request(time, ask, worker, &caller);
            let (chance, flaw) = (self.flaw)(time);
            request.flaw = desk.dice.chance(chance).then_some(flaw);
            if self.flaw_is_of_password() && ask == Ask::Custom {
                request.flaw = None;
            }
            let accepted = desk.ask(request);
            if accepted {
                if ask == Ask::Custom {
                    let mut answer =
                        self.request(time + desk.dice.between(2, 6), Ask::Answer, worker, &caller);
                    answer.flaw = desk.dice.chance(chance).then_some(flaw);
                    desk.ask(answer);
                }
                return true;
            }
            time += desk.dice.between(2, MINUTE);
        }
        false
    }

    fn flaw_is_of_password(&self) -> bool {
        (self.flaw)(self.from).1 == Flaw::Mistaken
    }

    fn request(&self, time: Second, ask: Ask, worker: i64, caller: &Caller) -> Request {
        let confidential = CONFIDENTIAL.contains(&self.client);
        Request {
            time,
            client: self.client,
            ask,
            secret: confidential.then(|| (self.secret)(worker, time)),
            flaw: None,
            caller: caller.clone(),
        }
    }
}

impl Desk<'_> {
    fn domain_is_gone(&self, client: &str, time: Second) -> bool {
        let state = self.history.at(time);
        state.unreachable.contains(&estate::pool(client))
    }

    /// A request that reaches nobody: it stands in no log, and gets no token.
    fn lost(&mut self, request: Request) -> bool {
        let refusal = Some(UNREACHABLE);
        self.attempts.push(Attempt {
            request,
            refusal,
            event_id: self.dice.uuid(),
            request_id: self.dice.uuid(),
        });
        false
    }
}

fn person(dice: &mut Dice) -> Caller {
    Caller {
        address: dice.address(),
        agent: AGENT,
        sub: Some(dice.uuid()),
    }
}

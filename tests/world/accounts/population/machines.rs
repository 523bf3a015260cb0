//! How machines ask for tokens: by the clock, when the last one ends, one hour a day, in batches, or
//! whenever they have something to do.

use super::{
    super::{
        chance::{Chance, luck},
        model::{self, DAY, Flow, HOUR, MINUTE, Millis, Plan, SECOND, Window, World},
    },
    draft::{self, Drafts},
    retries::Patience,
    rhythm::{Rhythm, SMOOTH, demand},
};

/// The habit of a machine client, the same whenever it is looked at.
#[derive(Clone, Copy)]
pub struct Habit {
    pub tasks: usize,
    style: Style,
    /// A number of its own for whatever else is drawn of it.
    own: f64,
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// At fixed times, give or take some seconds.
    Cron,
    /// A task keeps its token as long as it lives.
    Cache,
    /// One hour a day.
    Sparse,
    /// Many in some minutes, several times a day.
    Batch,
    OnDemand,
}

/// No task asks for tokens by the clock more often than this.
const FASTEST: f64 = 5.0 * MINUTE as f64;

impl Habit {
    pub fn of(seed: u64, client: usize, per_day: f64) -> Self {
        let chance = &mut Chance::new(&format!("{seed} machine {client}"));
        let by_clock = chance.by_magnitude(1.0, 12.0);
        // As many tasks as ask for so many tokens a day, at most every five minutes each.
        let least = per_day * FASTEST / DAY as f64;
        let styles = [
            (Style::Cron, 0.28),
            (Style::Cache, 0.32),
            (Style::Sparse, if per_day < 2_000.0 { 0.12 } else { 0.0 }),
            (Style::Batch, if per_day > 60.0 { 0.1 } else { 0.0 }),
            (Style::OnDemand, 0.2),
        ];
        let weights = styles.map(|(_, weight)| weight);
        let mut style = styles[chance.weighted(&weights)].0;
        if matches!(style, Style::Cron | Style::Cache) && least > 60.0 {
            style = Style::OnDemand;
        }
        // A task that asks less than twice a day is none.
        let most = (per_day / 2.0).max(1.0);
        let tasks = match style {
            Style::Cron | Style::Cache => by_clock.max(least.ceil()).min(most.max(least.ceil())),
            _ => by_clock.min(most),
        };
        Self {
            tasks: tasks.round().max(1.0) as usize,
            style,
            own: chance.unit(),
        }
    }

    /// Between two requests of one task.
    fn turn(self, per_day: f64) -> Millis {
        (self.tasks as f64 * DAY as f64 / per_day).max(1_000.0) as Millis
    }

    /// Whether nothing is asked for during most of the day.
    pub fn rests(self) -> bool {
        matches!(self.style, Style::Sparse | Style::Batch)
    }

    /// How long a token is kept, if it is.
    pub fn keeps_tokens(self, per_day: f64) -> Option<Millis> {
        (self.style == Style::Cache).then(|| self.turn(per_day))
    }
}

/// Plans the requests of a machine client.
pub fn plan(world: &World, client: usize, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
    let per_day = world.estate.clients[client].per_day;
    let machine = Machine {
        world,
        client,
        habit: Habit::of(world.seed, client, per_day),
        per_day,
        patience: Patience::of(world, client),
    };
    match machine.habit.style {
        Style::Cron => machine.cron(span, chance, drafts),
        Style::Cache => machine.cache(span, chance, drafts),
        Style::Sparse => machine.sparse(span, chance, drafts),
        Style::Batch => machine.batch(span, chance, drafts),
        Style::OnDemand => machine.on_demand(span, chance, drafts),
    }
}

struct Machine<'a> {
    world: &'a World,
    client: usize,
    habit: Habit,
    per_day: f64,
    patience: Patience,
}

impl Machine<'_> {
    /// Adds a request, more than one, or none, as is asked for at its time.
    fn ask(
        &self,
        caller: usize,
        at: Millis,
        turn: Option<Millis>,
        chance: &mut Chance,
        drafts: &mut Drafts,
    ) {
        let level = demand(self.world, self.client, at);
        let times = level.floor() as u32 + u32::from(chance.happens(level.fract()));
        for number in 0..times {
            let at = match number {
                0 => at,
                _ => at + chance.time(0, turn.unwrap_or(MINUTE).min(HOUR)),
            };
            let (retries, retry_after) = match turn {
                Some(turn) => self.patience.waiting(turn),
                None => self.patience.draw(Flow::Machine, chance),
            };
            let habit = self.job(caller);
            drafts.add(Plan {
                retries,
                retry_after,
                ..draft::plan(self.client, caller, habit.flow, &habit.asks, at)
            });
        }
    }

    /// A task always does the same.
    fn job(&self, caller: usize) -> &model::Habit {
        let habits = &self.world.estate.clients[self.client].habits;
        let mut left = luck(self.world.seed, &[caller as u64, 21]);
        let place = habits.iter().position(|habit| {
            left -= habit.weight;
            left < 0.0
        });
        &habits[place.unwrap_or(0)]
    }

    fn callers(&self) -> &[usize] {
        &self.world.estate.clients[self.client].callers
    }

    fn turn(&self) -> Millis {
        (self.callers().len() as f64 * DAY as f64 / self.per_day).max(1_000.0) as Millis
    }

    fn cron(&self, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
        let turn = self.turn();
        let jitter = 0.3 * SECOND as f64 + self.habit.own * 20.0 * SECOND as f64;
        // Some start together at the full minute, others when they were deployed.
        let together = self.habit.own < 0.5;
        for caller in self.callers() {
            let own = (luck(self.world.seed, &[*caller as u64, 22]) * turn as f64) as Millis;
            let phase = if together { 0 } else { own };
            let mut at = span.start - span.start.rem_euclid(turn) + phase;
            while at < span.end {
                let late = chance.wait(jitter).min(0.4 * turn as f64) as Millis;
                self.ask(*caller, at + late, Some(turn), chance, drafts);
                at += turn;
            }
        }
    }

    fn cache(&self, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
        let turn = self.turn();
        for caller in self.callers() {
            let mut at = span.start - chance.time(0, turn);
            while at < span.end {
                self.ask(*caller, at, Some(turn), chance, drafts);
                // A little before it ends, or with the next request after.
                at += (turn as f64 * chance.real(0.96, 1.02)) as Millis + 500;
            }
        }
    }

    fn sparse(&self, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
        let rhythm = Rhythm::of(self.world, self.client);
        let mut midnight = rhythm.local_midnight(span.start);
        let hour = (self.habit.own * 24.0).floor() as Millis;
        while midnight < span.end {
            let start = midnight + hour * HOUR + chance.time(0, 5 * MINUTE);
            for _ in 0..chance.poisson(self.per_day) {
                let at = start + chance.time(0, 55 * MINUTE);
                let caller = *chance.pick(self.callers());
                self.ask(caller, at, None, chance, drafts);
            }
            midnight += DAY;
        }
    }

    fn batch(&self, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
        let every = (2.0 + self.habit.own * 10.0).floor() as Millis * HOUR;
        let length = MINUTE + (self.habit.own * 10.0 * MINUTE as f64) as Millis;
        let size = self.per_day * every as f64 / DAY as f64;
        let mut start = span.start - span.start.rem_euclid(every) + 5 * MINUTE;
        while start < span.end {
            let begins = start + chance.time(0, 2 * MINUTE);
            for _ in 0..chance.poisson(size) {
                let at = begins + chance.time(0, length);
                let caller = *chance.pick(self.callers());
                self.ask(caller, at, None, chance, drafts);
            }
            start += every;
        }
    }

    fn on_demand(&self, span: Window, chance: &mut Chance, drafts: &mut Drafts) {
        let rhythm = Rhythm::of(self.world, self.client);
        let own = (self.world, self.client);
        for at in rhythm.times(own, span, self.per_day, SMOOTH, chance) {
            let caller = *chance.pick(self.callers());
            let (retries, retry_after) = self.patience.draw(Flow::Machine, chance);
            let habit = self.job(caller);
            drafts.add(Plan {
                retries,
                retry_after,
                ..draft::plan(self.client, caller, habit.flow, &habit.asks, at)
            });
        }
    }
}

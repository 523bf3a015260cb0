//! Who tries again, how often and how soon.

use super::super::{
    chance::Chance,
    model::{Flow, Millis, Nature, SECOND, World},
};

/// How the people and programs of an app client take a failure, the same whenever it is looked at.
pub struct Patience {
    nature: Nature,
    /// Programs send again at once, several times.
    bursts: bool,
    /// A machine waits longer and longer, so that it asks only a few times more often.
    backs_off: bool,
    /// Mean number of times that people try again.
    people: f64,
    /// Between two tries of a program.
    pause: Millis,
    per_day: f64,
}

/// About so many requests a day are tries again of machines that wait for a token.
const WAITING: f64 = 30_000.0;
/// Tries again of a machine in one turn, at most: where it backs off, and where it does not.
const BACKING_OFF: f64 = 2.0;
const PERSISTENT: f64 = 9.0;

impl Patience {
    pub fn of(world: &World, client: usize) -> Self {
        let chance = &mut Chance::new(&format!("{} patience {client}", world.seed));
        let app = &world.estate.clients[client];
        Self {
            nature: app.nature,
            bursts: chance.happens(world.rates.of("noise.bursts_of_retries")),
            backs_off: chance.happens(0.6),
            people: chance.real(0.3, 1.6),
            pause: chance.by_magnitude(5_000.0, 60_000.0) as Millis,
            per_day: app.per_day,
        }
    }

    /// How often at most, and how long after.
    pub fn draw(&self, flow: Flow, chance: &mut Chance) -> (u16, Millis) {
        match flow {
            Flow::Logout | Flow::Stray(_) => (0, 0),
            Flow::Machine => self.machine(chance),
            Flow::Refresh | Flow::AdminPassword | Flow::ApiRefresh | Flow::ApiRotate => {
                self.program(chance)
            }
            _ => self.person(chance),
        }
    }

    fn person(&self, chance: &mut Chance) -> (u16, Millis) {
        let times = chance.poisson(self.people).min(3);
        (
            times as u16,
            chance.by_magnitude(3_000.0, 60_000.0) as Millis,
        )
    }

    fn program(&self, chance: &mut Chance) -> (u16, Millis) {
        if self.bursts {
            let most = if self.nature == Nature::Mobile { 4 } else { 3 };
            return (chance.whole(1, most) as u16, chance.whole(150, 2_500));
        }
        (chance.whole(0, 2) as u16, chance.whole(1_000, 10_000))
    }

    /// On-demand machines give up soon; see [`Patience::waiting`] for the others.
    fn machine(&self, chance: &mut Chance) -> (u16, Millis) {
        match self.bursts {
            true => (chance.whole(1, 4) as u16, chance.whole(200, 3_000)),
            false => (chance.whole(0, 2) as u16, self.pause),
        }
    }

    /// Of a task that can do nothing without a token and asks again until its next turn.
    pub fn waiting(&self, turn: Millis) -> (u16, Millis) {
        let most = match self.backs_off {
            true => BACKING_OFF,
            false => (WAITING / self.per_day).clamp(BACKING_OFF, PERSISTENT),
        };
        let pause = self
            .pause
            .max(SECOND)
            .max((turn as f64 / (most + 1.0)) as Millis);
        let times = (turn / pause - 1).clamp(1, most as Millis);
        (times as u16, pause)
    }
}

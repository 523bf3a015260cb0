//! Who tries again, how often and how soon.

use super::super::{
    chance::Chance,
    model::{DAY, Flow, Millis, Nature, SECOND, World},
};

/// How the people and programs of an app client take a failure, the same whenever it is looked at.
pub struct Patience {
    nature: Nature,
    /// Programs send again at once, several times.
    bursts: bool,
    /// Mean number of times that people try again.
    people: f64,
    /// Between two tries of a program.
    pause: Millis,
    per_day: f64,
}

/// About so many requests a day are tries again of machines that wait for a token.
const WAITING: f64 = 30_000.0;

impl Patience {
    pub fn of(world: &World, client: usize) -> Self {
        let chance = &mut Chance::new(&format!("{} patience {client}", world.seed));
        let app = &world.estate.clients[client];
        Self {
            nature: app.nature,
            bursts: chance.happens(world.rates.of("noise.bursts_of_retries")),
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
            let most = if self.nature == Nature::Mobile { 5 } else { 8 };
            return (chance.whole(2, most) as u16, chance.whole(150, 2_500));
        }
        (chance.whole(0, 2) as u16, chance.whole(1_000, 10_000))
    }

    /// On-demand machines give up soon; see [`Patience::waiting`] for the others.
    fn machine(&self, chance: &mut Chance) -> (u16, Millis) {
        match self.bursts {
            true => (chance.whole(2, 6) as u16, chance.whole(200, 3_000)),
            false => (chance.whole(0, 3) as u16, self.pause),
        }
    }

    /// Of a task that can do nothing without a token and asks again until its next turn.
    pub fn waiting(&self, turn: Millis) -> (u16, Millis) {
        let bound = (WAITING / self.per_day).clamp(3.0, 200.0) as Millis;
        let pause = self.pause.max(SECOND);
        let times = (turn.min(DAY) / pause - 1).clamp(1, bound);
        (times as u16, pause)
    }
}

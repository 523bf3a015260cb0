//! When people are awake and at work: how much is asked for at each time, 1 in the mean of a week.

use super::{
    super::{
        chance::Chance,
        model::{DAY, HOUR, MINUTE, Millis, Window, World},
    },
    calendar::{self, Region},
};

/// Requests come clumped within this time.
pub const STRETCH: Millis = 5 * MINUTE;

/// So long before midnight a day begins to give way to the next, and so long after it has.
const TURN: Millis = 6 * HOUR;
/// No stretch of a steady client sees less than this share of what is usual then.
const QUIETEST: f64 = 0.5;

/// The shape of clumps that do not show.
pub const SMOOTH: f64 = 1_000.0;

/// The rhythm of an app client, the same whenever it is looked at.
pub struct Rhythm {
    region: &'static Region,
    /// Minutes that its people live away from the clocks of the region.
    away: i64,
    kind: Kind,
    /// How much goes on at night, against the busiest hour.
    night: f64,
    /// How deep lunch is.
    dip: f64,
    /// Hours that its day is later than that of others.
    later: f64,
    weekend: f64,
    holiday: f64,
    /// Clumping of stretches of five minutes: the shape of a gamma number.
    shape: f64,
    mean: f64,
}

#[derive(Clone, Copy)]
enum Kind {
    Office,
    Evening,
    Morning,
    Always,
}

impl Rhythm {
    pub fn of(world: &World, client: usize) -> Self {
        let chance = &mut Chance::new(&format!("{} rhythm {client}", world.seed));
        let kinds = [Kind::Office, Kind::Evening, Kind::Morning, Kind::Always];
        let kind = kinds[chance.weighted(&[0.45, 0.25, 0.1, 0.2])];
        let (weekend, holiday) = match kind {
            Kind::Office => (
                chance.by_magnitude(0.12, 0.45),
                chance.by_magnitude(0.12, 0.5),
            ),
            Kind::Evening => (chance.real(0.8, 1.6), chance.real(0.6, 1.5)),
            Kind::Morning => (chance.real(0.2, 0.9), chance.real(0.2, 0.8)),
            Kind::Always => (chance.real(0.7, 1.1), chance.real(0.6, 1.0)),
        };
        let far = chance.happens(0.2);
        let mut rhythm = Self {
            region: Region::of(&world.estate.region),
            away: if far { 60 * chance.whole(-9, 9) } else { 0 },
            kind,
            night: chance.by_magnitude(0.01, 0.25),
            dip: chance.real(0.1, 0.6),
            later: chance.real(-1.0, 1.5),
            weekend,
            holiday,
            shape: chance.by_magnitude(12.0, 150.0),
            mean: 1.0,
        };
        rhythm.mean = rhythm.of_a_week();
        rhythm
    }

    fn of_a_week(&self) -> f64 {
        let day = (0..48)
            .map(|half| self.of_hour(f64::from(half) / 2.0))
            .sum::<f64>()
            / 48.0;
        day * (5.0 + 2.0 * self.weekend) / 7.0
    }

    fn of_hour(&self, hour: f64) -> f64 {
        let bump = |center: f64, width: f64| {
            let off = (hour - center - self.later).rem_euclid(24.0);
            let off = off.min(24.0 - off);
            (-(off / width).powi(2)).exp()
        };
        let awake = match self.kind {
            Kind::Office => {
                let day = bump(10.0, 2.6) + 0.95 * bump(15.0, 2.8);
                day.min(1.05) * (1.0 - self.dip * bump(12.6, 0.7))
            }
            Kind::Evening => bump(20.0, 3.0) + 0.5 * bump(12.5, 3.0),
            Kind::Morning => bump(8.0, 1.6) + 0.35 * bump(14.0, 4.0),
            Kind::Always => 0.8 + 0.3 * bump(15.0, 5.0),
        };
        self.night + awake
    }

    pub fn at(&self, time: Millis) -> f64 {
        let local = time + (self.region.offset(time) + self.away) * MINUTE;
        self.of_hour(calendar::hour(local)) / self.mean * self.of_days(local)
    }

    /// How much less the day of a local time sees: one day gives way to the next over an evening
    /// and a night.
    fn of_days(&self, local: Millis) -> f64 {
        let of_day = |local: Millis| match calendar::is_weekend(local) {
            true => self.weekend,
            false if self.region.is_holiday(local) => self.holiday,
            false => 1.0,
        };
        let (before, after) = (of_day(local - TURN), of_day(local + TURN));
        let hour = calendar::hour(local);
        let turn = TURN as f64 / HOUR as f64;
        let since = (hour + turn).rem_euclid(24.0);
        let done = (since / (2.0 * turn)).min(1.0);
        before + (after - before) * done * done * (3.0 - 2.0 * done)
    }

    /// When somebody comes, so often a day in the mean of an ordinary week; stretches of five minutes
    /// are clumped once more by a gamma number of shape `clump`. By time.
    pub fn times(
        &self,
        (world, client): (&World, usize),
        span: Window,
        per_day: f64,
        clump: f64,
        chance: &mut Chance,
    ) -> Vec<Millis> {
        let mut times = Vec::new();
        let mut start = span.start;
        while start < span.end {
            let end = (start + STRETCH).min(span.end);
            let stretch = Window { start, end };
            let most = most_demand(world, client, stretch);
            let busy = chance.gamma(self.shape).max(QUIETEST);
            let level = self.at(start + stretch.length() / 2) * most * busy;
            let expected = per_day * level * stretch.length() as f64 / DAY as f64;
            let first = times.len();
            let clump = chance.gamma(clump);
            for _ in 0..chance.poisson(expected * clump) {
                let at = chance.time(start, end);
                // Demand may begin or end within the stretch.
                if chance.happens(demand(world, client, at) / most) {
                    times.push(at);
                }
            }
            times[first..].sort_unstable();
            start = end;
        }
        times
    }

    /// The last midnight before a time, on local clocks.
    pub fn local_midnight(&self, time: Millis) -> Millis {
        let offset = (self.region.offset(time) + self.away) * MINUTE;
        let local = time + offset;
        local - local.rem_euclid(24 * HOUR) - offset
    }
}

/// The most demand within a stretch: it rises and falls on lines, and steps where a span ends.
fn most_demand(world: &World, client: usize, stretch: Window) -> f64 {
    let demands = world
        .demand
        .iter()
        .filter(|it| it.clients.contains(&client));
    let steps = demands.flat_map(|it| {
        let Window { start, end } = it.span;
        [start - 1, start, end - 1, end]
    });
    let within = steps.filter(|at| stretch.holds(*at));
    let ends = [stretch.start, stretch.end - 1];
    let levels = within.chain(ends).map(|at| demand(world, client, at));
    levels.fold(0.0, f64::max)
}

/// How many times the usual is asked for.
pub fn demand(world: &World, client: usize, at: Millis) -> f64 {
    let demands = world.demand.iter();
    let meets = demands.filter(|it| it.span.holds(at) && it.clients.contains(&client));
    let levels = meets.map(|demand| {
        let done = (at - demand.span.start) as f64 / demand.span.length().max(1) as f64;
        demand.from + (demand.to - demand.from) * done
    });
    levels.product::<f64>().max(0.0)
}

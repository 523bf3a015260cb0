//! When each caller asks, and how it ends: computed for any stretch of time without the one before.

use super::{
    super::clock::{DAY, Second},
    layout::Millis,
    pools::{Kind, Stream},
};

/// How requests fall.
pub struct Schedule {
    pub seed: u64,
    /// After this second and up to that one the first stream is refused.
    pub breaks: Option<(Second, Second)>,
}

/// One request.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub at: Millis,
    pub refused: bool,
    /// Chooses what is different from one request to the next.
    pub chance: u64,
}

impl Asked {
    pub fn time(&self) -> Second {
        self.at.div_euclid(1000)
    }
}

impl Schedule {
    /// Requests of a stream in a half-open stretch of time: one in each interval, somewhere in it.
    pub fn between(
        &self,
        stream: &Stream,
        from: Millis,
        to: Millis,
    ) -> impl Iterator<Item = Asked> {
        let start = DAY * 1000;
        let rounds = (from - start) / stream.every..=(to - start) / stream.every;
        let asked = rounds.map(move |round| {
            let chance = self.chance(stream, round);
            let within = (chance % stream.every.unsigned_abs()).cast_signed();
            let at = start + round * stream.every + within;
            Asked {
                at,
                refused: self.is_usual(stream, round)
                    || self.is_broken(stream, at.div_euclid(1000)),
                chance: mixed(chance),
            }
        });
        asked.filter(move |asked| (from..to).contains(&asked.at))
    }

    /// People mistype, codes and refresh tokens grow old: one in so many, never more at a time.
    fn is_usual(&self, stream: &Stream, round: i64) -> bool {
        let among = match stream.kind {
            Kind::Web => 70,
            Kind::Mobile => 25,
            Kind::Machine | Kind::Read(_) => return false,
        };
        let chance = self.chance(stream, -1 - round / among);
        chance % among.unsigned_abs() == (round % among).unsigned_abs()
    }

    fn is_broken(&self, stream: &Stream, time: Second) -> bool {
        stream.number == 0
            && self
                .breaks
                .is_some_and(|(after, until)| after < time && time <= until)
    }

    fn chance(&self, stream: &Stream, round: i64) -> u64 {
        mixed(mixed((self.seed << 8) | stream.number) ^ round.cast_unsigned())
    }
}

/// SplitMix64, which turns neighbours into numbers that look random.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

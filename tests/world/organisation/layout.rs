//! Which file holds which account, Region and stretch of time.

use super::{super::clock::DAY, Organisation, account::Account, mix, pools, pools::Pools};

/// Milliseconds since 1970.
pub type Millis = i64;

/// How the records of user pools lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Evenly in every file: the hardest case, no file can be skipped.
    Even,
    /// In a few accounts and Regions of many, as organisations have them.
    Accounts,
}

const OTHERS: [&str; 14] = [
    "222233334444",
    "333344445555",
    "444455556666",
    "555566667777",
    "666677778888",
    "777788889999",
    "888899990000",
    "999900001111",
    "123412341234",
    "210987654321",
    "111111111111",
    "222222222222",
    "123123123123",
    "987654321098",
];
const REGIONS: [&str; 4] = ["us-east-1", "us-east-2", "us-west-2", "eu-north-1"];

/// Share of records in the files of an account with a user pool that are the pool's, at least, when
/// few accounts have one.
const DENSITY: f64 = 0.25;

/// The shortest trail. With fewer requests than this needs, clients ask less often.
const SHORTEST: f64 = 2.0 * 3_600_000.0;
/// How long a trail without user pools is.
const WITHOUT: f64 = 24.0 * 3_600_000.0;

/// One file to write.
pub struct Slot {
    pub index: usize,
    /// Position in [`Layout::accounts`].
    pub account: usize,
    /// Position of the user pool of that account and Region.
    pub pool: Option<usize>,
    pub from: Millis,
    pub to: Millis,
}

/// A planned trail.
pub struct Layout {
    pub accounts: Vec<Account>,
    /// Sorted by time.
    pub slots: Vec<Slot>,
    pub pools: Pools,
    pub records_per_file: u64,
}

impl Layout {
    pub fn of(order: &Organisation) -> Self {
        let places = places(order.spread);
        let accounts: Vec<Account> = places
            .iter()
            .map(|(id, region)| Account::new(id, region, order.seed))
            .collect();
        let size = (1.0 - order.cognito) * mix::mean_size(&accounts[0])
            + order.cognito * pools::mean_size(&accounts[0]);
        let records = order.bytes as f64 / size;
        let files = (order.bytes as f64 / order.file_bytes as f64)
            .round()
            .max(4.0);
        let (span, slower) = span(records * order.cognito);
        let slots = slots(order, files as usize, places.len(), span as Millis);
        Self {
            accounts,
            slots,
            pools: Pools::new(order.seed, order.cognito > 0.0, span as Millis, slower),
            records_per_file: (records / files).round() as u64,
        }
    }
}

fn places(spread: Spread) -> Vec<(&'static str, &'static str)> {
    let mut places = pools::POOLS
        .map(|pool| (pool.account, pool.region))
        .to_vec();
    if spread == Spread::Accounts {
        let others = OTHERS.iter();
        places.extend(others.flat_map(|id| REGIONS.map(|region| (*id, region))));
    }
    places
}

/// How long a trail with so many records of user pools is, and how much slower than usual their
/// clients ask.
fn span(cognito: f64) -> (f64, f64) {
    if cognito <= 0.0 {
        return (WITHOUT, 1.0);
    }
    let requests = (cognito - pools::changes() as f64).max(1.0);
    let span = requests / pools::per_millisecond();
    (span.max(SHORTEST), (SHORTEST / span).max(1.0))
}

/// Shares the files out, and tiles the time of each account and Region with its files.
fn slots(order: &Organisation, files: usize, places: usize, span: Millis) -> Vec<Slot> {
    let with_pools = match order.spread {
        Spread::Even => files,
        Spread::Accounts => {
            let share = order.cognito / order.cognito.max(DENSITY);
            ((files as f64 * share) as usize).clamp(pools::COUNT, files)
        }
    };
    let shares =
        shares(with_pools, pools::COUNT).chain(shares(files - with_pools, places - pools::COUNT));
    let mut slots: Vec<Slot> = shares
        .enumerate()
        .flat_map(|(account, files)| tiles(account, files as Millis, span))
        .collect();
    slots.sort_by_key(|slot| (slot.from, slot.account));
    for (index, slot) in slots.iter_mut().enumerate() {
        slot.index = index;
    }
    slots
}

fn shares(files: usize, among: usize) -> impl Iterator<Item = usize> {
    (0..among).map(move |own| files / among + usize::from(own < files % among))
}

fn tiles(account: usize, files: Millis, span: Millis) -> impl Iterator<Item = Slot> {
    (0..files).map(move |file| Slot {
        index: 0,
        account,
        pool: (account < pools::COUNT).then_some(account),
        from: DAY * 1000 + span * file / files,
        to: DAY * 1000 + span * (file + 1) / files,
    })
}

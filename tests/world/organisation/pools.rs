//! User pools, their app clients, and how often who asks for what.

use super::{
    super::{clock::DAY, dice::Dice},
    Outage,
    account::Account,
    changes::{self, Change},
    layout::Millis,
    record::Pen,
    requests,
    schedule::Schedule,
};

pub const COUNT: usize = 4;

#[derive(Clone, Copy)]
pub struct Pool {
    pub account: &'static str,
    pub region: &'static str,
    name: &'static str,
    /// Each with the seconds from one request to the next.
    clients: &'static [(&'static str, Kind, i64)],
}

/// What a stream of requests consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Client credentials.
    Machine,
    /// Codes and refresh tokens.
    Web,
    /// `InitiateAuth` with a password.
    Mobile,
    /// A job that reads: no attempt at all.
    Read(&'static str),
}

use Kind::{Machine, Mobile, Read, Web};

/// The first app client of the first is the one that breaks.
pub static POOLS: [Pool; COUNT] = [
    Pool {
        account: "111122223333",
        region: "eu-west-1",
        name: "Shop",
        clients: &[
            ("billing", Machine, 10),
            ("catalog", Machine, 25),
            ("webshop", Web, 20),
            ("mobile", Mobile, 30),
            ("partner", Machine, 45),
            ("reports", Machine, 60),
            ("checkout", Web, 30),
            ("loyalty", Machine, 50),
        ],
    },
    Pool {
        account: "444455556666",
        region: "eu-west-1",
        name: "Staff",
        clients: &[
            ("intranet", Web, 30),
            ("kiosk", Mobile, 35),
            ("portal", Web, 45),
            ("rota", Machine, 25),
            ("payroll", Machine, 60),
            ("wiki", Web, 60),
            ("badges", Machine, 40),
            ("travel", Web, 55),
        ],
    },
    Pool {
        account: "123456789012",
        region: "us-east-1",
        name: "Partners",
        clients: &[
            ("orders", Machine, 20),
            ("stock", Machine, 25),
            ("returns", Machine, 40),
            ("invoices", Machine, 30),
            ("console", Web, 60),
            ("feeds", Machine, 35),
            ("tracking", Machine, 45),
        ],
    },
    Pool {
        account: "111122223333",
        region: "eu-central-1",
        name: "Devices",
        clients: &[
            ("scanner", Machine, 20),
            ("printer", Machine, 30),
            ("till", Mobile, 25),
            ("display", Machine, 60),
            ("locker", Machine, 45),
            ("handheld", Mobile, 40),
            ("setup", Web, 60),
        ],
    },
];

/// What a job reads of each pool, and how often.
const READS: [(Kind, i64); 3] = [
    (Read("AdminGetUser"), 30),
    (Read("DescribeUserPoolClient"), 60),
    (Read("ListUsers"), 90),
];

/// A caller that asks the same again and again.
#[derive(Clone, Debug)]
pub struct Stream {
    pub number: u64,
    pub pool: usize,
    /// Name and id of the app client; of a read, those of some app client of the pool.
    pub name: &'static str,
    pub client: String,
    pub kind: Kind,
    pub every: Millis,
}

/// All that happens to user pools.
pub struct Pools {
    pub streams: Vec<Stream>,
    pub schedule: Schedule,
    pub changes: Vec<Change>,
    pub outage: Option<Outage>,
}

impl Pools {
    pub fn new(seed: u64, any: bool, span: Millis, slower: f64) -> Self {
        let streams = if any { streams(slower) } else { Vec::new() };
        let mut schedule = Schedule { seed, breaks: None };
        let mut changes = Vec::new();
        let mut outage = None;
        if any {
            changes = changes::plan(seed, span, &streams);
            schedule.breaks = changes::broken(&changes);
            outage = changes::tell(&changes, &streams[0], &schedule);
        }
        Self {
            streams,
            schedule,
            changes,
            outage,
        }
    }
}

impl Pool {
    pub fn id(&self) -> String {
        format!("{}_{}EXAMPLE", self.region, self.name)
    }

    pub fn domain(&self) -> String {
        format!(
            "{}-example.auth.{}.amazoncognito.com",
            self.name.to_lowercase(),
            self.region
        )
    }
}

fn streams(slower: f64) -> Vec<Stream> {
    let asked = POOLS.iter().enumerate().flat_map(|(pool, own)| {
        let reads = READS.map(|(kind, every)| (own.clients[0].0, kind, every));
        own.clients
            .iter()
            .copied()
            .chain(reads)
            .map(move |asked| (pool, asked))
    });
    asked
        .zip(0..)
        .map(|((pool, (name, kind, every)), number)| Stream {
            number,
            pool,
            name,
            client: client_id(name, pool),
            kind,
            every: (every as f64 * 1000.0 * slower) as Millis,
        })
        .collect()
}

/// 26 letters and digits, as Cognito has them.
fn client_id(name: &str, pool: usize) -> String {
    format!("{}{name:0<18}example", pool + 3)
}

/// Requests of all streams together.
pub fn per_millisecond() -> f64 {
    streams(1.0)
        .iter()
        .map(|stream| 1.0 / stream.every as f64)
        .sum()
}

/// Number of changes, however long the trail is.
pub fn changes() -> usize {
    changes::plan(0, 0, &streams(1.0)).len()
}

/// Size of a record, on average.
pub fn mean_size(account: &Account) -> f64 {
    let mut pen = Pen::new(account, Dice::new("organisation mean of pools"));
    let schedule = Schedule {
        seed: 0,
        breaks: None,
    };
    let hour = (DAY * 1000, (DAY + 3600) * 1000);
    let mut records = 0.0;
    for stream in streams(1.0) {
        for asked in schedule.between(&stream, hour.0, hour.1) {
            requests::write(&mut pen, &stream, &asked);
            records += 1.0;
        }
    }
    pen.out.len() as f64 / records + 1.0
}

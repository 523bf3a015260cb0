//! An organisation: user pools, their app clients, what these ask for, and when it breaks.

use std::sync::LazyLock;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::minutes::{HOUR, MINUTES};

const POOLS: usize = 40;
const CLIENTS: usize = 400;
/// Outages of clients with a smaller share go by unnoticed.
const BUSY: f64 = 0.1;

/// One kind of request that an app client makes.
pub struct Flow {
    pub endpoint: &'static str,
    pub grant: Option<&'static str>,
    pub redirects: bool,
    pub scopes: &'static [&'static str],
    /// Requests of it among 100 of the client.
    pub share: f64,
    /// Codes of requests that fail now and then, if any do, and the one that a broken setting gives.
    pub errors: &'static [&'static str],
    pub broken: Option<&'static str>,
}

const fn flow(endpoint: &'static str, grant: &'static str, share: f64) -> Flow {
    Flow {
        endpoint,
        grant: Some(grant),
        redirects: false,
        scopes: &[],
        share,
        errors: &["http_400"],
        broken: None,
    }
}

/// An application with pages.
const WEB: &[Flow] = &[
    Flow {
        redirects: true,
        grant: None,
        errors: &[],
        ..flow("authorize", "", 30.0)
    },
    Flow {
        redirects: true,
        errors: &["http_400", "invalid_grant"],
        broken: Some("unauthorized_client"),
        ..flow("token", "authorization_code", 25.0)
    },
    flow("token", "refresh_token", 45.0),
];
/// An application that signs in by itself.
const MOBILE: &[Flow] = &[
    Flow {
        errors: &["NotAuthorizedException", "UserNotFoundException"],
        broken: Some("InvalidParameterException"),
        ..flow("InitiateAuth", "USER_SRP_AUTH", 25.0)
    },
    Flow {
        errors: &["NotAuthorizedException"],
        ..flow("RespondToAuthChallenge", "PASSWORD_VERIFIER", 23.0)
    },
    Flow {
        errors: &["NotAuthorizedException"],
        ..flow("InitiateAuth", "REFRESH_TOKEN_AUTH", 52.0)
    },
];
/// A service without people.
const MACHINE: &[Flow] = &[Flow {
    scopes: &["api.EXAMPLE/read", "api.EXAMPLE/read api.EXAMPLE/write"],
    errors: &["http_400", "invalid_scope"],
    broken: Some("unauthorized_client"),
    ..flow("token", "client_credentials", 100.0)
}];

/// An app client.
pub struct Client {
    pub id: String,
    pub pool: String,
    pub flows: &'static [Flow],
    /// Its part of all requests.
    pub share: f64,
    /// How often a request fails although nothing is broken.
    pub failing: f64,
}

/// A time in which requests of a client fail, or none come.
pub struct Outage {
    pub client: usize,
    /// In minutes since the beginning.
    pub start: usize,
    pub end: usize,
    pub silent: bool,
    /// Whether a change caused it.
    pub guilty: bool,
}

pub struct Organisation {
    pub clients: Vec<Client>,
    pub outages: Vec<Outage>,
}

impl Organisation {
    /// The same organisation whenever it has as many outages.
    pub fn new(outages: usize) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(6);
        let clients: Vec<Client> = (0..CLIENTS)
            .map(|number| client(number, &mut dice))
            .collect();
        let busy = |number: &usize| clients[*number].share > BUSY;
        let busy: Vec<usize> = (0..CLIENTS).filter(busy).collect();
        let outages = (0..outages).map(|number| outage(number, &busy, &mut dice));
        Self {
            outages: outages.collect(),
            clients,
        }
    }
}

fn client(number: usize, dice: &mut ChaCha8Rng) -> Client {
    Client {
        id: format!("{number:03}client0000000example"),
        pool: format!("eu-west-1_Pool{:02}EXAMPLE", number % POOLS),
        flows: [WEB, MOBILE, MACHINE][dice.random_range(0..3)],
        // Most are small, a few have most of the traffic.
        share: dice.random_range(-3.0..0.0_f64).exp2().powi(2),
        failing: dice.random_range(0.002..0.04),
    }
}

fn outage(number: usize, busy: &[usize], dice: &mut ChaCha8Rng) -> Outage {
    let start = dice.random_range(2 * 24 * HOUR..MINUTES - 24 * HOUR);
    Outage {
        client: busy[dice.random_range(0..busy.len())],
        start,
        end: start + dice.random_range(HOUR / 2..6 * HOUR),
        silent: number % 6 == 5,
        guilty: number % 3 != 2,
    }
}

/// How much of their busiest people are at each minute; machines do not sleep.
static PEOPLE: LazyLock<Vec<f64>> = LazyLock::new(|| (0..MINUTES).map(awake).collect());

fn awake(minute: usize) -> f64 {
    let hour = (minute % (24 * HOUR)) as f64 / HOUR as f64;
    let light = (0.5 - 0.5 * (std::f64::consts::TAU * (hour - 2.0) / 24.0).cos()).powi(2);
    let weekend = minute / (24 * HOUR) % 7 > 4;
    (0.04 + 0.96 * light) * if weekend { 0.6 } else { 1.0 }
}

impl Client {
    /// Its requests of a kind in a minute, where a client whose share is 1 has `busy` at most.
    pub fn requests(&self, flow: &Flow, minute: usize, busy: f64) -> f64 {
        let awake = match self.flows.len() {
            1 => 1.0,
            _ => PEOPLE[minute],
        };
        busy * self.share * flow.share / 100.0 * awake
    }
}

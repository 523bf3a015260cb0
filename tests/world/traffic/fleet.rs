//! Machines that ask for tokens with `client_credentials`. A worker keeps its token until it
//! expires, so a change reaches a fleet as a ramp, not as a step.

use super::{
    super::{
        clock::{DAY, HOUR, MINUTE, Second, at},
        cognito::{Ask, Caller, Request},
        config::Secret,
        estate::{BILLING, CATALOG, PARTNER, REPORTS},
    },
    Desk,
};

pub struct Fleet {
    pub client: &'static str,
    workers: i64,
    /// How long a worker lives on one token.
    keeps: Second,
    agent: &'static str,
    secret: fn(i64, Second) -> Secret,
}

pub const FLEETS: [Fleet; 4] = [
    Fleet {
        client: BILLING,
        workers: 25,
        keeps: HOUR,
        agent: "Go-http-client/2.0",
        secret: |_, _| Secret::Original,
    },
    Fleet {
        client: CATALOG,
        workers: 8,
        keeps: HOUR,
        agent: "python-requests/2.32.3",
        secret: |_, _| Secret::Original,
    },
    Fleet {
        client: PARTNER,
        workers: 30,
        keeps: HOUR,
        agent: "okhttp/4.12.0",
        secret: partner_secret,
    },
    // A job that keeps no token: it asks anew on each run.
    Fleet {
        client: REPORTS,
        workers: 1,
        keeps: MINUTE,
        agent: "Go-http-client/1.1",
        secret: reports_secret,
    },
];

/// Half of the workers were moved to the new secret in time, the others after the outage was
/// understood, one by one.
fn partner_secret(worker: i64, time: Second) -> Secret {
    if worker % 2 == 0 || time >= at("11:58:00") + 4 * worker {
        Secret::Added
    } else {
        Secret::Original
    }
}

/// One release of the application carried a wrong secret, the next the right one.
fn reports_secret(_: i64, time: Second) -> Secret {
    if (at("21:15:20")..at("22:00:30")).contains(&time) {
        Secret::Mistyped
    } else {
        Secret::Original
    }
}

impl Fleet {
    pub fn run(&self, desk: &mut Desk) {
        for worker in 0..self.workers {
            let mut time = DAY + desk.dice.between(0, self.keeps - 1);
            while time < DAY + 24 * HOUR {
                let accepted = desk.ask(Request {
                    time,
                    client: self.client,
                    ask: Ask::ClientCredentials,
                    secret: Some((self.secret)(worker, time)),
                    flaw: None,
                    caller: self.caller(worker),
                });
                let rest = if accepted { self.keeps } else { MINUTE };
                time += rest + desk.dice.between(-5, 5);
            }
        }
    }

    /// Workers leave through the addresses of two gateways.
    fn caller(&self, worker: i64) -> Caller {
        let gateway = 40 + worker % 2;
        Caller {
            address: format!("203.0.113.{gateway}"),
            agent: self.agent,
            sub: None,
        }
    }
}

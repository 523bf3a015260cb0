//! Requests of an organisation, as a query that counts them per minute, or single failures.

use std::borrow::Cow;

use chrono::TimeDelta;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use trailblame::{
    frame::Fold,
    record::{Counted, Located, Outcome, Record, Request, SourceKind},
};

use super::{
    minutes::{MINUTES, time},
    organisation::{Client, Flow, Organisation, Outage},
};

/// Gives the fold about so many non-empty rows: successes per minute and kind, failures one by one.
pub fn make(organisation: &Organisation, rows: usize, fold: &mut Fold) {
    let busy = busyness(organisation, rows as f64);
    let mut traffic = Traffic {
        dice: ChaCha8Rng::seed_from_u64(rows as u64),
        fold,
        events: 0,
    };
    for (number, client) in organisation.clients.iter().enumerate() {
        let outages = organisation.outages.iter();
        let outages: Vec<&Outage> = outages.filter(|outage| outage.client == number).collect();
        for minute in 0..MINUTES {
            let now = outages.iter().find(|o| (o.start..o.end).contains(&minute));
            traffic.minute(client, minute, now.copied(), busy);
        }
    }
}

/// Requests a minute of a client whose share is 1, at its busiest.
fn busyness(organisation: &Organisation, rows: f64) -> f64 {
    let mut bounds = (0.0, 1e6);
    for _ in 0..50 {
        let middle = (bounds.0 + bounds.1) / 2.0;
        match expected(organisation, middle) < rows {
            true => bounds.0 = middle,
            false => bounds.1 = middle,
        }
    }
    bounds.0
}

/// Rows to be expected, by every hundredth minute.
fn expected(organisation: &Organisation, busy: f64) -> f64 {
    const STEP: usize = 101;
    let of_flow = |client: &Client, flow: &Flow, minute| {
        let requests = client.requests(flow, minute, busy);
        let kinds = flow.scopes.len().max(1) as f64;
        kinds * -f64::exp_m1(-requests * (1.0 - client.failing) / kinds) + requests * client.failing
    };
    let of_minute = |client: &Client, minute| -> f64 {
        let flows = client.flows.iter();
        flows.map(|flow| of_flow(client, flow, minute)).sum()
    };
    let clients = organisation.clients.iter();
    let minutes = clients.flat_map(|client| {
        let minutes = (0..MINUTES).step_by(STEP);
        minutes.map(|minute| of_minute(client, minute))
    });
    minutes.sum::<f64>() * STEP as f64
}

struct Traffic<'a> {
    dice: ChaCha8Rng,
    fold: &'a mut Fold,
    events: usize,
}

impl Traffic<'_> {
    fn minute(&mut self, client: &Client, minute: usize, outage: Option<&Outage>, busy: f64) {
        if outage.is_some_and(|outage| outage.silent) {
            return;
        }
        for flow in client.flows {
            let requests = client.requests(flow, minute, busy);
            let kinds = flow.scopes.len().max(1);
            for kind in 0..kinds {
                let count = self.poisson(requests / kinds as f64);
                let broken = outage.and(flow.broken);
                self.requests(client, flow, kind, minute, count, broken);
            }
        }
    }

    fn requests(
        &mut self,
        client: &Client,
        flow: &Flow,
        kind: usize,
        minute: usize,
        count: u64,
        broken: Option<&'static str>,
    ) {
        if count == 0 {
            return;
        }
        let request = request(client, flow, kind);
        let failed = match broken {
            Some(_) => count,
            None if flow.errors.is_empty() => 0,
            None => (0..count)
                .filter(|_| self.dice.random_bool(client.failing))
                .count() as u64,
        };
        for _ in 0..failed {
            let error = self.dice.random_range(0..flow.errors.len());
            let code = broken.unwrap_or(flow.errors[error]);
            self.failure(&request, minute, code);
        }
        if failed < count {
            self.successes(request, minute, count - failed);
        }
    }

    fn failure(&mut self, request: &Request<'static>, minute: usize, code: &'static str) {
        self.events += 1;
        let second = self.dice.random_range(0..60);
        let user = self.dice.random_range(0..50_000);
        self.take(Record::Request(Request {
            time: time(minute) + TimeDelta::seconds(second),
            event_id: Some(Cow::Owned(format!("event-{}", self.events))),
            outcome: Outcome::Failed(Cow::Borrowed(code)),
            principal: Some(Cow::Owned(format!("user-{user}"))),
            source_ip: Some(Cow::Owned(format!("192.0.2.{}", user % 254 + 1))),
            ..request.clone()
        }));
    }

    fn successes(&mut self, request: Request<'static>, minute: usize, requests: u64) {
        let mut seconds = [self.dice.random_range(0..60), self.dice.random_range(0..60)];
        seconds.sort_unstable();
        let last = seconds[usize::from(requests > 1)];
        self.take(Record::Counted(Counted {
            request: Request {
                time: time(minute) + TimeDelta::seconds(seconds[0]),
                ..request
            },
            last: time(minute) + TimeDelta::seconds(last),
            requests,
            callers: requests,
            seconds: None,
        }));
    }

    fn take(&mut self, record: Record<'static>) {
        self.fold.take(Ok(Located {
            offset: 0,
            raw: &[],
            record,
        }));
    }

    /// How many come where so many are to be expected.
    fn poisson(&mut self, mean: f64) -> u64 {
        let enough = (-mean).exp();
        let mut count = 0;
        let mut left: f64 = self.dice.random();
        while left > enough {
            count += 1;
            left *= self.dice.random::<f64>();
        }
        count
    }
}

/// A request of a kind, accepted.
fn request(client: &Client, flow: &Flow, kind: usize) -> Request<'static> {
    let redirect = format!("https://{}.example.com/callback", client.id);
    Request {
        time: time(0),
        source: SourceKind::Trail,
        event_id: None,
        request_id: None,
        account: Some("111122223333".into()),
        region: Some("eu-west-1".into()),
        user_pool: Some(Cow::Owned(client.pool.clone())),
        client: Some(Cow::Owned(client.id.clone())),
        domain: None,
        stream: None,
        endpoint: flow.endpoint.into(),
        grant: flow.grant.map(Into::into),
        redirect_uri: flow.redirects.then_some(Cow::Owned(redirect)),
        scopes: flow.scopes.get(kind).copied().map(Into::into),
        identity_provider: None,
        auth_method: None,
        outcome: Outcome::Ok,
        principal: None,
        source_ip: None,
        ..Request::default()
    }
}

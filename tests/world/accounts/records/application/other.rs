//! What else services log: health checks, business errors, calls of other hosts that failed.

use super::{
    super::super::{
        chance::Chance,
        model::{DAY, Millis, World},
    },
    Entry, Level,
};

/// No service logs more of it.
const MOST: f64 = 4_000.0;

/// What a service logs beside so many lines about tokens.
pub fn entries(world: &World, lines: usize, chance: &mut Chance) -> Vec<(Millis, Entry)> {
    let days = world.window.length() as f64 / DAY as f64;
    let count =
        lines as f64 * chance.by_magnitude(0.05, 2.0) + days * chance.by_magnitude(2.0, 300.0);
    let errors = chance.by_magnitude(0.003, 0.2);
    (0..count.min(MOST) as usize)
        .map(|_| {
            let at = chance.time(world.window.start, world.window.end);
            let entry = match chance.happens(errors) {
                true => trouble(chance),
                false => routine(chance),
            };
            (at, entry)
        })
        .collect()
}

fn routine(chance: &mut Chance) -> Entry {
    let n = chance.whole(1, 9_999);
    let message = match chance.whole(0, 8) {
        0..=2 => format!("GET /health 200 {}ms", n % 9),
        3 => format!("GET /orders/{n} 200 {}ms", n % 240),
        4 => format!("POST /cart 201 {}ms", n % 300),
        5 => format!("cache hit ratio 0.{}", 80 + n % 20),
        6 => format!("worker {} took job {n}", n % 12),
        7 => format!("slow query {}ms: select * from invoices", 200 + n),
        _ => format!("feature flags reloaded, {} active", n % 40),
    };
    Entry {
        level: if message.starts_with("slow") {
            Level::Warn
        } else {
            Level::Info
        },
        component: chance.pick::<&str>(&["http", "app", "db", "jobs"]),
        message,
        ..Entry::default()
    }
}

fn trouble(chance: &mut Chance) -> Entry {
    let n = chance.whole(1, 9_999);
    let message = match chance.whole(0, 9) {
        0 => format!("could not send mail to customer {n}: 421 try again later"),
        1 => "connect ECONNREFUSED 10.0.3.17:5432".to_owned(),
        2 => "Request failed with status code 502 (https://pay.example.com/v1/charges)".to_owned(),
        3 => format!("order {n}: quantity must be positive"),
        4 => "401 Unauthorized from https://erp.example.com/api/stock".to_owned(),
        5 => "getaddrinfo ENOTFOUND redis.internal".to_owned(),
        6 => format!("validation failed: field zip of address {n}"),
        7 => "deadlock detected, transaction retried".to_owned(),
        8 => "context deadline exceeded while calling https://search.example.com/query".to_owned(),
        _ => format!("coupon {n} expired"),
    };
    Entry {
        level: if chance.happens(0.7) {
            Level::Error
        } else {
            Level::Warn
        },
        component: chance.pick::<&str>(&["app", "db", "mail", "payments"]),
        message,
        ..Entry::default()
    }
}

//! What else services log: health checks, business errors, calls of other hosts that failed.

use super::{
    super::super::{
        chance::Chance,
        model::{DAY, Millis, World},
    },
    Entry, Level,
    sdk::Language,
};

/// No service logs more of it.
const MOST: f64 = 4_000.0;

/// What a service logs beside so many lines about tokens.
pub fn entries(
    world: &World,
    language: Language,
    lines: usize,
    chance: &mut Chance,
) -> Vec<(Millis, Entry)> {
    let days = world.window.length() as f64 / DAY as f64;
    let count =
        lines as f64 * chance.by_magnitude(0.05, 2.0) + days * chance.by_magnitude(2.0, 300.0);
    let errors = chance.by_magnitude(0.003, 0.2);
    (0..count.min(MOST) as usize)
        .map(|_| {
            let at = chance.time(world.window.start, world.window.end);
            let entry = match chance.happens(errors) {
                true => trouble(language, chance),
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

fn trouble(language: Language, chance: &mut Chance) -> Entry {
    let n = chance.whole(1, 9_999);
    let message = match chance.whole(0, 9) {
        0 => format!("could not send mail to customer {n}: 421 try again later"),
        1 => refused(language).to_owned(),
        2 => "Request failed with status code 502 (https://pay.example.com/v1/charges)".to_owned(),
        3 => format!("order {n}: quantity must be positive"),
        4 => "401 Unauthorized from https://erp.example.com/api/stock".to_owned(),
        5 => unknown(language).to_owned(),
        6 => format!("validation failed: field zip of address {n}"),
        7 => "deadlock detected, transaction retried".to_owned(),
        8 => format!(
            "{} while calling https://search.example.com/query",
            late(language)
        ),
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

/// How programs of a language tell that a database takes no connection.
fn refused(language: Language) -> &'static str {
    match language {
        Language::Js => "connect ECONNREFUSED 10.0.3.17:5432",
        Language::Go => "dial tcp 10.0.3.17:5432: connect: connection refused",
        Language::Java => "Connection to 10.0.3.17:5432 refused.",
        Language::Python => {
            "connection to server at \"10.0.3.17\", port 5432 failed: Connection refused"
        }
        Language::Net => "Npgsql.NpgsqlException: Failed to connect to 10.0.3.17:5432",
    }
}

fn unknown(language: Language) -> &'static str {
    match language {
        Language::Js => "getaddrinfo ENOTFOUND redis.internal",
        Language::Go => "dial tcp: lookup redis.internal on 10.0.0.2:53: no such host",
        Language::Java => "java.net.UnknownHostException: redis.internal",
        Language::Python => {
            "Error -2 connecting to redis.internal:6379. Name or service not known."
        }
        Language::Net => "StackExchange.Redis.RedisConnectionException: redis.internal:6379",
    }
}

fn late(language: Language) -> &'static str {
    match language {
        Language::Js => "timeout of 3000ms exceeded",
        Language::Go => "context deadline exceeded",
        Language::Java => "java.net.SocketTimeoutException: Read timed out",
        Language::Python => "Read timed out. (read timeout=3)",
        Language::Net => "The operation was canceled",
    }
}

//! What the people and programs of an app client ask for, on an ordinary day.

use std::sync::Arc;

use serde_json::Value;

use super::{
    super::model::{Asks, Flow, Habit, Kind, Nature, Owner},
    founding::{Founding, owned},
};

/// What decides the habits of an app client besides its nature.
pub struct Sort {
    pub nature: Nature,
    pub pool: usize,
    pub confidential: bool,
    /// Whether refresh tokens are replaced when used.
    pub rotates: bool,
    /// Host names of the application.
    pub sites: Vec<String>,
}

pub fn draw(f: &mut Founding<'_>, sort: &Sort) -> Vec<Habit> {
    let mut habits = match sort.nature {
        Nature::Web | Nature::Spa => hosted(f, sort),
        Nature::Mobile | Nature::Admin => by_api(f, sort),
        Nature::Machine => machine(f, sort),
    };
    let all: f64 = habits.iter().map(|habit| habit.weight).sum();
    for habit in &mut habits {
        habit.weight /= all;
    }
    habits
}

fn habit(flow: Flow, weight: f64, asks: Asks) -> Habit {
    Habit {
        flow,
        weight,
        asks: Arc::new(asks),
    }
}

fn secret(sort: &Sort) -> Option<Arc<str>> {
    sort.confidential.then(|| Arc::from("v1"))
}

fn hosted(f: &mut Founding<'_>, sort: &Sort) -> Vec<Habit> {
    let providers: Vec<String> = owned(&f.estate, Kind::Provider, Owner::Pool(sort.pool))
        .map(|(resource, _)| f.estate.names[resource].clone())
        .collect();
    let only_federated = !providers.is_empty() && f.chance.happens(0.12);
    let asks = Asks {
        scopes: people_scopes(f, sort),
        secret: secret(sort),
        ..Asks::default()
    };
    let path = *f.chance.pick(&[
        "/callback",
        "/auth/callback",
        "/oauth2/idpresponse",
        "/signin/done",
        "/",
    ]);
    let mut habits = Vec::new();
    for (rank, site) in sort.sites.iter().enumerate() {
        let redirect = Some(Arc::from(format!("https://{site}{path}")));
        let asks = Asks {
            redirect,
            ..asks.clone()
        };
        let mut own = signs_in(f, &asks, &providers, only_federated);
        own.extend(goes_on(f, &asks, site));
        let share = match rank {
            0 => 1.0,
            _ => f.chance.by_magnitude(0.1, 0.8),
        };
        for habit in &mut own {
            habit.weight *= share;
        }
        habits.extend(own);
    }
    if f.chance.happens(0.85) {
        let asks = Asks {
            secret: secret(sort),
            ..Asks::default()
        };
        let weight = f.chance.by_magnitude(0.15, 1.0);
        habits.push(habit(Flow::Refresh, weight, asks));
    }
    habits
}

/// Ways to sign in to one site.
fn signs_in(
    f: &mut Founding<'_>,
    asks: &Asks,
    providers: &[String],
    only_federated: bool,
) -> Vec<Habit> {
    let by = |provider: &str| Asks {
        provider: Some(Arc::from(provider)),
        ..asks.clone()
    };
    let mut habits = Vec::new();
    if !only_federated {
        let weight = f.chance.by_magnitude(0.25, 0.9);
        habits.push(habit(Flow::Hosted, weight, by("COGNITO")));
    }
    for provider in providers {
        if only_federated || f.chance.happens(0.75) {
            let weight = f.chance.by_magnitude(0.1, 0.5);
            habits.push(habit(Flow::Federated, weight, by(provider)));
        }
    }
    habits
}

/// What people do there once they have signed in.
fn goes_on(f: &mut Founding<'_>, asks: &Asks, site: &str) -> Vec<Habit> {
    let mut habits = Vec::new();
    if f.chance.happens(0.6) {
        let weight = f.chance.by_magnitude(0.05, 0.4);
        habits.push(habit(Flow::Silent, weight, asks.clone()));
    }
    if f.chance.happens(0.75) {
        let path = *f.chance.pick(&["/", "/signed-out", "/logout"]);
        let asks = Asks {
            logout: Some(Arc::from(format!("https://{site}{path}"))),
            ..Asks::default()
        };
        let weight = f.chance.by_magnitude(0.02, 0.1);
        habits.push(habit(Flow::Logout, weight, asks));
    }
    habits
}

/// Standard scopes, and sometimes some of a resource server.
fn people_scopes(f: &mut Founding<'_>, sort: &Sort) -> Vec<Arc<str>> {
    let mut scopes: Vec<Arc<str>> = vec![Arc::from("openid")];
    for (scope, share) in [("email", 0.85), ("profile", 0.6), ("phone", 0.15)] {
        if f.chance.happens(share) {
            scopes.push(Arc::from(scope));
        }
    }
    if f.chance.happens(0.25) {
        scopes.push(Arc::from("aws.cognito.signin.user.admin"));
    }
    if f.chance.happens(0.2) {
        scopes.extend(custom_scopes(f, sort.pool).into_iter().take(1));
    }
    scopes
}

/// Scopes of one of the resource servers of a pool, in any order.
fn custom_scopes(f: &mut Founding<'_>, pool: usize) -> Vec<Arc<str>> {
    let servers: Vec<Vec<Arc<str>>> = owned(&f.estate, Kind::ResourceServer, Owner::Pool(pool))
        .map(|(_, settings)| {
            let admitted = settings["~Admits"].as_array().into_iter().flatten();
            let own = admitted
                .filter_map(Value::as_str)
                .filter(|it| it.contains('/'));
            own.map(Arc::from).collect()
        })
        .collect();
    let mut scopes = f.chance.pick(&servers).clone();
    f.chance.shuffle(&mut scopes);
    scopes
}

fn by_api(f: &mut Founding<'_>, sort: &Sort) -> Vec<Habit> {
    let asks = Asks {
        secret: secret(sort),
        ..Asks::default()
    };
    let signs_in = match sort.nature {
        Nature::Admin => Flow::AdminPassword,
        _ if f.chance.happens(0.5) => Flow::Password,
        _ => Flow::Srp,
    };
    let renews = match sort.rotates {
        true => Flow::ApiRotate,
        false => Flow::ApiRefresh,
    };
    let mut habits = vec![habit(
        signs_in,
        f.chance.by_magnitude(0.15, 0.8),
        asks.clone(),
    )];
    if sort.nature == Nature::Mobile || f.chance.happens(0.7) {
        habits.push(habit(renews, f.chance.by_magnitude(0.15, 1.2), asks));
    }
    habits
}

/// One or two jobs with scopes of the same resource server.
fn machine(f: &mut Founding<'_>, sort: &Sort) -> Vec<Habit> {
    let scopes = custom_scopes(f, sort.pool);
    let jobs = if f.chance.happens(0.25) { 2 } else { 1 };
    (0..jobs)
        .map(|_| {
            let most = scopes.len().min(3) as i64;
            let mut own = scopes.clone();
            f.chance.shuffle(&mut own);
            own.truncate(f.chance.whole(1, most) as usize);
            let asks = Asks {
                scopes: own,
                secret: secret(sort),
                ..Asks::default()
            };
            habit(Flow::Machine, f.chance.by_magnitude(0.2, 1.0), asks)
        })
        .collect()
}

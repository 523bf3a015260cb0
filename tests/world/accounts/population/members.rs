//! The settings of an app client: what its habits need, and what nobody uses.

use serde_json::{Map, Value, json};

use super::{
    super::model::{Flow, Habit, Kind, Nature, Owner},
    founding::{Founding, owned},
    habits::Sort,
    lifetimes::{self, Lifetime},
    words,
};

pub fn draw(
    f: &mut Founding<'_>,
    name: &str,
    sort: &Sort,
    habits: &[Habit],
    access: Lifetime,
) -> Value {
    let mut members = Map::new();
    members.insert("ClientName".into(), json!(name));
    members.insert(
        "ExplicitAuthFlows".into(),
        json!(explicit_flows(f, sort, habits)),
    );
    lives(f, access, &mut members);
    oauth(f, sort, habits, &mut members);
    providers(sort, habits, &mut members);
    attributes(f, sort, &mut members);
    others(f, sort, &mut members);
    Value::Object(members)
}

fn explicit_flows(f: &mut Founding<'_>, sort: &Sort, habits: &[Habit]) -> Vec<&'static str> {
    let mut flows = Vec::new();
    for habit in habits {
        match habit.flow {
            Flow::Password => flows.push("ALLOW_USER_PASSWORD_AUTH"),
            Flow::Srp => flows.push("ALLOW_USER_SRP_AUTH"),
            Flow::AdminPassword => flows.push("ALLOW_ADMIN_USER_PASSWORD_AUTH"),
            _ => {}
        }
    }
    // Rotation and this flow exclude each other.
    if !sort.rotates {
        flows.push("ALLOW_REFRESH_TOKEN_AUTH");
    }
    for (flow, share) in [("ALLOW_USER_SRP_AUTH", 0.4), ("ALLOW_CUSTOM_AUTH", 0.2)] {
        let fits = sort.nature != Nature::Machine && !flows.contains(&flow);
        if fits && f.chance.happens(share) {
            flows.push(flow);
        }
    }
    flows.sort_unstable();
    flows
}

fn lives(f: &mut Founding<'_>, access: Lifetime, members: &mut Map<String, Value>) {
    let mut refresh = lifetimes::refresh(f.chance);
    if refresh.millis() <= access.millis() {
        refresh = Lifetime {
            count: 30,
            unit: "days",
        };
    }
    members.insert("AccessTokenValidity".into(), json!(access.count));
    members.insert("IdTokenValidity".into(), json!(access.count));
    members.insert("RefreshTokenValidity".into(), json!(refresh.count));
    members.insert(
        "TokenValidityUnits".into(),
        json!({"AccessToken": access.unit, "IdToken": access.unit, "RefreshToken": refresh.unit}),
    );
    members.insert("~RefreshTokenMillis".into(), json!(refresh.millis()));
}

fn oauth(f: &mut Founding<'_>, sort: &Sort, habits: &[Habit], members: &mut Map<String, Value>) {
    let mut scopes = distinct(habits.iter().flat_map(|habit| &habit.asks.scopes));
    let (flows, enabled) = match sort.nature {
        Nature::Machine => (vec!["client_credentials"], true),
        Nature::Web => (vec!["code"], true),
        Nature::Spa if f.chance.happens(0.2) => (vec!["code", "implicit"], true),
        Nature::Spa => (vec!["code"], true),
        Nature::Mobile | Nature::Admin => (vec![], false),
    };
    members.insert("AllowedOAuthFlowsUserPoolClient".into(), json!(enabled));
    if !enabled {
        return;
    }
    members.insert("AllowedOAuthFlows".into(), json!(flows));
    if sort.nature != Nature::Machine {
        for scope in ["email", "profile", "phone"] {
            if !scopes.iter().any(|it| it == scope) && f.chance.happens(0.3) {
                scopes.push(scope.to_owned());
            }
        }
        urls(f, sort, habits, members);
    }
    members.insert("AllowedOAuthScopes".into(), json!(scopes));
}

/// Addresses in use, and some that only developers know of.
fn urls(f: &mut Founding<'_>, sort: &Sort, habits: &[Habit], members: &mut Map<String, Value>) {
    let mut callbacks = distinct(
        habits
            .iter()
            .filter_map(|habit| habit.asks.redirect.as_ref()),
    );
    let first = callbacks.first().cloned();
    let mut logouts = distinct(habits.iter().filter_map(|habit| habit.asks.logout.as_ref()));
    let site = &sort.sites[0];
    let unused = [
        "http://localhost:3000/callback".to_owned(),
        "http://localhost:8080/login/oauth2/code/cognito".to_owned(),
        format!("https://staging.{site}/callback"),
        format!("https://old.{site}/auth/callback"),
        format!("https://{site}/callback/"),
    ];
    for url in unused {
        if f.chance.happens(0.3) {
            callbacks.push(url);
        }
    }
    if logouts.is_empty() || f.chance.happens(0.4) {
        logouts.push("http://localhost:3000/".to_owned());
    }
    f.chance.shuffle(&mut callbacks);
    if f.chance.happens(0.3) {
        members.insert("DefaultRedirectURI".into(), json!(first));
    }
    members.insert("CallbackURLs".into(), json!(callbacks));
    members.insert("LogoutURLs".into(), json!(logouts));
}

fn providers(sort: &Sort, habits: &[Habit], members: &mut Map<String, Value>) {
    let mut names = distinct(
        habits
            .iter()
            .filter_map(|habit| habit.asks.provider.as_ref()),
    );
    if names.is_empty() && sort.nature != Nature::Machine {
        names.push("COGNITO".to_owned());
    }
    members.insert("SupportedIdentityProviders".into(), json!(names));
}

/// What tokens may tell and sign-in may write, which are at least what providers send.
fn attributes(f: &mut Founding<'_>, sort: &Sort, members: &mut Map<String, Value>) {
    if sort.nature == Nature::Machine {
        return;
    }
    let mut writes: Vec<String> = vec!["email".into(), "name".into()];
    for (_, provider) in owned(&f.estate, Kind::Provider, Owner::Pool(sort.pool)) {
        let mapping = provider["AttributeMapping"].as_object();
        let mapped = mapping.into_iter().flat_map(Map::keys);
        writes.extend(mapped.filter(|name| *name != "username").cloned());
    }
    for (name, share) in [
        ("phone_number", 0.5),
        ("locale", 0.3),
        ("custom:tenant", 0.3),
    ] {
        if f.chance.happens(share) {
            writes.push(name.to_owned());
        }
    }
    let mut reads = writes.clone();
    let told = [
        "email_verified",
        "phone_number",
        "phone_number_verified",
        "updated_at",
    ];
    reads.extend(told.map(str::to_owned));
    for list in [&mut reads, &mut writes] {
        list.sort_unstable();
        list.dedup();
    }
    members.insert("ReadAttributes".into(), json!(reads));
    members.insert("WriteAttributes".into(), json!(writes));
}

fn others(f: &mut Founding<'_>, sort: &Sort, members: &mut Map<String, Value>) {
    let legacy = f.chance.happens(0.25);
    let errors = if legacy { "LEGACY" } else { "ENABLED" };
    members.insert("PreventUserExistenceErrors".into(), json!(errors));
    members.insert("EnableTokenRevocation".into(), json!(f.chance.happens(0.9)));
    let context = sort.confidential && f.chance.happens(0.2);
    members.insert(
        "EnablePropagateAdditionalUserContextData".into(),
        json!(context),
    );
    members.insert(
        "AuthSessionValidity".into(),
        json!(f.chance.pick(&[3, 3, 3, 5, 10, 15])),
    );
    let rotation = match sort.rotates {
        true => json!({"Feature": "ENABLED", "RetryGracePeriodSeconds": f.chance.whole(0, 60)}),
        false => json!({"Feature": "DISABLED"}),
    };
    members.insert("RefreshTokenRotation".into(), rotation);
    if f.chance.happens(0.1) {
        let id = words::hex(32, f.chance);
        let arn = f.arn("mobiletargeting", &format!("apps/{id}"));
        let analytics = json!({"ApplicationArn": arn, "UserDataShared": false});
        members.insert("AnalyticsConfiguration".into(), analytics);
    }
}

/// Texts, each once, in the order in which they come.
fn distinct<'a>(texts: impl Iterator<Item = &'a std::sync::Arc<str>>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for text in texts {
        if !distinct.iter().any(|known| **known == **text) {
            distinct.push(text.to_string());
        }
    }
    distinct
}

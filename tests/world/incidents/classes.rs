//! The classes of incidents: what is done, and what beside it misleads.

use std::rc::Rc;

use serde_json::json;

use super::{
    super::{
        changes::{Action, Call, Role, edit},
        clock::{DAY, HOUR, MINUTE},
        cognito::{Ask, Flaw, UNREACHABLE},
        config::Secret,
        estate,
        people::{BOB, CAROL, DEPLOY},
    },
    callers::{Callers, What},
    setup::{APPS, MACHINES, SITES, Setup, restored},
};

/// Who is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guilt {
    /// A change of the configuration.
    Change,
    /// There is an outage, and no change is guilty.
    Nobody,
    /// There is no outage at all.
    NoOutage,
}

pub struct Class {
    pub name: &'static str,
    pub guilt: Guilt,
    /// Whether the logs given can decide it.
    pub decidable: bool,
    /// Whether that takes the redirect URIs and scopes of requests.
    pub by_form: bool,
    pub plan: fn(&mut Setup),
}

const fn class(name: &'static str, guilt: Guilt, plan: fn(&mut Setup)) -> Class {
    Class {
        name,
        guilt,
        decidable: true,
        by_form: false,
        plan,
    }
}

const fn by_form(class: Class) -> Class {
    Class {
        by_form: true,
        ..class
    }
}

const fn undecidable(class: Class) -> Class {
    Class {
        decidable: false,
        ..class
    }
}

pub static CLASSES: [Class; 53] = [
    // A change is guilty.
    class("older cause, nearer decoys", Guilt::Change, older_cause),
    class("one of a Terraform run", Guilt::Change, terraform_run),
    class(
        "one of several to one client",
        Guilt::Change,
        several_to_one,
    ),
    by_form(class("sparse exposure", Guilt::Change, sparse_exposure)),
    class("omitted member is reset", Guilt::Change, reset),
    class("machine loses its grant", Guilt::Change, grant_removed),
    class("OAuth switched off", Guilt::Change, oauth_off),
    class("site loses the code grant", Guilt::Change, code_removed),
    class("callback removed", Guilt::Change, callback_removed),
    by_form(class(
        "one of two callbacks removed",
        Guilt::Change,
        one_callback_removed,
    )),
    class("sign-in flow removed", Guilt::Change, flow_removed),
    class(
        "trigger dropped from the pool",
        Guilt::Change,
        trigger_dropped,
    ),
    class("secret deleted", Guilt::Change, secret_deleted),
    class(
        "secret deleted, part of the fleet moved",
        Guilt::Change,
        secret_partial,
    ),
    by_form(class("scope removed", Guilt::Change, scope_removed)),
    class(
        "refresh validity shortened",
        Guilt::Change,
        validity_shortened,
    ),
    class("client deleted", Guilt::Change, client_deleted),
    class("domain deleted", Guilt::Change, domain_deleted),
    class("low volume", Guilt::Change, low_volume),
    class("a few requests a day", Guilt::Change, few_a_day),
    by_form(class("partial: a small share", Guilt::Change, small_share)),
    class(
        "tiny break beside a big outage",
        Guilt::Change,
        tiny_beside_big,
    ),
    class("attack and a real break", Guilt::Change, attack_and_break),
    class(
        "two changes, each sufficient",
        Guilt::Change,
        over_determined,
    ),
    class(
        "rollback of the wrong change",
        Guilt::Change,
        wrong_rollback,
    ),
    class(
        "rollback that breaks something else",
        Guilt::Change,
        rollback_breaks,
    ),
    class("flapping", Guilt::Change, flapping),
    class("ongoing at the end of the logs", Guilt::Change, ongoing),
    class("the same change to another pool", Guilt::Change, other_pool),
    class(
        "the onset lies in a gap of the log",
        Guilt::Change,
        onset_in_gap,
    ),
    undecidable(class(
        "the change is not in the trail",
        Guilt::Change,
        hidden,
    )),
    // Nobody is guilty.
    class(
        "stuffing, a harmless change inside",
        Guilt::Nobody,
        stuffing,
    ),
    class("slow spray", Guilt::Nobody, spray),
    class(
        "application sends a wrong secret",
        Guilt::Nobody,
        wrong_secret,
    ),
    class(
        "application is misbuilt, a cosmetic update beside",
        Guilt::Nobody,
        misbuilt,
    ),
    class("provider fails everywhere", Guilt::Nobody, provider),
    class("retry storm after a glitch", Guilt::Nobody, storm),
    class("gradual roll-out of a bad build", Guilt::Nobody, roll_out),
    class(
        "rollback at the end of an attack",
        Guilt::Nobody,
        rollback_of_attack,
    ),
    by_form(class(
        "application asks for an unknown scope",
        Guilt::Nobody,
        unknown_scope,
    )),
    class(
        "application sends an unknown callback",
        Guilt::Nobody,
        unknown_callback,
    ),
    class("a job is shut down", Guilt::Nobody, shut_down),
    class("a caller is stuck with a dead token", Guilt::Nobody, stuck),
    class(
        "attack, its beginning in a gap of the log",
        Guilt::Nobody,
        attack_in_gap,
    ),
    class(
        "identity provider fails",
        Guilt::Nobody,
        provider_of_identity,
    ),
    // There is no outage.
    class("a Monday morning", Guilt::NoOutage, monday),
    class("failures drift all day", Guilt::NoOutage, drift),
    class(
        "a night of maintenance, all quiet",
        Guilt::NoOutage,
        maintenance,
    ),
    class("quiet day, many harmless changes", Guilt::NoOutage, quiet),
    class("one flaky user", Guilt::NoOutage, flaky_user),
    class("traffic times twenty", Guilt::NoOutage, traffic_step),
    class("holiday", Guilt::NoOutage, holiday),
    class("unused setting removed", Guilt::NoOutage, unused_removed),
];

fn older_cause(setup: &mut Setup) {
    setup.on(&MACHINES);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    for _ in 0..3 {
        let time = setup.deed + setup.dice.between(1, 40);
        let client = *setup.dice.pick(&MACHINES);
        setup.harmless(client, time);
    }
}

fn terraform_run(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed) = (setup.focal, setup.deed);
    let guilty = setup.dice.between(0, 3);
    let others = MACHINES.iter().chain(&SITES).copied();
    for (number, client) in others.filter(|client| *client != focal).enumerate() {
        if number as i64 == guilty {
            let action = Action::Edit {
                client: focal,
                edit: edit(|settings| settings.take("allowedOAuthFlows", "client_credentials")),
            };
            setup.plan_by(deed, &DEPLOY, action, Role::Culprit);
        }
        let action = Action::Edit {
            client,
            edit: edit(|settings| settings.set("authSessionValidity", json!(5))),
        };
        setup.plan_by(deed, &DEPLOY, action, Role::Decoy);
    }
    setup.heals();
}

fn several_to_one(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed) = (setup.focal, setup.deed);
    for before in [45, 20] {
        setup.harmless(focal, deed - before);
    }
    setup.breaks(|settings| settings.set("allowedOAuthFlowsUserPoolClient", json!(false)));
    setup.harmless(focal, deed + 2);
}

fn sparse_exposure(setup: &mut Setup) {
    setup.focal = estate::PORTAL;
    let per_minute = setup.scale(0.5, 3.0);
    let redirect_uri = estate::PORTAL_CALLBACK;
    let often = Callers::new(setup.focal, What::Web { redirect_uri }, per_minute);
    setup.callers.push(often);
    // A job that runs in the evening alone, and asks for a scope of its own.
    let client = estate::CATALOG;
    setup.focal = client;
    let seldom = What::Machine {
        scope: Some("shop-api/catalog.read"),
    };
    let usual = Callers::new(client, What::Machine { scope: None }, per_minute);
    setup.callers.push(usual);
    let start = setup.deed + setup.dice.between(2 * HOUR, 4 * HOUR);
    let early = Callers::new(client, seldom, 1.0).during(DAY + HOUR, DAY + 2 * HOUR);
    let late = Callers::new(client, seldom, 1.0).during(start, start + HOUR);
    setup.callers.extend([early, late]);
    setup.lasts = 8 * HOUR;
    setup.breaks(|settings| settings.set("allowedOAuthScopes", json!(["shop-api/orders.read"])));
    setup.harmless(client, start - 60);
}

fn reset(setup: &mut Setup) {
    setup.on(&[estate::MOBILE, estate::SSO]);
    let mut sent = estate::first_settings(setup.focal);
    sent.add("logoutURLs", "https://www.example.com/new/bye");
    let members = sent.only(&["logoutURLs", "callbackURLs", "clientName"]);
    let action = Action::Send {
        client: setup.focal,
        members,
    };
    let deed = setup.deed;
    setup.plan(deed, action, Role::Culprit);
    setup.heals();
}

fn grant_removed(setup: &mut Setup) {
    setup.on(&MACHINES);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    let (focal, deed) = (setup.focal, setup.deed);
    setup.denied(focal, deed + 1);
}

fn oauth_off(setup: &mut Setup) {
    setup.on(&[MACHINES[0], MACHINES[1], estate::INTRANET, estate::PORTAL]);
    setup.breaks(|settings| settings.set("allowedOAuthFlowsUserPoolClient", json!(false)));
}

fn code_removed(setup: &mut Setup) {
    setup.on(&SITES);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["implicit"])));
}

fn callback_removed(setup: &mut Setup) {
    setup.on(&[estate::WEBSHOP, estate::INTRANET]);
    setup.breaks(|settings| {
        settings.set("callbackURLs", json!(["https://other.example.com/cb"]));
    });
}

fn one_callback_removed(setup: &mut Setup) {
    setup.on(&[estate::PORTAL]);
    setup.breaks(|settings| settings.take("callbackURLs", estate::PORTAL_LEGACY_CALLBACK));
}

fn flow_removed(setup: &mut Setup) {
    setup.on(&APPS);
    setup.breaks(|settings| {
        settings.set(
            "explicitAuthFlows",
            json!(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]),
        );
    });
}

fn trigger_dropped(setup: &mut Setup) {
    setup.on(&[estate::KIOSK]);
    let action = Action::EditPool {
        pool: estate::STAFF,
        edit: edit(|settings| settings.drop_inner("lambdaConfig", "defineAuthChallenge")),
    };
    let deed = setup.deed;
    setup.plan(deed, action, Role::Culprit);
    let whole = estate::staff();
    let action = Action::EditPool {
        pool: estate::STAFF,
        edit: edit(move |settings| *settings = whole.clone()),
    };
    let end = setup.end();
    setup.plan_by(end, &CAROL, action, Role::Heals);
    setup.harmless(estate::SSO, deed + 3);
}

/// A second secret is added long before; from then on workers move to it.
fn two_secrets(setup: &mut Setup, moved: i64) {
    setup.on(&MACHINES);
    let (client, deed, end) = (setup.focal, setup.deed, setup.end());
    let added = deed - 5 * HOUR;
    setup.plan_by(added, &BOB, Action::AddSecret { client }, Role::Decoy);
    for callers in &mut setup.callers {
        callers.secret = Rc::new(move |worker, time| {
            let in_time = worker * 100 < moved * 40;
            match in_time && time >= added + 600 || time >= end + worker * 5 {
                true => Secret::Added,
                false => Secret::Original,
            }
        });
    }
    let action = Action::DeleteSecret {
        client,
        secret: Secret::Original,
    };
    setup.plan_by(deed, &BOB, action, Role::Culprit);
}

fn secret_deleted(setup: &mut Setup) {
    two_secrets(setup, 0);
}

fn secret_partial(setup: &mut Setup) {
    let moved = setup.dice.between(30, 70);
    two_secrets(setup, moved);
    let (focal, deed) = (setup.focal, setup.deed);
    setup.harmless(focal, deed + 20);
}

fn scope_removed(setup: &mut Setup) {
    setup.focal = estate::PARTNER;
    let per_minute = setup.scale(0.3, 3.0);
    let what = What::Machine {
        scope: Some("shop-api/orders.read"),
    };
    let callers = Callers::new(setup.focal, what, per_minute);
    setup.callers.push(callers);
    setup.breaks(|settings| settings.set("allowedOAuthScopes", json!(["shop-api/reports.read"])));
}

fn validity_shortened(setup: &mut Setup) {
    setup.on(&SITES);
    setup.breaks(|settings| settings.set("refreshTokenValidity", json!(1)));
}

fn client_deleted(setup: &mut Setup) {
    setup.on(&[MACHINES[0], MACHINES[1], MACHINES[3], estate::MOBILE]);
    let (client, deed) = (setup.focal, setup.deed);
    setup.plan(deed, Action::DeleteClient { client }, Role::Culprit);
}

fn domain_deleted(setup: &mut Setup) {
    setup.on(&[MACHINES[0], MACHINES[1]]);
    let per_minute = setup.scale(0.5, 2.0);
    setup.usual(estate::WEBSHOP, per_minute);
    // Another pool goes on.
    setup.usual(estate::INTRANET, per_minute);
    let action = Action::DeleteDomain {
        pool: estate::SHOP,
        domain: "shop-example",
    };
    let deed = setup.deed;
    setup.plan(deed, action, Role::Culprit);
}

fn low_volume(setup: &mut Setup) {
    setup.focal = *setup.dice.pick(&MACHINES);
    let per_minute = setup.scale(0.02, 0.08);
    setup.usual(setup.focal, per_minute);
    setup.lasts = setup.dice.between(3, 6) * HOUR;
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
}

fn few_a_day(setup: &mut Setup) {
    setup.focal = *setup.dice.pick(&MACHINES);
    let per_minute = setup.scale(0.01, 0.02);
    setup.usual(setup.focal, per_minute);
    setup.deed = DAY + setup.dice.between(10, 14) * HOUR;
    setup.lasts = setup.dice.between(6, 9) * HOUR;
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
}

fn small_share(setup: &mut Setup) {
    setup.focal = estate::CATALOG;
    let usual = Callers::new(setup.focal, What::Machine { scope: None }, 4.0);
    let what = What::Machine {
        scope: Some("shop-api/catalog.read"),
    };
    let few = Callers::new(setup.focal, what, 0.3);
    setup.callers.extend([usual, few]);
    setup.lasts = setup.dice.between(1, 4) * HOUR;
    setup.breaks(|settings| settings.set("allowedOAuthScopes", json!(["shop-api/orders.read"])));
}

fn tiny_beside_big(setup: &mut Setup) {
    setup.on(&[estate::CATALOG, estate::REPORTS]);
    let (deed, end) = (setup.deed, setup.end());
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    // An application of another client is misbuilt at about the same time.
    let client = estate::BILLING;
    let mut big = Callers::new(client, What::Machine { scope: None }, 4.0);
    let from = deed - setup.dice.between(60, 900);
    big.secret = Rc::new(move |_, time| match (from..end + 600).contains(&time) {
        true => Secret::Mistyped,
        false => Secret::Original,
    });
    setup.callers.push(big);
}

fn attack(setup: &mut Setup, from: i64, until: i64, per_minute: f64) {
    let attack = Callers::new(estate::SSO, What::Attack, per_minute).during(from, until);
    setup.callers.push(Callers {
        retries: 0,
        people: 5_000,
        ..attack
    });
}

fn attack_and_break(setup: &mut Setup) {
    setup.on(&[estate::SSO]);
    let (deed, end) = (setup.deed, setup.end());
    attack(setup, deed - 1800, end + 600, 8.0);
    setup.breaks(|settings| {
        settings.set(
            "explicitAuthFlows",
            json!(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]),
        );
    });
}

fn over_determined(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (client, deed) = (setup.focal, setup.deed);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    let action = Action::Edit {
        client,
        edit: edit(|settings| settings.set("allowedOAuthFlowsUserPoolClient", json!(false))),
    };
    let time = deed + setup.dice.between(1, 3);
    setup.plan(time, action, Role::Culprit);
}

fn wrong_rollback(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (client, deed) = (setup.focal, setup.deed);
    setup.harmless(client, deed - 90);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    // In a hurry, somebody puts back what did not matter.
    let action = Action::Edit {
        client,
        edit: edit(|settings| settings.set("accessTokenValidity", json!(60))),
    };
    setup.plan_by(deed + 400, &CAROL, action, Role::Decoy);
}

fn rollback_breaks(setup: &mut Setup) {
    setup.on(&MACHINES);
    // An earlier small outage, whose rollback then breaks more: the rollback is what is guilty.
    let client = setup.focal;
    let early = setup.deed - 3 * HOUR;
    let scope = estate::first_settings(client);
    let action = Action::Edit {
        client,
        edit: edit(|settings| settings.add("logoutURLs", "https://www.example.com/bye")),
    };
    setup.plan(early, action, Role::Decoy);
    let mut members = scope;
    members.set("allowedOAuthFlows", json!(["code"]));
    let deed = setup.deed;
    setup.plan(deed, Action::Send { client, members }, Role::Culprit);
    setup.heals();
}

fn flapping(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (client, deed) = (setup.focal, setup.deed);
    for round in 0..3 {
        let time = deed + round * 10 * MINUTE;
        let action = Action::Edit {
            client,
            edit: edit(|settings| settings.set("allowedOAuthFlows", json!(["code"]))),
        };
        setup.plan(time, action, Role::Culprit);
        setup.plan_by(time + 5 * MINUTE, &CAROL, restored(client), Role::Heals);
    }
}

fn ongoing(setup: &mut Setup) {
    setup.deed = DAY + 23 * HOUR + setup.dice.between(0, 40) * MINUTE;
    setup.on(&MACHINES);
    let (client, deed) = (setup.focal, setup.deed);
    let action = Action::Edit {
        client,
        edit: edit(|settings| settings.set("allowedOAuthFlows", json!(["code"]))),
    };
    setup.plan(deed, action, Role::Culprit);
}

fn other_pool(setup: &mut Setup) {
    setup.on(&[estate::WEBSHOP]);
    let deed = setup.deed;
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["implicit"])));
    // The same to a client of the other pool that nobody uses, nearer to the onset.
    let action = Action::Edit {
        client: estate::SSO,
        edit: edit(|settings| settings.set("allowedOAuthFlows", json!(["implicit"]))),
    };
    setup.plan(deed + 2, action, Role::Decoy);
}

fn hidden(setup: &mut Setup) {
    setup.on(&MACHINES);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    let (focal, deed) = (setup.focal, setup.deed);
    setup.harmless(focal, deed - 20);
    setup.hidden = true;
}

fn stuffing(setup: &mut Setup) {
    setup.on(&[estate::SSO]);
    let (deed, end) = (setup.deed, setup.end());
    let per_minute = setup.scale(2.0, 12.0);
    attack(setup, deed, end, per_minute);
    setup.fault_is(Flaw::Guessed);
    let time = deed - setup.dice.between(5, 300);
    setup.harmless(estate::SSO, time);
    setup.harmless(estate::SSO, deed + 500);
}

fn spray(setup: &mut Setup) {
    setup.on(&[estate::SSO]);
    let deed = setup.deed;
    attack(setup, deed, deed + 5 * HOUR, 0.8);
    setup.fault_is(Flaw::Guessed);
    setup.harmless(estate::SSO, deed - 30);
}

/// From the deed on until healed the application shows a secret that nobody knows.
fn wrong_secret(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed, end) = (setup.focal, setup.deed, setup.end());
    for callers in &mut setup.callers {
        callers.secret = Rc::new(move |_, time| match (deed..end).contains(&time) {
            true => Secret::Mistyped,
            false => Secret::Original,
        });
    }
    setup.fault_is_secret();
    setup.harmless(focal, deed - 20);
    let client = *setup.dice.pick(&MACHINES);
    setup.harmless(client, deed - 5);
}

fn misbuilt(setup: &mut Setup) {
    setup.on(&[estate::WEBSHOP, estate::INTRANET]);
    let (focal, deed, end) = (setup.focal, setup.deed, setup.end());
    for callers in &mut setup.callers {
        if let What::Web { .. } = callers.what {
            callers.flaw = Rc::new(move |time| match (deed..end).contains(&time) {
                true => (0.97, Flaw::Misbuilt),
                false => (0.005, Flaw::Mistaken),
            });
        }
    }
    setup.fault_is(Flaw::Misbuilt);
    setup.harmless(focal, deed - 40);
}

fn provider(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed) = (setup.focal, setup.deed);
    let end = deed + setup.dice.between(10, 60) * MINUTE;
    let per_minute = setup.scale(0.5, 2.0);
    setup.usual(estate::WEBSHOP, per_minute);
    setup.usual(estate::MOBILE, per_minute);
    for callers in &mut setup.callers {
        let usual = Rc::clone(&callers.flaw);
        callers.flaw = Rc::new(move |time| match (deed..end).contains(&time) {
            true => (0.7, Flaw::Provider),
            false => usual(time),
        });
    }
    setup.fault_is(Flaw::Provider);
    setup.harmless(focal, deed - 45);
}

fn storm(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed) = (setup.focal, setup.deed);
    for callers in &mut setup.callers {
        let usual = Rc::clone(&callers.flaw);
        callers.flaw = Rc::new(
            move |time| match (deed..deed + 8 * MINUTE).contains(&time) {
                true => (0.95, Flaw::Provider),
                false => usual(time),
            },
        );
        callers.retries = 12;
    }
    setup.fault_is(Flaw::Provider);
    setup.harmless(focal, deed - 15);
    setup.harmless(focal, deed + 120);
}

fn roll_out(setup: &mut Setup) {
    setup.on(&[estate::MOBILE]);
    let (focal, deed, lasts) = (setup.focal, setup.deed, 3 * HOUR);
    for callers in &mut setup.callers {
        let usual = Rc::clone(&callers.flaw);
        callers.flaw = Rc::new(move |time| match (deed..deed + lasts).contains(&time) {
            true => (
                0.6 * (time - deed) as f64 / lasts as f64 + 0.02,
                Flaw::Misbuilt,
            ),
            false => usual(time),
        });
    }
    setup.fault_is(Flaw::Misbuilt);
    setup.harmless(focal, deed - 60);
}

fn rollback_of_attack(setup: &mut Setup) {
    setup.on(&[estate::SSO]);
    let (deed, end) = (setup.deed, setup.end());
    attack(setup, deed, end, 8.0);
    setup.fault_is(Flaw::Guessed);
    setup.harmless(estate::SSO, deed - 25);
    setup.plan_by(end + 2, &CAROL, restored(estate::SSO), Role::Decoy);
}

fn quiet(setup: &mut Setup) {
    let all = MACHINES.iter().chain(&SITES).chain(&APPS);
    let all: Vec<&'static str> = all.copied().collect();
    setup.on(&all);
    for _ in 0..12 {
        let client = *setup.dice.pick(&all);
        let time = DAY + setup.dice.between(0, 23 * HOUR);
        setup.harmless(client, time);
    }
    let function = json!({"functionName": "shop-claims", "publish": true});
    let lambda = "lambda.amazonaws.com";
    let call = Call::write(lambda, "UpdateFunctionCode20150331v2", function);
    let deed = setup.deed;
    setup.plan(deed, Action::Other(call), Role::Decoy);
}

fn flaky_user(setup: &mut Setup) {
    setup.on(&[estate::MOBILE, estate::SSO]);
    let (focal, deed) = (setup.focal, setup.deed);
    let flow = Ask::Password;
    let flaky = Callers::new(focal, What::Api { flow }, 0.6).during(deed, deed + 15 * MINUTE);
    setup.callers.push(Callers {
        people: 1,
        flaw: Rc::new(|_| (0.95, Flaw::Mistaken)),
        ..flaky
    });
    setup.harmless(focal, deed - 30);
}

fn traffic_step(setup: &mut Setup) {
    setup.focal = *setup.dice.pick(&APPS);
    setup.usual(setup.focal, 0.2);
    let (focal, deed) = (setup.focal, setup.deed);
    for callers in &mut setup.callers {
        callers.rate = Rc::new(move |time| match (deed..deed + 2 * HOUR).contains(&time) {
            true => 20.0,
            false => 1.0,
        });
    }
    setup.harmless(focal, deed - 30);
}

fn holiday(setup: &mut Setup) {
    setup.on(&SITES);
    setup.usual(estate::MOBILE, 1.0);
    setup.usual(estate::KIOSK, 1.0);
    let deed = setup.deed;
    for callers in &mut setup.callers {
        callers.rate = Rc::new(move |time| match time >= deed {
            true => 0.15,
            false => 1.0,
        });
    }
    let focal = setup.focal;
    setup.harmless(focal, deed - 60);
}

fn unused_removed(setup: &mut Setup) {
    setup.on(&SITES);
    let (client, deed) = (setup.focal, setup.deed);
    let unused = "https://unused.example.com/callback";
    let action = Action::Edit {
        client,
        edit: edit(move |settings| settings.add("callbackURLs", unused)),
    };
    setup.plan(DAY - 30 * HOUR, action, Role::Decoy);
    let action = Action::Edit {
        client,
        edit: edit(move |settings| settings.take("callbackURLs", unused)),
    };
    setup.plan(deed, action, Role::Decoy);
}

fn onset_in_gap(setup: &mut Setup) {
    setup.on(&MACHINES);
    setup.lasts = setup.dice.between(90, 240) * MINUTE;
    let deed = setup.deed;
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    setup.gap = Some((deed + 1, deed + 20 * MINUTE));
}

/// From the deed on a new build asks for a scope that nobody registered.
fn unknown_scope(setup: &mut Setup) {
    setup.focal = estate::CATALOG;
    let (focal, deed, end) = (setup.focal, setup.deed, setup.end());
    let per_minute = setup.scale(0.3, 3.0);
    let callers = |scope| Callers::new(focal, What::Machine { scope: Some(scope) }, per_minute);
    let mut old = callers("shop-api/catalog.read");
    old.rate = Rc::new(move |time| f64::from(!(deed..end).contains(&time)));
    let new = callers("shop-api/catalog.write").during(deed, end);
    setup.callers.extend([old, new]);
    setup.fault = Rc::new(|attempt| {
        let new = Ask::Scoped {
            scope: "shop-api/catalog.write",
        };
        attempt.request.ask == new && attempt.refusal.is_some()
    });
    setup.harmless(focal, deed - 25);
}

fn unknown_callback(setup: &mut Setup) {
    setup.on(&[estate::WEBSHOP, estate::INTRANET]);
    let (focal, deed, end) = (setup.focal, setup.deed, setup.end());
    let redirect_uri = "https://new.example.com/callback";
    let mut new = Vec::new();
    for callers in &mut setup.callers {
        if let What::Web { .. } = callers.what {
            callers.rate = Rc::new(move |time| f64::from(!(deed..end).contains(&time)));
            let what = What::Web { redirect_uri };
            new.push(Callers::new(focal, what, callers.per_minute).during(deed, end));
        }
    }
    setup.callers.extend(new);
    setup.fault = Rc::new(move |attempt| {
        attempt.request.ask == Ask::Authorize { redirect_uri } && attempt.refusal.is_some()
    });
    setup.harmless(focal, deed - 35);
}

/// Its requests would have come: what would have been asked is told by another world's twin.
fn shut_down(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed) = (setup.focal, setup.deed);
    let twins: Vec<Callers> = setup
        .callers
        .iter_mut()
        .map(|callers| {
            callers.until = deed;
            Callers::new(callers.client, callers.what, callers.per_minute)
        })
        .collect();
    // Nobody asks any more; the twins only count what is missing.
    for twin in twins {
        setup.callers.push(Callers {
            unheard: true,
            from: deed,
            ..twin
        });
    }
    setup.fault = Rc::new(move |attempt| {
        attempt.request.client == focal && attempt.refusal == Some(UNREACHABLE)
    });
    setup.harmless(focal, deed - 50);
}

fn stuck(setup: &mut Setup) {
    setup.on(&SITES);
    let (focal, deed) = (setup.focal, setup.deed);
    let lasts = setup.dice.between(30, 120) * MINUTE;
    let stuck = Callers::new(focal, What::Refresh, 6.0).during(deed, deed + lasts);
    setup.callers.push(Callers {
        people: 1,
        flaw: Rc::new(|_| (1.0, Flaw::Stuck)),
        retries: 0,
        ..stuck
    });
    setup.fault_is(Flaw::Stuck);
    setup.harmless(focal, deed - 20);
}

fn attack_in_gap(setup: &mut Setup) {
    setup.on(&[estate::SSO]);
    let deed = setup.deed;
    attack(setup, deed, deed + 90 * MINUTE, 8.0);
    setup.fault_is(Flaw::Guessed);
    setup.harmless(estate::SSO, deed - 10);
    setup.gap = Some((deed - 5, deed + 20 * MINUTE));
}

/// People cannot sign in there: no code is ever exchanged.
fn provider_of_identity(setup: &mut Setup) {
    setup.on(&[estate::WEBSHOP, estate::INTRANET]);
    let (focal, deed, end) = (setup.focal, setup.deed, setup.end());
    let mut lost = Vec::new();
    for callers in &mut setup.callers {
        if let What::Web { .. } = callers.what {
            callers.rate = Rc::new(move |time| f64::from(!(deed..end).contains(&time)));
            let twin = Callers::new(focal, callers.what, callers.per_minute);
            lost.push(Callers {
                unheard: true,
                ..twin.during(deed, end)
            });
        }
    }
    setup.callers.extend(lost);
    setup.fault = Rc::new(move |attempt| {
        attempt.request.client == focal && attempt.refusal == Some(UNREACHABLE)
    });
    setup.harmless(focal, deed - 15);
}

fn monday(setup: &mut Setup) {
    setup.deed = DAY + 9 * HOUR;
    setup.on(&[estate::MOBILE, estate::SSO]);
    let (focal, deed) = (setup.focal, setup.deed);
    for callers in &mut setup.callers {
        callers.rate = Rc::new(move |time| match (deed..deed + HOUR).contains(&time) {
            true => 5.0,
            false => 1.0,
        });
        if let What::Api { .. } = callers.what {
            callers.flaw = Rc::new(move |time| match (deed..deed + HOUR).contains(&time) {
                true => (0.05, Flaw::Mistaken),
                false => (0.02, Flaw::Mistaken),
            });
        }
    }
    setup.harmless(focal, deed - 60);
}

fn drift(setup: &mut Setup) {
    setup.on(&[estate::MOBILE, estate::SSO]);
    let (focal, deed) = (setup.focal, setup.deed);
    for callers in &mut setup.callers {
        if let What::Api { .. } = callers.what {
            callers.flaw = Rc::new(|time| {
                let part = (time - DAY) as f64 / (24 * HOUR) as f64;
                (0.015 + 0.03 * part, Flaw::Mistaken)
            });
        }
    }
    setup.harmless(focal, deed);
}

fn maintenance(setup: &mut Setup) {
    setup.on(&SITES);
    setup.usual(estate::MOBILE, 1.0);
    setup.usual(estate::KIOSK, 1.0);
    let start = DAY + 2 * HOUR;
    for callers in &mut setup.callers {
        callers.rate = Rc::new(
            move |time| match (start..start + 2 * HOUR).contains(&time) {
                true => 0.1,
                false => 1.0,
            },
        );
    }
    let focal = setup.focal;
    setup.harmless(focal, start - 60);
}

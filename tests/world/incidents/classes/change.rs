//! Outages for which a change is to blame.

use std::rc::Rc;

use serde_json::json;

use super::super::{
    super::{
        changes::{Action, Role, edit},
        clock::{DAY, HOUR, MINUTE},
        config::Secret,
        estate,
        people::{BOB, CAROL, DEPLOY},
    },
    callers::{Callers, What},
    setup::{APPS, MACHINES, SITES, Setup, restored},
};

use super::nobody::attack;

pub fn older_cause(setup: &mut Setup) {
    setup.on(&MACHINES);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    for _ in 0..3 {
        let time = setup.deed + setup.dice.between(1, 40);
        let client = *setup.dice.pick(&MACHINES);
        setup.harmless(client, time);
    }
}

pub fn terraform_run(setup: &mut Setup) {
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

pub fn several_to_one(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed) = (setup.focal, setup.deed);
    for before in [45, 20] {
        setup.harmless(focal, deed - before);
    }
    setup.breaks(|settings| settings.set("allowedOAuthFlowsUserPoolClient", json!(false)));
    setup.harmless(focal, deed + 2);
}

pub fn sparse_exposure(setup: &mut Setup) {
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

pub fn reset(setup: &mut Setup) {
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

pub fn grant_removed(setup: &mut Setup) {
    setup.on(&MACHINES);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    let (focal, deed) = (setup.focal, setup.deed);
    setup.denied(focal, deed + 1);
}

pub fn oauth_off(setup: &mut Setup) {
    setup.on(&[MACHINES[0], MACHINES[1], estate::INTRANET, estate::PORTAL]);
    setup.breaks(|settings| settings.set("allowedOAuthFlowsUserPoolClient", json!(false)));
}

pub fn code_removed(setup: &mut Setup) {
    setup.on(&SITES);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["implicit"])));
}

pub fn callback_removed(setup: &mut Setup) {
    setup.on(&[estate::WEBSHOP, estate::INTRANET]);
    setup.breaks(|settings| {
        settings.set("callbackURLs", json!(["https://other.example.com/cb"]));
    });
}

pub fn one_callback_removed(setup: &mut Setup) {
    setup.on(&[estate::PORTAL]);
    setup.breaks(|settings| settings.take("callbackURLs", estate::PORTAL_LEGACY_CALLBACK));
}

pub fn flow_removed(setup: &mut Setup) {
    setup.on(&APPS);
    setup.breaks(|settings| {
        settings.set(
            "explicitAuthFlows",
            json!(["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]),
        );
    });
}

pub fn trigger_dropped(setup: &mut Setup) {
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
pub fn two_secrets(setup: &mut Setup, moved: i64) {
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

pub fn secret_deleted(setup: &mut Setup) {
    two_secrets(setup, 0);
}

pub fn secret_partial(setup: &mut Setup) {
    let moved = setup.dice.between(30, 70);
    two_secrets(setup, moved);
    let (focal, deed) = (setup.focal, setup.deed);
    setup.harmless(focal, deed + 20);
}

pub fn scope_removed(setup: &mut Setup) {
    setup.focal = estate::PARTNER;
    let per_minute = setup.scale(0.3, 3.0);
    let what = What::Machine {
        scope: Some("shop-api/orders.read"),
    };
    let callers = Callers::new(setup.focal, what, per_minute);
    setup.callers.push(callers);
    setup.breaks(|settings| settings.set("allowedOAuthScopes", json!(["shop-api/reports.read"])));
}

pub fn validity_shortened(setup: &mut Setup) {
    setup.on(&SITES);
    setup.breaks(|settings| settings.set("refreshTokenValidity", json!(1)));
}

pub fn client_deleted(setup: &mut Setup) {
    setup.on(&[MACHINES[0], MACHINES[1], MACHINES[3], estate::MOBILE]);
    let (client, deed) = (setup.focal, setup.deed);
    setup.plan(deed, Action::DeleteClient { client }, Role::Culprit);
}

pub fn domain_deleted(setup: &mut Setup) {
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

pub fn low_volume(setup: &mut Setup) {
    setup.focal = *setup.dice.pick(&MACHINES);
    let per_minute = setup.scale(0.02, 0.08);
    setup.usual(setup.focal, per_minute);
    setup.lasts = setup.dice.between(3, 6) * HOUR;
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
}

pub fn few_a_day(setup: &mut Setup) {
    setup.focal = *setup.dice.pick(&MACHINES);
    let per_minute = setup.scale(0.01, 0.02);
    setup.usual(setup.focal, per_minute);
    setup.deed = DAY + setup.dice.between(10, 14) * HOUR;
    setup.lasts = setup.dice.between(6, 9) * HOUR;
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
}

pub fn small_share(setup: &mut Setup) {
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

pub fn tiny_beside_big(setup: &mut Setup) {
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

pub fn attack_and_break(setup: &mut Setup) {
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

pub fn over_determined(setup: &mut Setup) {
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

pub fn wrong_rollback(setup: &mut Setup) {
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

pub fn rollback_breaks(setup: &mut Setup) {
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

pub fn flapping(setup: &mut Setup) {
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

pub fn ongoing(setup: &mut Setup) {
    setup.deed = DAY + 23 * HOUR + setup.dice.between(0, 40) * MINUTE;
    setup.on(&MACHINES);
    let (client, deed) = (setup.focal, setup.deed);
    let action = Action::Edit {
        client,
        edit: edit(|settings| settings.set("allowedOAuthFlows", json!(["code"]))),
    };
    setup.plan(deed, action, Role::Culprit);
}

pub fn other_pool(setup: &mut Setup) {
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

pub fn hidden(setup: &mut Setup) {
    setup.on(&MACHINES);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    let (focal, deed) = (setup.focal, setup.deed);
    setup.harmless(focal, deed - 20);
    setup.hidden = true;
}

pub fn onset_in_gap(setup: &mut Setup) {
    setup.on(&MACHINES);
    setup.lasts = setup.dice.between(90, 240) * MINUTE;
    let deed = setup.deed;
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    setup.gap = Some((deed + 1, deed + 20 * MINUTE));
}

/// A deploy makes the same mistake in two app clients.
pub fn two_places(setup: &mut Setup) {
    setup.on(&[estate::BILLING, estate::CATALOG]);
    let per_minute = setup.scale(0.3, 4.0);
    setup.usual(estate::PARTNER, per_minute);
    let (deed, end) = (setup.deed, setup.end());
    let heals = setup.dice.chance(0.75);
    for (after, client) in [(0, setup.focal), (1, estate::PARTNER)] {
        let action = Action::Edit {
            client,
            edit: edit(|settings| settings.set("allowedOAuthFlows", json!(["code"]))),
        };
        setup.plan_by(deed + after, &DEPLOY, action, Role::Culprit);
        if heals {
            setup.plan_by(end + after, &DEPLOY, restored(client), Role::Heals);
        }
    }
    setup.harmless(estate::REPORTS, deed + 2);
}

/// Refresh by `InitiateAuth` is given up, since it does not go with rotation.
pub fn rotation(setup: &mut Setup) {
    setup.on(&[estate::MOBILE, estate::SSO]);
    setup.breaks(|settings| {
        settings.take("explicitAuthFlows", "ALLOW_REFRESH_TOKEN_AUTH");
        let rotation = json!({"feature": "ENABLED", "retryGracePeriodSeconds": 10});
        settings.set("refreshTokenRotation", rotation);
    });
}

/// The application's log says another time than the trail.
pub fn skewed(setup: &mut Setup) {
    setup.on(&MACHINES);
    setup.keeps_log = true;
    setup.skew = *setup.dice.pick(&[-90_000, -40_000, 40_000, 90_000]);
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    let (focal, deed) = (setup.focal, setup.deed);
    setup.harmless(focal, deed - 60);
}

/// New code of a function that the pool runs before it gives tokens to people.
pub fn trigger_code(setup: &mut Setup) {
    setup.on(&[estate::MOBILE]);
    let per_minute = setup.scale(0.5, 2.0);
    setup.usual(estate::CATALOG, per_minute);
    let (deed, end) = (setup.deed, setup.end());
    let deploy = |fails| Action::Deploy {
        function: "shop-claims",
        fails,
    };
    setup.plan(deed, deploy(true), Role::Culprit);
    if setup.dice.chance(0.75) {
        setup.plan_by(end, &CAROL, deploy(false), Role::Heals);
    }
    setup.harmless(estate::MOBILE, deed - 30);
}

/// A web ACL that lets nobody through.
pub fn web_acl(setup: &mut Setup) {
    setup.on(&[MACHINES[0], MACHINES[1]]);
    let per_minute = setup.scale(0.5, 2.0);
    setup.usual(estate::WEBSHOP, per_minute);
    setup.usual(estate::INTRANET, per_minute);
    let (deed, end) = (setup.deed, setup.end());
    let block = |blocks| Action::Block {
        pool: estate::SHOP,
        blocks,
    };
    setup.plan(deed, block(true), Role::Culprit);
    if setup.dice.chance(0.75) {
        setup.plan_by(end, &CAROL, block(false), Role::Heals);
    }
    let focal = setup.focal;
    setup.harmless(focal, deed - 15);
}

/// Workers keep their tokens: each fails when its own expires.
pub fn kept_tokens(setup: &mut Setup) {
    setup.on_keepers();
    setup.breaks(|settings| settings.set("allowedOAuthFlows", json!(["code"])));
    let (focal, deed) = (setup.focal, setup.deed);
    setup.harmless(focal, deed + 20 * MINUTE);
}

/// The logs are read before the trail has delivered the change.
pub fn not_delivered(setup: &mut Setup) {
    hidden(setup);
    setup.lasts = 3 * HOUR;
    setup.read_at = Some(setup.deed + setup.dice.between(20, 45) * MINUTE);
}

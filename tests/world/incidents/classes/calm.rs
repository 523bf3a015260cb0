//! Days without an outage.

use std::rc::Rc;

use serde_json::json;

use super::super::{
    super::{
        changes::{Action, Call, Role, edit},
        clock::{DAY, HOUR, MINUTE},
        cognito::{Ask, Flaw},
        estate,
    },
    callers::{Callers, What},
    setup::{APPS, MACHINES, SITES, Setup},
};

pub fn quiet(setup: &mut Setup) {
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

pub fn flaky_user(setup: &mut Setup) {
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

pub fn traffic_step(setup: &mut Setup) {
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

pub fn holiday(setup: &mut Setup) {
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

pub fn unused_removed(setup: &mut Setup) {
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

pub fn monday(setup: &mut Setup) {
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

pub fn drift(setup: &mut Setup) {
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

pub fn maintenance(setup: &mut Setup) {
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

/// All workers start anew at once, and from then on renew their tokens together.
pub fn renewal(setup: &mut Setup) {
    setup.on_keepers();
    let (focal, deed) = (setup.focal, setup.deed);
    for callers in &mut setup.callers {
        callers.restart = Some(deed);
    }
    setup.harmless(focal, deed - 30);
}

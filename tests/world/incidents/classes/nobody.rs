//! Outages for which no change is to blame.

use std::rc::Rc;

use super::super::{
    super::{
        changes::Role,
        clock::{DAY, HOUR, MINUTE},
        cognito::{Ask, Flaw},
        config::Secret,
        estate,
        people::CAROL,
    },
    callers::{Callers, What},
    setup::{MACHINES, SITES, Setup, restored},
};

pub fn attack(setup: &mut Setup, from: i64, until: i64, per_minute: f64) {
    let attack = Callers::new(estate::SSO, What::Attack, per_minute).during(from, until);
    setup.callers.push(Callers {
        retries: 0,
        people: 5_000,
        ..attack
    });
}

pub fn stuffing(setup: &mut Setup) {
    setup.on(&[estate::SSO]);
    let (deed, end) = (setup.deed, setup.end());
    let per_minute = setup.scale(2.0, 12.0);
    attack(setup, deed, end, per_minute);
    setup.fault_is(Flaw::Guessed);
    let time = deed - setup.dice.between(5, 300);
    setup.harmless(estate::SSO, time);
    setup.harmless(estate::SSO, deed + 500);
}

pub fn spray(setup: &mut Setup) {
    setup.on(&[estate::SSO]);
    let deed = setup.deed;
    attack(setup, deed, deed + 5 * HOUR, 0.8);
    setup.fault_is(Flaw::Guessed);
    setup.harmless(estate::SSO, deed - 30);
}

/// From the deed on until healed the application shows a secret that nobody knows.
fn shows_wrong_secret(setup: &mut Setup) {
    let (deed, end) = (setup.deed, setup.end());
    for callers in &mut setup.callers {
        callers.secret = Rc::new(move |_, time| match (deed..end).contains(&time) {
            true => Secret::Mistyped,
            false => Secret::Original,
        });
    }
    setup.fault_is_secret();
}

pub fn wrong_secret(setup: &mut Setup) {
    setup.on(&MACHINES);
    shows_wrong_secret(setup);
    let (focal, deed) = (setup.focal, setup.deed);
    setup.harmless(focal, deed - 20);
    let client = *setup.dice.pick(&MACHINES);
    setup.harmless(client, deed - 5);
}

pub fn misbuilt(setup: &mut Setup) {
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

pub fn provider(setup: &mut Setup) {
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

pub fn storm(setup: &mut Setup) {
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

pub fn roll_out(setup: &mut Setup) {
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

pub fn rollback_of_attack(setup: &mut Setup) {
    setup.on(&[estate::SSO]);
    let (deed, end) = (setup.deed, setup.end());
    attack(setup, deed, end, 8.0);
    setup.fault_is(Flaw::Guessed);
    setup.harmless(estate::SSO, deed - 25);
    setup.plan_by(end + 2, &CAROL, restored(estate::SSO), Role::Decoy);
}

/// From the deed on a new build asks for a scope that nobody registered.
pub fn unknown_scope(setup: &mut Setup) {
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

pub fn unknown_callback(setup: &mut Setup) {
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

pub fn shut_down(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed) = (setup.focal, setup.deed);
    setup.silence(deed, DAY + 24 * HOUR, |_| true);
    setup.harmless(focal, deed - 50);
}

pub fn stuck(setup: &mut Setup) {
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

pub fn attack_in_gap(setup: &mut Setup) {
    setup.on(&[estate::SSO]);
    let deed = setup.deed;
    attack(setup, deed, deed + 90 * MINUTE, 8.0);
    setup.fault_is(Flaw::Guessed);
    setup.harmless(estate::SSO, deed - 10);
    setup.gap = Some((deed - 5, deed + 20 * MINUTE));
}

/// People cannot sign in there: no code is ever exchanged.
pub fn provider_of_identity(setup: &mut Setup) {
    setup.on(&[estate::WEBSHOP, estate::INTRANET]);
    let (focal, deed, end) = (setup.focal, setup.deed, setup.end());
    setup.silence(deed, end, |what| matches!(what, What::Web { .. }));
    setup.harmless(focal, deed - 15);
}

/// More is asked than the account may ask.
pub fn quota(setup: &mut Setup) {
    setup.on(&[estate::MOBILE, estate::SSO]);
    let (focal, deed) = (setup.focal, setup.deed);
    let end = deed + setup.dice.between(10, 60) * MINUTE;
    for callers in &mut setup.callers {
        let usual = Rc::clone(&callers.flaw);
        callers.rate = Rc::new(move |time| match (deed..end).contains(&time) {
            true => 6.0,
            false => 1.0,
        });
        callers.flaw = Rc::new(move |time| match (deed..end).contains(&time) {
            true => (0.5, Flaw::Throttled),
            false => usual(time),
        });
    }
    setup.fault_is(Flaw::Throttled);
    setup.harmless(focal, deed - 40);
}

/// An administrator signs people out: their sessions end when they are refreshed.
pub fn signed_out(setup: &mut Setup) {
    setup.on(&SITES);
    let (focal, deed, end) = (setup.focal, setup.deed, setup.end());
    for callers in &mut setup.callers {
        if let What::Refresh = callers.what {
            let usual = Rc::clone(&callers.flaw);
            callers.flaw = Rc::new(move |time| match (deed..end).contains(&time) {
                true => (0.7, Flaw::Revoked),
                false => usual(time),
            });
        }
    }
    setup.fault_is(Flaw::Revoked);
    setup.harmless(focal, deed - 20);
}

/// Some workers are set back to a secret that nobody knows any more.
pub fn old_secret(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed, end) = (setup.focal, setup.deed, setup.end());
    let share = setup.dice.between(10, 30);
    for callers in &mut setup.callers {
        callers.secret =
            Rc::new(
                move |worker, time| match (deed..end).contains(&time) && worker < share {
                    true => Secret::Mistyped,
                    false => Secret::Original,
                },
            );
    }
    setup.fault_is_secret();
    setup.harmless(focal, deed - 10);
}

/// A job pauses for hours and goes on.
pub fn paused(setup: &mut Setup) {
    setup.on(&MACHINES);
    let (focal, deed) = (setup.focal, setup.deed);
    let end = deed + setup.dice.between(2, 4) * HOUR;
    setup.silence(deed, end, |_| true);
    setup.harmless(focal, deed - 30);
}

/// Workers show a secret that nobody knows, each when its token expires.
pub fn kept_tokens(setup: &mut Setup) {
    setup.on_keepers();
    shows_wrong_secret(setup);
    let (focal, deed) = (setup.focal, setup.deed);
    setup.harmless(focal, deed - 20);
}

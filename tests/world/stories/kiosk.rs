//! An update of the user pool leaves out one of its triggers.

use serde_json::json;

use super::{
    super::{
        changes::{Action, Planned, Role, edit},
        clock::{at, before},
        estate::{self, INTRANET, KIOSK, STAFF},
        people::{ALICE, DEPLOY, RELEASE},
    },
    function_deployed, looks, unchanged,
};

pub fn plan() -> Vec<Planned> {
    let decoy = |clock, by, action| Planned::new(at(clock), by, action).plays("kiosk", Role::Decoy);
    let mut plan = vec![
        Planned::new(
            before(10, "08:20:45"),
            &RELEASE,
            Action::EditPool {
                pool: STAFF,
                edit: edit(|settings| {
                    settings.set(
                        "userPoolTags",
                        json!({"team": "staff", "cost-centre": "4711"}),
                    )
                }),
            },
        ),
        Planned::new(
            at("19:20:14"),
            &RELEASE,
            Action::EditPool {
                pool: STAFF,
                edit: edit(|settings| settings.drop_inner("lambdaConfig", "defineAuthChallenge")),
            },
        )
        .plays("kiosk", Role::Culprit),
        decoy("19:20:16", &RELEASE, function_deployed("rota-planner")),
        decoy("19:20:17", &DEPLOY, unchanged(KIOSK)),
        decoy(
            "19:20:18",
            &ALICE,
            Action::Edit {
                client: INTRANET,
                edit: edit(|settings| {
                    settings.add("logoutURLs", "https://intranet.example.com/bye")
                }),
            },
        ),
        Planned::new(
            at("20:30:05"),
            &RELEASE,
            Action::EditPool {
                pool: STAFF,
                edit: edit(|settings| settings.copy("lambdaConfig", &estate::staff())),
            },
        )
        .plays("kiosk", Role::Heals),
    ];
    plan.extend(looks("kiosk", KIOSK, at("19:48:10")));
    plan
}

//! A web client loses `code` in the console.

use super::{
    super::{
        changes::{Action, Planned, Role, edit},
        clock::at,
        estate::{MOBILE, WEBSHOP},
        people::{ALICE, DAVE, DEPLOY},
    },
    looks, unchanged,
};

pub fn plan() -> Vec<Planned> {
    let decoy =
        |clock, by, action| Planned::new(at(clock), by, action).plays("webshop", Role::Decoy);
    let mut plan = vec![
        decoy("09:11:20", &ALICE, unchanged(WEBSHOP)),
        Planned::new(
            at("09:12:10"),
            &ALICE,
            Action::Edit {
                client: WEBSHOP,
                edit: edit(|settings| settings.take("allowedOAuthFlows", "code")),
            },
        )
        .plays("webshop", Role::Culprit),
        decoy("09:12:11", &DEPLOY, unchanged(MOBILE)),
        decoy(
            "09:12:12",
            &DAVE,
            Action::Edit {
                client: WEBSHOP,
                edit: edit(|settings| settings.take("allowedOAuthFlows", "implicit")),
            },
        )
        .denied("UpdateUserPoolClient"),
        Planned::new(
            at("10:02:11"),
            &ALICE,
            Action::Edit {
                client: WEBSHOP,
                edit: edit(|settings| settings.add("allowedOAuthFlows", "code")),
            },
        )
        .plays("webshop", Role::Heals),
    ];
    plan.extend(looks("webshop", WEBSHOP, at("09:33:05")));
    plan
}

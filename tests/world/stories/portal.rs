//! A deploy forgets one of two callback URLs.

use super::{
    super::{
        changes::{Action, Planned, Role, edit},
        clock::at,
        estate::{INTRANET, PORTAL, PORTAL_LEGACY_CALLBACK},
        people::{ALICE, CAROL, DEPLOY, RELEASE},
    },
    looks, unchanged,
};

pub fn plan() -> Vec<Planned> {
    let decoy =
        |clock, by, action| Planned::new(at(clock), by, action).plays("portal", Role::Decoy);
    let mut plan = vec![
        decoy(
            "16:38:52",
            &ALICE,
            Action::Edit {
                client: PORTAL,
                edit: edit(|settings| {
                    settings.add("logoutURLs", "https://portal.example.com/signed-out")
                }),
            },
        ),
        Planned::new(
            at("16:40:33"),
            &DEPLOY,
            Action::Edit {
                client: PORTAL,
                edit: edit(|settings| settings.take("callbackURLs", PORTAL_LEGACY_CALLBACK)),
            },
        )
        .plays("portal", Role::Culprit),
        decoy("16:40:34", &DEPLOY, unchanged(INTRANET)),
        decoy("16:40:41", &RELEASE, unchanged(PORTAL)),
        Planned::new(
            at("18:05:20"),
            &CAROL,
            Action::Edit {
                client: PORTAL,
                edit: edit(|settings| settings.add("callbackURLs", PORTAL_LEGACY_CALLBACK)),
            },
        )
        .plays("portal", Role::Heals),
    ];
    plan.extend(looks("portal", PORTAL, at("17:12:35")));
    plan
}

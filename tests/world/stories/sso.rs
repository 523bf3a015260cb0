//! Credential stuffing that begins just after a harmless change.

use super::{
    super::{
        changes::{Action, Planned, Role, edit},
        clock::at,
        estate::{INTRANET, SSO},
        people::{DAVE, DEPLOY},
    },
    looks, unchanged,
};

pub fn plan() -> Vec<Planned> {
    let decoy = |clock, by, action| Planned::new(at(clock), by, action).plays("sso", Role::Decoy);
    let mut plan = vec![
        decoy(
            "03:09:30",
            &DEPLOY,
            Action::Edit {
                client: SSO,
                edit: edit(|settings| {
                    settings.add("logoutURLs", "https://sso.example.com/signed-out")
                }),
            },
        ),
        decoy("03:09:31", &DEPLOY, unchanged(INTRANET)),
        decoy(
            "03:09:52",
            &DAVE,
            Action::Edit {
                client: SSO,
                edit: edit(|settings| {
                    settings.take("explicitAuthFlows", "ALLOW_USER_PASSWORD_AUTH")
                }),
            },
        )
        .denied("UpdateUserPoolClient"),
    ];
    plan.extend(looks("sso", SSO, at("03:31:15")));
    plan
}

//! An application deploy with a wrong secret, just after cosmetic changes.

use serde_json::json;

use super::{
    super::{
        changes::{Action, Planned, Role, edit},
        clock::at,
        estate::{PARTNER, REPORTS},
        people::{ALICE, DEPLOY},
    },
    looks, unchanged,
};

pub fn plan() -> Vec<Planned> {
    let decoy =
        |clock, by, action| Planned::new(at(clock), by, action).plays("reports", Role::Decoy);
    let mut plan = vec![
        // 60 minutes written as one hour.
        decoy(
            "21:15:01",
            &DEPLOY,
            Action::Edit {
                client: REPORTS,
                edit: edit(|settings| {
                    settings.set("accessTokenValidity", json!(1));
                    settings.set("idTokenValidity", json!(1));
                    settings.set(
                        "tokenValidityUnits",
                        json!({"accessToken": "hours", "idToken": "hours", "refreshToken": "days"}),
                    );
                }),
            },
        ),
        decoy("21:15:02", &DEPLOY, unchanged(PARTNER)),
        decoy(
            "21:15:07",
            &ALICE,
            Action::Edit {
                client: REPORTS,
                edit: edit(|settings| {
                    settings.add("logoutURLs", "https://reports.example.com/bye")
                }),
            },
        ),
        decoy(
            "21:15:12",
            &DEPLOY,
            Action::Edit {
                client: REPORTS,
                edit: edit(|settings| {
                    settings.set("allowedOAuthScopes", json!(["shop-api/report.read"]))
                }),
            },
        )
        .refused(
            "ScopeDoesNotExistException",
            "Invalid scope requested: shop-api/report.read",
        ),
    ];
    plan.extend(looks("reports", REPORTS, at("21:37:44")));
    plan
}

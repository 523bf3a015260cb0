//! A machine-to-machine client loses `client_credentials` in a Terraform run.

use serde_json::json;

use super::{
    super::{
        changes::{Action, Planned, Role, edit},
        clock::at,
        estate::{BILLING, CATALOG, SHOP, resource_server},
        people::{ALICE, CAROL, DEPLOY},
    },
    function_deployed, looks, unchanged,
};

pub fn plan() -> Vec<Planned> {
    let decoy =
        |clock, by, action| Planned::new(at(clock), by, action).plays("billing", Role::Decoy);
    let mut plan = vec![
        decoy("14:05:03", &DEPLOY, function_deployed("invoice-render")),
        Planned::new(
            at("14:05:04"),
            &DEPLOY,
            Action::Edit {
                client: BILLING,
                edit: edit(|settings| {
                    // Cognito refuses to mix the flow of machines with those of people.
                    settings.take("allowedOAuthFlows", "client_credentials");
                    settings.add("allowedOAuthFlows", "code");
                    settings.add("callbackURLs", "https://billing.example.com/callback");
                }),
            },
        )
        .plays("billing", Role::Culprit),
        decoy("14:05:04", &DEPLOY, unchanged(CATALOG)),
        decoy("14:05:05", &DEPLOY, resource_server("UpdateResourceServer")),
        decoy(
            "14:05:06",
            &DEPLOY,
            Action::EditPool {
                pool: SHOP,
                edit: edit(|settings| {
                    settings.set("userPoolTags", json!({"team": "shop", "release": "2026.9"}))
                }),
            },
        ),
        decoy("14:05:27", &ALICE, unchanged(BILLING)),
        Planned::new(
            at("15:20:17"),
            &CAROL,
            Action::Edit {
                client: BILLING,
                edit: edit(|settings| {
                    settings.set("allowedOAuthFlows", json!(["client_credentials"]));
                    settings.set("callbackURLs", json!([]));
                }),
            },
        )
        .plays("billing", Role::Heals),
    ];
    plan.extend(looks("billing", BILLING, at("14:31:40")));
    plan
}

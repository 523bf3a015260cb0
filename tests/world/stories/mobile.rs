//! A partial update resets what it does not name.

use serde_json::json;

use super::{
    super::{
        changes::{Action, Planned, Role, edit},
        clock::at,
        config::Settings,
        estate::{self, CATALOG, MOBILE},
        people::{BOB, CAROL, DEPLOY, RELEASE},
    },
    function_deployed, looks, unchanged,
};

pub fn plan() -> Vec<Planned> {
    let decoy =
        |clock, by, action| Planned::new(at(clock), by, action).plays("mobile", Role::Decoy);
    let logout = json!(["myshop://signout", "myshop://switch-account"]);
    let mut plan = vec![
        Planned::new(
            at("12:31:08"),
            &BOB,
            Action::Send {
                client: MOBILE,
                members: Settings::of(json!({"logoutURLs": logout})),
            },
        )
        .plays("mobile", Role::Culprit),
        decoy(
            "12:31:12",
            &DEPLOY,
            Action::Edit {
                client: CATALOG,
                edit: edit(|settings| {
                    settings.add("logoutURLs", "https://catalog.example.com/bye")
                }),
            },
        ),
        decoy("12:31:15", &RELEASE, unchanged(MOBILE)),
        decoy("12:31:16", &DEPLOY, function_deployed("cart-indexer")),
        Planned::new(
            at("13:10:40"),
            &CAROL,
            Action::Edit {
                client: MOBILE,
                edit: edit(|settings| {
                    let logout = settings.clone();
                    *settings = estate::first_settings(MOBILE);
                    settings.copy("logoutURLs", &logout);
                    settings.add("callbackURLs", "myshop://callback/beta");
                }),
            },
        )
        .plays("mobile", Role::Heals),
    ];
    plan.extend(looks("mobile", MOBILE, at("12:44:20")));
    plan
}

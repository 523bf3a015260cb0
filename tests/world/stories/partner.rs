//! The old of two secrets is deleted before all callers have the new one.

use serde_json::json;

use super::{
    super::{
        changes::{Action, Call, Planned, Role},
        clock::{at, before},
        config::Secret,
        estate::{MOBILE, PARTNER},
        people::{BOB, DAVE, DEPLOY, RELEASE},
    },
    looks, unchanged,
};

pub fn plan() -> Vec<Planned> {
    let plays = |planned: Planned, role| planned.plays("partner", role);
    let decoy = |clock, by, action| plays(Planned::new(at(clock), by, action), Role::Decoy);
    let mut plan = vec![
        plays(
            Planned::new(
                before(6, "10:15:30"),
                &RELEASE,
                Action::AddSecret { client: PARTNER },
            ),
            Role::Decoy,
        ),
        plays(
            Planned::new(
                at("11:03:12"),
                &BOB,
                Action::DeleteSecret {
                    client: PARTNER,
                    secret: Secret::Original,
                },
            ),
            Role::Culprit,
        ),
        decoy("11:03:16", &DEPLOY, unchanged(PARTNER)),
        decoy(
            "11:03:19",
            &DAVE,
            Action::DeleteSecret {
                client: PARTNER,
                secret: Secret::Added,
            },
        )
        .denied("DeleteUserPoolClientSecret"),
        decoy(
            "11:03:24",
            &RELEASE,
            Action::Other(Call::write(
                "secretsmanager.amazonaws.com",
                "PutSecretValue",
                json!({
                    "secretId": "shop/search-index",
                    "clientRequestToken": "00001111-2222-3333-4444-555566667777",
                }),
            )),
        ),
        decoy("11:03:29", &DEPLOY, unchanged(MOBILE)),
    ];
    plan.extend(looks("partner", PARTNER, at("11:25:50")));
    plan
}

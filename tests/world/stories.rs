//! The incidents of the world: what was done in each, and what was done beside it to mislead.

mod billing;
mod kiosk;
mod mobile;
mod partner;
mod portal;
mod reports;
mod sso;
mod webshop;

use serde_json::json;

use super::{
    changes::{Action, Call, Planned, Role, edit},
    clock::Second,
    cognito::{Ask, Flaw},
    config::Secret,
    estate::pool,
    people::CAROL,
    traffic::Attempt,
};

pub struct Story {
    pub name: &'static str,
    pub client: &'static str,
    /// What happened, in one sentence.
    pub tale: &'static str,
    /// The calls of the story.
    plan: fn() -> Vec<Planned>,
    /// Without a culprit among the calls: which failing requests make the incident.
    pub fault: Option<fn(&Attempt) -> bool>,
}

pub const STORIES: [Story; 8] = [
    Story {
        name: "billing",
        client: super::estate::BILLING,
        tale: "Terraform replaces `client_credentials` by `code`; workers fail one by one as their tokens expire",
        plan: billing::plan,
        fault: None,
    },
    Story {
        name: "webshop",
        client: super::estate::WEBSHOP,
        tale: "someone takes `code` away in the console; codes in flight are refused, then browsers come back with an error",
        plan: webshop::plan,
        fault: None,
    },
    Story {
        name: "mobile",
        client: super::estate::MOBILE,
        tale: "an update that sends only the logout URLs resets the sign-in flows",
        plan: mobile::plan,
        fault: None,
    },
    Story {
        name: "partner",
        client: super::estate::PARTNER,
        tale: "the old secret is deleted while half of the callers still use it",
        plan: partner::plan,
        fault: None,
    },
    Story {
        name: "portal",
        client: super::estate::PORTAL,
        tale: "a deploy forgets one of two callback URLs; sign-ins through it stop without any failed request",
        plan: portal::plan,
        fault: None,
    },
    Story {
        name: "kiosk",
        client: super::estate::KIOSK,
        tale: "an update of the user pool leaves out the trigger that defines the challenge",
        plan: kiosk::plan,
        fault: None,
    },
    Story {
        name: "sso",
        client: super::estate::SSO,
        tale: "stolen passwords are tried from many addresses; nobody changed anything that matters",
        plan: sso::plan,
        fault: Some(|attempt| attempt.request.flaw == Some(Flaw::Guessed)),
    },
    Story {
        name: "reports",
        client: super::estate::REPORTS,
        tale: "a release of the application carries a wrong secret; nobody changed anything that matters",
        plan: reports::plan,
        fault: Some(|attempt| {
            attempt.request.ask == Ask::ClientCredentials
                && attempt.request.secret == Some(Secret::Mistyped)
        }),
    },
];

/// The calls of all stories.
pub fn plans() -> Vec<Planned> {
    STORIES.iter().flat_map(|story| (story.plan)()).collect()
}

/// An update that sends the settings as they are.
fn unchanged(client: &'static str) -> Action {
    Action::Edit {
        client,
        edit: edit(|_| {}),
    }
}

/// The engineer on call looks at an app client that fails.
fn looks(story: &'static str, client: &'static str, time: Second) -> [Planned; 2] {
    let of_pool = json!({"userPoolId": pool(client), "maxResults": 60});
    let of_client = json!({"userPoolId": pool(client), "clientId": client});
    [
        (time, "ListUserPoolClients", of_pool),
        (time + 14, "DescribeUserPoolClient", of_client),
    ]
    .map(|(time, name, request)| {
        let call = Call::read("cognito-idp.amazonaws.com", name, request);
        Planned::new(time, &CAROL, Action::Other(call)).plays(story, Role::Decoy)
    })
}

/// New code for a function that has nothing to do with sign-in.
fn function_deployed(function: &'static str) -> Action {
    let request = json!({"functionName": function, "publish": true, "dryRun": false});
    Action::Other(Call::write(
        "lambda.amazonaws.com",
        "UpdateFunctionCode20150331v2",
        request,
    ))
}

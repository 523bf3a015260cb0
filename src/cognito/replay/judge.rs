//! What one value of a setting says to one request.

use serde_json::Value;

use super::Attempt;
use crate::{
    cognito::{
        effects::{Need, Test},
        members::{CLIENT, find},
        setting::{Known, is_nothing},
    },
    record::mask,
};

/// What one value says to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    Pass,
    Refuse,
    Unknown,
}

use Judgement::{Pass, Refuse, Unknown};

/// Attributes that a scope gives as a whole; `profile` gives what the client may read. Source:
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html>
const OF_SCOPES: [(&str, [&str; 2]); 2] = [
    ("email", ["email", "email_verified"]),
    ("phone", ["phone_number", "phone_number_verified"]),
];

/// What one state says; `None` for tests that need two.
pub(super) fn judge(test: Test, known: &Known, attempt: &Attempt<'_>) -> Option<Judgement> {
    let comparing = matches!(
        test,
        Test::Same
            | Test::NotShorter
            | Test::NotNarrower
            | Test::NotAdded
            | Test::NotAddedAt(_)
            | Test::NotReplaced
            | Test::NotFewer
            | Test::Not(_)
    );
    if comparing {
        return None;
    }
    let Some(value) = known.value() else {
        return Some(Unknown);
    };
    Some(match test {
        Test::Lists(need) => lists(need, value, attempt),
        Test::IsTrue | Test::Exists => pass(value.as_bool() == Some(true)),
        Test::IsSet => pass(!is_nothing(value)),
        Test::Never(text) => pass(value.as_str() != Some(text)),
        Test::StandsIn if attempt.redirect_uri.is_some() => Pass,
        Test::StandsIn => Unknown,
        _ => return None,
    })
}

fn pass(passes: bool) -> Judgement {
    match passes {
        true => Pass,
        false => Refuse,
    }
}

/// Whether a list holds what the request needs.
fn lists(need: Need, list: &Value, attempt: &Attempt<'_>) -> Judgement {
    let items = items(list);
    let holds = |item: &str| items.contains(&item);
    let verdict = match need {
        Need::RedirectUri => attempt
            .redirect_uri
            .map(|uri| match uri.contains(mask::MASK) {
                // A code in it was masked; in the list it was not.
                true => items.iter().any(|item| mask::field(item) == uri),
                false => holds(uri),
            }),
        Need::IdentityProvider => attempt.identity_provider.map(holds),
        Need::Scopes => attempt.scopes.map(|scopes| scopes.split(' ').all(holds)),
        Need::OAuthFlow => match attempt.grant {
            Some("authorization_code") => Some(holds("code")),
            Some(flow @ ("implicit" | "client_credentials")) => Some(holds(flow)),
            _ => None,
        },
        Need::AuthFlow => auth_flow(attempt, &items),
        Need::FirstFactor => first_factor(attempt, &items),
        Need::ReadAttributes => readable(attempt, &items),
    };
    verdict.map_or(Unknown, pass)
}

/// Whether the client may read every attribute of the scopes asked for; the exchange of a code does
/// not repeat them.
fn readable(attempt: &Attempt<'_>, items: &[&str]) -> Option<bool> {
    // An empty list may stand for the default one.
    if items.is_empty() {
        return None;
    }
    let given = |attributes: &[&str; 2]| attributes.iter().all(|one| items.contains(one));
    let Some(scopes) = attempt.scopes else {
        let all = OF_SCOPES.iter().all(|(_, attributes)| given(attributes));
        return all.then_some(true);
    };
    let asked = OF_SCOPES
        .iter()
        .filter(|(scope, _)| scopes.split(' ').any(|asked| asked == *scope));
    Some(asked.into_iter().all(|(_, attributes)| given(attributes)))
}

/// Whether the pool takes the factor of a challenge as the first one. Codes may be second factors too,
/// and `USER_AUTH` does not say what it will choose.
fn first_factor(attempt: &Attempt<'_>, factors: &[&str]) -> Option<bool> {
    let holds = |factor: &str| factors.contains(&factor);
    match attempt.grant? {
        "PASSWORD" | "PASSWORD_SRP" => Some(holds("PASSWORD")),
        "WEB_AUTHN" => Some(holds("WEB_AUTHN")),
        code @ ("EMAIL_OTP" | "SMS_OTP") => holds(code).then_some(true),
        _ => None,
    }
}

/// Whether `ExplicitAuthFlows` allows the request's flow (domain.md §3, §11).
fn auth_flow(attempt: &Attempt<'_>, flows: &[&str]) -> Option<bool> {
    if attempt.endpoint == "GetClientToken" {
        return Some(flows.contains(&"ALLOW_CLIENT_TOKEN_AUTH"));
    }
    let grant = attempt.grant?;
    if !flows.is_empty() {
        return listed(grant, flows);
    }
    // Whether none are allowed, or those that are when nobody names any, no page says.
    let default = find(CLIENT, "ExplicitAuthFlows")?.default_value()?;
    listed(grant, &items(&default)).filter(|allowed| !allowed)
}

/// Legacy values do not govern SRP and custom authentication, unless custom authentication is the
/// only flow, nor refreshes. `USER_AUTH` signs in by password and SRP whatever else is listed.
fn listed(grant: &str, flows: &[&str]) -> Option<bool> {
    let any = |allowed: &[&str]| Some(flows.iter().any(|flow| allowed.contains(flow)));
    let legacy = !flows.iter().any(|flow| flow.starts_with("ALLOW_"));
    let only_custom = flows.contains(&"CUSTOM_AUTH_FLOW_ONLY");
    match grant {
        "USER_PASSWORD_AUTH" => any(&["ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"]),
        "USER_SRP_AUTH" if legacy => Some(!only_custom),
        "USER_SRP_AUTH" => any(&["ALLOW_USER_SRP_AUTH"]),
        "PASSWORD_VERIFIER" if legacy => Some(true),
        // Custom authentication may begin with SRP.
        "PASSWORD_VERIFIER" => any(&[
            "ALLOW_USER_SRP_AUTH",
            "ALLOW_USER_AUTH",
            "ALLOW_CUSTOM_AUTH",
        ]),
        "CUSTOM_AUTH" | "CUSTOM_CHALLENGE" if legacy => Some(true),
        "CUSTOM_AUTH" | "CUSTOM_CHALLENGE" => any(&["ALLOW_CUSTOM_AUTH"]),
        "ADMIN_NO_SRP_AUTH" | "ADMIN_USER_PASSWORD_AUTH" => {
            any(&["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"])
        }
        // `GetTokensFromRefreshToken`, which rotation needs, and rotation excludes the flow's value.
        "refresh_token" => Some(true),
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" if legacy => Some(true),
        "REFRESH_TOKEN_AUTH" | "REFRESH_TOKEN" => any(&["ALLOW_REFRESH_TOKEN_AUTH"]),
        "USER_AUTH" | "SELECT_CHALLENGE" | "PASSWORD" | "PASSWORD_SRP" | "WEB_AUTHN" => {
            any(&["ALLOW_USER_AUTH"])
        }
        // Second factors of any other flow, too.
        "EMAIL_OTP" | "SMS_OTP" => flows.contains(&"ALLOW_USER_AUTH").then_some(true),
        _ => None,
    }
}

/// The texts of a list, without those that a test does not ask about.
pub(super) fn items_of(test: Test, value: &Value) -> Vec<&str> {
    let mut items = items(value);
    if test == Test::Lists(Need::ReadAttributes) {
        items.retain(|item| OF_SCOPES.iter().any(|(_, needed)| needed.contains(item)));
    }
    items
}

pub(super) fn items(value: &Value) -> Vec<&str> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).collect()
}

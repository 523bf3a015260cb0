//! How a kind of change is made without breaking what relies on the setting. Data, as the effects.

use serde_json::Value;

use super::{history::ConfigChange, setting::Setting};

/// Advice for settings.
struct Advice {
    /// Names of settings, or their beginnings, if they end in `.`.
    settings: &'static [&'static str],
    /// What to do next time.
    says: &'static str,
}

impl Advice {
    fn is_on(&self, setting: &str) -> bool {
        self.settings.iter().any(|name| match name.ends_with('.') {
            true => setting.starts_with(name),
            false => setting == *name,
        })
    }
}

/// Sources: domain.md §3 (updates replace), §4.5 (what each setting breaks), §2.2 (secrets).
const TABLE: &[Advice] = &[
    Advice {
        settings: &["CallbackURLs", "DefaultRedirectURI"],
        says: "Add the new callback before the old one is removed, let both stand until no request \
               has used the old one for a day, and only then remove it.",
    },
    Advice {
        settings: &["ClientSecret.", "StoredSecret", "Key"],
        says: "Rotate a secret in four steps: add the second one, switch every caller, watch until \
               none uses the first any more, delete it.",
    },
    Advice {
        settings: &[
            "AllowedOAuthFlows",
            "AllowedOAuthFlowsUserPoolClient",
            "ExplicitAuthFlows",
        ],
        says: "Before a grant or flow is removed, count who still asks for it: \
               `trailblame export --frame counts` has one row per app client and grant.",
    },
    Advice {
        settings: &["AllowedOAuthScopes", "Scopes", "SupportedIdentityProviders"],
        says: "Before a scope or provider is removed, count the requests that name it, and tell the \
               owners of the app clients that send them.",
    },
    Advice {
        settings: &[
            "RefreshTokenValidity",
            "AccessTokenValidity",
            "IdTokenValidity",
            "TokenValidityUnits.",
            "RefreshTokenRotation.",
        ],
        says: "A shorter validity ends every older token at its next use: shorten in steps, and send \
               `TokenValidityUnits` and `RefreshTokenRotation` explicitly in every update.",
    },
    Advice {
        settings: &["LambdaConfig.", "Function", "Permission.", "Role"],
        says: "Try a trigger on a pool of its own, publish it as a version, and move the alias that \
               the pool names by a weight.",
    },
    Advice {
        settings: &["WebACL"],
        says: "Put a new firewall rule into Count before Block, and look at what it would have \
               refused.",
    },
    Advice {
        settings: &[
            "Domain",
            "Host",
            "Listener",
            "CustomDomainConfig.",
            "Network",
            "Routing.",
        ],
        says: "Keep the old domain, certificate or listener until no request has used it for a day: \
               callers and resolvers hold a name longer than its time to live.",
    },
    Advice {
        settings: &["ProvisionedLimit", "ReservedConcurrentExecutions"],
        says: "Before a limit is lowered, look at the busiest minute of the last month, and leave room \
               above it.",
    },
    Advice {
        settings: &["Sessions"],
        says: "End sessions in small groups, watch the refreshes that fail after each, and tell users \
               beforehand that they have to sign in again.",
    },
    Advice {
        settings: &["Exists", "Provider", "Replica", "TriggerFunction"],
        says: "Before something is deleted, look for its last request; set deletion protection on \
               user pools, and deny the deletion of app clients to everybody but their owners.",
    },
    Advice {
        settings: &[
            "AccountTakeoverRiskConfiguration.",
            "AcrConfiguration.",
            "AcrMapping.",
            "AttributeMapping.",
            "AuthSessionValidity",
            "CompromisedCredentialsRiskConfiguration.",
            "DeviceConfiguration.",
            "EmailConfiguration.",
            "EmailMfaConfiguration.",
            "EnablePropagateAdditionalUserContextData",
            "EnableTokenRevocation",
            "IdentityProvider",
            "IdpIdentifiers",
            "IssuerConfiguration.",
            "KeyConfiguration.",
            "LogoutURLs",
            "ManagedLoginVersion",
            "MfaConfiguration",
            "Pages",
            "Policies.SignInPolicy.",
            "PreventUserExistenceErrors",
            "ProviderDetails.",
            "ReadAttributes",
            "RiskConfiguration",
            "RiskExceptionConfiguration.",
            "Sender",
            "SmsConfiguration.",
            "SmsMfaConfiguration.",
            "SoftwareTokenMfaConfiguration.",
            "UserPoolAddOns.",
            "UserPoolTier",
            "WebAuthnConfiguration.",
            "WriteAttributes",
        ],
        says: "Try it on a user pool or app client of its own, with one real sign-in of each kind, \
               before the one that people use.",
    },
];

/// What is said of updates that left members out.
const OMITTED: &str = "An update resets what it does not send: read the settings first, change the \
                       one that is meant, and send all of them back.";

/// How the guilty settings of a change are altered without an outage.
pub fn prevention(change: &ConfigChange, guilty: &[&Setting]) -> Vec<&'static str> {
    let mut said = Vec::new();
    if guilty.iter().any(|setting| is_omitted(change, setting)) {
        said.push(OMITTED);
    }
    let concerns = |advice: &&Advice| guilty.iter().any(|setting| advice.is_on(&setting.0));
    said.extend(TABLE.iter().filter(concerns).map(|advice| advice.says));
    said
}

/// Whether a replacing update did not send the setting.
fn is_omitted(change: &ConfigChange, setting: &Setting) -> bool {
    let request = change.change.request.as_deref();
    let request = request.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let (Some(Value::Object(request)), true) = (request, change.change.name.starts_with("Update"))
    else {
        return false;
    };
    let top = setting.0.split('.').next().unwrap_or_default();
    !request.keys().any(|name| name.eq_ignore_ascii_case(top))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cognito::effects;

    #[test]
    fn every_setting_that_breaks_something_has_advice() {
        for effect in effects::effects() {
            let has = TABLE.iter().any(|advice| advice.is_on(effect.setting));
            assert!(has, "{}", effect.setting);
        }
    }
}

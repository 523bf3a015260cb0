//! What an update does to members of which it says nothing.

use std::collections::BTreeMap;

use super::super::{
    chance::Chance,
    model::{Estate, Kind, OnOmission},
    rates::Rates,
};

/// Members that an account may not have set yet and somebody may set.
const MORE: [(Kind, &str); 9] = [
    (Kind::Client, "AnalyticsConfiguration"),
    (Kind::Client, "DefaultRedirectURI"),
    (Kind::Client, "CallbackURLs"),
    (Kind::Client, "LogoutURLs"),
    (Kind::Client, "AllowedOAuthFlows"),
    (Kind::Client, "AllowedOAuthScopes"),
    (Kind::Pool, "DeviceConfiguration"),
    (Kind::PoolMfa, "SmsMfaConfiguration"),
    (Kind::PoolMfa, "WebAuthnConfiguration"),
];

pub fn draw(
    estate: &Estate,
    rates: &Rates,
    chance: &mut Chance,
) -> BTreeMap<(Kind, String), OnOmission> {
    let mut omission = BTreeMap::new();
    let present = estate.settings.iter().flat_map(|(resource, settings)| {
        let members = settings.keys();
        members.map(|member| (resource.kind, member.clone()))
    });
    let more = MORE
        .iter()
        .map(|(kind, member)| (*kind, (*member).to_owned()));
    for (kind, member) in present.chain(more) {
        if omission.contains_key(&(kind, member.clone())) {
            continue;
        }
        let on_omission = known(kind, &member).unwrap_or_else(|| {
            let (usual, other) = match assumed(kind) {
                OnOmission::Default => (OnOmission::Default, OnOmission::Keep),
                OnOmission::Keep => (OnOmission::Keep, OnOmission::Default),
            };
            match chance.happens(rates.of("rules.other_omission")) {
                true => other,
                false => usual,
            }
        });
        omission.insert((kind, member), on_omission);
    }
    omission
}

/// What AWS documents or somebody measured.
fn known(kind: Kind, member: &str) -> Option<OnOmission> {
    use OnOmission::{Default, Keep};
    match (kind, member) {
        // UpdateUserPoolClient: "If you don't provide a value for an attribute, Amazon Cognito sets
        // it to its default value". A name cannot be empty; of the next three it is doubted.
        (Kind::Client, "ClientName") => Some(Keep),
        (Kind::Client, "TokenValidityUnits" | "RefreshTokenRotation" | "EnableTokenRevocation") => {
            None
        }
        (Kind::Client, _) => Some(Default),
        // Measured: kept, but verified attributes. The tier is documented as kept.
        (Kind::Pool, "MfaConfiguration" | "Policies" | "UserPoolTier" | "PoolName") => Some(Keep),
        (Kind::Pool, "UserAttributeUpdateSettings") => Some(Keep),
        (Kind::Pool, "AutoVerifiedAttributes") => Some(Default),
        (Kind::PoolMfa, "MfaConfiguration") => Some(Default),
        (Kind::ResourceServer, "Identifier" | "Name") => Some(Keep),
        (Kind::ResourceServer | Kind::Acl | Kind::IpSet, _) => Some(Default),
        (Kind::Domain, "Domain" | "~Host") => Some(Keep),
        (Kind::Provider, "ProviderName" | "ProviderType") => Some(Keep),
        // Lambda's and IAM's updates alter what they say.
        (Kind::Function | Kind::FunctionPermission | Kind::FunctionConcurrency, _) => Some(Keep),
        (Kind::FunctionRole | Kind::KmsKey | Kind::Bystander, _) => Some(Keep),
        _ => None,
    }
}

/// What one would expect where nobody knows.
fn assumed(kind: Kind) -> OnOmission {
    match kind {
        Kind::Client | Kind::Pool | Kind::PoolMfa | Kind::RiskConfiguration => OnOmission::Default,
        Kind::LogDelivery => OnOmission::Default,
        _ => OnOmission::Keep,
    }
}
